using FluentAssertions;
using MathNet.Numerics.Distributions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The fast distance from the normal law has the bits of the slow one, which sorts everything.</summary>
public class NormalDistanceTests
{
    private static readonly Dictionary<string, Func<Random, double>> Laws = new()
    {
        ["normal"] = random => Normal.Sample(random, 0, 1),
        ["normal of half the deviation, ten cells crowded"] = random => Normal.Sample(random, 0, 0.005),
        ["shifted"] = random => Normal.Sample(random, 0.3, 1),
        ["heavy tails, many beyond the cells"] = random => Cauchy.Sample(random, 0, 2),
        ["ties"] = random => Math.Round(Normal.Sample(random, 0, 1), 1),
        ["on the borders of cells"] = random => random.Next(-5000, 5000) / 1024.0,
        ["two numbers"] = random => random.Next(2) == 0 ? -1e300 : 1e300,
    };

    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach (var law in Laws.Keys)
        {
            foreach (var count in new[] { 1, 2, 17, 1000, 40_000 })
            {
                cases.Add(law, count);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_distance_with_cells_equals_the_distance_of_sorted_numbers_bit_for_bit(string law, int count)
    {
        var random = new Random(41);
        List<double> values = [.. Enumerable.Range(0, count).Select(_ => Laws[law](random))];

        NormalDistance.Measure(values).Should().Be(Sorted(values));
    }

    [Fact]
    public void Distance_of_a_single_zero_is_one_half() =>
        NormalDistance.Measure([0]).Should().BeApproximately(0.5, 1e-15, "Φ(0) = ½, and the step goes from 0 to 1");

    [Fact]
    public void Distance_of_no_numbers_is_zero() => NormalDistance.Measure([]).Should().Be(0);

    private static double Sorted(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var distance = 0.0;
        for (var i = 0; i < sorted.Length; i++)
        {
            var probability = Normal.CDF(0, 1, sorted[i]);
            distance = Math.Max(distance, Math.Max(((i + 1.0) / sorted.Length) - probability, probability - ((double)i / sorted.Length)));
        }

        return distance;
    }
}
