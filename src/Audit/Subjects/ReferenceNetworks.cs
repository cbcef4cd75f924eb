using System.Collections.Concurrent;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Described networks of the reference, kept for reuse. Each is used by one propagation at a time.</summary>
internal sealed class ReferenceNetworks : IDisposable
{
    /// <summary>The most networks that are kept, since many runs would otherwise keep all of theirs.</summary>
    private const int Most = 128;

    private readonly ConcurrentDictionary<(Network Network, int Images, NoiseKind Noise), ConcurrentBag<Workplace>> _idle = new();

    /// <summary>Propagates through a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="input">The input.</param>
    /// <param name="wants">Whether a place, given by its index, is to be shown.</param>
    /// <param name="show">Shows a place, with the object that computes moments there.</param>
    public void Propagate(
        Network network,
        NoiseKind noise,
        IParameterSource<float> parameters,
        Batch input,
        Func<int, bool> wants,
        Action<int, Networks.Place, SignalAndNoise<float>, MomentComputation<float>> show
    )
    {
        var key = (network, input.Shape.Images, noise);
        if (!_idle.GetOrAdd(key, _ => []).TryTake(out var workplace))
        {
            // Counting locks out all other threads, so it is done only where there is one more to keep.
            if (_idle.Count > Most)
            {
                Dispose();
            }

            workplace = new Workplace(new NetworkPropagation<float>(network, input.Shape.Images, noise));
        }

        try
        {
            var target = workplace.Network.Input;
            Copy(input.Signal, target.Signal);
            Copy(input.Noise, target.Noise);
            (target.SignalExponent, target.NoiseExponent) = (0, 0);
            workplace.Network.Propagate(parameters, new Observer(workplace, wants, show));
        }
        finally
        {
            _idle.GetOrAdd(key, _ => []).Add(workplace);
        }
    }

    /// <summary>Given parameters, in the order of a network's list of parameters.</summary>
    public static GivenParameters<float> Given(Network network, IReadOnlyList<double[]> arrays)
    {
        var tensors = ParameterList.Enumerate(network).ToArray();
        return tensors.Length == arrays.Count
            ? new GivenParameters<float>(
                tensors.Zip(arrays).ToDictionary(pair => (pair.First.Kind, pair.First.Index), pair => Array.ConvertAll(pair.Second, value => (float)value))
            )
            : throw new ArgumentException($"expected {tensors.Length} arrays of parameters for {network.Name}, got {arrays.Count}", nameof(arrays));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _idle.Keys)
        {
            if (_idle.TryRemove(key, out var bag))
            {
                while (bag.TryTake(out var workplace))
                {
                    workplace.Dispose();
                }
            }
        }
    }

    /// <summary>Rounds numbers to single precision.</summary>
    public static void Copy(double[] source, Span<float> target)
    {
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = (float)source[i];
        }
    }

    private sealed class Workplace(NetworkPropagation<float> network) : IDisposable
    {
        private readonly Dictionary<TensorShape, MomentComputation<float>> _moments = [];

        public NetworkPropagation<float> Network { get; } = network;

        public MomentComputation<float> MomentsOf(TensorShape shape)
        {
            if (!_moments.TryGetValue(shape, out var computation))
            {
                _moments.Add(shape, computation = new MomentComputation<float>(shape));
            }

            return computation;
        }

        public void Dispose()
        {
            Network.Dispose();
            foreach (var computation in _moments.Values)
            {
                computation.Dispose();
            }
        }
    }

    private sealed class Observer(Workplace workplace, Func<int, bool> wants, Action<int, Networks.Place, SignalAndNoise<float>, MomentComputation<float>> show)
        : IPlaceObserver<float>
    {
        public bool Observes(int index, Networks.Place place) => wants(index);

        public void Observe(int index, Networks.Place place, SignalAndNoise<float> values) => show(index, place, values, workplace.MomentsOf(values.Shape));
    }
}
