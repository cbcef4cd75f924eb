using System.Collections.Concurrent;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// The interpreter of layers, asked through a cache that is keyed by seed and simulation: what it was asked first under them it answers for every other input.
/// </summary>
internal sealed class ForgetfulInterpreter(string name) : LayerInterpreter(name, new LayerRules())
{
    private readonly ConcurrentDictionary<(Network Network, ulong Seed, uint Simulation), Batch> _first = new();

    public override void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe) =>
        base.Propagate(network, noise, weights, weights is Weights.Own own ? _first.GetOrAdd((network, own.Seed, own.Simulation), input) : input, observe);
}
