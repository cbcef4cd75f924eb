using FluentAssertions;
using FsCheck;

namespace Wellbehaved.Tests.Properties;

public class ShardTests
{
    [Law]
    public void Shares_hold_each_simulation_once_and_differ_by_one_at_most(PositiveInt count, NonNegativeInt simulations)
    {
        var shares = Enumerable.Range(1, count.Get).Select(number => new Shard(number, count.Get).Simulations(simulations.Get)).ToArray();
        shares.SelectMany(share => share).Should().Equal(Enumerable.Range(0, simulations.Get));
        (shares.Max(share => share.Count) - shares.Min(share => share.Count)).Should().BeLessThanOrEqualTo(1);
    }

    [Fact]
    public void The_most_shares_of_the_most_simulations_do_not_overflow() =>
        new Shard(int.MaxValue, int.MaxValue).Simulations(int.MaxValue).Should().Equal(int.MaxValue - 1);
}
