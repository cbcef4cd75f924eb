using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A diagnosis says no more than its intervals do: of limits, of powers, of mappings of two kinds.</summary>
public class SupportedWordsTests
{
    private static readonly Func<double, double> Keeping = _ => 9;
    private static readonly Func<double, double> PowerLaw = depth => 0.6 * Math.Log(depth);

    [Fact]
    public void A_rank_that_has_settled_is_not_said_to_tend_to_another_number()
    {
        var diagnosis = new MadeUpTables(depth => 1.05 + (19 * Math.Exp(-depth / 5)), PowerLaw) { Mappings = 40, Scatter = 0.01 }.Diagnose();

        diagnosis.Conditions.Should().Equal(Condition.PathologicalSignal);
        diagnosis.ReffLimit.Should().BeApproximately(1.05, 0.005);
        diagnosis
            .Sentence.Should()
            .StartWith("Pathological signal: the signal has lost all but 1.05")
            .And.Contain("by depth 200")
            .And.NotContain("tends to one");
    }

    /// <summary>A law that is nearest to a power, and no power: the number is that of a stretch, and goes on changing.</summary>
    [Theory]
    [InlineData("(1 + l/80)³", "over layers 100 to 200, rising with the depth; ")]
    [InlineData("a bound, slowly", "over layers 100 to 200, falling with the depth; ")]
    [InlineData("a power", "; ")]
    public void A_power_that_changes_with_the_depth_is_said_to(string law, string words)
    {
        Func<double, double> logChi = law switch
        {
            "(1 + l/80)³" => depth => 3 * Math.Log(1 + (depth / 80)),
            "a bound, slowly" => depth => 6 - (8 * Math.Pow(depth, -0.4)),
            _ => PowerLaw,
        };

        new MadeUpTables(Keeping, logChi) { Mappings = 40, Scatter = 0.01 }
            .Diagnose()
            .Sentence.Should()
            .MatchRegex($@"χ grows as the power \d\.\d\d of the depth \(\d\.\d\d to \d\.\d\d\) ?{words}at depth 200");
    }

    /// <summary>A mean over mappings of two kinds is a statement about neither: how many show what it says belongs to it.</summary>
    [Theory]
    [InlineData(12, true)]
    [InlineData(16, true)]
    [InlineData(24, false)]
    public void What_a_part_of_the_mappings_shows_is_said_with_their_number(int drowning, bool isSaid)
    {
        var (sick, well) = (
            new MadeUpTables(Keeping, depth => 0.1 * depth) { Mappings = drowning }.Draw(1),
            new MadeUpTables(Keeping, PowerLaw) { Mappings = 24 - drowning }.Draw(2)
        );
        var diagnosis = Diagnosis.Diagnose(sick with { Simulations = 24, Reff = [.. sick.Reff!, .. well.Reff!], LogChi = [.. sick.LogChi!, .. well.LogChi!] });

        diagnosis.Conditions.Should().Equal(Condition.PathologicalSnr);
        diagnosis.Sentence.Contains($"; {drowning} of 24 mappings show it by themselves; ", StringComparison.Ordinal).Should().Be(isSaid, diagnosis.Sentence);
    }

    /// <summary>The mark of a single direction is a convention, and a diagnosis that rests on it says so.</summary>
    [Theory]
    [InlineData("settled at 1.05", true)]
    [InlineData("falls to one", false)]
    [InlineData("settled at 9", false)]
    public void The_mark_of_one_direction_is_called_a_convention_where_a_diagnosis_rests_on_it(string ranks, bool isCalled)
    {
        Func<double, double> reff = ranks switch
        {
            "settled at 1.05" => depth => 1.05 + (19 * Math.Exp(-depth / 5)),
            "falls to one" => depth => 1 + (20 / depth),
            _ => Keeping,
        };
        var lines = DiagnosisLines.Write(new MadeUpTables(reff, PowerLaw) { Mappings = 40, Scatter = 0.01 }.Diagnose());

        lines.Count(line => line.Contains("; below 1.2 it counts as one direction, by convention")).Should().Be(isCalled ? 1 : 0);
    }

    /// <summary>Directions fall from half of the depth on, and no longer from two thirds of it on.</summary>
    [Theory]
    [InlineData(15, 200, 2)]
    [InlineData(18, 240, 4)]
    public void Directions_that_settle_within_the_last_doubling_do_not_tend_to_one(double decay, int depth, int step)
    {
        var diagnosis = new MadeUpTables(at => 1.05 + (20 * Math.Exp(-at / decay)), PowerLaw)
        {
            Depth = depth,
            Step = step,
            Mappings = 40,
            Scatter = 0.01,
        }.Diagnose();

        diagnosis.Conditions.Should().Equal(Condition.PathologicalSignal);
        diagnosis.ReffLimit.Should().Be(double.NaN);
        diagnosis.Sentence.Should().StartWith("Pathological signal: the signal has lost all but 1.05").And.NotContain("tends to one");
    }

