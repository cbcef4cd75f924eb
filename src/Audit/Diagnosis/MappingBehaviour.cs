namespace Wellbehaved.Audit;

/// <summary>What one simulated mapping does to the two observables of the post when the depth is doubled, and doubled again.</summary>
/// <remarks>
/// Doubling tells laws of growth apart without a fitted constant. From a quarter of the depth to all of it the distance of the effective rank to 1
/// is divided by 16 where it decays as 1/l² (law R1) and by 1 where it does not decay; the mark is one half. Measured at width 512 and depth 200, 64 mappings
/// each: the logarithm of the ratio is -2.7 ± 0.8 without batch norm and 0.04 ± 0.10 in <c>bn_res</c>. The gain of ln χ from half of the depth to all of it is twice the
/// gain from a quarter to half where χ is exponential, and the same where it is a power; the mark is √2, halfway,
/// and a gain too small to matter is none.
/// </remarks>
/// <param name="ReffAtQuarter">Effective rank at a quarter of the depth.</param>
/// <param name="ReffAtEnd">Effective rank at full depth.</param>
/// <param name="FirstGain">Gain of ln χ from a quarter to half of the depth.</param>
/// <param name="SecondGain">Gain from half of the depth to all of it.</param>
public readonly record struct MappingBehaviour(double ReffAtQuarter, double ReffAtEnd, double FirstGain, double SecondGain)
{
    /// <summary>Whether the number of directions of variance tends to 1.</summary>
    public bool SignalCollapses => ReffAtEnd - 1 <= 0.5 * (ReffAtQuarter - 1);

    /// <summary>Whether SNR^l/SNR^0 = 1/χ² decays exponentially.</summary>
    public bool SnrDecaysExponentially => SecondGain > GrowthLaw.NoGain && SecondGain > Math.Sqrt(2) * FirstGain;

    /// <summary>Reads the behaviour of each mapping.</summary>
    /// <param name="table">Moments.</param>
    /// <returns>One for each simulation; null if the table lacks effective ranks, χ, or a depth.</returns>
    public static IReadOnlyList<MappingBehaviour>? Of(MomentTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var depth = table.Depths[^1];
        return depth % 4 != 0 || table.Reff is not { } reff || table.LogChi is not { } chi || table.IndexOf(depth / 4) is not { } quarter || table.IndexOf(depth / 2) is not { } half
            ? null
            : [.. Enumerable.Range(0, table.Simulations).Select(i => new MappingBehaviour(reff[i][quarter], reff[i][^1], chi[i][half] - chi[i][quarter], chi[i][^1] - chi[i][half]))];
    }
}
