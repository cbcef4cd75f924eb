namespace Wellbehaved.Networks;

/// <summary>A fully connected layer over the channels of each position, with the same weights at every position: <c>y = W x + b</c>.</summary>
/// <remarks>A network that is fully connected over whole images flattens the images first.</remarks>
public sealed record Dense : Layer
{
    /// <summary>Number of channels of the output; null for the input's number.</summary>
    public int? Channels { get; init; }

    /// <summary>How weights and biases are drawn; fan-in is the number of input channels.</summary>
    public Initialisation Parameters { get; init; } = Initialisation.He;

    /// <inheritdoc/>
    internal override string Word => "dense";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path) => input with { Channels = Channels ?? input.Channels };

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        Parameters.Validate(path);
        if (Channels is { } channels)
        {
            Require.Between(path, "channels", channels, 1, Limits.Channels);
        }
    }
}
