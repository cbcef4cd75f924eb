namespace Wellbehaved.Networks;

/// <summary>Random numbers that one mapping draws at one layer.</summary>
/// <param name="Kind">The kind of numbers.</param>
/// <param name="Index">Its number among the tensors of this kind, from 0 in the order of propagation. Attention has four: queries, keys, values,
/// output.</param>
/// <param name="Layer">The layer.</param>
/// <param name="FanIn">For weights, the number of weights of one output, ordered (kernel row, kernel column, input channel within the group). For masks, 1 if
/// shared, otherwise 0, which stands for one row for each point.</param>
/// <param name="Outputs">Channels of the output, the fastest index; 1 for a survival.</param>
public readonly record struct ParameterTensor(ParameterKind Kind, int Index, Layer Layer, long FanIn, int Outputs)
{
    /// <summary>Variance of each weight, σ_w²/fan-in, or of each bias, σ_b²; 0 for masks and survivals.</summary>
    public double Variance { get; init; }

    /// <summary>The distribution of weights.</summary>
    public WeightLaw Law { get; init; }

    /// <summary>Number of elements; 0 for a mask by point, whose size is that of the batch.</summary>
    public long Length => Kind is ParameterKind.Weights or ParameterKind.Mask ? FanIn * Outputs : Outputs;
}
