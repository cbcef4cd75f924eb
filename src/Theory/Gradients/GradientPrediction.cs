using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The predicted gradient at a place: its mean square, for a gradient of independent standard normal numbers at the output.</summary>
public sealed class PredictedGradient
{
    internal PredictedGradient(int index, Place place, double logMeanSquare) => (Index, Place, LogMeanSquare) = (index, place, logMeanSquare);

    /// <summary>Index of the place among the network's places.</summary>
    public int Index { get; }

    /// <summary>The place.</summary>
    public Place Place { get; }

    /// <summary>ln of the mean square over points and channels; NaN where theory does not predict it.</summary>
    public double LogMeanSquare { get; }
}

/// <summary>The prediction of gradients in a network, place by place: the adjoint of the noise's recursion.</summary>
/// <remarks>
/// With w of independent standard normal numbers, <c>E |Jᵀ w|² = |J|² = E |J dx|²</c> with dx of independent standard normal numbers at the place: each is the
/// sum of the squares of the entries of J. The noise's kernel after a layer is a linear function of its kernel D before it (docs/theory.md, “Any network of
/// layers”, for noise that is independent of the signal). The transpose of this function maps U back, with U = I at the output, and the mean square at a place
/// of P points and N channels is <c>N_out Tr U/(P N)</c>. One walk back gives all places, and the gradient has the same validity as the noise.
/// </remarks>
public sealed class GradientPrediction
{
    internal GradientPrediction(IReadOnlyList<PredictedGradient> places, Validity validity, TheoryEnd? end) =>
        (Places, Validity, End) = (places, validity, end);

    /// <summary>The places, in their order; empty where theory does not reach the output.</summary>
    public IReadOnlyList<PredictedGradient> Places { get; }

    /// <summary>The scope in which the numbers hold.</summary>
    public Validity Validity { get; }

    /// <summary>Where theory ends, so that no gradient comes back from the output; null if it reaches the output.</summary>
    public TheoryEnd? End { get; }

    /// <summary>Follows the signal forward, and the gradient back; batch statistics are held.</summary>
    /// <param name="network">The network.</param>
    /// <param name="shape">Shape of one input in the features: that of the network, or all its features in one position if the network begins by
    /// flattening.</param>
    /// <param name="features">x (points × channels).</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The prediction.</returns>
    /// <exception cref="ArgumentException">Sizes differ, or a number is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static GradientPrediction Make(Network network, Shape shape, Matrix<double> features, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(features);
        var input = KernelState.FromFeatures(shape, features, Matrix<double>.Build.Dense(features.RowCount, features.ColumnCount));
        var (logarithms, validity, end) = GradientWalk.Back(network, input, cancellation);
        return new([.. logarithms.Select((logarithm, index) => new PredictedGradient(index, network.Places[index], logarithm))], validity, end);
    }
}
