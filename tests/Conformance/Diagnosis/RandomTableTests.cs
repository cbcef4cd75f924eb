using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The study of random tables in small: of every border fifteen, and hundreds at night. (In large: bench -- evidence tables.)</summary>
public class RandomTableTests
{
    private static readonly int Tables = Breadth.Choose(usual: 15, atNight: 300);

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

    /// <summary>A mapping far from the others is left out where the mean over all decides nothing: the words about the others are true as often.</summary>
    [Fact]
    public void Diagnoses_of_random_tables_with_an_outlying_mapping_are_wrong_at_most_as_often_as_promised()
    {
        var each = Breadth.Choose(usual: 1, atNight: 25);
        var outcomes = new (string? Wrong, bool IsLeftOut)[RandomTables.Kinds.Count * each];
        Parallel.For(
            0,
            outcomes.Length,
            number =>
            {
                var tables = RandomTables.Draw(RandomTables.Kinds[number / each], (ulong)(number % each)).Tables;
                var (table, random) = (tables.Draw(number), new Random(number));
                var slope = (random.Next(2) == 0 ? 1 : -1) * (20 + (200 * random.NextDouble())) / tables.Depth;
                table.Depths.Select(depth => slope * depth).ToArray().CopyTo(table.LogChi![0], 0);
                var diagnosis = Diagnosis.Diagnose(table);
                outcomes[number] = (RandomTables.WordsOf(diagnosis).Except(RandomTables.TrueWords(tables)).FirstOrDefault(), diagnosis.LeftOut > 0);
            }
        );

        string[] wrong = [.. outcomes.Select(outcome => outcome.Wrong).OfType<string>()];
        wrong.Length.Should().BeLessThanOrEqualTo(Most(0.05, outcomes.Length), string.Join(", ", wrong));
        outcomes.Count(outcome => outcome.IsLeftOut).Should().BeGreaterThan(outcomes.Length / 20);
    }

    private static int Most(double rate) => Most(rate, Tables);

    private static int Most(double rate, int tables) => Enumerable.Range(0, tables).First(count => 1 - Binomial.CDF(rate, tables, count) <= 1e-4);
}
