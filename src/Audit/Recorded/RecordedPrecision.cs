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

    /// <summary>How far ln of a kept number may be from ln of what was to be kept: the format rounds x by u|x| at most, below its least normal number by
    /// u of that, so with the larger relative error e the logarithm errs by no more than -ln(1 - e).</summary>
    /// <param name="number">The number, not 0.</param>
    public double LostByNumber(double number) => -Math.Log(1 - (UnitRoundoff * Math.Max(1, Math.Exp(LeastLog) / Math.Abs(number))));

    /// <summary>How far a kept logarithm may be from what was to be kept: four times u of itself, for its own rounding and that of a logarithm which was
    /// computed in the format, whose error libraries keep within an ulp and a half, 3u.</summary>
    /// <param name="log">The logarithm.</param>
    public double LostByLogarithm(double log) => 4 * UnitRoundoff * Math.Max(Math.Abs(log), Math.Exp(LeastLog));

    /// <summary>What is left of the difference between the logarithm of a recorded number and its recorded logarithm when what both formats can have
    /// done is taken off; null where both lie below the least normal number: there a format loses digits.</summary>
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

    /// <summary>Finds it.</summary>
    /// <param name="rows">The array, as read in double precision. Extended precision has been rounded to double by then.</param>
    public static RecordedPrecision Find(IReadOnlyList<double[]> rows) =>
        rows.All(row => Array.TrueForAll(row, value => (double)(System.Half)value == value || !double.IsFinite(value))) ? Half
        : rows.All(row => Array.TrueForAll(row, value => (float)value == value || !double.IsFinite(value))) ? Single
        : Double;
}
