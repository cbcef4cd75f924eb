using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Properties;

public class OwnWeightsTests
{
    [Fact]
    public void Weights_of_ones_own_find_what_a_cache_holds_for_their_seed_and_simulation()
    {
        var cache = new Dictionary<Weights, string> { [new Weights.Own(7, 1)] = "drawn" };

        cache.Should().ContainKey(new Weights.Own(7, 1));
        cache.Should().NotContainKeys(new Weights.Own(7, 2), new Weights.Own(8, 1), new Weights.Given([]));
    }
}
