namespace Wellbehaved.Networks;

/// <summary>Random numbers that one mapping draws at one layer.</summary>
/// <param name="Kind">What they are.</param>
/// <param name="Index">Their number, from 0 in the order of propagation, among those of this kind. Attention has four: queries, keys, values, output.</param>
/// <param name="Layer">The layer.</param>
/// <param name="FanIn">Weights: those that add up in one output, ordered (kernel row, kernel column, input channel within the group). Masks: 1 if shared, else
/// 0 for one row a point.</param>
/// <param name="Outputs">Channels of the output, running fastest; 1 for a survival.</param>
public readonly record struct ParameterTensor(ParameterKind Kind, int Index, Layer Layer, long FanIn, int Outputs)
{
    /// <summary>Variance of each weight, σ_w²/fan-in, or of each bias, σ_b²; 0 for masks and survivals.</summary>
    public double Variance { get; init; }

    /// <summary>The distribution of weights.</summary>
    public WeightLaw Law { get; init; }

    /// <summary>Numbers in it; 0 for the mask by point, whose size is that of the batch.</summary>
    public long Length => Kind is ParameterKind.Weights or ParameterKind.Mask ? FanIn * Outputs : Outputs;
}
