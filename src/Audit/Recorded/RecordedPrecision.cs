namespace Wellbehaved.Audit;

/// <summary>The precision in which the numbers of an array were kept: the coarsest format that holds all of them.</summary>
/// <param name="UnitRoundoff">Half of the distance of 1 to the next number.</param>
/// <param name="LargestLog">ln of the largest number.</param>
/// <param name="LeastLog">ln of the smallest number of full precision; below it digits are lost, or the number is 0.</param>
internal readonly record struct RecordedPrecision(double UnitRoundoff, double LargestLog, double LeastLog)
{
    private static readonly RecordedPrecision Half = new(Math.ScaleB(1, -11), Math.Log(65504), -14 * Math.Log(2));
    private static readonly RecordedPrecision Single = new(Math.ScaleB(1, -24), Math.Log(float.MaxValue), -126 * Math.Log(2));
    private static readonly RecordedPrecision Double = new(Math.ScaleB(1, -53), Math.Log(double.MaxValue), -1022 * Math.Log(2));

    /// <summary>
    /// Bounds how far ln of a kept number may be from ln of the original number. The format rounds x by at most u|x|, and below its least normal number by u of
    /// that number. With e the larger of the two relative errors, the logarithm errs by at most -ln(1 - e).
    /// </summary>
    /// <param name="number">The number, not 0.</param>
    public double LostByNumber(double number) => -Math.Log(1 - (UnitRoundoff * Math.Max(1, Math.Exp(LeastLog) / Math.Abs(number))));

    /// <summary>
    /// Bounds how far a kept logarithm may be from the original one: four times u of itself, for its own rounding and for that of a logarithm computed in the
    /// format, whose error libraries keep within an ulp and a half, 3u.
    /// </summary>
    /// <param name="log">The logarithm.</param>
    public double LostByLogarithm(double log) => 4 * UnitRoundoff * Math.Max(Math.Abs(log), Math.Exp(LeastLog));

    /// <summary>
    /// The difference between the logarithm of a recorded number and its recorded logarithm, reduced by the possible errors of both formats; null if both lie
    /// below the least normal number, where a format loses digits.
    /// </summary>
    /// <param name="number">The format of the number.</param>
    /// <param name="log">The format of the logarithm.</param>
    /// <param name="ofNumber">The logarithm of the number.</param>
    /// <param name="recorded">The recorded logarithm.</param>
    public static double? Disagreement(RecordedPrecision number, RecordedPrecision log, double ofNumber, double recorded)
    {
        var difference = ofNumber - recorded;
        var lost = 4 * (number.UnitRoundoff + (log.UnitRoundoff * Math.Abs(recorded)));
        return ofNumber < number.LeastLog && recorded < number.LeastLog ? null : Math.Sign(difference) * Math.Max(0, Math.Abs(difference) - lost);
    }

    /// <summary>Finds the precision of an array.</summary>
    /// <param name="rows">The array, as read in double precision. Extended precision has been rounded to double by then.</param>
    public static RecordedPrecision Find(IReadOnlyList<double[]> rows) =>
        rows.All(row => Array.TrueForAll(row, value => (double)(System.Half)value == value || !double.IsFinite(value))) ? Half
        : rows.All(row => Array.TrueForAll(row, value => (float)value == value || !double.IsFinite(value))) ? Single
        : Double;
}
