namespace Wellbehaved.Audit;

/// <summary>A mean over mappings with its 95 % interval, which is simultaneous over a family of means.</summary>
/// <param name="Value">The mean.</param>
/// <param name="Lower">Lower end; NaN with a single mapping.</param>
/// <param name="Upper">Upper end; NaN with a single mapping.</param>
internal readonly record struct Estimate(double Value, double Lower, double Upper)
{
    /// <summary>The estimate in other units.</summary>
    /// <param name="unit">The divisor, positive.</param>
    /// <returns>The quotient.</returns>
    public Estimate Per(double unit) => new(Value / unit, Lower / unit, Upper / unit);
}
