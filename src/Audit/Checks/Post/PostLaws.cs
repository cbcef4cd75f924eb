using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>What the post says of a single deep mapping, in numbers: shared by runs and by recorded results.</summary>
internal static class PostLaws
{
    /// <summary>A3. A power law gains at least ten times less in each layer of the second half than in those up to a twentieth of the depth; an exponential one gains the same.</summary>
    public static bool Slows(double firstGain, int firstLayers, double lastGain, int lastLayers) => lastGain / lastLayers < 0.5 * firstGain / firstLayers;

    /// <summary>P5. ln χ gains in the second half twice what it gained in the second quarter, within 10 %.</summary>
    public static bool Multiplies(MappingBehaviour behaviour) => Math.Abs((behaviour.SecondGain / (2 * behaviour.FirstGain)) - 1) < 0.1;

    /// <summary>P6. 10 % of ln 2 in each unit: the branch's ν₂ is the skip's within 15 %. Widths of 128 and more lose 1 % and less of ln 2 to drift.</summary>
    public static bool Doubles(double gainOfLogNu2, int units) => ManyStepLaws.LogVanillaResidualNu2(0, units) is var expected && Math.Abs(gainOfLogNu2 - expected) < 0.1 * expected;

    /// <summary>P7. ν₂ of a mapping gains 1 in each unit with a relative deviation of √(4/(N·L)) or so for the sum: below 3 % at the least width and depth used.</summary>
    public static bool Dilutes(double gainOfNu2, int units) => ManyStepLaws.BatchNormResidualNu2(0, units) is var expected && Math.Abs(gainOfNu2 - expected) < 0.25 * expected;
}
