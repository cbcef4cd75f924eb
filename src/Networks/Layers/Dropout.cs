namespace Wellbehaved.Networks;

/// <summary>Which features share the mask of a dropout.</summary>
public enum DropoutMask
{
    /// <summary>One mask of channels for all images and positions: a fixed mapping, as of channel dropout.</summary>
    Shared,

    /// <summary>An independent mask for each image and position.</summary>
    ByPoint,
}

/// <summary>Inverted dropout: features are kept with a probability and divided by it, or set to zero; the same mask for signal and noise.</summary>
/// <param name="Keep">Probability p of keeping a feature, above 0.</param>
public sealed record Dropout(double Keep) : Layer
{
    /// <summary>Which features share the mask.</summary>
    public DropoutMask Mask { get; init; } = DropoutMask.Shared;

    /// <inheritdoc/>
    public override string Word => "dropout";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path) => input;

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        Require.Probability(path, "keep", Keep);
        Require.Defined(path, "mask", Mask);
    }
}
