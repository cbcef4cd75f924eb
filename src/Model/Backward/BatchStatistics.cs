namespace Wellbehaved.Model;

/// <summary>Mean and variance of each channel before one batch norm: those of the last batch, or a running average in training.</summary>
/// <param name="channels">Number of channels.</param>
internal sealed class BatchStatistics(int channels)
{
    private readonly double[] _means = new double[channels];
    private readonly double[] _variances = new double[channels];

    /// <summary>Mean of each channel over the points, in true units.</summary>
    public Span<double> Means => _means;

    /// <summary>Variance of each channel over the points, with their number as denominator and without ε, in true units.</summary>
    public Span<double> Variances => _variances;
}
