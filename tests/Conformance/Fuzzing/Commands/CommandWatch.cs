using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Runs a command in this process and says what it does that no command may do, whatever its input.</summary>
/// <remarks>For a process that does nothing else: output, memory and time are those of the whole process.</remarks>
internal static partial class CommandWatch
{
    /// <summary>The most memory that a command may take beyond what its input asks for.</summary>
    private const long MostMemory = 1L << 30;

    /// <summary>
    /// What a command writes it holds in memory several times, as text, as objects and as bytes: an ONNX file of 65,536 units that a description of 200 bytes
    /// asks for has 400 MB.
    /// </summary>
    private const int Copies = 5;

    private const int MostBytesLooked = 4 << 20;

    /// <summary>The most time of processors: what a busy machine keeps waiting is no fault of the command.</summary>
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    private static readonly string[] Remarks = ["note: ", "warning: "];
    private static readonly string[] TextEndings = [".svg", ".json", ".html", ".md", ".xml"];

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Holds what it writes.</param>
    /// <param name="asked">Bytes that its input asks for.</param>
    /// <returns>What it did.</returns>
    public static WatchedCommand Run(string[] arguments, string folder, double asked)
    {
        var begun = Environment.CpuUsage.TotalTime;
        var (status, output, error) = (-1, string.Empty, string.Empty);
        string? failure = null;
        try
        {
            (status, output, error) = CommandHere.Run(arguments);
        }
#pragma warning disable CA1031 // Whatever is thrown is what is looked for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failure = exception.ToString();
        }

        var time = Environment.CpuUsage.TotalTime - begun;
        var memory = PeakMemory.Read();
        failure ??=
            OfStatus(status, error)
            ?? OfText("standard output", output)
            ?? OfText("standard error", error)
            ?? OfFiles(folder)
            ?? (time > MostTime ? $"took {time.TotalSeconds:F0} seconds" : null);
        var isMemory = failure is null && memory > MostMemory + asked + (Copies * Directory.EnumerateFiles(folder).Sum(file => new FileInfo(file).Length));
        return new WatchedCommand(status, time, memory, isMemory ? $"took {memory >> 20} MiB" : failure, isMemory);
    }

    private static string? OfStatus(int status, string error)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (status is < 0 or > 3)
        {
            return $"exit status {status}: {error.TrimEnd()}";
        }

        // What the command remarked before it refused, and how far it was where the machine is busy, are lines of their own.
        var refusals = lines
            .Where(line => !Remarks.Any(remark => line.StartsWith(remark, StringComparison.Ordinal)) && !ProgressPattern().IsMatch(line))
            .ToArray();
        return status == 2
            ? refusals is [['w', 'e', 'l', 'l', 'b', 'e', 'h', 'a', 'v', 'e', 'd', ':', ' ', ..]] && lines[^1] == refusals[0]
                ? null
                : $"expected one line on standard error: {error.TrimEnd()}"
            : refusals.Length == 0
                ? null
                : $"exit status {status} with words on standard error: {refusals[0]}";
    }

    [GeneratedRegex(@"^[\w ]+: \d+ %")]
    private static partial Regex ProgressPattern();

    private static string? OfText(string where, string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r' || (rune.Value >= ' ' && rune.IsAscii && rune.Value != 0x7f))
            {
                continue;
            }

            if (
                Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.Surrogate
            )
            {
                return $"U+{rune.Value:X4} in {where}";
            }
        }

        return null;
    }

    private static string? OfFiles(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (file.EndsWith(".partial", StringComparison.Ordinal))
            {
                return $"{Path.GetFileName(file)} is left behind";
            }

            if (
                TextEndings.Contains(Path.GetExtension(file))
                && new FileInfo(file).Length is > 0 and < MostBytesLooked
                && OfText(Path.GetFileName(file), File.ReadAllText(file)) is { } failure
            )
            {
                return failure;
            }
        }

        return null;
    }
}

/// <summary>What a command did.</summary>
/// <param name="Status">Its exit status.</param>
/// <param name="Time">Time of processors.</param>
/// <param name="Memory">The most memory that the process had.</param>
/// <param name="Failure">What no command may do; null if it did nothing of the kind.</param>
/// <param name="IsMemory">Whether that is memory, which commands before this one may have taken.</param>
internal sealed record WatchedCommand(int Status, TimeSpan Time, long Memory, string? Failure, bool IsMemory);
