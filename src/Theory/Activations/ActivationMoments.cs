namespace Wellbehaved.Theory;

/// <summary>Moments of s(u), for an activation s and a Gaussian variable u of mean 0 and variance q.</summary>
public sealed class ActivationMoments
{
    internal ActivationMoments(
        double mean,
        double meanSlope,
        double square,
        double squareDerivative,
        double squareSlope,
        double squareSlopeDerivative,
        double slopeAlong
    )
    {
        Mean = mean;
        MeanSlope = meanSlope;
        Square = square;
        SquareDerivative = squareDerivative;
        SquareSlope = squareSlope;
        SquareSlopeDerivative = squareSlopeDerivative;
        SlopeAlong = slopeAlong;
    }

    /// <summary>E s(u).</summary>
    public double Mean { get; }

    /// <summary>E s'(u).</summary>
    public double MeanSlope { get; }

    /// <summary>E s(u)².</summary>
    public double Square { get; }

    /// <summary>d E s(u)²/dq.</summary>
    public double SquareDerivative { get; }

    /// <summary>m(q) = E s'(u)²: the factor of the power of independent noise.</summary>
    public double SquareSlope { get; }

    /// <summary>dm/dq.</summary>
    public double SquareSlopeDerivative { get; }

    /// <summary>E u s'(u).</summary>
    public double SlopeAlong { get; }

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
