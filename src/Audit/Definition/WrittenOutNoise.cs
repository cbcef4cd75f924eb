namespace Wellbehaved.Audit;

/// <summary>Of which mapping the noise is the derivative.</summary>
internal enum WrittenOutNoise
{
    /// <summary>Of the mapping, to which the statistics of the batch belong: batch norm divides the noise and nothing else.</summary>
    Mapping,

    /// <summary>Of everything that is computed, statistics of the batch included.</summary>
    Full,
}
