using System.Text;
using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>Bounds of false alarms on the reference against their nominal rates.</summary>
internal static class CalibrationTable
{
    private const int Hundredth = 1;
    private const int Thousandth = 2;
    private const int TenThousandth = 3;

    /// <summary>Writes the table.</summary>
    public static string Of(EvidenceFile<BoundCounts> file)
    {
        var text = new StringBuilder("### Bounds of false alarms\n\n");
        text.Append("Runs on the reference with a twentieth of quick's samples. The bound of a true claim may be at most 10⁻² in one run of a hundred, and so on; P is the probability of so many or more at the nominal rate, of each check's worst quantity, multiplied by the number of quantities.\n\n");
        text.Append("| check | runs | rejected | failed | quantities | most at 10⁻² | may be | P | most at 10⁻³ | may be | P | smallest bound | at seed | remark |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var (key, (_, counts)) in file.Rows)
        {
            text.Append(Row(key, counts));
        }

        return text.Append('\n').Append(Pooled(file)).ToString();
    }

    /// <summary>The smallest probability of an excess, of all quantities and both levels, multiplied by the number of these tests.</summary>
    internal static double WorstExcess(EvidenceFile<BoundCounts> file)
    {
        double[] all = [.. file.Rows.Values.SelectMany(row => row.Summary.Quantities).SelectMany(quantity => new[] { Excess(quantity, Hundredth), Excess(quantity, Thousandth) })];
        return all.Length == 0 ? 1 : Math.Min(1, all.Min() * all.Length);
    }

    /// <summary>Checks whose seeds are independent of all others' are pooled: the claims of the post share their deep experiments.</summary>
    internal static (long Count, long Runs) Pool(EvidenceFile<BoundCounts> file)
    {
        var rows = file.Rows.Where(row => row.Key[0] != 'P' && !row.Key.StartsWith("A3 ", StringComparison.Ordinal)).Select(row => row.Value.Summary).Where(counts => counts.Quantities.Length > 0).ToArray();
        return (rows.Sum(counts => counts.AnyAtMost[TenThousandth]), rows.Sum(counts => counts.Runs));
    }

    private static string Row(string key, BoundCounts counts)
    {
        var quantities = counts.Quantities;
        if (quantities.Length == 0)
        {
            return Invariant($"| {key} | {counts.Runs} | {counts.Rejected} | {counts.Failed} | 0 | – | – | – | – | – | – | – | – | no statistical quantity |\n");
        }

        var smallest = quantities.MinBy(quantity => quantity.Smallest)!;
        var missing = quantities.Sum(quantity => quantity.Missing);
        string[] remarks =
        [
            .. missing > 0 ? [Invariant($"**{missing} of {quantities.Sum(quantity => quantity.Runs)} measurements gave no bound**")] : Array.Empty<string>(),
            .. quantities.Any(quantity => quantity.Asymptotic) ? ["asymptotic"] : Array.Empty<string>(),
        ];
        return Invariant($"| {key} | {counts.Runs} | {counts.Rejected} | {counts.Failed} | {quantities.Length} | {Level(quantities, Hundredth)} | {Level(quantities, Thousandth)} | {Probability(smallest.Smallest)} | {smallest.SmallestSeed} | {string.Join("; ", remarks)} |\n");
    }

    private static string Level(IReadOnlyList<BoundsOfQuantity> quantities, int level)
    {
        var worst = quantities.MinBy(quantity => Excess(quantity, level))!;
        return Invariant($"{worst.AtMost[level]} | {worst.Runs * BoundCounts.Levels[level]:0.#} | {Probability(Math.Min(1, Excess(worst, level) * quantities.Count))}");
    }

    private static double Excess(BoundsOfQuantity quantity, int level) => ExactBinomial.ExcessProbability(quantity.AtMost[level], quantity.Runs, BoundCounts.Levels[level]);

    private static string Pooled(EvidenceFile<BoundCounts> file)
    {
        var (count, runs) = Pool(file);
        var nominal = BoundCounts.Levels[TenThousandth];
        return Invariant($"Pooled over checks whose seeds are independent, at 10⁻⁴: {count} of {runs} runs of a check, whose smallest bound counts as often as it has quantities; {runs * nominal:0.#} may be expected at most; P = {Probability(ExactBinomial.ExcessProbability(count, runs, nominal))}; the upper 95 % limit of the rate is {Probability(ExactBinomial.UpperLimit(count, runs))}. The smallest P of all quantities and levels, multiplied by their number, is {Probability(WorstExcess(file))}.\n");
    }
}
