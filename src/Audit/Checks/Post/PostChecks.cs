using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>P1 to P7 and A3: what the post says of deep nets, tested by the share of random mappings that show it.</summary>
/// <remarks>
/// The post judges an architecture by its mappings. So each check counts mappings, which is exact for any number of them. See <see cref="MappingShares"/>.
/// </remarks>
internal static class PostChecks
{
    /// <summary>P1, P2: the number of directions of variance tends to 1.</summary>
    public static IEnumerable<Measurement> Collapse(CheckContext context, Architecture architecture) =>
        MappingShares.Decide(
            context,
            architecture,
            MappingProperty.When("r_eff - 1 at least halves from a quarter of the depth to all of it", behaviour => behaviour.SignalCollapses)
        );

    /// <summary>P3: SNR decays exponentially, while the signal keeps its directions.</summary>
    public static IEnumerable<Measurement> Drowning(CheckContext context, Architecture architecture) =>
        MappingShares.Decide(
            context,
            architecture,
            MappingProperty.When("SNR^l/SNR^0 decays exponentially", behaviour => behaviour.SnrDecaysExponentially),
            MappingProperty.When("r_eff is above 2 at full depth", behaviour => behaviour.ReffAtEnd > 2)
        );

    /// <summary>P4: neither pathology occurs, and χ grows as a power of the depth.</summary>
    public static IEnumerable<Measurement> Health(CheckContext context, Architecture architecture) =>
        MappingShares.Decide(
            context,
            architecture,
            MappingProperty.When("r_eff - 1 does not halve", behaviour => behaviour.SignalKeepsDirections),
            MappingProperty.When("SNR^l/SNR^0 does not decay exponentially", behaviour => behaviour.SnrDecaysSlower),
            MappingProperty.When(
                "χ grows as a power: ln χ gains between √½ and √2 of the gain before when the depth doubles",
                behaviour => behaviour.ChiGrowsAsPower
            )
        );

    /// <summary>P5: both pathologies are products of many factors: ln χ and ln ν₂ gain the same from each stretch of layers.</summary>
    public static IEnumerable<Measurement> Multiplicativity(CheckContext context, Architecture architecture) =>
        MappingShares.Decide(
            context,
            architecture,
            MappingProperty.When("ln χ gains in the second half twice what it gained in the second quarter, within 10 %", PostLaws.Multiplies)
        );

    /// <summary>P6: branches as strong as their skip connections do not counter the collapse.</summary>
    public static IEnumerable<Measurement> EqualBranches(CheckContext context, Architecture architecture) =>
        MappingShares.Decide(
            context,
            architecture,
            MappingProperty.OfDepths(
                "ν₂ doubles in each unit, within 10 % of ln 2",
                table => table.LogNu2,
                "ν₂",
                (row, depths) => PostLaws.Doubles(row[^1] - row[0], depths[^1] - depths[0])
            ),
            MappingProperty.When("r_eff - 1 at least halves all the same", behaviour => behaviour.SignalCollapses)
        );

    /// <summary>P7: the residual branch is diluted as 1/(l + 1), and the collapse does not happen.</summary>
    public static IEnumerable<Measurement> Dilution(CheckContext context, Architecture architecture) =>
        MappingShares.Decide(
            context,
            architecture,
            MappingProperty.OfDepths(
                "ν₂ gains 1 in each unit of the second half, within 25 %",
                table => table.LogNu2,
                "ν₂",
                (row, depths) => PostLaws.Dilutes(Math.Exp(row[^1]) - Math.Exp(row[Half(depths)]), depths[^1] - depths[Half(depths)])
            ),
            MappingProperty.When("r_eff - 1 does not halve", behaviour => behaviour.SignalKeepsDirections)
        );

    /// <summary>A3: without batch norm δχ tends to 1 and r_eff to 1.</summary>
    public static IEnumerable<Measurement> Limits(CheckContext context, Architecture architecture) =>
        MappingShares.Decide(
            context,
            architecture,
            MappingProperty.OfDepths(
                "ln χ gains less than half as much in each layer of the second half as in the first twentieth of the depth",
                table => table.LogChi,
                "χ",
                (row, depths) => PostLaws.Slows(row[0], depths[0], row[^1] - row[Half(depths)], depths[^1] - depths[Half(depths)])
            ),
            MappingProperty.When("r_eff - 1 at least halves", behaviour => behaviour.SignalCollapses)
        );

    /// <summary>Index of half the depth.</summary>
    private static int Half(IReadOnlyList<int> depths)
    {
        var half = depths.ToList().IndexOf(depths[^1] / 2);
        return half >= 0 && depths[^1] % 2 == 0 ? half : throw new SubjectException("expected moments at half depth, got none");
    }
}
