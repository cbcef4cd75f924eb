using System.Collections.Concurrent;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The recovered weights of a subject, each architecture's asked for once and shared between checks.</summary>
/// <param name="subject">Who is audited.</param>
/// <param name="seed">The user's seed.</param>
/// <param name="cancellation">Asks to stop.</param>
internal sealed class WeightRecovery(ISubject subject, ulong seed, CancellationToken cancellation)
{
    private readonly ConcurrentDictionary<(string Architecture, WeightPlan Plan), Lazy<RecoveredWeights>> _recovered = [];

    /// <summary>The weights of an architecture.</summary>
    /// <param name="architecture">Its name.</param>
    /// <param name="plan">How many simulations.</param>
    /// <returns>The weights; asked for when first needed.</returns>
    /// <exception cref="DeclinedException">The subject declines all of the networks.</exception>
    public RecoveredWeights Of(string architecture, WeightPlan plan) =>
        _recovered.GetOrAdd((architecture, plan), key => new Lazy<RecoveredWeights>(() => Recover(key.Architecture, key.Plan))).Value;

    private RecoveredWeights Recover(string architecture, WeightPlan plan)
    {
        var networks = new WeightNetworks(architecture, subject.Description.EpsilonForWeights());
        var (declined, own) = (new List<string>(), Mixing.SeedOf(seed, $"weights {architecture}"));
        ulong[] others = [.. RecoveredWeights.Neighbours(own)];
        var recovered = new RecoveredWeights(
            own,
            Ask(networks.Wide, own, plan.Wide),
            Ask(networks.Kernel, own, plan.Kernel),
            [.. Ask(networks.Narrow, own, plan.Narrow), .. others.SelectMany(other => Ask(networks.Narrow, other, plan.Neighbours))],
            declined);
        return recovered.Wide.Count + recovered.Kernel.Count + recovered.Narrow.Count > 0 ? recovered : throw new DeclinedException(declined[0]);

        RecoveredSimulation[] Ask(NetworkSettings network, ulong asked, int simulations)
        {
            if (subject.Description.WhyNot(network, given: false) is { } reason)
            {
                declined.Add(reason);
                return [];
            }

            return [.. Simulations(network, asked, simulations)];
        }
    }

    private IEnumerable<RecoveredSimulation> Simulations(NetworkSettings network, ulong asked, int simulations)
    {
        var (atOnce, inputs) = (subject.SimulationsAtOnce(network), Mixing.SeedOf(asked, "inputs of recovered weights"));
        for (var first = 0; first < simulations; first += atOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            Propagation[] propagations = [.. Enumerable.Range(first, Math.Min(atOnce, simulations - first))
                .Select(simulation => new Propagation(new Weights.Own(asked, (uint)simulation), Batch.Gaussian(network, inputs, (uint)simulation)))];
            var traces = Trace.All(subject, network, propagations);
            for (var i = 0; i < traces.Length; i++)
            {
                yield return new RecoveredSimulation(
                    asked,
                    (uint)(first + i),
                    [.. ShownConvolution.AllOf(traces[i], subject.Description.UnitRoundoff).Select(shown => new RecoveredConvolution(shown, subject.Description.UnitRoundoff))]);
            }
        }
    }
}
