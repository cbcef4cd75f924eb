namespace Wellbehaved.Theory;

/// <summary>The dual of any curve, by quadrature over sectors in polar coordinates.</summary>
/// <remarks>
/// Derivatives by q are <c>2∂V/∂q₁ = E s''(u)s(v)</c> and <c>2q₁ ∂T/∂q₁ = E u s''(u)s'(v) - p ∂T/∂p</c>, with <c>∂T/∂p = E s''(u)s''(v)</c>. Where the slope
/// jumps, s'' has a point mass. It contributes the jump times the density there times an expectation over the other variable given this one.
/// </remarks>
internal sealed class QuadratureDual(ActivationCurve curve) : DualActivation(curve)
{
    /// <summary>
    /// The greatest variance at which quadratures keep twelve digits; a structure of width 1 is then a millionth of a standard deviation wide.
    /// </summary>
    public const double MostVariance = 1e12;

    private const double RootOfTwoPi = 2.50662827463100050242;

    internal override bool IsClosedForm => false;

    internal override DualDerivatives Compute(double q1, double q2, double p)
    {
        if (q1 == 0 || q2 == 0)
        {
            return AtZero(q1, q2);
        }

        var sums = SectorQuadrature.Sum(Curve, q1, q2, p);
        var (first, second) = (Point(q1, q2, p), Point(q2, q1, p));
        var tp = sums.Curvatures + first.Curvature + second.Curvature + BothKinks(q1, q2, p);
        var (along1, along2) = (sums.CurvatureAlongFirst + first.SlopeAlong, sums.CurvatureAlongSecond + second.SlopeAlong);
        return new(
            sums.Values,
            sums.Slopes,
            0.5 * (sums.CurvatureOfFirst + first.Value),
            0.5 * (sums.CurvatureOfSecond + second.Value),
            tp,
            0.5 * (along1 - (p * tp)) / q1,
            0.5 * (along2 - (p * tp)) / q2
        );
    }

    /// <summary>The dual where one variable is 0, or both are.</summary>
    private DualDerivatives AtZero(double q1, double q2)
    {
        var (first, second) = (Moments(q1), Moments(q2));
        double Half(double q, ActivationMoments other, Func<ActivationMoments, double> part) => q == 0 ? 0.5 * Curve.Curvature(0) * part(other) : double.NaN;
        return new(
            first.Mean * second.Mean,
            first.MeanSlope * second.MeanSlope,
            Half(q1, second, moments => moments.Mean),
            Half(q2, first, moments => moments.Mean),
            double.NaN,
            double.NaN,
            double.NaN
        );
    }

    /// <summary>The contributions of the jumps of u's slope to E s''(u)s(v), E u s''(u)s'(v) and E s''(u)s''(v).</summary>
    private (double Value, double SlopeAlong, double Curvature) Point(double q, double other, double p)
    {
        double value = 0,
            along = 0,
            curvature = 0;
        var rest = Math.Sqrt(Math.Max(0, other - (p * p / q)));
        for (var k = 0; k < Curve.Kinks.Count; k++)
        {
            var (kink, jump) = (Curve.Kinks[k], Curve.Jumps[k]);
            if (jump == 0)
            {
                continue;
            }

            var mass = jump * Math.Exp(-0.5 * kink * kink / q) / (RootOfTwoPi * Math.Sqrt(q));
            var mean = p * kink / q;
            value += mass * GaussianNodes.Expectation(mean, rest, Curve.Kinks, Curve.Value);
            along += mass * kink * GaussianNodes.Expectation(mean, rest, Curve.Kinks, Curve.Slope);
            curvature += mass * GaussianNodes.Expectation(mean, rest, Curve.Kinks, Curve.Curvature);
        }

        return (value, along, curvature);
    }

    /// <summary>The contribution of two jumps to E s''(u)s''(v): the density of both variables at their kinks.</summary>
    private double BothKinks(double q1, double q2, double p)
    {
        var (sum, determinant) = (0.0, (Math.Sqrt(q1 * q2) - p) * (Math.Sqrt(q1 * q2) + p));
        for (var k = 0; k < Curve.Kinks.Count; k++)
        {
            for (var l = 0; l < Curve.Kinks.Count; l++)
            {
                var jumps = Curve.Jumps[k] * Curve.Jumps[l];
                if (jumps != 0)
                {
                    var (x, y) = (Curve.Kinks[k], Curve.Kinks[l]);
                    var exponent = ((q2 * x * x) - (2 * p * x * y) + (q1 * y * y)) / determinant;
                    sum += jumps * Math.Exp(-0.5 * (exponent is double.NaN ? 0 : Math.Max(0, exponent))) / (2 * Math.PI * Math.Sqrt(determinant));
                }
            }
        }

        return sum;
    }
}
