using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>All snapshots of one propagation through a described network, in the order of its places.</summary>
internal sealed class NetworkTrace
{
    private readonly List<NetworkSnapshot> _snapshots = [];

    private NetworkTrace(Network network, Batch input) => (Network, Input) = (network, input);

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>The input.</summary>
    public Batch Input { get; }

    /// <summary>The snapshots, one for each place of the network.</summary>
    public IReadOnlyList<NetworkSnapshot> Snapshots => _snapshots;

    /// <summary>Propagates, and keeps what the subject shows.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="network">The network.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="weights">Its parameters.</param>
    /// <param name="input">The input.</param>
    /// <param name="look">Called with each snapshot while its moments are available; may be null.</param>
    /// <returns>The trace.</returns>
    /// <exception cref="SubjectException">A tensor has the wrong shape, or a place is missing, shown twice or out of order.</exception>
    /// <exception cref="DeclinedException">The subject does not offer this.</exception>
    public static NetworkTrace Record(ISubject subject, Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot>? look = null) =>
        All(subject, network, noise, [new Propagation(weights, input)], look)[0];

    /// <summary>Propagates several times through one network.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="network">The network.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="propagations">Parameters and inputs.</param>
    /// <param name="look">Called with each snapshot while its moments are available; may be null.</param>
    /// <returns>The traces.</returns>
    /// <exception cref="SubjectException">A tensor has the wrong shape, or a place is missing, shown twice or out of order.</exception>
    /// <exception cref="DeclinedException">The subject does not offer this.</exception>
    public static NetworkTrace[] All(
        ISubject subject,
        Network network,
        NoiseKind noise,
        IReadOnlyList<Propagation> propagations,
        Action<NetworkSnapshot>? look = null
    )
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(propagations);
        var images = propagations[0].Input.Shape.Images;
        if (subject.Description.WhyNot(network, images, noise, propagations[0].Weights is Weights.Given) is { } reason)
        {
            throw new DeclinedException(reason);
        }

        NetworkTrace[] traces = [.. propagations.Select(propagation => new NetworkTrace(network, propagation.Input))];
        subject.PropagateAll(
            network,
            noise,
            propagations,
            look is not null,
            (index, snapshot) =>
            {
                traces[index].Add(snapshot);
                look?.Invoke(snapshot);
            }
        );
        return Array.Find(traces, trace => trace._snapshots.Count != network.Places.Count) is { } incomplete
            ? throw new SubjectException($"expected {network.Places.Count} places of {network.Name}, got {incomplete._snapshots.Count}")
            : traces;
    }

    private void Add(NetworkSnapshot snapshot)
    {
        if (snapshot.Index != _snapshots.Count)
        {
            throw new SubjectException($"expected place {_snapshots.Count} of {Network.Places.Count}, got {snapshot.Index}, {snapshot.Where}");
        }

        var (place, images) = (Network.Places[snapshot.Index].Shape, Input.Shape.Images);
        var expected = new TensorShape(images, place.Height, place.Width, place.Channels);
        if (snapshot.Shape != expected || snapshot.Signal.Length != expected.Elements || snapshot.Noise.Length != expected.Elements)
        {
            throw new SubjectException($"expected tensors of shape {expected} at {snapshot.Where}, got {snapshot.Shape}");
        }

        _snapshots.Add(snapshot);
    }
}
