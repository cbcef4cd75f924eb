namespace Wellbehaved.Networks;

/// <summary>
/// Multi-head self-attention over the positions of each input, rows first: softmax(QKᵀ/√d_k) V for each head, then an output projection (Vaswani et al. 2017).
/// </summary>
/// <param name="Heads">Number of heads; it divides the number of channels, and d_k is their quotient.</param>
public sealed record Attention(int Heads) : Layer
{
    /// <summary>Whether a position attends only to itself and earlier positions.</summary>
    public bool Causal { get; init; }

    /// <summary>How the four projections are drawn; fan-in is the number of channels.</summary>
    public Initialisation Parameters { get; init; } = Initialisation.LeCun;

    /// <inheritdoc/>
    internal override string Word => "attention";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path)
    {
        if (input.Positions < 2)
        {
            throw new InvalidNetworkException(path, $"expected at least two positions to attend to, got {input.Height}×{input.Width}");
        }

        return input.Channels % Heads == 0
            ? input
            : throw new InvalidNetworkException(path, $"expected channels that {Heads} heads divide, got {input.Channels}");
    }

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        Require.Between(path, "heads", Heads, 1, Limits.Channels);
        Parameters.Validate(path);
    }
}
