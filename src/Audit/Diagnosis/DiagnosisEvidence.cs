using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>The evidence that a diagnosis was concluded from, for its words.</summary>
/// <param name="Picture">What the means show at 95 %.</param>
internal sealed record DiagnosisEvidence(Picture Picture)
{
    /// <summary>A share of mappings of another kind is mentioned if it is certainly larger than this.</summary>
    public const double Remarkable = 0.1;

    /// <summary>The conclusions.</summary>
    public Conclusions Seen => Picture.Seen;

    /// <summary>The contrasts.</summary>
    public DepthContrasts Contrasts => Picture.Contrasts;

    /// <summary>The moments.</summary>
    public MomentTable Table => Picture.Table;

    /// <summary>The diluted branch that describes a net with residual units; null if none does.</summary>
    public DilutedBranch? Branch => Picture.Branch;

    /// <summary>Whether neither a constant rate nor a constant power fits the stretches from a quarter of the depth on.</summary>
    public bool FitsNoLaw => LawSigns.ExcludesBoth(Picture.Signs);

    /// <summary>Number of mappings that reach the full depth and whose own signal collapses.</summary>
    public int Collapsing { get; init; }

    /// <summary>Mappings far from the others in ln χ; null if there are none, or if the picture leaves them out.</summary>
    public OutlyingMappings? Outlying { get; init; }

    /// <summary>
    /// The approximate number of mappings that would determine a contrast's sign, if they scatter as these do about the same mean. The half-width of an
    /// interval falls as the root of this number; the sign is known when it equals the mean.
    /// </summary>
    /// <param name="contrast">The contrast.</param>
    public double MappingsToTell(Contrast contrast)
    {
        var values = Contrasts.Values[contrast];
        return Math.Pow(Picture.Bands.WidthOf(Picture.Names.ToList().IndexOf(contrast)) * values.StandardDeviation() / values.Mean(), 2);
    }
}
