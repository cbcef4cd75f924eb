using FluentAssertions;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What mappings of an ONNX file take is counted before the work where it can be, and measured where it cannot.</summary>
public sealed class OnnxCostTests : IDisposable
{
    private readonly Campaign _campaign = new();

    public OnnxCostTests() =>
        CommandLine.Run("network", "bn_res", "--total-depth", "2", "--num-channels", "4", "--input-shape", "2x2x3", "--onnx", Model).ExitStatus.Should().Be(0);

    private string Model => _campaign["net.onnx"];

    public void Dispose() => _campaign.Dispose();

    [Theory]
    [InlineData("run", 2147483647)]
    [InlineData("diagnose", 2147483647)]
    [InlineData("diagnose", 1000000000)]
    public void Mappings_whose_moments_do_not_fit_memory_are_refused_before_the_work(string command, int mappings)
    {
        string[] words =
            command == "run"
                ? ["run", "--network", Model, "--num-sims", $"{mappings}", "--out", _campaign["x.npz"]]
                : ["diagnose", Model, "--num-sims", $"{mappings}"];

        var outcome = CommandLine.Run(words);

        outcome.ExitStatus.Should().Be(ExitStatus.Usage, outcome.Error);
        outcome
            .Error.TrimEnd()
            .Should()
            .MatchRegex(
                $@"^wellbehaved: --num-sims: expected mappings whose moments fit memory: {mappings} mappings with \d+ places need [\d.]+ TB, there are [^\n]+$"
            );
        _campaign.Files.Should().Equal("net.onnx");
    }

    [Theory]
    [InlineData(1000, 10, 1e9)]
    [InlineData(1_000_000, 100, 1e12)]
    public void Mappings_that_fit_are_taken(int mappings, int places, double available)
    {
        var require = () => OnnxCost.RequireMemory(mappings, places, available);

        require.Should().NotThrow();
    }

    [Theory]
    [InlineData(1_000_000, 100, 1e9, "GB")]
    [InlineData(2147483647, 65536, 1e300, "PB")]
    public void What_moments_need_is_said_without_overflow(int mappings, int places, double available, string unit)
    {
        var require = () => OnnxCost.RequireMemory(mappings, places, available);

        require.Should().Throw<InvalidInputException>().WithMessage($"--num-sims: *{mappings} mappings with {places} places need * {unit}, there are *");
    }

    [Fact]
    public void The_time_of_all_mappings_is_that_of_the_first_ones_whatever_their_arithmetic_would_take()
    {
        var (time, said) = (TimeSpan.Zero, new List<string>());
        var done = OnnxCost.Measured(3_000_000, said.Add, () => time);
        for (var mapping = 1; mapping <= 2000; mapping++)
        {
            time += TimeSpan.FromMilliseconds(5);
            done(mapping);
        }

        said.Should().Equal("note: judging by the first 1000 mappings, all 3000000 take about 4.2 hours");
    }

    [Theory]
    [InlineData(20, 6, 0)]
    [InlineData(20, 1, 0)]
    [InlineData(4, 100, 1)]
    public void Only_long_work_is_remarked_on_and_once(int mappings, double seconds, int remarks)
    {
        var (time, said) = (TimeSpan.Zero, new List<string>());
        var done = OnnxCost.Measured(mappings, said.Add, () => time);
        for (var mapping = 1; mapping <= mappings; mapping++)
        {
            time += TimeSpan.FromSeconds(seconds / 4);
            done(mapping);
        }

        said.Should().HaveCount(remarks);
    }

    [Fact]
    public void More_threads_than_processors_or_memory_for_their_stacks_change_nothing()
    {
        Run("1", "one.npz").Should().Be(0);

        Run("4096", "many.npz", "--memory-limit", "1", "--time-limit", "30").Should().Be(0);

        File.ReadAllBytes(_campaign["many.npz"]).Should().Equal(File.ReadAllBytes(_campaign["one.npz"]));
    }

    [Fact]
    public void Stacks_of_threads_leave_most_of_the_memory_to_the_network()
    {
        new OnnxLimits(1, 1L << 30).Threads.Should().Be(16);
        new OnnxLimits(1, 1).Threads.Should().Be(1);
        new OnnxLimits(1, long.MaxValue).Threads.Should().BePositive();
    }

    private int Run(string threads, string output, params string[] more) =>
        CommandLine
            .Run(["run", "--network", Model, "--num-sims", "2", "--batch-size", "3", "--threads", threads, "--out", _campaign[output], .. more])
            .ExitStatus;
}