    [Fact]
    public void A_varying_share_that_settled_at_a_small_value_is_not_said_to_tend_to_zero()
    {
        var diagnosis = new MadeUpTables(Keeping, PowerLaw)
        {
            Mappings = 40,
            Scatter = 0.01,
            Share = depth => 0.005 + (0.9 * Math.Exp(-depth / 3)),
        }.Diagnose();

        diagnosis.Conditions.Should().Equal(Condition.PathologicalPoint);
        diagnosis
            .Sentence.Should()
            .StartWith("Pathological point: all but 0.5 % of the signal is the same at all points at depth 200, after 47 % that varied at depth 2")
            .And.NotContainAny("becomes", "tends to a point");
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(2, false)]
    [InlineData(16, true)]
    public void A_signal_of_one_direction_at_all_depths_is_a_collapse_only_if_its_batch_allows_more(int? images, bool hasCollapsed)
    {
        // Two images never have two directions.
        var table = new MadeUpTables(_ => 1 + 1e-9, PowerLaw) { Mappings = 40 }.Draw(5) with
        {
            Images = images,
        };

        var diagnosis = Diagnosis.Diagnose(table);

        diagnosis.Condition.Should().Be(hasCollapsed ? Condition.PathologicalSignal : Condition.Undecided);
        diagnosis
            .Sentence.Should()
            .Contain(
                "the signal has a single direction of variance from the first recorded depth, 2, on: it collapsed before"
                    + (hasCollapsed ? ";" : ", or never had another")
            );
    }

    [Fact]
    public void A_mixture_of_two_kinds_of_mappings_gets_no_limit()
    {
        var (sick, well) = (
            new MadeUpTables(depth => 1 + (300 / (depth * depth)), PowerLaw) { Mappings = 14 }.Draw(1),
            new MadeUpTables(_ => 5.8, PowerLaw) { Mappings = 16 }.Draw(2)
        );

        var diagnosis = Diagnosis.Diagnose(sick with { Simulations = 30, Reff = [.. sick.Reff!, .. well.Reff!], LogChi = [.. sick.LogChi!, .. well.LogChi!] });

        diagnosis.Condition.Should().Be(Condition.Undecided);
        diagnosis.ReffLimit.Should().Be(double.NaN);
        diagnosis.Sentence.Should().Contain("the signal collapses in 14 of 30 mappings, and the median mapping has 5.").And.NotContainAny("tends to", "keeps");
    }

    [Theory]
    [InlineData(22, 8, false)]
    [InlineData(40, 2, true)]
    public void Well_behaved_is_said_only_if_nearly_all_mappings_reach_the_depth(int lasting, int dead, bool isNamed)
    {
        var diagnosis = Diagnosis.Diagnose(new MadeUpTables(Keeping, PowerLaw) { Mappings = lasting }.Draw(1) with { Died = dead });

        diagnosis.Condition.Should().Be(isNamed ? Condition.WellBehaved : Condition.Undecided);
        diagnosis
            .Sentence.Should()
            .Contain(
                isNamed
                    ? "Well-behaved"
                    : $"{dead} of {lasting + dead} mappings end before the full depth: too many to call the network well-behaved because of the others"
            )
            .And.NotContain("the signal collapses in");
    }

    [Fact]
    public void Directions_that_decrease_slowly_are_said_to_fall_and_not_to_be_kept()
    {
        var diagnosis = new MadeUpTables(depth => 1 + (10 / Math.Log(depth + 1)), PowerLaw) { Mappings = 100, Scatter = 0.01 }.Diagnose();

        diagnosis.ReffLimit.Should().Be(double.NaN);
        diagnosis
            .Sentence.Should()
            .MatchRegex(@"over layers 100 to 200 r_eff - 1 falls as the power 0\.\d+ \(0\.\d+ to 0\.\d+\) of the depth")
            .And.NotContain("keeps");
    }

    [Fact]
    public void The_power_of_falling_directions_is_omitted_if_it_is_within_the_noise()
    {
        // They rise, fall a little, and what they do at the end is within the noise.
        var diagnosis = new MadeUpTables(depth => depth < 20 ? 1 + (depth / 4) : 6 - (0.05 * Math.Log(depth / 20)), PowerLaw)
        {
            Mappings = 24,
            Scatter = 0.3,
        }.Diagnose();

        diagnosis.Sentence.Should().NotContain("falls as the power");
    }

    [Theory]
    [InlineData(9.96e5, "1.0e6")]
    [InlineData(9.94e5, "9.9e5")]
    [InlineData(1.2e7, "1.2e7")]
    public void Large_factors_have_one_digit_before_the_point(double factor, string words) => RateWords.Scientific(Math.Log(factor)).Should().Be(words);

    [Fact]
    public void Rates_beyond_1000_per_cent_are_printed_as_factors_and_missing_rates_print_no_line()
    {
        var diagnosis = new MadeUpTables(Keeping, depth => 6.5 * depth) { Mappings = 40 }.Diagnose();
        diagnosis.Sentence.Should().Contain("the noise grows by the factor 665").And.NotContain("%");
        string[] lines = [.. DiagnosisLines.Write(Diagnosis.Diagnose(new MadeUpTables(Keeping, PowerLaw) { Mappings = 40 }.Draw(5) with { LogChi = null }))];
        lines
            .Where(line => line.StartsWith("  layers", StringComparison.Ordinal))
            .Should()
            .NotBeEmpty()
            .And.OnlyContain(line => line.Contains("multiplied", StringComparison.Ordinal));
    }
}
