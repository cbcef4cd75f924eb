using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>A subject whose answers are looked at on their way to a check: where it shows numbers that are none, laws can say nothing.</summary>
/// <param name="subject">The subject.</param>
internal sealed class WatchedSubject(ISubject subject) : ISubject
{
    private volatile string? _notFinite;

    /// <summary>The place of a number that is infinite or none; null if there was no such number.</summary>
    public string? NotFinite => _notFinite;

    /// <inheritdoc/>
    public SubjectDescription Description => subject.Description;

    /// <inheritdoc/>
    public void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) =>
        subject.Propagate(network, weights, input, snapshot => observe(Watch(snapshot)));

    /// <inheritdoc/>
    public int SimulationsAtOnce(NetworkSettings network) => subject.SimulationsAtOnce(network);

    /// <inheritdoc/>
    public void PropagateAll(NetworkSettings network, IReadOnlyList<Propagation> propagations, bool moments, Action<int, Snapshot> observe) =>
        subject.PropagateAll(network, propagations, moments, (index, snapshot) => observe(index, Watch(snapshot)));

    /// <inheritdoc/>
    public MomentTable Run(ExperimentOptions options, Action? depthReached, CancellationToken cancellation) => subject.Run(options, depthReached, cancellation);

    /// <inheritdoc/>
    public void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe) =>
        subject.Propagate(network, noise, weights, input, snapshot => observe(Watch(snapshot)));

    /// <inheritdoc/>
    public int SimulationsAtOnce(Network network, int images) => subject.SimulationsAtOnce(network, images);

    /// <inheritdoc/>
    public void PropagateAll(Network network, NoiseKind noise, IReadOnlyList<Propagation> propagations, bool moments, Action<int, NetworkSnapshot> observe) =>
        subject.PropagateAll(network, noise, propagations, moments, (index, snapshot) => observe(index, Watch(snapshot)));

    /// <inheritdoc/>
    public void Measure(
        Network network,
        NoiseKind noise,
        IReadOnlyList<Propagation> propagations,
        Func<int, bool> wants,
        Action<int, int, ReportedMoments> observe
    ) => subject.Measure(network, noise, propagations, wants, observe);

    private Snapshot Watch(Snapshot snapshot)
    {
        Look(snapshot.Signal, snapshot.Noise, () => snapshot.Where);
        return snapshot;
    }

    private NetworkSnapshot Watch(NetworkSnapshot snapshot)
    {
        Look(snapshot.Signal, snapshot.Noise, () => snapshot.Where);
        return snapshot;
    }

    private void Look(double[] signal, double[] noise, Func<string> where)
    {
        if (_notFinite is null && !(VectorMath.AreFinite(signal) && VectorMath.AreFinite(noise)))
        {
            _notFinite = where();
        }
    }
}
