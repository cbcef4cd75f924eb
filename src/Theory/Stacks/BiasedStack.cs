using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// Verdicts on units that multiply the differences of points and noise by the same factor, while biases add a variance that all points share: linear and leaky
/// layers, with skip connections or without. docs/theory.md, “Any network of layers”.
/// </summary>
internal static class BiasedStack
{
    /// <summary>A factor that is closer to 1 counts as 1.</summary>
    private const double Still = 1e-7;

    /// <summary>Judges a unit whose biases are not negligible at large depth.</summary>
    /// <param name="gain">The factor of differences and of noise in a unit, squared; above 1 values grow until biases are negligible.</param>
    /// <param name="isLinear">Whether the unit has no activation.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor exceeds 1.</exception>
    public static StackVerdict Judge(double gain, bool isLinear) =>
        gain switch
        {
            < 1 - Still => FeedforwardStack.Verdict(
                Behaviour.Point,
                "ordered, point: biases keep the variance, while differences of points and noise fall by the factor "
                    + $"{FeedforwardStack.Number(gain)} in each unit, so χ and directions stay bounded",
                "F1",
                StackVerdict.Wide
            ) with
            {
                SquaredGrowth = 1,
                DepthScale = -1 / Math.Log(gain),
            },
            <= 1 + Still when isLinear => AddedUp("the share of their differences falls as 1/l, and χ stays", "S2") with
            {
                SquaredGrowth = 1,
                Exponent = 0,
                DepthScale = double.PositiveInfinity,
            },
            <= 1 + Still => AddedUp("there is no law of the rates", "S1"),
            _ => throw new ArgumentOutOfRangeException(nameof(gain), gain, "expected a factor of at most 1"),
        };

    /// <summary>The advice to leave biases out of linear layers, which then keep what points differ in.</summary>
    public static Suggestion WithoutBiases(Layers unit) =>
        new("\"bias_variance\": 0", "χ and directions are kept while the width is large", "S2, V4", StackVerdict.Wide)
        {
            Unit = UnitChange.WithParameters(unit, parameters => parameters with { BiasVariance = 0 }),
        };

    private static StackVerdict AddedUp(string rate, string law) =>
        FeedforwardStack.Verdict(
            Behaviour.Point,
            $"point: the variance of the biases, which all points share, adds up with depth; {rate}",
            law,
            StackVerdict.Wide
        );
}
