namespace Wellbehaved.Networks;

/// <summary>The common base of norms: layers that divide their input by a scale that is computed from it.</summary>
/// <remarks>
/// The denominator of all variances is the number of elements, and ε is added to the variance. There is no shift, since it is 0 at initialisation.
/// </remarks>
public abstract record Norm : Layer
{
    private protected Norm() { }

    /// <summary>ε ≥ 0, added to the variance before its root is taken.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>
    /// γ, the factor of the normalised features: 1 at initialisation unless a recipe states another value (with 0 a residual branch contributes nothing).
    /// </summary>
    public double Scale { get; init; } = 1;

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path) => input;

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        Require.NotNegative(path, "epsilon", Epsilon);
        Require.Finite(path, "scale", Scale);
    }
}

/// <summary>Batch norm: each channel over all images and positions of the batch, <c>z = γ (y - mean)/sqrt(var + ε)</c> (Ioffe and Szegedy 2015).</summary>
public sealed record BatchNorm : Norm
{
    /// <summary>Batch norm with the ε of the paper's author.</summary>
    public BatchNorm() => Epsilon = 0.001;

    /// <inheritdoc/>
    internal override string Word => "batch_norm";
}

/// <summary>
/// Layer norm: the features of one position, or of the whole input, minus their mean and divided by their standard deviation (Ba et al. 2016).
/// </summary>
public sealed record LayerNorm : Norm
{
    /// <summary>Which features share their statistics.</summary>
    public NormalisedOver Over { get; init; } = NormalisedOver.Channels;

    /// <inheritdoc/>
    internal override string Word => "layer_norm";

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        base.Validate(path);
        Require.Defined(path, "over", Over);
    }
}

/// <summary>RMS norm: like layer norm, but without subtracting the mean (Zhang and Sennrich 2019).</summary>
public sealed record RmsNorm : Norm
{
    /// <summary>Which features share their statistics.</summary>
    public NormalisedOver Over { get; init; } = NormalisedOver.Channels;

    /// <inheritdoc/>
    internal override string Word => "rms_norm";

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        base.Validate(path);
        Require.Defined(path, "over", Over);
    }
}

/// <summary>Group norm: normalises groups of successive channels of one input over all its positions (Wu and He 2018).</summary>
/// <param name="Groups">Number of groups; it divides the number of channels.</param>
public sealed record GroupNorm(int Groups) : Norm
{
    /// <inheritdoc/>
    internal override string Word => "group_norm";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path) =>
        input.Channels % Groups == 0 ? input : throw new InvalidNetworkException(path, $"expected channels that {Groups} groups divide, got {input.Channels}");

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        base.Validate(path);
        Require.Between(path, "groups", Groups, 1, Limits.Channels);
    }
}

/// <summary>Instance norm: normalises each channel of one input over all its positions (Ulyanov et al. 2016).</summary>
public sealed record InstanceNorm : Norm
{
    /// <inheritdoc/>
    internal override string Word => "instance_norm";
}
