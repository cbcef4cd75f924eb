namespace Wellbehaved.Audit;

/// <summary>The discrepancies δ that the claims about weights must see, as the ledger states them.</summary>
internal static class WeightDiscrepancies
{
    /// <summary>
    /// Distance of distribution functions: a normal law cut at two standard deviations and rescaled to its variance is 0.0166 away, a uniform one 0.057.
    /// </summary>
    public const double WideShape = 0.016;

    /// <summary>Of the wide network's variance, relative.</summary>
    public const double WideVariance = 0.05;

    /// <summary>The same for each of its convolutions after the first, each of which has a sixth of the weights.</summary>
    public const double WideVarianceOfOne = 0.06;

    /// <summary>Correlation of successive convolutions, all simulations and all pairs that begin at an odd number together.</summary>
    public const double Successive = 0.02;

    /// <summary>The same for the pairs that begin at an even number, of which there are fewer.</summary>
    public const double SuccessiveEven = 0.03;

    /// <summary>
    /// Of the variance of the first convolution in the network with kernels, relative; it has few weights. A wrong fan-in or gain changes it by a factor.
    /// </summary>
    public const double KernelFirstVariance = 0.12;

    /// <summary>Distance of distribution functions in that convolution.</summary>
    public const double KernelFirstShape = 0.06;

    /// <summary>Of the variance of the other convolutions in the network with kernels, relative.</summary>
    public const double KernelVariance = 0.05;

    /// <summary>The same for each of them, which have few weights.</summary>
    public const double KernelVarianceOfOne = 0.12;

    /// <summary>Distance of distribution functions in these convolutions.</summary>
    public const double KernelShape = 0.03;

    /// <summary>Correlation of two given convolutions, all simulations together.</summary>
    public const double PairPooled = 0.1;

    /// <summary>The same in the deep network: copies of which a quarter could be recovered in both.</summary>
    public const double PairDeep = 0.25;

    /// <summary>Correlation of two single convolutions of thousands of weights.</summary>
    public const double PairWide = 0.3;

    /// <summary>
    /// Correlation of two single convolutions of hundreds of weights, of which millions of pairs are compared. The correlation of a copy is 1.
    /// </summary>
    public const double PairNarrow = 0.95;

    /// <summary>Correlation of two channels of a convolution, all simulations together.</summary>
    public const double Channels = 0.5;

    /// <summary>
    /// Distance of the law of the angles between output channels from that of independent channels. Orthogonal weights, whose angles do not scatter, are ½
    /// away, and weights of half the rank 0.13. Weights of a third of the rank, whose angles scatter twice as much, are 0.16 away and are seen in either
    /// network.
    /// </summary>
    public const double Angles = 0.15;

    /// <summary>Correlation of two inputs of a kernel, which have weights to eight outputs only.</summary>
    public const double KernelInputs = 0.8;

    /// <summary>Correlation of a convolution with itself in another order.</summary>
    public const double Reordered = 0.1;

    /// <summary>Correlation at a lag, all simulations together, for lags that leave enough numbers.</summary>
    public const double Lag = 0.5;
}
