using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What a command writes destroys nothing that it reads, no result and no link.</summary>
public sealed class OutputsTests : IDisposable
{
    private readonly Campaign _campaign = new();

    public OutputsTests()
    {
        foreach (var number in new[] { 1, 2 })
        {
            CommandLine.Run(_campaign.Arguments($"{number}.npz", more: ["--shard", $"{number}/2"])).ExitStatus.Should().Be(0);
        }
    }

    public void Dispose() => _campaign.Dispose();

    [Theory]
    [InlineData("diagnose {1} --json {1}", "--json")]
    [InlineData("diagnose {1} --json {2}", "--json")]
    [InlineData("audit --results {1} --architecture bn_ff --json {1}", "--json")]
    [InlineData("audit --results {1} --architecture bn_ff --junit {2}", "--junit")]
    [InlineData("audit --results {1} --architecture bn_ff --badge {1}", "--badge")]
    [InlineData("verify --scale quick --json {2}", "--json")]
    [InlineData("merge {1} {2} --out {1}", "--out")]
    public void A_result_is_no_place_for_an_output(string line, string option)
    {
        var before = new[] { "1.npz", "2.npz" }.Select(name => File.ReadAllBytes(_campaign[name])).ToArray();

        var outcome = CommandLine.Run([.. line.Split(' ').Select(word => word.Replace("{1}", _campaign["1.npz"], StringComparison.Ordinal).Replace("{2}", _campaign["2.npz"], StringComparison.Ordinal))]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {option}: expected").And.NotContain("\n");
        new[] { "1.npz", "2.npz" }.Select(name => File.ReadAllBytes(_campaign[name])).Should().BeEquivalentTo(before);
    }

    [UnixFact]
    public void An_input_is_known_by_another_name()
    {
        File.CreateSymbolicLink(_campaign["alias.npz"], _campaign["1.npz"]);

        CommandLine.Run("merge", _campaign["1.npz"], _campaign["2.npz"], "--out", _campaign["alias.npz"]).Error.Should().Contain("--out: expected another file than").And.Contain("which is read");
    }

    [UnixFact]
    public void A_link_stays_a_link_and_its_target_is_written()
    {
        File.WriteAllText(_campaign["target.txt"], "before");
        File.CreateSymbolicLink(_campaign["link.txt"], _campaign["target.txt"]);

        AtomicFile.WriteText(_campaign["link.txt"], "after");

        new FileInfo(_campaign["link.txt"]).LinkTarget.Should().NotBeNull();
        File.ReadAllText(_campaign["target.txt"]).Should().Be("after");
    }
}
