using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>P1 to P7 and A3: what the post says of deep nets, by the share of random mappings that show it.</summary>
/// <remarks>The post judges an architecture by its mappings; so each check is a binomial one, exact at any number of mappings.</remarks>
internal static class PostChecks
{
    /// <summary>P1, P2: the number of directions of variance tends to 1.</summary>
    public static IEnumerable<Measurement> Collapse(CheckContext context, string architecture) =>
        [Share(context, architecture, 1, "r_eff - 1 at least halves from a quarter of the depth to all of it", behaviour => behaviour.SignalCollapses)];

    /// <summary>P3: SNR decays exponentially, and the signal keeps its directions while it does.</summary>
    public static IEnumerable<Measurement> Drowning(CheckContext context, string architecture) =>
    [
        Share(context, architecture, 2, "SNR^l/SNR^0 decays exponentially", behaviour => behaviour.SnrDecaysExponentially),
        Share(context, architecture, 2, "r_eff is above 2 at full depth", behaviour => behaviour.ReffAtEnd > 2),
    ];

    /// <summary>P4: neither pathology, and χ a power law.</summary>
    public static IEnumerable<Measurement> Health(CheckContext context, string architecture)
    {
        yield return Share(context, architecture, 3, "r_eff - 1 does not halve", behaviour => !behaviour.SignalCollapses);
        yield return Share(context, architecture, 3, "SNR^l/SNR^0 does not decay exponentially", behaviour => !behaviour.SnrDecaysExponentially);
        var table = context.Deep.Of(architecture);
        var behaviours = Behaviours(table);
        var rates = context.Rates.SharedBy(3);
        var law = GrowthLaw.Of([.. behaviours.Select(behaviour => behaviour.FirstGain)], [.. behaviours.Select(behaviour => behaviour.SecondGain)], table.Depths[^1], rates.FalseFail);
        yield return new Measurement("shape p of the growth of χ: 0 power, 1 exponential", new Expected(0), new Observed(law.Shape), law.Law switch { Growth.Power => Verdict.Holds, Growth.Undecided => Verdict.Inconclusive, _ => Verdict.Rejected })
        {
            Samples = behaviours.Count,
            FalseFailRate = rates.FalseFail,
            Deviation = law.Shape / 0.5,
            Detectable = 0.5,
            Remark = "in units of half the distance between the laws",
        };
    }

    /// <summary>P5: both pathologies are products of many factors: ln χ and ln ν₂ gain the same from each stretch of layers.</summary>
    public static IEnumerable<Measurement> Multiplicativity(CheckContext context, string architecture) =>
        [Share(context, architecture, 1, "ln χ gains in the second half twice what it gained in the second quarter, within 10 %", PostLaws.Multiplies)];

    /// <summary>P6: branches as strong as their skip connections do not counter the collapse.</summary>
    public static IEnumerable<Measurement> EqualBranches(CheckContext context, string architecture)
    {
        var table = context.Deep.Of(architecture);
        var logNu2 = table.LogNu2 ?? throw new SubjectException("expected ν₂ by depth, got none");
        var (first, last) = (table.Depths[0], table.Depths[^1]);
        yield return Of(context, 2, "ν₂ doubles in each unit, within 10 % of ln 2", logNu2.Select(row => PostLaws.Doubles(row[^1] - row[0], last - first)));
        yield return Share(context, architecture, 2, "r_eff - 1 at least halves all the same", behaviour => behaviour.SignalCollapses);
    }

    /// <summary>P7: the residual branch is diluted as 1/(l + 1), and the collapse does not happen.</summary>
    public static IEnumerable<Measurement> Dilution(CheckContext context, string architecture)
    {
        var table = context.Deep.Of(architecture);
        var logNu2 = table.LogNu2 ?? throw new SubjectException("expected ν₂ by depth, got none");
        var last = table.Depths[^1];
        var half = table.IndexOf(last / 2) ?? throw new SubjectException("expected ν₂ at half depth, got none");
        yield return Of(context, 2, "ν₂ gains 1 in each unit of the second half, within 25 %", logNu2.Select(row => PostLaws.Dilutes(Math.Exp(row[^1]) - Math.Exp(row[half]), last / 2)));
        yield return Share(context, architecture, 2, "r_eff - 1 does not halve", behaviour => !behaviour.SignalCollapses);
    }

    /// <summary>A3: without batch norm δχ tends to 1 and r_eff to 1.</summary>
    public static IEnumerable<Measurement> Limits(CheckContext context, string architecture)
    {
        var table = context.Deep.Of(architecture);
        var chi = table.LogChi ?? throw new SubjectException("expected χ by depth, got none");
        var last = table.Depths[^1];
        var middle = table.IndexOf(last / 2) ?? throw new SubjectException("expected χ at half depth, got none");
        var first = table.Depths[0];
        yield return Of(context, 2, $"ln χ gains less than half as much in each layer of the second half as in the first {first}", chi.Select(row => PostLaws.Slows(row[0], first, row[^1] - row[middle], last - table.Depths[middle])));
        yield return Share(context, architecture, 2, "r_eff - 1 at least halves", behaviour => behaviour.SignalCollapses);
    }

    private static Measurement Share(CheckContext context, string architecture, int tests, string quantity, Func<MappingBehaviour, bool> shows) =>
        Of(context, tests, quantity, Behaviours(context.Deep.Of(architecture)).Select(shows));

    private static Measurement Of(CheckContext context, int tests, string quantity, IEnumerable<bool> mappings)
    {
        bool[] all = [.. mappings];
        return new BinomialProportion(all.Count(shown => shown), all.Length).Conclude(quantity, context.Rates.SharedBy(tests));
    }

    private static IReadOnlyList<MappingBehaviour> Behaviours(MomentTable table) =>
        MappingBehaviour.Of(table) ?? throw new SubjectException("expected effective ranks and χ at a quarter, half and all of the depth");
}
