using System.Collections.Concurrent;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using UnitPlace = Wellbehaved.Model.UnitPlace;

namespace Wellbehaved.Audit;

/// <summary>The reference implementation as a subject; <c>verify</c> audits it.</summary>
/// <remarks>
/// Its parts can be replaced; the deliberately wrong implementations of the tests are made in this way. Networks are kept for reuse, and each is used by one
/// propagation at a time, so that checks may run in parallel.
/// </remarks>
public class ReferenceSubject : ISubject, IDisposable
{
    /// <summary>
    /// The most networks that are kept. A run of the suite draws some hundred different networks from its seed, and many runs must not keep all of them.
    /// </summary>
    private const int MostSettings = 512;

    private readonly ConcurrentDictionary<NetworkSettings, ConcurrentBag<Workplace>> _idle = new();
    private readonly ReferenceNetworks _networks = new();

    /// <inheritdoc/>
    public virtual SubjectDescription Description { get; } = new("reference") { NetworkOffer = NetworkOffer.Everything };

    /// <inheritdoc/>
    public virtual void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(observe);
        if (!_idle.GetOrAdd(network, _ => []).TryTake(out var workplace))
        {
            // Counting locks out all other threads, so it is done only where there is one more to keep.
            if (_idle.Count > MostSettings)
            {
                FreeIdle();
            }

            workplace = new Workplace(Adapt(network));
        }

