namespace Wellbehaved.Networks;

/// <summary>How the parameters of a layer are drawn: weights of variance σ_w²/fan-in, biases of variance σ_b².</summary>
/// <param name="WeightVariance">σ_w²: 2 is He's, 1 LeCun's.</param>
/// <param name="BiasVariance">σ_b²; biases are Gaussian, and 0 leaves them out.</param>
/// <param name="Law">The distribution of the weights.</param>
public readonly record struct Initialisation(double WeightVariance, double BiasVariance = 0, WeightLaw Law = WeightLaw.Normal)
{
    /// <summary>Weights of variance 2/fan-in, which a ReLU before them asks for (He et al. 2015); no biases.</summary>
    public static Initialisation He { get; } = new(2);

    /// <summary>Weights of variance 1/fan-in (LeCun et al. 1998); no biases.</summary>
    public static Initialisation LeCun { get; } = new(1);

    /// <summary>Refuses variances that are no variances and laws that do not exist.</summary>
    internal void Validate(string path)
    {
        Require.NotNegative(path, "weight_variance", WeightVariance);
        Require.NotNegative(path, "bias_variance", BiasVariance);
        Require.Defined(path, "weights", Law);
    }
}
