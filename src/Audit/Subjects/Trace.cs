using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>All snapshots of one propagation.</summary>
internal sealed class Trace
{
    private readonly Dictionary<(int Depth, int Place), Snapshot> _snapshots = [];

    private Trace(NetworkSettings network, Batch input) => (Network, Input) = (network, input);

    /// <summary>The network.</summary>
    public NetworkSettings Network { get; }

    /// <summary>The input.</summary>
    public Batch Input { get; }

    /// <summary>The snapshots, in order of propagation.</summary>
    public IEnumerable<Snapshot> Snapshots => _snapshots.Values;

    /// <summary>Propagates, and keeps what the subject shows.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="network">The network.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="input">The input.</param>
    /// <param name="look">Called with each snapshot while its moments are available; may be null.</param>
    /// <returns>The trace.</returns>
    /// <exception cref="SubjectException">A tensor has the wrong shape, or a place is shown twice or not at all.</exception>
    /// <exception cref="DeclinedException">The subject does not offer this.</exception>
    public static Trace Record(ISubject subject, NetworkSettings network, Weights weights, Batch input, Action<Snapshot>? look = null) =>
        All(subject, network, [new Propagation(weights, input)], look)[0];

    /// <summary>Propagates several times through networks of the same settings.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="network">The settings.</param>
    /// <param name="propagations">Weights and inputs.</param>
    /// <param name="look">Called with each snapshot while its moments are available; may be null.</param>
    /// <returns>The traces.</returns>
    /// <exception cref="SubjectException">A tensor has the wrong shape, or a place is shown twice or not at all.</exception>
    /// <exception cref="DeclinedException">The subject does not offer this.</exception>
    public static Trace[] All(ISubject subject, NetworkSettings network, IReadOnlyList<Propagation> propagations, Action<Snapshot>? look = null)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(propagations);
        if (subject.Description.WhyNot(network, propagations[0].Weights is Weights.Given) is { } reason)
        {
            throw new DeclinedException(reason);
        }

        Trace[] traces = [.. propagations.Select(propagation => new Trace(network, propagation.Input))];
        subject.PropagateAll(
            network,
            propagations,
            look is not null,
            (index, snapshot) =>
            {
                if (
                    snapshot.Shape != network.FeatureShape
                    || snapshot.Signal.Length != snapshot.Shape.Elements
                    || snapshot.Noise.Length != snapshot.Shape.Elements
                )
                {
                    throw new SubjectException($"expected tensors of shape {network.FeatureShape} at {snapshot.Where}, got {snapshot.Shape}");
                }

                if (!traces[index]._snapshots.TryAdd((snapshot.Depth, snapshot.Place.Number), snapshot))
                {
                    throw new SubjectException($"expected one snapshot at {snapshot.Where}, got two");
                }

                look?.Invoke(snapshot);
            }
        );
        var shown = 1 + (network.Depth * network.Architecture.Places.Length);
        return Array.Find(traces, trace => trace._snapshots.Count != shown) is { } incomplete
            ? throw new SubjectException($"expected {shown} snapshots, got {incomplete._snapshots.Count}")
            : traces;
    }

    /// <summary>The snapshot at a place.</summary>
    /// <param name="depth">Number of the layer or residual unit; 0 after the first convolution.</param>
    /// <param name="place">Number of the place; 0 after the first convolution.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="SubjectException">The place was not shown.</exception>
    public Snapshot At(int depth, int place) =>
        _snapshots.GetValueOrDefault((depth, place)) ?? throw new SubjectException($"expected a snapshot at depth {depth}, loc{place}, got none");

    /// <summary>The snapshot after the first step of a kind in a layer or residual unit.</summary>
    /// <param name="depth">Layer or residual unit, from 1.</param>
    /// <param name="kind">The kind of the step.</param>
    /// <returns>The snapshot.</returns>
    public Snapshot At(int depth, UnitPlaceKind kind) => At(depth, NumberOf(kind));

    /// <summary>The snapshot before the first step of a kind.</summary>
    /// <param name="depth">Layer or residual unit, from 1.</param>
    /// <param name="kind">The kind of the step.</param>
    /// <returns>The snapshot.</returns>
    public Snapshot Before(int depth, UnitPlaceKind kind) => At(depth, NumberOf(kind) - 1);

    private int NumberOf(UnitPlaceKind kind) => Network.Architecture.Places.First(place => place.Kind == kind).Number;
}
