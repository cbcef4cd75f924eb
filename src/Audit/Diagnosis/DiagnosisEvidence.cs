namespace Wellbehaved.Audit;

/// <summary>The evidence that a diagnosis was concluded from, for its words.</summary>
/// <param name="Seen">The conclusions at 95 %.</param>
/// <param name="Contrasts">The contrasts.</param>
/// <param name="Table">The moments.</param>
internal sealed record DiagnosisEvidence(Conclusions Seen, DepthContrasts Contrasts, MomentTable Table)
{
    /// <summary>A share of mappings of another kind is mentioned if it is certainly larger than this.</summary>
    public const double Remarkable = 0.1;

    /// <summary>The diluted branch that describes a net with residual units; null if none does.</summary>
    public DilutedBranch? Branch { get; init; }

    /// <summary>Whether neither a constant rate nor a constant power fits the stretches from a quarter of the depth on.</summary>
    public bool FitsNoLaw { get; init; }

    /// <summary>The signs that the picture rests on.</summary>
    public Signs? Picture { get; init; }

    /// <summary>The approximate number of mappings that would determine a contrast's sign, if they scatter as these do about the same mean.</summary>
    public IReadOnlyDictionary<Contrast, double> MappingsToTell { get; init; } = new Dictionary<Contrast, double>();

    /// <summary>Number of mappings that reach the full depth and whose own signal collapses.</summary>
    public int Collapsing { get; init; }

    /// <summary>Mappings far from the others; null if there are none.</summary>
    public OutlyingMappings? Outlying { get; init; }
}
