using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The command in a terminal, which <c>script</c> of util-linux emulates.</summary>
public sealed class TerminalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    /// <summary>What goes into a file, of whatever window it is asked for in.</summary>
    private static readonly ConcurrentDictionary<string, string> InFiles = [];

    /// <summary>Titles of columns that narrow windows do not have.</summary>
    private static readonly string[] Titles = ["interval", "n", "alpha", "decided", "apart", "by"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A narrow window and a wide one; at night that of most terminals, which lies between them.</summary>
    public static TheoryData<int> Columns => [.. Breadth.Choose<int[]>(usual: [60, 120], atNight: [60, 80, 120])];

    [TerminalTheory]
    [MemberData(nameof(Columns))]
    public void Printed_text_fits_the_window_and_breaks_between_words(int columns)
    {
        foreach (
            var arguments in new[]
            {
                "claims P3 P9",
                "predict --architecture bn_ff --total-depth 4 --num-computations 2 --kernel-size 1 --num-channels 128 --batch-size 16 --finite-width 2",
                "run --architecture vanilla --total-depth 4 --num-computations 2 --kernel-size 1 --num-channels 8 --batch-size 4 --num-sims 1 --out result.npz",
                "verify --claim P9",
                "predict --network pre_ln_mlp --num-channels 32 --total-depth 3 --batch-size 8",
                "network bn_res --num-channels 4096 --total-depth 5 --input-shape 32x32x3",
                "run --architecture bnff --total-depth 4 --kernel-size 1 --num-channels 8 --batch-size 4 --num-sims 1 --out result.npz",
            }
        )
        {
            var (file, window) = (InFiles.GetOrAdd(arguments, Redirected), InTerminal(columns, arguments));

            Plain(window).Split('\n').Should().OnlyContain(line => line.Length <= columns, arguments);
            Words(Plain(window)).Should().Contain(Words(file).Except(Titles), "no word of it is broken or lost: {0}", arguments);
        }
    }

    [TerminalFact]
    public void Rejected_is_coloured_in_a_terminal_unless_NO_COLOR_is_set()
    {
        // A mean of squares that is negative.
        NpzArchive.Write(
            Path.Combine(_folder, "result.npz"),
            [KeyValuePair.Create("depth", NpyArray.From([1L, 2L], 2)), KeyValuePair.Create("nu2_signal_loc1", NpyArray.From([-1.0, 1, 1, 1], 2, 2))]
        );
        const string audit = "audit --results result.npz --architecture vanilla";

        Redirected(audit).Should().Contain("REJECTED").And.NotContain("\u001b");
        InTerminal(80, audit).Should().MatchRegex("\u001b\\[[0-9;]+mREJECTED");
        InTerminal(80, audit, "NO_COLOR=1").Should().Contain("REJECTED").And.NotMatchRegex("\u001b\\[[0-9;]+m");
    }

    [TerminalFact]
    public void Json_is_not_wrapped_in_a_narrow_window() =>
        WithoutEscapes(InTerminal(40, "claims P9 --json")).Replace("\r", "", StringComparison.Ordinal).Should().Be(Redirected("claims P9 --json"));

    private string Redirected(string arguments) => Shell($"dotnet '{CommandLine.Uncounted}' {arguments} 2>&1");

    /// <summary>Everything that a terminal of so many columns is sent.</summary>
    private string InTerminal(int columns, string arguments, string environment = "") =>
        CommandLine
            .Run(
                "script",
                [
                    "-qec",
                    $"cd '{_folder}'; stty cols {columns}; unset NO_COLOR; export TERM=xterm {environment}; dotnet '{CommandLine.Uncounted}' {arguments}",
                    "/dev/null",
                ]
            )
            .Output;

    private string Shell(string script) => CommandLine.Run("sh", ["-c", $"cd '{_folder}'; {script}"]).Output;

    /// <summary>What stays on the screen: bars of progress are erased again.</summary>
    private static string Plain(string sent) =>
        string.Join('\n', WithoutEscapes(sent).Split('\n').Select(line => line.TrimEnd('\r').Split('\r')[^1].TrimEnd()).Where(line => !line.Contains('━')));

    /// <summary>Colours, moves of the cursor and modes of the keypad are not seen.</summary>
    private static string WithoutEscapes(string sent) => Regex.Replace(sent, "\u001b(\\[[0-9;?]*[A-Za-z]|[=>])", "");

    private static string[] Words(string text) => text.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A test of what a person sees in a terminal.</summary>
public sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute() => Skip = Missing;

    /// <summary>Why such a test is skipped; null where it is not.</summary>
    internal static string? Missing { get; } =
        OperatingSystem.IsLinux()
        && Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "script")))
            ? null
            : "needs script of util-linux";
}

/// <summary>Several tests of what a person sees in a terminal.</summary>
public sealed class TerminalTheoryAttribute : TheoryAttribute
{
    public TerminalTheoryAttribute() => Skip = TerminalFactAttribute.Missing;
}
