namespace Wellbehaved.Audit;

/// <summary>One quantity that was held against its prediction.</summary>
/// <param name="Quantity">What was measured, and where.</param>
/// <param name="Predicted">What theory says.</param>
/// <param name="Measured">What the subject showed.</param>
/// <param name="Verdict">The verdict on this quantity alone.</param>
public sealed record Measurement(string Quantity, Expected Predicted, Observed Measured, Verdict Verdict)
{
    /// <summary>Discrepancy in standard errors, or in tolerances for a deterministic comparison.</summary>
    public double Deviation { get; init; }

    /// <summary>Number of samples, or of comparisons.</summary>
    public long Samples { get; init; }

    /// <summary>α of this quantity; 0 for a deterministic comparison, whose tolerance bounds the rounding.</summary>
    public double FalseFailRate { get; init; }

    /// <summary>The discrepancy that these samples would have detected.</summary>
    public double Detectable { get; init; }

    /// <summary>
    /// The typical tolerance of a deterministic comparison, in the units of what was compared: the geometric mean of those other than 0. 0 where equality is
    /// asked for, and for samples.
    /// </summary>
    public double Tolerance { get; init; }

    /// <summary>The effect with its interval; null for a deterministic comparison, and where nothing was learnt.</summary>
    public Effect? Effect { get; init; }

    /// <summary>
    /// Upper bound of the probability that a true claim ever looks as wrong as this one did; the claim is rejected once it is at most
    /// <see cref="FalseFailRate"/>. NaN for a deterministic comparison.
    /// </summary>
    public double FalseAlarmBound { get; init; } = double.NaN;

    /// <summary>Whether the bound of false alarms is asymptotic (Student's t with a corrected tail) instead of a theorem at every number of samples.</summary>
    public bool IsAsymptotic { get; init; }

    /// <summary>Whether the comparison is deterministic.</summary>
    public bool IsDeterministic => FalseFailRate == 0;

    /// <summary>What else a reader must know; null if nothing.</summary>
    public string? Remark { get; init; }
}
