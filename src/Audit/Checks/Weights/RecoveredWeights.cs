namespace Wellbehaved.Audit;

/// <summary>The recovered weights of an architecture.</summary>
/// <param name="Seed">The seed that was asked for first.</param>
/// <param name="Wide">Simulations of the wide network; empty if declined.</param>
/// <param name="Kernel">Simulations of the network with kernels; empty if declined.</param>
/// <param name="Narrow">Simulations of the narrow network, those of <see cref="Seed"/> first, then a few of each neighbouring seed; empty if declined.</param>
/// <param name="Declined">Why networks are missing.</param>
internal sealed record RecoveredWeights(
    ulong Seed,
    IReadOnlyList<RecoveredSimulation> Wide,
    IReadOnlyList<RecoveredSimulation> Kernel,
    IReadOnlyList<RecoveredSimulation> Narrow,
    IReadOnlyList<string> Declined)
{
    /// <summary>Seeds that a careless generator confuses with a seed: the next ones, and those that differ in a high bit only (the sign of 32-bit integers, what they cut off, the last bit of all).</summary>
    /// <param name="seed">A seed below 2⁵³.</param>
    /// <returns>Other seeds below 2⁵³.</returns>
    public static IEnumerable<ulong> Neighbours(ulong seed) => [seed ^ 1, seed ^ 2, seed ^ (1UL << 31), seed ^ (1UL << 32), seed ^ (1UL << 52)];
}
