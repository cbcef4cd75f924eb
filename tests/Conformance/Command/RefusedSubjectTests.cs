using FluentAssertions;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A refusal names an option only where the command has it; otherwise it names the file.</summary>
public sealed class RefusedSubjectTests : IDisposable
{
    private const string Net = "--architecture vanilla --kernel-size 1 --total-depth 4 --num-channels 8 --batch-size 8";
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("diagnose {relu}", "{relu}: expected a repeat, a residual or a layer with weights")]
    [InlineData("diagnose {wide} --batch-size 1000", "{wide}, --batch-size, --num-sims: expected sizes that fit memory")]
    [InlineData("run --network {relu} --batch-size 4 --num-sims 2 --out {out}", "--network: expected a repeat, a residual or a layer with weights")]
    [InlineData("predict --network {wide} --batch-size 1000", "--network, --batch-size: expected sizes that fit memory")]
    [InlineData(
        "predict --architecture vanilla --kernel-size 3 --total-depth 2 --num-channels 65536 --batch-size 60000 --dataset gaussian",
        "--num-channels, --batch-size, --kernel-size: expected sizes that fit memory"
    )]
    [InlineData(
        $"predict {Net} --finite-width 2147483647",
        "--finite-width: expected at most 16777216 networks, whose numbers at 4 depths fit memory, got 2147483647"
    )]
    [InlineData(
        "predict --network vanilla --total-depth 3 --num-channels 4 --batch-size 8 --finite-width 2147483647",
        "--finite-width: expected at most * networks, whose numbers at * fit memory, got 2147483647"
    )]
    public void A_refusal_names_what_the_call_has(string line, string message)
    {
        var relu = Write("relu.json", """{"name": "n", "layers": ["relu"]}""");
        var wide = Write("wide.json", """{"name": "n", "layers": [{"conv": {"kernel": 1, "channels": 1048576}}]}""");
        string Filled(string text) =>
            text.Replace("{relu}", relu, StringComparison.Ordinal)
                .Replace("{wide}", wide, StringComparison.Ordinal)
                .Replace("{out}", Path.Combine(_folder, "out.npz"), StringComparison.Ordinal);

        var outcome = CommandLine.Run(Filled(line).Split(' '));

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Trim().Should().Match($"*wellbehaved: {Filled(message)}*");
    }

    [Theory]
    [InlineData("diagnose net.json", "--num-sims: x", "--num-sims: x")]
    [InlineData("diagnose net.json", "--network, --num-computations: x", "net.json, --num-computations: x")]
    [InlineData("diagnose net.json", "--architecture: x", "net.json: x")]
    [InlineData("diagnose net.json", "--kernel-size: x", "net.json: x")]
    [InlineData("diagnose net.json", "a, b.json: x", "a, b.json: x")]
    [InlineData($"predict {Net}", "--num-channels, --num-sims: x", "--num-channels: x")]
    [InlineData($"predict {Net}", "--num-sims: x", "--num-sims: x")]
    public void Options_that_a_command_lacks_give_way_to_its_file(string line, string refusal, string message)
    {
        var parts = refusal.Split(": ");

        RefusedSubject.Message(new InvalidInputException(parts[0], parts[1]), Commands.Parse(line.Split(' '))).Should().Be(message);
    }

    [Theory]
    [InlineData($"predict {Net}", "--num-channels, --batch-size, --kernel-size, --finite-width, --points, or the file that is read")]
    [InlineData("diagnose net.json", "--num-channels, --batch-size, or the file that is read")]
    [InlineData("merge a.npz --out b.npz", "the file that is read")]
    public void Exhausted_memory_is_blamed_on_options_that_the_command_has(string line, string names) =>
        RefusedSubject.OfMemory(Commands.Parse(line.Split(' '))).Should().Be(names);

    [Theory]
    [InlineData($"predict {Net} --finite-width 0")]
    [InlineData("predict --network vanilla --total-depth 3 --num-channels 4 --batch-size 8 --finite-width 0 --dataset gaussian --input-shape 1x1x5")]
    public void More_points_than_a_batch_has_are_noted(string line)
    {
        var outcome = CommandLine.Run([.. line.Split(' '), "--points", "9"]);

        outcome.ExitStatus.Should().Be(0);
        outcome.Error.Should().Contain("warning: predicted for all 8 points of the batch, which are fewer than the 9 of --points");
        CommandLine.Run([.. line.Split(' '), "--points", "8"]).Error.Should().NotContain("--points");
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
