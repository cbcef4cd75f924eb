namespace Wellbehaved.Networks;

/// <summary>Which features share the mask of a dropout.</summary>
public enum DropoutMask
{
    /// <summary>One mask over channels for all images and positions: a fixed mapping, as with channel dropout.</summary>
    Shared,

    /// <summary>An independent mask for each image and position.</summary>
    ByPoint,
}

/// <summary>
/// Inverted dropout: each feature is kept with a probability and then divided by that probability, or is set to zero. Signal and noise have the same mask.
/// </summary>
/// <param name="Keep">Probability p of keeping a feature, above 0.</param>
public sealed record Dropout(double Keep) : Layer
{
    /// <summary>Which features share the mask.</summary>
    public DropoutMask Mask { get; init; } = DropoutMask.Shared;

    /// <inheritdoc/>
    internal override string Word => "dropout";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path) => input;

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        Require.Probability(path, "keep", Keep);
        Require.Defined(path, "mask", Mask);
    }
}
