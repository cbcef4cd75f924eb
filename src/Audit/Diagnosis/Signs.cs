namespace Wellbehaved.Audit;

/// <summary>What is known about the sign of each <see cref="Contrast"/>, at a stated error rate of all of them together.</summary>
/// <param name="Known">1 or -1 where the sign is known, 0 where it is not; contrasts that the data lack are missing.</param>
/// <param name="FalseRate">Probability that any of the known signs is wrong.</param>
internal sealed record Signs(IReadOnlyDictionary<Contrast, int> Known, double FalseRate)
{
    /// <summary>Whether a contrast is known to be positive.</summary>
    public bool Positive(Contrast contrast) => Known.GetValueOrDefault(contrast) > 0;

    /// <summary>Whether a contrast is known to be negative.</summary>
    public bool Negative(Contrast contrast) => Known.GetValueOrDefault(contrast) < 0;
}
