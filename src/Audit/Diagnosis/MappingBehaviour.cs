namespace Wellbehaved.Audit;

/// <summary>How the two observables of the post change in one simulated mapping when the depth is doubled, and doubled again.</summary>
/// <remarks>
/// Doubling distinguishes laws of growth without a fitted constant. From a quarter of the depth to all of it, the distance of the effective rank to 1 is
/// divided by 16 if it decays as 1/l² (law R1), and by 1 if it does not decay; the limit is one half. Measured at width 512 and depth 200, 64 mappings each:
/// the logarithm of the ratio is -2.7 ± 0.8 without batch norm and 0.04 ± 0.10 in <c>bn_res</c>. The gain of ln χ from half of the depth to all of it is twice
/// the gain from a quarter to half if χ is exponential, and the same if it is a power; the limit is √2, halfway, and a gain below a threshold counts as none.
/// <para>
/// Each direction has a predicate of its own, and NaN makes both false: a property that cannot be seen must not pass because its opposite is not seen.
/// </para>
/// </remarks>
/// <param name="ReffAtQuarter">Effective rank at a quarter of the depth.</param>
/// <param name="ReffAtEnd">Effective rank at full depth.</param>
/// <param name="FirstGain">Gain of ln χ from a quarter to half of the depth.</param>
/// <param name="SecondGain">Gain from half of the depth to all of it.</param>
internal readonly record struct MappingBehaviour(double ReffAtQuarter, double ReffAtEnd, double FirstGain, double SecondGain)
{
    /// <summary>
    /// The least depth at which claims judge behaviours: a quarter of it must lie beyond the first 16 layers or so, in which the effective rank of a
    /// batch-normalised net settles from its input's.
    /// </summary>
    internal const int LeastDepth = 64;

    private static readonly double Halfway = Math.Sqrt(2);

    /// <summary>Whether the number of directions of variance tends to 1.</summary>
    public bool SignalCollapses => SeesSignal && ReffAtEnd - 1 <= 0.5 * (ReffAtQuarter - 1);

    /// <summary>Whether the number of directions of variance does not tend to 1.</summary>
    public bool SignalKeepsDirections => SeesSignal && ReffAtEnd - 1 > 0.5 * (ReffAtQuarter - 1);

    /// <summary>Whether SNR^l/SNR^0 = 1/χ² decays exponentially.</summary>
    public bool SnrDecaysExponentially => SeesGrowth && SecondGain > GrowthLaw.NoGain && SecondGain > Halfway * FirstGain;

    /// <summary>Whether SNR^l/SNR^0 decays as a power of the depth, slower, or not at all.</summary>
    public bool SnrDecaysSlower => SeesGrowth && (SecondGain <= GrowthLaw.NoGain || SecondGain <= Halfway * FirstGain);

    /// <summary>
    /// Whether χ grows as a power of the depth: when the depth doubles, ln χ gains as much as over the doubling before, within a factor of √2 either way.
    /// </summary>
    public bool ChiGrowsAsPower => SeesGrowth && FirstGain > 0 && SecondGain > FirstGain / Halfway && SecondGain < Halfway * FirstGain;

    private bool SeesSignal => double.IsFinite(ReffAtQuarter) && double.IsFinite(ReffAtEnd);

    private bool SeesGrowth => double.IsFinite(FirstGain) && double.IsFinite(SecondGain);

    /// <summary>Reads the behaviour of each mapping.</summary>
    /// <param name="table">Moments.</param>
    /// <returns>One for each simulation; null if the table lacks effective ranks, χ, or a required depth.</returns>
    public static IReadOnlyList<MappingBehaviour>? Read(MomentTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var depth = table.Depths[^1];
        return
            depth % 4 != 0
            || table.Reff is not { } reff
            || table.LogChi is not { } chi
            || table.IndexOf(depth / 4) is not { } quarter
            || table.IndexOf(depth / 2) is not { } half
            ? null
            :
            [
                .. Enumerable
                    .Range(0, table.Simulations)
                    .Select(i => new MappingBehaviour(reff[i][quarter], reff[i][^1], chi[i][half] - chi[i][quarter], chi[i][^1] - chi[i][half])),
            ];
    }
}
