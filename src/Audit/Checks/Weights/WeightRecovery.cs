using System.Collections.Concurrent;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The recovered weights of a subject. Those of each architecture are asked for once and shared between checks.</summary>
/// <param name="subject">The subject that is audited.</param>
/// <param name="seed">The user's seed.</param>
/// <param name="cancellation">Asks to stop.</param>
internal sealed class WeightRecovery(ISubject subject, ulong seed, CancellationToken cancellation)
{
    private readonly ConcurrentDictionary<(Architecture Architecture, WeightPlan Plan), Lazy<RecoveredWeights>> _recovered = [];

    /// <summary>The weights of an architecture.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="plan">The numbers of simulations.</param>
    /// <returns>The weights; they are asked for when first needed.</returns>
    public RecoveredWeights Recover(Architecture architecture, WeightPlan plan) =>
        _recovered
            .GetOrAdd(
                (architecture, plan),
                key => new Lazy<RecoveredWeights>(() =>
                    new RecoveredWeights(
                        Mixing.SeedOf(seed, $"weights {key.Architecture.Name}"),
                        new WeightNetworks(key.Architecture, subject.Description.EpsilonForWeights()),
                        key.Plan,
                        (network, asked, simulations) =>
                            subject.Description.WhyNot(network, given: false) is null ? [.. Simulations(network, asked, simulations)] : []
                    )
                )
            )
            .Value;

    private IEnumerable<RecoveredSimulation> Simulations(NetworkSettings network, ulong asked, int simulations)
    {
        var (atOnce, inputs) = (subject.SimulationsAtOnce(network), Mixing.SeedOf(asked, "inputs of recovered weights"));
        var forUnknown = Mixing.SeedOf(seed, $"own numbers for unknown weights, {network.Channels} channels, {network.Depth} units");
        for (var first = 0; first < simulations; first += atOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            Propagation[] propagations =
            [
                .. Enumerable
                    .Range(first, Math.Min(atOnce, simulations - first))
                    .Select(simulation => new Propagation(new Weights.Own(asked, (uint)simulation), Batch.Gaussian(network, inputs, (uint)simulation))),
            ];
            var traces = Trace.All(subject, network, propagations);
            for (var i = 0; i < traces.Length; i++)
            {
                var own = Mixing.Mix(forUnknown ^ Mixing.Mix(asked ^ Mixing.Mix((ulong)(first + i))));
                yield return new RecoveredSimulation(
                    asked,
                    (uint)(first + i),
                    [
                        .. ShownConvolution
                            .AllOf(traces[i], subject.Description.UnitRoundoff)
                            .Select(shown => new RecoveredConvolution(shown, subject.Description.UnitRoundoff, own)),
                    ]
                );
            }
        }
    }
}
