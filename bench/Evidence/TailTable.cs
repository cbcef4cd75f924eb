using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>Ratios of difference to tolerance, check by check.</summary>
internal static class TailTable
{
    /// <summary>The limit that the promise requires: a run executes some forty deterministic checks, and may reject falsely once in 10⁶ runs.</summary>
    public const double Wanted = 1e-9;

    private const string Words = """
        The largest ratio of difference to tolerance in a run; above 1 the reference would be rejected. ξ is the shape of a generalised Pareto law
        above the threshold: the 99 % quantile, or a higher one (up to 99.9 %) where that law does not fit the excesses. A negative one has an end. At -0.50,
        the least of the search, the fit is not tested: tails that ask for less end sooner than any of these laws.
        """;

    /// <summary>Writes the table.</summary>
    public static string Write(string title, EvidenceFile<RatioTail> file)
    {
        var table = new MarkdownTable(
            "check",
            "runs",
            "rejected",
            "inconclusive",
            "largest ratio",
            "at seed",
            "threshold",
            "ξ",
            "end of the tail",
            "upper 95 % limit of P(ratio > 1)",
            "beyond 10⁻⁹"
        );
        foreach (var (key, (_, tail)) in file.Rows)
        {
            var nothing = tail.Largest.Length == 0;
            object largest = nothing ? "–" : Invariant($"{tail.Maximum:0.000}");
            object seed = nothing || tail.Maximum == 0 ? "–" : tail.LargestSeed;
            table.Row([key, tail.Runs, tail.Rejected, tail.Inconclusive, largest, seed, .. Cells(ParetoTail.Fit(tail))]);
        }

        return $"### {title}\n\n{Words}\n\n{table}";
    }

    private static string[] Cells(TailFinding finding) =>
        finding switch
        {
            TailFinding.AlwaysEqual equal => ["–", "–", "–", $"always equal; by counting {Probability(equal.UpperLimit)}", "equality, not a limit"],
            TailFinding.Reached => ["–", "–", "–", "reached", "**no**"],
            TailFinding.TooFew few => ["–", "–", "–", Invariant($"{few.Exceedances} exceedances are too few"), "not known"],
            TailFinding.NoLaw none => [Invariant($"{none.Threshold:0.000}"), "–", "–", Invariant($"no law fits the {none.Exceedances} largest"), "not known"],
            TailFinding.Fitted fit =>
            [
                Invariant($"{fit.Threshold:0.000}"),
                Invariant($"{fit.Shape:0.00}"),
                double.IsFinite(fit.End) ? Invariant($"{fit.End:0.000}") : "none",
                fit.UpperLimit <= ParetoTail.Floor ? "below 10⁻³⁰" : Probability(fit.UpperLimit),
                fit.UpperLimit <= Wanted ? "yes" : "**no**",
            ],
            _ => throw new InvalidOperationException($"expected a finding of a tail, got {finding}"),
        };
}
