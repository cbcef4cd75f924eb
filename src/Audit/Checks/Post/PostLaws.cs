using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>What the post says of a single deep mapping, in numbers: shared by runs and by recorded results.</summary>
/// <remarks>
/// Each mark lies between what a law says and what its opposite would say; the size of the gap is derived, where in the gap the mark lies was chosen by
/// measuring (docs/verdicts.md, shares of mappings). No guarantee rests on the marks: a check counts the mappings that show a property, and the
/// count is exact. NaN shows nothing: every comparison with it is false.
/// </remarks>
internal static class PostLaws
{
    /// <summary>A3. A power law gains at least ten times less in each layer of the second half than in those up to a twentieth of the depth, an
    /// exponential one the same (derived); one half is between.</summary>
    public static bool Slows(double firstGain, int firstLayers, double lastGain, int lastLayers) => lastGain / lastLayers < 0.5 * firstGain / firstLayers;

    /// <summary>P5. ln χ gains in the second half twice what it gained in the second quarter, within 10 %: twice is derived, 10 % covers what
    /// mappings were measured to scatter.</summary>
    public static bool Multiplies(MappingBehaviour behaviour) => Math.Abs((behaviour.SecondGain / (2 * behaviour.FirstGain)) - 1) < 0.1;

    /// <summary>P6. ln ν₂ gains ln 2 in each unit (derived), within 10 %: then the branch's ν₂ is the skip's within 15 %. Widths of 128 and more were
    /// measured to lose 1 % and less of ln 2 to drift.</summary>
    public static bool Doubles(double gainOfLogNu2, int units) =>
        ManyStepLaws.LogVanillaResidualNu2(0, units) is var expected && Math.Abs(gainOfLogNu2 - expected) < 0.1 * expected;

    /// <summary>P7. ν₂ of a mapping gains 1 in each unit (derived), within 25 %: the sum deviates by √(4/(N·L)) or so, below 3 % at the least width
    /// and depth used, and 25 % is far from no gain and from twice the gain.</summary>
    public static bool Dilutes(double gainOfNu2, int units) =>
        ManyStepLaws.BatchNormResidualNu2(0, units) is var expected && Math.Abs(gainOfNu2 - expected) < 0.25 * expected;
}
