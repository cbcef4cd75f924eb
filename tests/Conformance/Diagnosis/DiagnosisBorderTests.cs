using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>How often a diagnosis says a wrong word about random tables whose law lies on the border of that word, and the right one well inside.</summary>
/// <remarks>
/// All words of a picture are wrong together in 5 % of the tables at most, asymptotically in the number of mappings; a word at its border is wrong on one side
/// only. The seeds are fixed, so the tests are deterministic; the marks are where a rate of 5 % would stay below, but for once in 10,000 sets of seeds.
/// </remarks>
public class DiagnosisBorderTests
{
    private static readonly int Tables = Breadth.Choose(usual: 30, atNight: 1000);

    /// <summary>Laws on a border of the shape of χ: ln χ = b (l^p - 1)/p.</summary>
    [Theory]
    [InlineData(0.75, 0, 0.02, 24)]
    [InlineData(0.75, 0.015, 0.02, 24)]
    [InlineData(0.75, 0.015, 0.02, 100)]
    [InlineData(0.5, 0, 0.02, 24)]
    [InlineData(0.5, 0.002, 0.02, 24)]
    [InlineData(-0.5, 0.0005, 0.005, 24)]
    public void A_growth_at_the_border_of_a_law_is_rarely_named_after_that_law(double shape, double walk, double scatter, int mappings)
    {
        var tables = new MadeUpTables(_ => 9, depth => 5 * (Math.Pow(depth / 200, shape) - Math.Pow(1 / 200.0, shape)) / shape)
        {
            Walk = walk,
            Scatter = scatter,
            Mappings = mappings,
            Step = 10,
        };

        Law wrong =
            shape == 0.75 ? (law => law == Growth.Exponential)
            : shape == 0.5 ? (law => law == Growth.Power)
            : (law => law == Growth.Bounded);
        WrongWords(tables, diagnosis => wrong(diagnosis.ChiGrowth!.Law)).Should().BeLessThanOrEqualTo(Most(0.05));
    }

    [Theory]
    [InlineData(0.0, 24)]
    [InlineData(0.01, 24)]
    [InlineData(0.01, 60)]
    public void A_drift_of_twice_the_walk_variance_is_rarely_called_an_exponential_rate(double rate, int mappings)
    {
        // Drift twice the variance per layer is the border; without a walk nothing is on it.
        var tables = new MadeUpTables(_ => 9, depth => rate * depth)
        {
            Walk = rate / 2,
            Mappings = mappings,
            Step = 10,
            Scatter = 0.005,
        };

        WrongWords(tables, diagnosis => diagnosis.ChiGrowth!.Law == Growth.Exponential).Should().BeLessThanOrEqualTo(Most(0.05));
    }

    [Theory]
    [InlineData(0.5, 24)]
    [InlineData(0.5, 60)]
    public void Directions_that_halve_in_two_doublings_of_depth_are_rarely_called_lost(double power, int mappings)
    {
        var tables = new MadeUpTables(depth => 1 + (0.5 * Math.Pow(depth / 200, -power)), depth => 0.6 * Math.Log(depth))
        {
            Mappings = mappings,
            Step = 10,
            Scatter = 0.2,
        };

        WrongWords(tables, diagnosis => diagnosis.Conditions.Contains(Condition.PathologicalSignal)).Should().BeLessThanOrEqualTo(Most(0.05));
    }

    /// <summary>
    /// At a factor of two from a border, with the walk of a net of width 64 at depth 200, the right word comes in nine tables of ten at least.
    /// </summary>
    [Theory]
    [InlineData("drift four times the walk", Condition.PathologicalSnr)]
    [InlineData("directions lost as the depth", Condition.PathologicalSignal)]
    [InlineData("directions kept within a sixth", Condition.WellBehaved)]
    [InlineData("power law", Condition.WellBehaved)]
    public void A_law_far_from_every_border_is_named_correctly(string law, Condition expected)
    {
        Func<double, double> power = depth => 0.6 * Math.Log(depth);
        var tables = law switch
        {
            "drift four times the walk" => new MadeUpTables(_ => 9, depth => 4 / 64.0 * depth) { Walk = 1 / 64.0, Mappings = 200 },
            "directions lost as the depth" => new MadeUpTables(depth => 1 + (0.25 * 200 / depth), power) { Scatter = 0.3, Spread = 0.5 },
            "directions kept within a sixth" => new MadeUpTables(depth => 1 + (4 * Math.Pow(depth / 200, -0.146)), power) { Scatter = 0.05 },
            "power law" => new MadeUpTables(_ => 5, power) { Scatter = 0.05 },
            _ => throw new ArgumentOutOfRangeException(nameof(law), law, "expected a law"),
        };

        WrongWords(tables with { Step = 10 }, diagnosis => diagnosis.Condition != expected).Should().BeLessThanOrEqualTo(Most(0.1));
    }

    private delegate bool Law(Growth law);

    private static int WrongWords(MadeUpTables tables, Func<Diagnosis, bool> isWrong)
    {
        var wrong = 0;
        Parallel.For(
            0,
            Tables,
            seed =>
            {
                if (isWrong(tables.Diagnose(seed)))
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        );
        return wrong;
    }

    /// <summary>Most wrong tables that a rate explains, but for once in 10,000.</summary>
    private static int Most(double rate) => Enumerable.Range(0, Tables).First(count => 1 - Binomial.CDF(rate, Tables, count) <= 1e-4);
}
