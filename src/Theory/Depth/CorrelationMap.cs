namespace Wellbehaved.Theory;

/// <summary>Maps the distance 1 - c of two points of equal variance to their distance after a layer, accurate to all digits for small distances.</summary>
/// <remarks>A correlation of 1 - 10⁻¹³, stored as such, has only three digits of its distance; the distance itself keeps all digits.</remarks>
internal sealed class CorrelationMap
{
    private readonly Func<double, double> _after;

    private CorrelationMap(Func<double, double> after) => _after = after;

    /// <summary>The map of a stack at its fixed point; the variance must be positive and finite.</summary>
    /// <param name="field">The stack.</param>
    /// <exception cref="ArgumentException">The variance at the fixed point is 0 or infinite.</exception>
    public static CorrelationMap Make(MeanField field)
    {
        if (!(field.Variance > 0) || !double.IsFinite(field.Variance))
        {
            throw new ArgumentException($"expected a positive, finite fixed point of the variance, got {field.Variance}", nameof(field));
        }

        var weight = field.WeightVariance / field.Variance;
        if (field.Dual is LeakyDual leaky)
        {
            var (a, bend) = (leaky.Slope, 0.5 * (1 - leaky.Slope) * (1 - leaky.Slope));
            return new(distance => field.WeightVariance * ((a * distance) + (bend * ArcCosineKernel.DistanceAfterOrder1(distance))));
        }

        // 1 - f(c) = σ_w²/q Σ a_n² e_n with e_n = 1 - cⁿ. The recursion e_{n+1} = c e_n + d adds numbers of one sign.
        var squares = MehlerTable.Make(field.Dual, [field.Variance]).Squares(0);
        return new(distance =>
        {
            var (sum, power) = (0.0, 0.0);
            for (var n = 1; n < squares.Length; n++)
            {
                power = ((1 - distance) * power) + distance;
                sum += squares[n] * power;
            }

            return weight * sum;
        });
    }

    /// <summary>1 - c after some layers.</summary>
    /// <param name="distance">1 - c in [0, 2].</param>
    /// <param name="layers">Number of layers.</param>
    public double After(double distance, int layers = 1)
    {
        for (var layer = 0; layer < layers; layer++)
        {
            distance = _after(distance);
        }

        return distance;
    }
}
