namespace Wellbehaved.Theory;

/// <summary>What ends where theory ends.</summary>
internal enum NoTheoryKind
{
    /// <summary>There is no law of the layer there.</summary>
    Law,

    /// <summary>The law is there for larger batches.</summary>
    Batch,

    /// <summary>The law is there, and only numbers end: double precision, or what a quadrature sees.</summary>
    Precision,
}
