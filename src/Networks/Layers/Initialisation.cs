namespace Wellbehaved.Networks;

/// <summary>How the parameters of a layer are drawn: weights of variance σ_w²/fan-in, biases of variance σ_b².</summary>
/// <param name="WeightVariance">σ_w²: 2 is He initialisation, 1 is LeCun initialisation.</param>
/// <param name="BiasVariance">σ_b²; biases are Gaussian, and 0 means no biases.</param>
/// <param name="Law">The distribution of the weights.</param>
public readonly record struct Initialisation(double WeightVariance, double BiasVariance = 0, WeightLaw Law = WeightLaw.Normal)
{
    /// <summary>Weights of variance 2/fan-in, which preserves the signal after a ReLU (He et al. 2015); no biases.</summary>
    public static Initialisation He { get; } = new(2);

    /// <summary>Weights of variance 1/fan-in (LeCun et al. 1998); no biases.</summary>
    public static Initialisation LeCun { get; } = new(1);

    /// <summary>Refuses invalid variances and laws that do not exist.</summary>
    internal void Validate(string path)
    {
        Require.NotNegative(path, "weight_variance", WeightVariance);
        Require.NotNegative(path, "bias_variance", BiasVariance);
        Require.Defined(path, "weights", Law);
    }
}
