using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Audit;

/// <summary>How far the points of a batch vary. It is computed without the cancellation that a Gram matrix of nearly equal points has.</summary>
/// <param name="Variance">μ₂: the mean square of the features after subtracting their means over the points.</param>
/// <param name="MeanSquare">ν₂.</param>
/// <param name="AreEqual">Whether all points have the same features, bit for bit.</param>
internal readonly record struct InputVariation(double Variance, double MeanSquare, bool AreEqual)
{
    /// <summary>
    /// A smaller share of the variance in the mean square is rounding of equal numbers in single precision; <c>run</c> refuses such images as well.
    /// </summary>
    private const double Least = 1.0 / (1L << 36);

    /// <summary>
    /// The least share of the variance for sums of products, which round to 2⁻⁵³ of the mean square: with a thousandth of this share, the variance still has
    /// ten digits.
    /// </summary>
    private const double LeastForProducts = 1e-6;

    /// <summary>The smallest normal number: of smaller mean squares digits are lost, and then the squares themselves.</summary>
    private const double LeastSquare = 2.2250738585072014e-308;

    /// <summary>Whether the points vary too little for a prediction.</summary>
    public bool VariesTooLittle => AreEqual || !(Variance > Least * MeanSquare);

    /// <summary>Whether the mean should be subtracted before products are summed.</summary>
    public bool NeedsCentring => Variance < LeastForProducts * MeanSquare;

    /// <summary>Measures the variation of features.</summary>
    /// <param name="features">Points × features.</param>
    /// <returns>How they vary.</returns>
    public static InputVariation Measure(Matrix<double> features)
    {
        var (variance, meanSquare, equal) = (0.0, 0.0, true);
        foreach (var column in features.EnumerateColumns())
        {
            var (pivot, shift) = (column[0], 0.0);
            foreach (var value in column)
            {
                shift += (value - pivot) / column.Count;
                meanSquare += value * value;
                equal &= value == pivot;
            }

            foreach (var value in column)
            {
                variance += (value - pivot - shift) * (value - pivot - shift);
            }
        }

        var count = (double)features.RowCount * features.ColumnCount;
        return new InputVariation(variance / count, meanSquare / count, equal);
    }

    /// <summary>Subtracts the mean over the points from each feature.</summary>
    /// <param name="features">Points × features.</param>
    /// <returns>The centred features.</returns>
    public static Matrix<double> Centred(Matrix<double> features)
    {
        // Differences to the first point are exact where points are nearly equal; means of the features themselves are not.
        var offset =
            Matrix<double>.Build.Dense(features.RowCount, features.ColumnCount, (i, k) => features[i, k] - features[0, k]).ColumnSums() / features.RowCount;
        return Matrix<double>.Build.Dense(features.RowCount, features.ColumnCount, (i, k) => features[i, k] - features[0, k] - offset[k]);
    }

    /// <summary>Says of points that vary too little what they do.</summary>
    public string Words =>
        AreEqual ? "are all equal"
        : MeanSquare < LeastSquare ? "are so small that double precision does not hold their squares"
        : $"vary by {Variance / MeanSquare:g2} of their mean square, less than single precision holds";

    /// <summary>The message that says what is wrong with the images.</summary>
    /// <param name="subject">The options that the message names.</param>
    /// <param name="options">The options of the prediction.</param>
    /// <returns>The exception.</returns>
    public InvalidInputException Refusal(string subject, ExperimentOptions options) =>
        new(
            subject,
            $"expected images that vary within a batch, but to the first layer those of {options.Dataset} "
                + $"{Words}; use other "
                + $"images{VaryingInput.OrNormalise(options.Normalize)}"
        );
}
