using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Memory stays as it is however many simulations are run; the nightly watches for ten minutes.</summary>
public class LeakWatchTests
{
    /// <remarks>One processor: with more, how many buffers the runtime's pools keep depends on how many threads happen to need one at the same time.</remarks>
    [Fact]
    public void Repeated_simulations_leak_no_memory()
    {
        var outcome = CommandLine.Run("dotnet", [typeof(LeakWatchTests).Assembly.Location, LeakWatch.Word, "8"], ("DOTNET_PROCESSOR_COUNT", "1"));

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

    /// <summary>Measured in KiB on two busy processors: buffers of the pool came in the second and third round, a small one in the seventh.</summary>
    [Fact]
    public void Buffers_that_come_one_by_one_are_not_reported_as_a_leak() =>
        LeakWatch.Judge([.. new[] { 6387L, 7415, 8440, 8441, 8442, 8443, 8570, 8570 }.Select(kib => (kib << 10, 95_000_000L))]).Should().BeNull();

    [Fact]
    public void A_slow_leak_is_reported_among_many_rounds() =>
        LeakWatch
            .Judge([.. Enumerable.Range(0, 1500).Select(round => (8_000_000L + (round * 500) + (round % 7 * 20_000), 95_000_000L))])
            .Should()
            .Match("objects grew by *");
}