        try
        {
            ReferenceNetworks.Copy(input.Signal, workplace.Network.Input.Signal);
            ReferenceNetworks.Copy(input.Noise, workplace.Network.Input.Noise);
            (workplace.Network.Input.SignalExponent, workplace.Network.Input.NoiseExponent) = (0, 0);
            workplace.Network.Propagate(Kernels(weights), new Observer(this, workplace.Moments, observe));
        }
        finally
        {
            _idle.GetOrAdd(network, _ => []).Add(workplace);
        }
    }

    /// <inheritdoc/>
    public virtual MomentTable Run(ExperimentOptions options, Action? depthReached, CancellationToken cancellation) =>
        MomentTable.Read(Experiment.Prepare(options).Run(depthReached, cancellation: cancellation));

    /// <inheritdoc/>
    public virtual void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(observe);
        _networks.Propagate(
            network,
            noise,
            Parameters(network, weights),
            input,
            _ => true,
            (index, place, values, computation) =>
                observe(new NetworkSnapshot(index, place, values.Shape, values.TrueSignal(), values.TrueNoise(), () => Report(place, values, computation)))
        );
    }

    /// <inheritdoc/>
    public virtual void Measure(
        Network network,
        NoiseKind noise,
        IReadOnlyList<Propagation> propagations,
        Func<int, bool> wants,
        Action<int, int, ReportedMoments> observe
    )
    {
        ArgumentNullException.ThrowIfNull(propagations);
        for (var i = 0; i < propagations.Count; i++)
        {
            var propagation = i;
            _networks.Propagate(
                network,
                noise,
                Parameters(network, propagations[i].Weights),
                propagations[i].Input,
                wants,
                (index, place, values, computation) => observe(propagation, index, Report(place, values, computation))
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The network that is actually built.</summary>
    /// <param name="network">The network that was asked for.</param>
    /// <returns>The same.</returns>
    private protected virtual NetworkSettings Adapt(NetworkSettings network) => network;

    /// <summary>The weights that are actually used.</summary>
    /// <param name="weights">The weights that were asked for.</param>
    /// <returns>Their source.</returns>
    private protected virtual IKernelSource<float> Kernels(Weights weights) =>
        weights switch
        {
            Weights.Own own => new RandomKernels<float>(own.Seed, own.Simulation),
            Weights.Given given => new GivenKernels<float>([.. given.Kernels.Select(kernel => kernel.Select(value => (float)value).ToArray())]),
            _ => throw new ArgumentException("expected given or own weights", nameof(weights)),
        };

    /// <summary>The parameters of a described network that are actually used.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">The parameters that were asked for.</param>
    /// <returns>Their source.</returns>
    private protected virtual IParameterSource<float> Parameters(Network network, Weights weights) =>
        weights switch
        {
            Weights.Own own => new RandomParameters<float>(own.Seed, own.Simulation),
            Weights.Given given => ReferenceNetworks.Given(network, given.Kernels),
            _ => throw new ArgumentException("expected given or own weights", nameof(weights)),
        };

    /// <summary>The moments that are actually reported.</summary>
    /// <param name="depth">Number of the layer or residual unit.</param>
    /// <param name="place">The place.</param>
    /// <param name="values">Signal and noise there.</param>
    /// <param name="computation">Computes moments.</param>
    /// <returns>The moments, with effective ranks.</returns>
    private protected virtual ReportedMoments Report(int depth, UnitPlace place, SignalAndNoise<float> values, MomentComputation<float> computation)
    {
        ArgumentNullException.ThrowIfNull(computation);
        return Reported(computation.Compute(values, reffSignal: true, reffNoise: true));
    }

    /// <summary>The moments of a described network that are actually reported; effective ranks only after activations, as in result files.</summary>
    /// <param name="place">The place.</param>
    /// <param name="values">Signal and noise there.</param>
    /// <param name="computation">Computes moments.</param>
    /// <returns>The moments.</returns>
    private protected virtual ReportedMoments Report(Networks.Place place, SignalAndNoise<float> values, MomentComputation<float> computation)
    {
        ArgumentNullException.ThrowIfNull(computation);
        var ranks = place.After is Activation;
        var moments = computation.Compute(values, ranks, ranks);
        var reported = Reported(moments) with { ReffSignal = RankOf(moments.ReffSignal), ReffNoise = RankOf(moments.ReffNoise) };

        // Result files have numbers in place of what does not exist; in answers a quotient by zero is what it is.
        // Logarithms of what is not zero may be below the number that stands for the logarithm of zero.
        return moments.LogMu2Signal != MomentSet.LogOfZero ? reported
            : moments.LogMu2Noise != MomentSet.LogOfZero ? reported with { Chi = double.PositiveInfinity, LogChi = double.PositiveInfinity }
            : reported with { Chi = double.NaN, LogChi = double.NaN };

        double RankOf(double rank) => ranks && rank > 0 ? rank : double.NaN;
    }

    private static ReportedMoments Reported(MomentSet moments) =>
        new(
            moments.Nu1AbsSignal,
            moments.Nu2Signal,
            moments.Mu2Signal,
            moments.Mu4Signal,
            moments.Mu2Noise,
            moments.LogNu2Signal,
            moments.LogMu2Signal,
            moments.LogMu2Noise,
            moments.Chi(1),
            moments.LogChi(1),
            moments.ReffSignal,
            moments.ReffNoise
        );

    /// <summary>Frees the networks.</summary>
    /// <param name="disposing">Whether it is called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        FreeIdle();
        _networks.Dispose();
    }

    private void FreeIdle()
    {
        foreach (var settings in _idle.Keys)
        {
            if (_idle.TryRemove(settings, out var bag))
            {
                // Taking a network makes this thread its only owner; another thread may still be using the bag.
                while (bag.TryTake(out var workplace))
                {
                    workplace.Dispose();
                }
            }
        }
    }

    private sealed class Workplace(NetworkSettings network) : IDisposable
    {
        public NetworkPropagation<float> Network { get; } = new(network);

        public MomentComputation<float> Moments { get; } = new(network.FeatureShape);

        public void Dispose()
        {
            Network.Dispose();
            Moments.Dispose();
        }
    }

    private sealed class Observer(ReferenceSubject subject, MomentComputation<float> computation, Action<Snapshot> observe) : IPropagationObserver<float>
    {
        public bool Observes(int depth) => true;

        public void Observe(int depth, UnitPlace place, SignalAndNoise<float> values) =>
            observe(new Snapshot(depth, place, values.Shape, values.TrueSignal(), values.TrueNoise(), () => subject.Report(depth, place, values, computation)));
    }
}
