using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// The third failure: the share of the signal that varies tends to zero. It is named where it does, with its rate, and not where plain nets settle above zero.
/// </summary>
public class PointTests
{
    private static readonly Func<double, double> PowerLaw = depth => 0.6 * Math.Log(depth);
    private static readonly Func<double, double> Keeping = _ => 9;

    [Theory]
    [InlineData("as in layer norm with ReLU", "the signal has become a point", @"[12]\.\d\d \([12]\.\d\d to [12]\.\d\d\)")]
    [InlineData("as at the smooth edge", "the signal tends to a point", @"0\.9\d \(0\.9\d to 0\.9\d\)")]
    [InlineData("as in the ordered phase", "the signal has become a point", @"5\.\d\d \(5\.\d\d to 5\.\d\d\)")]
    public void A_varying_share_that_tends_to_zero_is_diagnosed_as_a_point_with_its_rate(string law, string words, string power)
    {
        Func<double, double> share = law switch
        {
            "as in layer norm with ReLU" => depth => Math.Min(0.5, 44 / (depth * depth)),
            "as at the smooth edge" => depth => 3 / (depth + 3),
            "as in the ordered phase" => depth => Math.Exp(-depth / 14),
            _ => throw new ArgumentOutOfRangeException(nameof(law), law, "expected a law"),
        };
        var diagnosis = new MadeUpTables(Keeping, PowerLaw)
        {
            Mappings = 40,
            Share = share,
            Depth = 100,
        }.Diagnose();

        diagnosis.Conditions.Should().Equal(Condition.PathologicalPoint);
        diagnosis.CertainCondition.Should().Be(Condition.PathologicalPoint);
        diagnosis.PointPathology.Should().Be(new BinomialProportion(40, 40));
        diagnosis
            .Sentence.Should()
            .StartWith($"Pathological point: {words}: ")
            .And.Contain("of it varies at depth 100")
            .And.Contain("this share loses ")
            .And.MatchRegex($"as the power {power} of the depth would");
        diagnosis.Rates[^2].LogShare!.Value.Value.Should().BeApproximately(Math.Log(share(100) / share(50)), 0.05);
        diagnosis.Rates[^1].LogShare.Should().BeNull("depth 0 is not recorded");
    }

    /// <summary>Signals of 10⁻⁸⁷⁰ have no number in any format, and logarithms as good as any: e^-744.44 alone stands for zero.</summary>
    [Fact]
    public void A_share_that_tends_to_zero_is_diagnosed_however_small_the_signal_is()
    {
        var table = new MadeUpTables(Keeping, PowerLaw)
        {
            Mappings = 40,
            Share = depth => Math.Min(0.5, 44 / (depth * depth)),
            Depth = 100,
        }.Draw(5);
        double[][] Sunk(IReadOnlyList<double[]> rows) => [.. rows.Select(row => row.Select((value, i) => value - (20.0 * table.Depths[i])).ToArray())];

        var diagnosis = Diagnosis.Diagnose(table with { LogNu2 = Sunk(table.LogNu2!), LogMu2 = Sunk(table.LogMu2!) });

        diagnosis.Conditions.Should().Equal(Condition.PathologicalPoint);
        diagnosis.PointPathology.Should().Be(new BinomialProportion(40, 40));
    }

    [Theory]
    [InlineData("settled")]
    [InlineData("settling at a twentieth")]
    [InlineData("growing")]
    [InlineData("as in plain nets of depth 16")]
    public void A_varying_share_that_settles_above_zero_is_not_diagnosed_as_a_point(string law)
    {
        Func<double, double> share = law switch
        {
            "settled" => _ => 0.68,
            "settling at a twentieth" => depth => 0.05 + Math.Min(0.4, 44 / (depth * depth)),
            "growing" => depth => 1 - Math.Pow(depth, -0.3),
            "as in plain nets of depth 16" => depth => 0.15 + (0.55 / depth),
            _ => throw new ArgumentOutOfRangeException(nameof(law), law, "expected a law"),
        };
        for (var seed = 0; seed < 20; seed++)
        {
            var diagnosis = new MadeUpTables(Keeping, PowerLaw)
            {
                Mappings = 40,
                Share = share,
                Depth = law.EndsWith("16", StringComparison.Ordinal) ? 16 : 60,
                Step = law.EndsWith("16", StringComparison.Ordinal) ? 1 : 2,
            }.Diagnose(seed);

            diagnosis.Conditions.Should().NotContain(Condition.PathologicalPoint, diagnosis.Sentence);
        }
    }

