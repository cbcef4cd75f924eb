using System.Diagnostics;
using FluentAssertions;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

public class HelpTests
{
    private static readonly string[] Names =
    [
        "verify",
        "audit",
        "run",
        "train",
        "merge",
        "status",
        "predict",
        "diagnose",
        "plot",
        "export",
        "network",
        "claims",
        "completion",
        "help",
    ];

    public static TheoryData<string> Commands => [.. Names];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_has_help_that_ends_with_examples(string command)
    {
        var help = CommandLine.Run(command, "--help");
        help.ExitStatus.Should().Be(0, help.Error);
        help.Error.Should().BeEmpty();
        help.Output.Should().Contain("Usage:").And.MatchRegex("Examples?:\n").And.Contain($"wellbehaved {command}");
    }

    [Fact]
    public void The_tested_commands_are_all_commands_of_the_program()
    {
        var help = CommandLine.Run("--help").Output;
        help.Should().Contain("Examples:");
        var listed = help[(help.IndexOf("Commands:", StringComparison.Ordinal) + 9)..help.IndexOf("Examples:", StringComparison.Ordinal)]
            .Trim()
            .Split('\n')
            .Select(line => line.Trim().Split(' ')[0]);
        listed.Should().BeEquivalentTo(Names);
    }

    [Fact]
    public void The_examples_in_the_help_are_valid_calls()
    {
        foreach (var example in HelpWithExamples.All.Where(example => !example.StartsWith("eval", StringComparison.Ordinal)).AtLeastOne())
        {
            // A folder that does not exist stops each of them after its options were understood.
            var arguments = Split(example)
                .Skip(1)
                .Select(word =>
                    word.EndsWith(".npz", StringComparison.Ordinal)
                    || word.EndsWith(".json", StringComparison.Ordinal)
                    || word.EndsWith(".onnx", StringComparison.Ordinal)
                        ? "/nowhere/" + word
                        : word
                );
            var first = arguments.First();
            if (
                first is "verify" or "claims" or "network" or "status" or "help"
                || arguments.Contains("--command")
                || (first == "predict" && !arguments.Contains("--json"))
            )
            {
                CommandLine.Run([.. arguments, "--no-such-option"]).Error.Should().Contain("--no-such-option", example).And.NotContain("required", example);
                continue;
            }

            var outcome = CommandLine.Run([.. arguments]);
            outcome.ExitStatus.Should().Be(2, example);
            outcome.Error.Should().Contain("/nowhere", example);
        }
    }

    [Theory]
    [InlineData("wellbehaved ", "audit,claims,completion,diagnose,export,help,merge,network,plot,predict,run,status,train,verify")]
    [InlineData("wellbehaved run --bou", "--boundary")]
    [InlineData("wellbehaved run --boundary ", "periodic,symmetric,zero_padding")]
    [InlineData("wellbehaved predict --architecture b", "bn_ff,bn_res")]
    public void Shell_completion_offers_commands_options_and_values(string line, string words) =>
        CommandLine.Run($"[suggest:{line.Length}]", line).Output.Trim().Split('\n').Should().Contain(words.Split(','));

    [UnixFact]
    public void Bash_completion_completes_a_typed_line()
    {
        const string script = """
            wellbehaved() { dotnet "$WELLBEHAVED" "$@"; }
            eval "$(wellbehaved completion bash)"
            COMP_LINE='wellbehaved plot --figure his' COMP_POINT=${#COMP_LINE} COMP_WORDS=(wellbehaved plot --figure his) COMP_CWORD=3
            COMP_POINT=${#COMP_LINE}
            _wellbehaved
            echo "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true };
        start.Environment["WELLBEHAVED"] = Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll");
        using var bash = Process.Start(start)!;
        bash.StandardOutput.ReadToEnd().Trim().Should().Be("histogram");
    }

    private static IEnumerable<string> Split(string line) =>
        line.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
