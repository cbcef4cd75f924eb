namespace Wellbehaved.Model;

/// <summary>Mean and variance of each channel before one batch norm: of the batch that passed last, or a running average that training keeps.</summary>
/// <param name="channels">Number of channels.</param>
public sealed class BatchStatistics(int channels)
{
    private readonly double[] _means = new double[channels];
    private readonly double[] _variances = new double[channels];

    /// <summary>Mean of each channel over the points, in true units.</summary>
    public Span<double> Means => _means;

    /// <summary>Variance of each channel over the points, their number in the denominator, without ε, in true units.</summary>
    public Span<double> Variances => _variances;
}