    [Fact]
    public void A_varying_share_that_decays_slowly_is_undecided_and_not_well_behaved()
    {
        var diagnosis = new MadeUpTables(Keeping, PowerLaw) { Mappings = 40, Share = depth => 0.9 * Math.Pow(depth, -0.4) }.Diagnose();

        diagnosis.Conditions.Should().Equal(Condition.Undecided);
        diagnosis.Sentence.Should().Contain("what becomes of the share of the signal that varies");
        new MadeUpTables(Keeping, PowerLaw) { Mappings = 40, Share = _ => 0.68 }
            .Diagnose()
            .Condition.Should()
            .Be(Condition.WellBehaved);
    }

    [Fact]
    public void All_three_failures_are_named_the_costliest_first()
    {
        var diagnosis = new MadeUpTables(depth => 1 + (300 / (depth * depth)), depth => 0.2 * depth) { Share = depth => Math.Exp(-depth / 14) }.Diagnose();

        diagnosis.Conditions.Should().Equal(Condition.PathologicalSnr, Condition.PathologicalPoint, Condition.PathologicalSignal);
        diagnosis.Sentence.Should().StartWith("Pathological SNR and pathological point and pathological signal: SNR^l/SNR^0 decays exponentially");
    }

    /// <summary>Chance alone does not make a point: the walk of ln(μ₂/ν₂) at finite width has a drift of 0 or upwards.</summary>
    [Theory]
    [InlineData(true, 4, 2)]
    [InlineData(false, 8, 0)]
    public void The_walk_of_the_varying_share_near_a_point_has_the_derived_mean_and_variance_per_layer(bool manyDirections, double variance, double mean)
    {
        // Differences between points are to their common mean what noise is to a collapsed signal: ln(μ₂/ν₂) steps as 2 ln χ.
        const int width = 256,
            steps = 40_000;
        var random = new Random(12);
        double[] drawn =
        [
            .. Enumerable
                .Range(0, steps)
                .Select(_ =>
                {
                    var (square, apart) = (0.0, 0.0);
                    for (var unit = 0; unit < width; unit++)
                    {
                        var (y, z) = (Normal.Sample(random, 0, 1), Normal.Sample(random, 0, 1));
                        (square, apart) = y > 0 ? (square + (y * y), apart + (manyDirections ? 1 : z * z)) : (square, apart);
                    }

                    return Math.Log(apart) - Math.Log(square);
                }),
        ];

        (drawn.Variance() * width).Should().BeApproximately(variance, 0.06 * variance);
        (drawn.Mean() * width).Should().BeApproximately(mean, (4 * Math.Sqrt(variance * width / steps)) + 0.12);
    }

    [Theory]
    [InlineData("vanilla", "natural", 64)]
    [InlineData("vanilla", "gaussian", 64)]
    [InlineData("vanilla_res", "gaussian", 64)]
    public void Plain_nets_end_on_a_line_and_not_in_a_point(string architecture, string dataset, int width)
    {
        // Once all points lie on a line through zero, a rectifier stretches them alike: μ₂/ν₂ is what it was, to the last digits.
        var options = new ExperimentOptions
        {
            Architecture = architecture,
            TotalDepth = 160,
            KernelSize = 1,
            NumChannels = width,
            BatchSize = 16,
            NumSims = 24,
            Dataset = dataset,
            Depths = new DepthList([1, 5, 10, 20, 40, 80, 160]),
            ReffNoise = false,
        };
        var table = MomentTable.Read(Experiment.Prepare(options).Run());

        double Walk(int from) => table.ShareByDepth()!.Select(row => row[from + 1] - row[from]).Variance() / (table.Depths[from + 1] - table.Depths[from]);
        Walk(5).Should().BeLessThan(Walk(1) / 10, "the walk of the share ends with the directions");
        var diagnosis = Diagnosis.Diagnose(table);
        diagnosis.Conditions.Should().NotContain(Condition.PathologicalPoint, diagnosis.Sentence);
        diagnosis.MedianShare.Should().BeGreaterThan(0.05);
        diagnosis.PointPathology.Successes.Should().BeLessThan(3);
    }
}
