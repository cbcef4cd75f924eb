using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The recovered weights of an architecture; each network is asked for when first needed.</summary>
/// <param name="seed">The seed that is asked for first.</param>
/// <param name="networks">The networks.</param>
/// <param name="plan">The numbers of simulations.</param>
/// <param name="ask">Asks for simulations of a network; gives none if the subject declines it.</param>
internal sealed class RecoveredWeights(
    ulong seed,
    WeightNetworks networks,
    WeightPlan plan,
    Func<NetworkSettings, ulong, int, IReadOnlyList<RecoveredSimulation>> ask
)
{
    private readonly Lazy<IReadOnlyList<RecoveredSimulation>> _wide = new(() => ask(networks.Wide, seed, plan.Wide));
    private readonly Lazy<IReadOnlyList<RecoveredSimulation>> _kernel = new(() => ask(networks.Kernel, seed, plan.Kernel));
    private readonly Lazy<IReadOnlyList<RecoveredSimulation>> _deep = new(() => ask(networks.Deep, seed, plan.Deep));
    private readonly Lazy<IReadOnlyList<RecoveredSimulation>> _narrow = new(() =>
        [.. ask(networks.Narrow, seed, plan.Narrow), .. Neighbours(seed).SelectMany(other => ask(networks.Narrow, other, plan.Neighbours))]
    );

    /// <summary>The seed that is asked for first.</summary>
    public ulong Seed => seed;

    /// <summary>Simulations of the wide network; empty if declined.</summary>
    public IReadOnlyList<RecoveredSimulation> Wide => _wide.Value;

    /// <summary>Simulations of the network with kernels; empty if declined.</summary>
    public IReadOnlyList<RecoveredSimulation> Kernel => _kernel.Value;

    /// <summary>Simulations of the deep network; empty if declined.</summary>
    public IReadOnlyList<RecoveredSimulation> Deep => _deep.Value;

    /// <summary>Simulations of the narrow network, those of <see cref="Seed"/> first, then a few of each neighbouring seed; empty if declined.</summary>
    public IReadOnlyList<RecoveredSimulation> Narrow => _narrow.Value;

    /// <summary>
    /// Seeds that a careless generator may confuse with a seed: the next ones, and those that differ only in one high bit (the sign of 32-bit integers, the
    /// lowest bit that they cut off, the highest bit of all).
    /// </summary>
    /// <param name="seed">A seed below 2⁵³.</param>
    /// <returns>Other seeds below 2⁵³.</returns>
    public static IEnumerable<ulong> Neighbours(ulong seed) => [seed ^ 1, seed ^ 2, seed ^ (1UL << 31), seed ^ (1UL << 32), seed ^ (1UL << 52)];
}
