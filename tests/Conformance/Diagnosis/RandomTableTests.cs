using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The study of random tables in small: of every border some dozens. (In large: bench -- evidence tables.)</summary>
public class RandomTableTests
{
    private static readonly int Tables = Breadth.Choose(usual: 30, atNight: 300);

    public static TheoryData<string> Kinds => [.. RandomTables.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Diagnoses_of_random_tables_are_wrong_at_most_as_often_as_promised(string kind)
    {
        var outcomes = new string[Tables];
        Parallel.For(0, Tables, seed => outcomes[seed] = RandomTables.Judge(kind, (ulong)seed));

        // The seeds are fixed; where a rate of 5 % is kept, so many come once in 10,000 such sets.
        outcomes
            .Count(outcome => outcome.StartsWith("wrong", StringComparison.Ordinal))
            .Should()
            .BeLessThanOrEqualTo(Most(0.05), string.Join(", ", outcomes.CountBy(outcome => outcome)));
        if (RandomTables.HasRightWord(kind))
        {
            outcomes.Count(outcome => outcome != "right").Should().BeLessThanOrEqualTo(Most(0.1), string.Join(", ", outcomes.CountBy(outcome => outcome)));
        }
    }

    private static int Most(double rate) => Enumerable.Range(0, Tables).First(count => 1 - Binomial.CDF(rate, Tables, count) <= 1e-4);
}
