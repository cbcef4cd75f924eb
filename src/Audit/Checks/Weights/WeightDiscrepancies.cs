namespace Wellbehaved.Audit;

/// <summary>What the claims about weights must see, as the ledger states it.</summary>
internal static class WeightDiscrepancies
{
    /// <summary>
    /// Distance of distribution functions: a normal law cut at two standard deviations and rescaled to its variance is 0.0166 away, a uniform one 0.057.
    /// </summary>
    public const double WideShape = 0.016;

    /// <summary>Relative, of the wide network's variance.</summary>
    public const double WideVariance = 0.05;

    /// <summary>The same of each of its convolutions after the first, of which each has a sixth of the weights.</summary>
    public const double WideVarianceOfOne = 0.06;

    /// <summary>Correlation of successive convolutions, all simulations and all pairs that begin at an odd number together.</summary>
    public const double Successive = 0.02;

    /// <summary>The same of the pairs that begin at an even number, of which there are fewer.</summary>
    public const double SuccessiveEven = 0.03;

    /// <summary>
    /// Relative, of the variance of the first convolution of the network with kernels, which has few weights; a wrong fan-in or gain is off by a factor.
    /// </summary>
    public const double KernelFirstVariance = 0.12;

    /// <summary>Distance of distribution functions there.</summary>
    public const double KernelFirstShape = 0.06;

    /// <summary>Relative, of the variance of its other convolutions.</summary>
    public const double KernelVariance = 0.05;

    /// <summary>The same of each of them, which have few weights.</summary>
    public const double KernelVarianceOfOne = 0.12;

    /// <summary>Distance of distribution functions there.</summary>
    public const double KernelShape = 0.03;

    /// <summary>Correlation of two given convolutions, all simulations together.</summary>
    public const double PairPooled = 0.1;

    /// <summary>The same of the deep network: copies of which a quarter could be recovered in both.</summary>
    public const double PairDeep = 0.25;

    /// <summary>Correlation of two single convolutions of thousands of weights.</summary>
    public const double PairWide = 0.3;

    /// <summary>Correlation of two single convolutions of hundreds of weights, of which millions of pairs are compared: a copy has 1.</summary>
    public const double PairNarrow = 0.95;

    /// <summary>Correlation of two channels of a convolution, all simulations together.</summary>
    public const double Channels = 0.5;

    /// <summary>
    /// Distance of the law of the angles between output channels from that of independent ones: orthogonal weights, without any angle, are ½ away, those of
    /// half the rank 0.13. One third of the rank, whose angles scatter twice as much, is 0.16 away and seen in either network.
    /// </summary>
    public const double Angles = 0.15;

    /// <summary>Correlation of two inputs of a kernel, which have weights to eight outputs only.</summary>
    public const double KernelInputs = 0.8;

    /// <summary>Correlation of a convolution with itself in another order.</summary>
    public const double Reordered = 0.1;

    /// <summary>Correlation at a lag, all simulations together, as far as a lag leaves numbers enough.</summary>
    public const double Lag = 0.5;
}
