namespace Wellbehaved.Theory;

/// <summary>Moments of s(u), for an activation s and a Gaussian variable u of mean 0 and variance q.</summary>
/// <param name="Mean">E s(u).</param>
/// <param name="MeanSlope">E s'(u).</param>
/// <param name="Square">E s(u)².</param>
/// <param name="SquareDerivative">d E s(u)²/dq.</param>
/// <param name="SquareSlope">m(q) = E s'(u)²: the factor of the power of independent noise.</param>
/// <param name="SquareSlopeDerivative">dm/dq.</param>
/// <param name="SlopeAlong">E u s'(u).</param>
public readonly record struct ActivationMoments(
    double Mean,
    double MeanSlope,
    double Square,
    double SquareDerivative,
    double SquareSlope,
    double SquareSlopeDerivative,
    double SlopeAlong
)
{
    /// <summary>Var s(u).</summary>
    public double Variance => Square - (Mean * Mean);

    /// <summary>The moments of a curve at a variance.</summary>
    internal static ActivationMoments Compute(ActivationCurve curve, double variance)
    {
        var deviation = Math.Sqrt(variance);
        var (nodes, weights) = GaussianNodes.Make(0, deviation, curve.Kinks);

        // A constant has no derivative in q. It is subtracted first, so that its rounding does not dominate where q is small.
        var smooth = curve.Jumps.All(jump => jump == 0);
        var (atZero, slopeAtZero) = (curve.Value(0) * curve.Value(0), smooth ? curve.Slope(0) * curve.Slope(0) : 0);
        double mean = 0,
            meanSlope = 0,
            square = 0,
            squareDerivative = 0,
            squareSlope = 0,
            slopeDerivative = 0,
            along = 0;
        for (var k = 0; k < nodes.Length; k++)
        {
            var (z, w) = (nodes[k], weights[k]);
            var (value, slope) = (curve.Value(deviation * z), curve.Slope(deviation * z));
            mean += w * value;
            meanSlope += w * slope;
            square += w * value * value;
            squareSlope += w * slope * slope;
            squareDerivative += w * ((z * z) - 1) * ((value * value) - atZero);
            slopeDerivative += w * ((z * z) - 1) * ((slope * slope) - slopeAtZero);
            along += w * z * slope;
        }

        return variance == 0
            ? new(mean, meanSlope, square, (curve.Slope(0) * curve.Slope(0)) + (curve.Value(0) * curve.Curvature(0)), squareSlope, double.NaN, 0)
            : new(mean, meanSlope, square, 0.5 * squareDerivative / variance, squareSlope, 0.5 * slopeDerivative / variance, deviation * along);
    }
}
