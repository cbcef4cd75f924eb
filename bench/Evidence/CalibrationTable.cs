using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>Bounds of false alarms on the reference against their nominal rates.</summary>
internal static class CalibrationTable
{
    private const int Hundredth = 1;
    private const int Thousandth = 2;
    private const int TenThousandth = 3;

    private const string Words = """
        Runs on the reference with a twentieth of quick's samples. The bound of a true claim may be at most 10⁻² in one run of a hundred, and so on;
        P is the probability of so many or more at the nominal rate, of each check's worst quantity, multiplied by the number of quantities.
        """;

    /// <summary>Writes the table.</summary>
    public static string Write(EvidenceFile<BoundCounts> file)
    {
        var table = new MarkdownTable(
            "check",
            "runs",
            "rejected",
            "failed",
            "quantities",
            "most at 10⁻²",
            "may be",
            "P",
            "most at 10⁻³",
            "may be",
            "P",
            "smallest bound",
            "at seed",
            "remark"
        );
        foreach (var (key, (_, counts)) in file.Rows)
        {
            object[] head = [key, counts.Runs, counts.Rejected, counts.Failed, counts.Quantities.Length];
            table.Row([.. head, .. Cells(counts)]);
        }

        return $"### Bounds of false alarms\n\n{Words}\n\n{table}\n{Pooled(file)}";
    }

    /// <summary>The smallest probability of an excess, of all quantities and both levels, multiplied by the number of these tests.</summary>
    internal static double WorstExcess(EvidenceFile<BoundCounts> file)
    {
        var quantities = file.Rows.Values.SelectMany(row => row.Summary.Quantities);
        double[] all = [.. quantities.SelectMany(quantity => new[] { Excess(quantity, Hundredth), Excess(quantity, Thousandth) })];
        return all.Length == 0 ? 1 : Math.Min(1, all.Min() * all.Length);
    }

    /// <summary>Claims that judge the same weights as I9, for which I9 stands here.</summary>
    private static readonly string[] OfSharedWeights = ["I4", "I5", "I8"];

    /// <summary>
    /// Pools the checks whose seeds are independent of all others. The claims of the post share their deep experiments and are left out; of the claims on the
    /// recovered weights of an architecture one is counted.
    /// </summary>
    internal static (long Count, long Runs) Pool(EvidenceFile<BoundCounts> file)
    {
        var independent = file.Rows.Where(row => row.Key[0] != 'P' && row.Key.Split(' ')[0] is not "A3" and var claim && !OfSharedWeights.Contains(claim));
        BoundCounts[] counts = [.. independent.Select(row => row.Value.Summary).Where(row => row.Quantities.Length > 0)];
        return (counts.Sum(row => row.AnyAtMost[TenThousandth]), counts.Sum(row => row.Runs));
    }

    private static object[] Cells(BoundCounts counts)
    {
        var quantities = counts.Quantities;
        if (quantities.Length == 0)
        {
            return ["–", "–", "–", "–", "–", "–", "–", "–", "no statistical quantity"];
        }

        var smallest = quantities.MinBy(quantity => quantity.Smallest)!;
        var (missing, measured) = (quantities.Sum(quantity => quantity.Missing), quantities.Sum(quantity => quantity.Runs));
        var remarks = new List<string>();
        if (missing > 0)
        {
            remarks.Add(Invariant($"**{missing} of {measured} measurements gave no bound**"));
        }

        if (quantities.Any(quantity => quantity.Asymptotic))
        {
            remarks.Add("asymptotic");
        }

        object[] bound = [Probability(smallest.Smallest), smallest.SmallestSeed, string.Join("; ", remarks)];
        return [.. Level(quantities, Hundredth), .. Level(quantities, Thousandth), .. bound];
    }

    private static object[] Level(IReadOnlyList<BoundsOfQuantity> quantities, int level)
    {
        var worst = quantities.MinBy(quantity => Excess(quantity, level))!;
        var mayBe = Invariant($"{worst.Runs * BoundCounts.Levels[level]:0.#}");
        return [worst.AtMost[level], mayBe, Probability(Math.Min(1, Excess(worst, level) * quantities.Count))];
    }

    private static double Excess(BoundsOfQuantity quantity, int level) =>
        ExactBinomial.ExcessProbability(quantity.AtMost[level], quantity.Runs, BoundCounts.Levels[level]);

    private static string Pooled(EvidenceFile<BoundCounts> file)
    {
        var (count, runs) = Pool(file);
        var nominal = BoundCounts.Levels[TenThousandth];
        var (excess, limit) = (ExactBinomial.ExcessProbability(count, runs, nominal), ExactBinomial.UpperLimit(count, runs));
        return Invariant(
            $"""
            Pooled over checks whose seeds are independent (of I4, I5, I8 and I9, which judge the same weights, I9), at 10⁻⁴: {count} of {runs}
            runs of a check, whose smallest bound counts as often as it has quantities; {runs * nominal:0.#} may be expected at most; P = {Probability(
                excess
            )}; the upper 95 % limit of the rate is {Probability(limit)}.
            The smallest P of all quantities and levels, multiplied by their number, is {Probability(WorstExcess(file))}.
            """
        );
    }
}
