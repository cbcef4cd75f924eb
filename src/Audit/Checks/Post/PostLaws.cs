using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>What the post says of a single deep mapping, as conditions on numbers. Runs and recorded results share them.</summary>
/// <remarks>
/// Each limit lies between what a law says and what its opposite would say. The size of this gap is derived; where the limit lies in it was chosen from
/// measurements (docs/verdicts.md, shares of mappings). No guarantee rests on the limits: a check counts the mappings that show a property, and the count
/// is exact. NaN shows no property: every comparison with it is false.
/// </remarks>
internal static class PostLaws
{
    /// <summary>
    /// A3. In each layer of the second half, a power law gains at least ten times less than in those of the first twentieth of the depth; an exponential one
    /// gains the same (derived). The limit of one half lies between.
    /// </summary>
    public static bool Slows(double firstGain, int firstLayers, double lastGain, int lastLayers) => lastGain / lastLayers < 0.5 * firstGain / firstLayers;

    /// <summary>
    /// P5. ln χ gains in the second half twice what it gained in the second quarter, within 10 %: twice is derived, 10 % covers the measured scatter of
    /// mappings.
    /// </summary>
    public static bool Multiplies(MappingBehaviour behaviour) => Math.Abs((behaviour.SecondGain / (2 * behaviour.FirstGain)) - 1) < 0.1;

    /// <summary>
    /// P6. ln ν₂ gains ln 2 in each unit (derived), within 10 %: then the branch's ν₂ equals the skip's within 15 %. At widths of 128 and more, the measured
    /// loss by drift is 1 % of ln 2 or less.
    /// </summary>
    public static bool Doubles(double gainOfLogNu2, int units) =>
        ManyStepLaws.LogVanillaResidualNu2(0, units) is var expected && Math.Abs(gainOfLogNu2 - expected) < 0.1 * expected;

    /// <summary>
    /// P7. ν₂ of a mapping gains 1 in each unit (derived), within 25 %. The sum deviates by about √(4/(N·L)), below 3 % at the least width and depth used; and
    /// 25 % is far from no gain and from twice the gain.
    /// </summary>
    public static bool Dilutes(double gainOfNu2, int units) =>
        ManyStepLaws.BatchNormResidualNu2(0, units) is var expected && Math.Abs(gainOfNu2 - expected) < 0.25 * expected;
}
