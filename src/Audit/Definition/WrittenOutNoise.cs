namespace Wellbehaved.Audit;

/// <summary>The mapping whose derivative the noise passes through.</summary>
internal enum WrittenOutNoise
{
    /// <summary>The mapping that includes the batch statistics as constants: batch norm only divides the noise.</summary>
    Mapping,

    /// <summary>Everything that is computed, including the batch statistics.</summary>
    Full,
}
