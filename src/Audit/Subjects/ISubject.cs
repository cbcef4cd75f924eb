using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>An implementation of the propagation of signal and noise through random networks that is audited.</summary>
/// <remarks>
/// Its answers must be a function of the request: the same seed and simulation have the same weights. Checks call it from several threads.
/// </remarks>
public interface ISubject
{
    /// <summary>The subject's description of itself.</summary>
    SubjectDescription Description { get; }

    /// <summary>Propagates signal and noise through one network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="weights">Given weights, or the subject's own initialisation.</param>
    /// <param name="input">Signal and noise at the input.</param>
    /// <param name="observe">
    /// To be called at depth 0 after the first convolution (place 0) and at every place of every layer or residual unit, in order.
    /// </param>
    /// <exception cref="DeclinedException">The subject does not offer this.</exception>
    void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe);

    /// <summary>How many simulations of a network should be asked for at once.</summary>
    /// <param name="network">The network.</param>
    /// <returns>1, unless requests are expensive.</returns>
    int SimulationsAtOnce(NetworkSettings network) => 1;

    /// <summary>Propagates through several networks of the same settings.</summary>
    /// <param name="network">The settings.</param>
    /// <param name="propagations">Weights and input of each.</param>
    /// <param name="moments">Whether moments will be used.</param>
    /// <param name="observe">As in <see cref="Propagate(NetworkSettings, Weights, Batch, Action{Snapshot})"/>, with the index of the propagation.</param>
    void PropagateAll(NetworkSettings network, IReadOnlyList<Propagation> propagations, bool moments, Action<int, Snapshot> observe)
    {
        ArgumentNullException.ThrowIfNull(propagations);
        for (var i = 0; i < propagations.Count; i++)
        {
            var index = i;
            Propagate(network, propagations[i].Weights, propagations[i].Input, snapshot => observe(index, snapshot));
        }
    }

    /// <summary>Runs a deep experiment with the subject's own weights.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="depthReached">Called after each layer or residual unit, from any thread.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Moments by depth.</returns>
    MomentTable Run(ExperimentOptions options, Action? depthReached, CancellationToken cancellation) =>
        DeepPropagation.Run(this, options, depthReached, cancellation);

    /// <summary>
    /// Propagates signal and noise through a network that is described by its layers. Subjects offer this in <see cref="SubjectDescription.NetworkOffer"/>.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="weights">Given parameters in the order of <see cref="ParameterList"/>, or the subject's own initialisation.</param>
    /// <param name="input">Signal and noise at the input.</param>
    /// <param name="observe">To be called at every place of the network, in their order.</param>
    /// <exception cref="DeclinedException">The subject does not offer this.</exception>
    void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe) =>
        throw new DeclinedException("networks that are described by their layers");

    /// <summary>How many simulations of a described network should be asked for at once.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Number of inputs in the batch.</param>
    /// <returns>1, unless requests are expensive.</returns>
    int SimulationsAtOnce(Network network, int images) => 1;

    /// <summary>Propagates through several mappings of a described network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="propagations">Parameters and input of each; all batches have the same shape.</param>
    /// <param name="moments">Whether moments will be used.</param>
    /// <param name="observe">To be called at every place of the network, in their order, with the index of the propagation.</param>
    /// <exception cref="DeclinedException">The subject does not offer this.</exception>
    void PropagateAll(Network network, NoiseKind noise, IReadOnlyList<Propagation> propagations, bool moments, Action<int, NetworkSnapshot> observe)
    {
        ArgumentNullException.ThrowIfNull(propagations);
        for (var i = 0; i < propagations.Count; i++)
        {
            var index = i;
            Propagate(network, noise, propagations[i].Weights, propagations[i].Input, snapshot => observe(index, snapshot));
        }
    }

    /// <summary>Runs mappings of a described network only for their moments: a deep experiment with the subject's own weights.</summary>
    /// <param name="network">The network.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="propagations">Parameters and input of each; all batches have the same shape.</param>
    /// <param name="wants">Whether the moments of a place, by its index, are needed.</param>
    /// <param name="observe">To be called with the index of the propagation, the index of each place that is needed, in order, and its moments.</param>
    /// <exception cref="DeclinedException">The subject does not offer this.</exception>
    void Measure(Network network, NoiseKind noise, IReadOnlyList<Propagation> propagations, Func<int, bool> wants, Action<int, int, ReportedMoments> observe) =>
        PropagateAll(
            network,
            noise,
            propagations,
            moments: true,
            (index, snapshot) =>
            {
                if (wants(snapshot.Index))
                {
                    observe(index, snapshot.Index, snapshot.Moments());
                }
            }
        );
}

/// <summary>The weights and the input of one propagation.</summary>
/// <param name="weights">Given weights, or the subject's own initialisation.</param>
/// <param name="input">Signal and noise at the input.</param>
public sealed class Propagation(Weights weights, Batch input)
{
    /// <summary>Given weights, or the subject's own initialisation.</summary>
    public Weights Weights { get; } = weights;

    /// <summary>Signal and noise at the input.</summary>
    public Batch Input { get; } = input;
}

/// <summary>A subject does not offer what it was asked for.</summary>
/// <param name="reason">What it does not offer.</param>
public sealed class DeclinedException(string reason) : Exception(reason);
