using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The prediction for a network on a given batch, place by place, up to the layer where theory ends.</summary>
public sealed class NetworkPrediction
{
    internal NetworkPrediction(IReadOnlyList<PredictedPlace> places, TheoryEnd? end) => (Places, End) = (places, end);

    /// <summary>Moments at the places that were asked for, up to the end of theory.</summary>
    public IReadOnlyList<PredictedPlace> Places { get; }

    /// <summary>Where theory ends; null if it reaches the output.</summary>
    public TheoryEnd? End { get; }

    /// <summary>Follows signal and noise through the layers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="shape">Shape of one input in the features: that of the network, or all its features in one position if the network begins by
    /// flattening.</param>
    /// <param name="features">x (points × channels).</param>
    /// <param name="noise">dx, of the same size.</param>
    /// <param name="mu2Input">μ₂(x⁰), to which χ is relative.</param>
    /// <param name="mu2InputNoise">μ₂(dx⁰), to which χ is relative.</param>
    /// <param name="isWanted">Whether moments are computed at a place; null for all places.</param>
    /// <param name="placeReached">Called at each place, whether wanted or not.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="ArgumentException">Sizes differ, or a number is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static NetworkPrediction Make(
        Network network,
        Shape shape,
        Matrix<double> features,
        Matrix<double> noise,
        double mu2Input,
        double mu2InputNoise = 1,
        Func<int, bool>? isWanted = null,
        Action? placeReached = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        var (predicted, index) = (new List<PredictedPlace>(), 0);
        var (logMu2, logNoise) = (Math.Log(mu2Input), Math.Log(mu2InputNoise));
        var end = KernelStates.Walk(network.Layers, KernelState.FromFeatures(shape, features, noise), Show, cancellation);
        return index == network.Places.Count
            ? new(predicted, end)
            : throw new InvalidOperationException($"{index} states for the {network.Places.Count} places of {network.Name}");

        void Show(KernelState? state)
        {
            if (state is not null && (isWanted is null || isWanted(index)))
            {
                predicted.Add(PredictedPlace.Read(index, network.Places[index], state, logMu2, logNoise));
            }

            index++;
            placeReached?.Invoke();
        }
    }
}
