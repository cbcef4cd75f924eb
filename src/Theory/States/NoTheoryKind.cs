namespace Wellbehaved.Theory;

/// <summary>Why theory ends at a layer.</summary>
internal enum NoTheoryKind
{
    /// <summary>There is no law for the layer.</summary>
    Law,

    /// <summary>There is a law, but only for larger batches.</summary>
    Batch,

    /// <summary>There is a law, but its evaluation is limited by double precision or by a quadrature.</summary>
    Precision,
}
