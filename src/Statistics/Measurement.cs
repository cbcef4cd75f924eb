namespace Wellbehaved.Statistics;

/// <summary>One quantity that was compared with its prediction.</summary>
public sealed record Measurement
{
    internal Measurement(string quantity, Expected predicted, Observed measured, Verdict verdict) =>
        (Quantity, Predicted, Measured, Verdict) = (quantity, predicted, measured, verdict);

    /// <summary>The quantity, and where it was measured.</summary>
    public string Quantity { get; internal init; }

    /// <summary>The value that theory predicts.</summary>
    public Expected Predicted { get; internal init; }

    /// <summary>The value that the subject showed.</summary>
    public Observed Measured { get; internal init; }

    /// <summary>The verdict on this quantity alone.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>Distance from the claim in standard errors, or in tolerances for a deterministic comparison.</summary>
    public double Deviation { get; internal init; }

    /// <summary>Number of samples, or of comparisons.</summary>
    public long Samples { get; internal init; }

    /// <summary>α of this quantity; 0 for a deterministic comparison, whose tolerance bounds the rounding.</summary>
    public double FalseFailRate { get; internal init; }

    /// <summary>The discrepancy that these samples would have detected.</summary>
    public double Detectable { get; internal init; }

    /// <summary>
    /// The typical tolerance of a deterministic comparison, in the units of the numbers: the geometric mean of the tolerances other than 0. It is 0 if equality
    /// is required, and for samples.
    /// </summary>
    public double Tolerance { get; internal init; }

    /// <summary>The effect with its interval; null for a deterministic comparison, or if there is no result.</summary>
    internal Effect? Effect { get; init; }

    /// <summary>
    /// Upper bound of the probability that a true claim ever looks as wrong as this one did. The claim is rejected as soon as it is at most
    /// <see cref="FalseFailRate"/>. NaN for a deterministic comparison.
    /// </summary>
    public double FalseAlarmBound { get; internal init; } = double.NaN;

    /// <summary>Whether the bound of false alarms is asymptotic (Student's t with a corrected tail) instead of a theorem at every number of samples.</summary>
    public bool IsAsymptotic { get; internal init; }

    /// <summary>Whether the comparison is deterministic.</summary>
    public bool IsDeterministic => FalseFailRate == 0;

    /// <summary>A remark that a reader needs; null if there is none.</summary>
    public string? Remark { get; internal init; }
}
