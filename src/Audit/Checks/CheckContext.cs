using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What a check works with.</summary>
/// <param name="Subject">Who is audited.</param>
/// <param name="Rates">How often the check may be wrong, all its quantities together.</param>
/// <param name="Seed">The seed of its randomness.</param>
/// <param name="Deep">The deep experiments, shared between checks.</param>
/// <param name="Cancellation">Asks to stop.</param>
public sealed record CheckContext(ISubject Subject, ErrorRates Rates, ulong Seed, DeepExperiments Deep, CancellationToken Cancellation = default)
{
    /// <summary>The subject's own weights in one simulation of a study.</summary>
    /// <param name="study">Separates the studies of a check; studies share no randomness.</param>
    /// <param name="simulation">Index of the simulation.</param>
    /// <returns>The weights.</returns>
    public Weights.Own OwnWeights(int study, int simulation)
    {
        Cancellation.ThrowIfCancellationRequested();
        return new Weights.Own(SeedOf(study), (uint)simulation);
    }

    /// <summary>Simulates a network with its own Gaussian input and the subject's own weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="study">Separates the studies of a check.</param>
    /// <param name="simulation">Index of the simulation.</param>
    /// <returns>What the subject showed.</returns>
    public Trace Simulate(NetworkSettings network, int study, int simulation) =>
        Trace.Of(Subject, network, OwnWeights(study, simulation), Batch.Gaussian(network, SeedOf(~study), (uint)simulation));

    /// <summary>The seed of a study.</summary>
    /// <param name="study">Which study.</param>
    /// <returns>A seed that differs from those of other studies and checks.</returns>
    public ulong SeedOf(int study) => Mixing.Mix(Seed + (ulong)study);
}
