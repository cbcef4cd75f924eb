namespace Wellbehaved.Networks;

/// <summary>Random numbers that one mapping draws at one layer.</summary>
public readonly record struct ParameterTensor
{
    internal ParameterTensor(ParameterKind kind, int index, Layer layer, long fanIn, int outputs) =>
        (Kind, Index, Layer, FanIn, Outputs) = (kind, index, layer, fanIn, outputs);

    /// <summary>The kind of numbers.</summary>
    public ParameterKind Kind { get; internal init; }

    /// <summary>
    /// Its number among the tensors of this kind, from 0 in the order of propagation. Attention has four: queries, keys, values,
    /// output.
    /// </summary>
    public int Index { get; internal init; }

    /// <summary>The layer.</summary>
    public Layer Layer { get; internal init; }

    /// <summary>
    /// For weights, the number of weights of one output, ordered (kernel row, kernel column, input channel within the group). For masks, 1 if
    /// shared, otherwise 0, which stands for one row for each point.
    /// </summary>
    public long FanIn { get; internal init; }

    /// <summary>Channels of the output, the fastest index; 1 for a survival.</summary>
    public int Outputs { get; internal init; }

    /// <summary>Variance of each weight, σ_w²/fan-in, or of each bias, σ_b²; 0 for masks and survivals.</summary>
    public double Variance { get; internal init; }

    /// <summary>The distribution of weights.</summary>
    public WeightLaw Law { get; internal init; }

    /// <summary>Number of elements; 0 for a mask by point, whose size is that of the batch.</summary>
    public long Length => Kind is ParameterKind.Weights or ParameterKind.Mask ? FanIn * Outputs : Outputs;
}
