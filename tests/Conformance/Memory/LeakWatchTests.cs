using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Memory stays as it is however many simulations are run; the nightly watches for ten minutes.</summary>
public class LeakWatchTests
{
    [Fact]
    public void Repeated_simulations_leak_no_memory()
    {
        var outcome = CommandLine.Run("dotnet", [typeof(LeakWatchTests).Assembly.Location, LeakWatch.Word, "8"]);

        outcome.ExitStatus.Should().Be(0, "{0}{1}", outcome.Output, outcome.Error);
        outcome.Output.Should().Contain("8 rounds of 24 simulations");
    }

    [Theory]
    [InlineData(200_000, 0, "objects grew by *")]
    [InlineData(0, 16_000_000, "memory grew by *")]
    public void Memory_that_grows_in_every_round_is_reported_as_a_leak(long objects, long memory, string words) =>
        LeakWatch.Judge([.. Enumerable.Range(0, 12).Select(round => (10_000_000 + (round * objects), 200_000_000 + (round * memory)))]).Should().Match(words);

    [Fact]
    public void Memory_that_goes_up_and_down_is_not_reported_as_a_leak() =>
        LeakWatch
            .Judge([.. Enumerable.Range(0, 12).Select(round => (10_000_000L + (round % 3 * 500_000), 200_000_000L + (round % 4 * 50_000_000)))])
            .Should()
            .BeNull();

    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    public void Memory_that_is_taken_once_and_kept_is_not_reported_as_a_leak(int from) =>
        LeakWatch
            .Judge([.. Enumerable.Range(0, 12).Select(round => (round < from ? 7_400_000L : 8_550_000, round < from ? 80_000_000L : 180_000_000))])
            .Should()
            .BeNull();
}
