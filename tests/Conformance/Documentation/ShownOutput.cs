using System.Diagnostics;
using System.Text.RegularExpressions;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What a document shows of a command's output: a block of <c>text</c> right after a block of <c>sh</c>.</summary>
/// <remarks>A line that is … alone stands for any number of lines, … in a line for what is another on each machine.</remarks>
/// <param name="Script">The commands.</param>
/// <param name="Lines">The lines that are shown.</param>
internal sealed record ShownOutput(string Script, IReadOnlyList<string> Lines)
{
    private const string Omission = "…";

    private const string VerifyQuick = "wellbehaved verify --scale quick";

    private static readonly Lazy<string> VerifiedQuick = new(() => new ShownOutput(VerifyQuick, []).Execute(Path.GetTempPath(), python: null));

    /// <summary>The language of commands that a reader may run as they stand.</summary>
    public const string Commands = "sh";

    /// <summary>The language of what they print.</summary>
    public const string Output = "text";

    /// <summary>All that a document shows, in its order.</summary>
    public static IReadOnlyList<ShownOutput> Read(string document)
    {
        var blocks = Repository.AllBlocks(document).ToArray();
        return
        [
            .. blocks
                .Zip(blocks.Skip(1))
                .Where(pair => pair is { First.Language: Commands, Second.Language: Output })
                .Select(pair => new ShownOutput(pair.First.Text, pair.Second.Text.TrimEnd('\n').Split('\n'))),
        ];
    }

    /// <summary>Runs the commands in a folder, with the command that was built for the tests.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="python">The interpreter that <c>python3</c> means; the one that has NumPy if null.</param>
    /// <returns>What they print, without the spaces at the ends of lines.</returns>
    public string Run(string folder, string? python = null) => Script.Trim() == VerifyQuick ? QuickVerification : Execute(folder, python);

    /// <summary>What a whole quick verification prints, which ended with status 0. README shows it, other tests look at it too, and it is run once.</summary>
    public static string QuickVerification => VerifiedQuick.Value;

    private string Execute(string folder, string? python)
    {
        python ??= NumPy.Missing is null ? NumPy.Python : null;

        // Of short commands most is compilation of loops at their best.
        const string command = """
            wellbehaved() { case ${1-} in verify | audit) dotnet "$WELLBEHAVED" "$@" ;; *) DOTNET_TC_QuickJitForLoops=1 dotnet "$WELLBEHAVED" "$@" ;; esac; }

            """;
        var start = new ProcessStartInfo("bash", ["-euc", command + Script])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["WELLBEHAVED"] = Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll");

        // The Python package, as it is without being installed.
        start.Environment["PYTHONPATH"] = Path.Combine(Repository.Root, "python");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["WELLBEHAVED_COMMAND"] = $"dotnet {start.Environment["WELLBEHAVED"]}";
        if (Path.GetDirectoryName(python) is { Length: > 0 } programs)
        {
            start.Environment["PATH"] = $"{programs}:{Environment.GetEnvironmentVariable("PATH")}";
        }

        using var bash = Process.Start(start)!;
        var error = bash.StandardError.ReadToEndAsync();
        var output = bash.StandardOutput.ReadToEnd();
        bash.WaitForExit();
        bash.ExitCode.Should().Be(0, "{0}\n{1}\n{2}", Script, output, error.Result);
        return output.ReplaceLineEndings("\n");
    }

    /// <summary>The first shown line that was not printed after the shown lines before it; null if there is none.</summary>
    public string? Missing(string printed)
    {
        var lines = new Queue<string>(printed.Split('\n'));
        foreach (var shown in Lines.Where(line => line != Omission && line.Length > 0))
        {
            var pattern = $"^{string.Join(".*", shown.TrimEnd().Split(Omission).Select(Regex.Escape))} *$";
            while (lines.Count > 0 && !Regex.IsMatch(lines.Peek(), pattern))
            {
                lines.Dequeue();
            }

            if (!lines.TryDequeue(out _))
            {
                return shown;
            }
        }

        return null;
    }
}
