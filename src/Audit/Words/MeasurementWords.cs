using System.Globalization;
using System.Text.RegularExpressions;

namespace Wellbehaved.Audit;

/// <summary>Words for a measurement that fit its quantity, the same in every report.</summary>
internal static partial class MeasurementWords
{
    /// <summary>Sentences that explain the columns of a table of verdicts, and the abbreviations in them.</summary>
    internal static IReadOnlyList<string> Legend { get; } =
    [
        "apart by: tol, shares of the rounding that is allowed; SE, standard errors; ½, how far the share of mappings that show what the claim says "
            + "is from one half",
        "interval: holds the truth about the implementation, with the confidence of the whole run; ×, as a multiple of the prediction; %, as a share of the "
            + "mappings; without a sign, as a distance from the prediction; sampling stops once the interval excludes the claim or lies inside the "
            + "claim's discrepancy",
        "n: numbers that were compared, samples or mappings",
        "alpha: probability that a correct implementation fails here by chance, with ~ if it holds only for many samples; exact, if nothing is random",
    ];

    /// <summary>How far the measured value is from the claim. The two values themselves show on which side.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns>
    /// The distance in tolerances for a deterministic comparison, from one half for a share, otherwise in standard errors; a dash if unknown.
    /// </returns>
    public static string Apart(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement switch
        {
            { IsDeterministic: true } when double.IsInfinity(measurement.Deviation) => "∞ tol",
            { IsDeterministic: true } => $"{Short(measurement.Deviation)} tol",
            { Samples: 0 } => "–",
            { Effect: { Kind: EffectKind.Share } share } =>
                $"{Math.Abs(share.Estimate - 0.5).ToString("F2", CultureInfo.InvariantCulture)} {(share.Estimate < 0.5 ? "below" : "above")} ½",
            _ when double.IsNaN(measurement.Deviation) => "–",
            _ => $"{Short(Math.Abs(measurement.Deviation))} SE",
        };
    }

    /// <summary>The interval that covers the true effect with the confidence of the whole run.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns>The interval in the terms of its effect; a dash if there is none, <c>unknown</c> if it excludes nothing.</returns>
    public static string Interval(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement.Effect is not { } effect ? "–"
            : measurement.Samples == 0 || double.IsPositiveInfinity(effect.Upper) ? "unknown"
            : effect.Kind switch
            {
                EffectKind.Ratio => $"{Number(effect.Lower)} to {Number(effect.Upper)} ×",
                EffectKind.Difference or EffectKind.Correlation => $"{Number(effect.Lower)} to {Number(effect.Upper)}",
                EffectKind.Share => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Math.Floor(100 * effect.Lower):0} to {Math.Ceiling(100 * effect.Upper):0} %"
                ),
                EffectKind.Distance => effect.Lower > 0 ? $"{Number(effect.Lower)} to {Number(effect.Upper)}" : $"at most {Number(effect.Upper)}",
                _ => throw new InvalidOperationException($"expected a kind of effect, got {effect.Kind}"),
            };
    }

    /// <summary>The predicted value.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <param name="digits">Significant digits.</param>
    /// <returns>The value; for a share, that it is more than one half.</returns>
    public static string Predicted(Measurement measurement, int digits)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement.Effect is { Kind: EffectKind.Share } ? "above ½" : Number(measurement.Predicted.Value, digits);
    }

    /// <summary>The measured value.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns>The value with five digits, or three if it has an exponent.</returns>
    internal static string Measured(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return Number(measurement.Measured.Value, 5);
    }

    /// <summary>How certain the verdict is: α, or that there is none.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns><c>exact</c> for a deterministic comparison, otherwise α, with a mark if its bound is asymptotic.</returns>
    public static string Rate(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement.IsDeterministic
            ? "exact"
            : $"{(measurement.IsAsymptotic ? "~" : "")}{measurement.FalseFailRate.ToString("0e-0", CultureInfo.InvariantCulture)}";
    }

    /// <summary>The quantity, with the remark that a reader needs.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns>The words.</returns>
    public static string Quantity(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        string?[] remarks = [measurement.IsAsymptotic ? "asymptotic" : null, Remark(measurement)];
        var said = string.Join("; ", remarks.Where(remark => remark is not null));
        return Plain(said.Length == 0 ? measurement.Quantity : $"{measurement.Quantity} ({said})");
    }

    /// <summary>Writes powers of ten in words as in the columns: 1e-5 and 1e7 for 1E-05 and 1E+07.</summary>
    /// <param name="words">The words.</param>
    internal static string Plain(string words) => PowersOfTen().Replace(words, "$1e$2$3");

    /// <summary>The remark that a reader needs for this measurement; remarks that hold for all of its kind are in <see cref="Legend"/>.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns>The remark; null if there is none.</returns>
    internal static string? Remark(Measurement measurement) => measurement.Remark == BinomialProportion.MoreThanHalf ? null : measurement.Remark;

    internal static string Short(double deviation) => deviation.ToString(Math.Abs(deviation) < 1e4 ? "F2" : "0e-0", CultureInfo.InvariantCulture);

    private static string Number(double value, int digits) =>
        value.ToString(value == 0 || Math.Abs(value) is >= 1e-3 and < 1e5 ? $"G{digits}" : "0.##e-0", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<![\w.])([0-9]+(?:\.[0-9]+)?)E(?:\+|(-))0*([0-9]+)(?!\w)")]
    private static partial Regex PowersOfTen();

    private static string Number(double value) => value.ToString(Math.Abs(value) < 1e4 ? "0.000" : "0e-0", CultureInfo.InvariantCulture);
}
