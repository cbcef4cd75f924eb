namespace Wellbehaved.Audit;

/// <summary>A wrong output of a linear layer.</summary>
/// <param name="IsGivenBy">Whether the layer gives it, to rounding, if its operands are first rounded in this way.</param>
/// <param name="Values">Its numbers.</param>
internal sealed record CoarseOutput(Func<Func<double, double>, bool> IsGivenBy, double[] Values);

/// <summary>Numbers with fewer significant bits than single precision has: what the units for matrix products of graphics processors multiply.</summary>
internal static class CoarseNumbers
{
    /// <summary>The coarser formats: bits of the significand beside the leading one, and what the format is called.</summary>
    private static readonly (int Bits, string Operands, string Sums)[] Formats =
    [
        (10, "TF32 or half precision", "half precision"),
        (7, "bfloat16", "bfloat16"),
    ];

    /// <summary>The ways in which hardware and libraries round to such a format.</summary>
    private static readonly MidpointRounding[] Modes = [MidpointRounding.ToEven, MidpointRounding.AwayFromZero, MidpointRounding.ToZero];

    /// <summary>Looks for the format in which operands, or sums, were kept.</summary>
    /// <param name="wrong">The outputs that are wrong. A library may choose another way of rounding for each of them.</param>
    /// <returns>The causes in words: those that give all of these numbers.</returns>
    public static IReadOnlyList<string> Recognise(IReadOnlyCollection<CoarseOutput> wrong)
    {
        var causes = new List<string>();
        foreach (var (bits, operands, sums) in Formats)
        {
            if (wrong.All(output => Modes.Any(mode => output.IsGivenBy(value => Round(value, bits, mode)))))
            {
                causes.Add($"operands of products rounded to {operands}, {bits + 1} significant bits");
            }
            else if (wrong.All(output => Array.TrueForAll(output.Values, value => Round(value, bits, MidpointRounding.ToEven) == value)))
            {
                causes.Add($"sums kept in {sums}: all outputs have {bits + 1} significant bits");
            }
        }

        return causes;
    }

    private static double Round(double value, int bits, MidpointRounding mode)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value;
        }

        var unit = Math.ScaleB(1, Math.ILogB(value) - bits);
        return unit * Math.Round(value / unit, mode);
    }
}
