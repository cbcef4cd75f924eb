using FsCheck;
using FsCheck.Fluent;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Gives generated networks to the properties that ask for one.</summary>
public static class ArbitraryNetworks
{
    public static Arbitrary<Network> Networks() =>
        Arb.From(Gen.Choose(0, int.MaxValue - 1).Select(seed => GeneratedNetworks.Draw(new Random(seed), "generated")), GeneratedNetworks.Shrink);
}
