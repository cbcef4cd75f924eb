using System.Globalization;

namespace Wellbehaved.Audit;

/// <summary>A measurement in words that fit its quantity, the same in every report.</summary>
public static class MeasurementWords
{
    /// <summary>How far the measured value is from the claim.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns>In tolerances for a deterministic comparison, from one half for a share, otherwise in standard errors; a dash where none is known.</returns>
    public static string Apart(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement switch
        {
            { IsDeterministic: true } when double.IsInfinity(measurement.Deviation) => "∞ tol",
            { IsDeterministic: true } => $"{Short(measurement.Deviation)} tol",
            { Samples: 0 } => "–",
            { Effect: { Kind: EffectKind.Share } share } => $"{Math.Abs(share.Estimate - 0.5).ToString("F2", CultureInfo.InvariantCulture)} {(share.Estimate < 0.5 ? "below" : "above")} ½",
            _ when double.IsNaN(measurement.Deviation) => "–",
            _ => $"{Short(measurement.Deviation)} SE",
        };
    }

    /// <summary>The interval that covers the true effect with the confidence of the whole run.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns>The interval in the terms of its effect; a dash where there is none, <c>unknown</c> where it says nothing.</returns>
    public static string Interval(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement.Effect is not { } effect ? "–" : measurement.Samples == 0 || double.IsPositiveInfinity(effect.Upper) ? "unknown" : effect.Kind switch
        {
            EffectKind.Ratio => $"{Number(effect.Lower)} to {Number(effect.Upper)} ×",
            EffectKind.Difference or EffectKind.Correlation => $"{Number(effect.Lower)} to {Number(effect.Upper)}",
            EffectKind.Share => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(100 * effect.Lower):0} to {Math.Ceiling(100 * effect.Upper):0} %"),
            EffectKind.Distance => effect.Lower > 0 ? $"{Number(effect.Lower)} to {Number(effect.Upper)}" : $"at most {Number(effect.Upper)}",
            _ => throw new InvalidOperationException($"expected a kind of effect, got {effect.Kind}"),
        };
    }

    /// <summary>What theory says.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <param name="digits">Significant digits.</param>
    /// <returns>The predicted value; of a share, that it is more than one half.</returns>
    public static string Predicted(Measurement measurement, int digits)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement.Effect is { Kind: EffectKind.Share } ? "above ½" : measurement.Predicted.Value.ToString($"G{digits}", CultureInfo.InvariantCulture);
    }

    /// <summary>How sure: α, or why there is none.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns><c>exact</c> for a deterministic comparison, otherwise α, marked where its bound is asymptotic.</returns>
    public static string Rate(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        return measurement.IsDeterministic ? "exact" : $"{(measurement.IsAsymptotic ? "~" : "")}{measurement.FalseFailRate.ToString("0e+0", CultureInfo.InvariantCulture)}";
    }

    /// <summary>The quantity, with what else a reader must know.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <returns>The words.</returns>
    public static string Quantity(Measurement measurement)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        string?[] remarks = [measurement.IsAsymptotic ? "asymptotic" : null, measurement.Remark];
        var said = string.Join("; ", remarks.Where(remark => remark is not null));
        return said.Length == 0 ? measurement.Quantity : $"{measurement.Quantity} ({said})";
    }

    private static string Short(double deviation) => deviation.ToString(Math.Abs(deviation) < 1e4 ? "F2" : "0e+0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString(Math.Abs(value) < 1e4 ? "0.000" : "0e+0", CultureInfo.InvariantCulture);
}
