using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Two points of equal variance at infinite width; units change their variance, their covariance and the power of independent noise.</summary>
/// <param name="Variance">q, mean square over channels.</param>
/// <param name="Covariance">p, the covariance of the two points.</param>
/// <param name="Noise">Power of noise that is uncorrelated with the signal.</param>
internal readonly record struct PairOfPoints(double Variance, double Covariance, double Noise)
{
    /// <summary>Mean over channels, which is nonzero after an activation and is subtracted by a layer norm.</summary>
    private double Mean { get; init; }

    /// <summary>The centred signal, in which the two points differ: q - p.</summary>
    public double Difference => Variance - Covariance;

    /// <summary>Applies layers.</summary>
    /// <exception cref="UnknownLayerException">A layer is one that <see cref="UnitLayers.Strange"/> names.</exception>
    public PairOfPoints After(IEnumerable<Layer> layers) => layers.Aggregate(this, (pair, layer) => pair.After(layer));

    private PairOfPoints After(Layer layer) =>
        layer switch
        {
            Convolution convolution => Weighted(convolution.Parameters),
            Dense dense => Weighted(dense.Parameters),
            Activation activation => Activated(DualActivation.For(activation.Function)),
            Scaling scaling => Scaled(scaling.Factor * scaling.Factor) with { Mean = Math.Abs(scaling.Factor) * Mean },

            // A mask divides what it keeps by the probability of keeping it, which leaves means as they are.
            Dropout dropout => Scaled(1 / dropout.Keep) with { Mean = Mean },

            // After batch norm of a large batch that varies in many directions, all points are uncorrelated.
            BatchNorm norm => new(norm.Scale * norm.Scale * Share(Difference, norm.Epsilon), 0, norm.Scale * norm.Scale * Noise / (Difference + norm.Epsilon)),
            LayerNorm norm => Normalised(norm, Mean * Mean),
            RmsNorm norm => Normalised(norm, 0),
            _ => throw new UnknownLayerException(layer),
        };

    private static double Share(double variance, double epsilon) => variance / (variance + epsilon);

    private PairOfPoints Weighted(Initialisation parameters) =>
        new(
            (parameters.WeightVariance * Variance) + parameters.BiasVariance,
            (parameters.WeightVariance * Covariance) + parameters.BiasVariance,
            parameters.WeightVariance * Noise
        );

    private PairOfPoints Activated(DualActivation dual)
    {
        var moments = dual.Moments(Variance);
        return new(moments.Square, dual.Evaluate(Variance, Variance, Math.Clamp(Covariance, -Variance, Variance)).V, moments.SquareSlope * Noise)
        {
            Mean = moments.Mean,
        };
    }

    /// <summary>The second moments times a number; the mean is that of the caller.</summary>
    private PairOfPoints Scaled(double square) => new(square * Variance, square * Covariance, square * Noise);

    private PairOfPoints Normalised(Norm norm, double taken)
    {
        var factor = norm.Scale * norm.Scale / (Variance - taken + norm.Epsilon);
        return new PairOfPoints(factor * (Variance - taken), factor * (Covariance - taken), factor * Noise)
        {
            Mean = taken == 0 ? Math.Sqrt(factor) * Mean : 0,
        };
    }
}
