using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Which numbers of a result a diagnosis reads, and which simulations it leaves out.</summary>
public class MomentTableTests
{
    private static readonly long[] Depths = [1, 2];

    [Fact]
    public void A_recorded_logarithm_is_used_before_its_number()
    {
        // Within the rounding of moments, or the file would contradict itself.
        double[] logs = [Math.Log(7) + 1e-5, Math.Log(8) - 1e-5];
        var table = MomentTable.Read(
            MadeUpResultFile.Write(
                Depths,
                [
                    ("log_chi_loc3", [logs]),
                    (
                        "chi_loc3",
                        [
                            [7, 8],
                        ]
                    ),
                    ("log_nu2_signal_loc3", [logs]),
                    (
                        "nu2_signal_loc3",
                        [
                            [7, 8],
                        ]
                    ),
                ]
            )
        );

        table.LogChi!.Single().Should().Equal(logs);
        table.LogNu2!.Single().Should().Equal(logs);
        table.Reff.Should().BeNull();
        table.LogNu2AtDepth0.Should().BeNull("no file says");
    }

    [Fact]
    public void A_missing_logarithm_is_computed_from_the_number()
    {
        var table = MomentTable.Read(
            MadeUpResultFile.Write(
                Depths,
                [
                    (
                        "chi_loc3",
                        [
                            [7, 8],
                        ]
                    ),
                    (
                        "nu2_signal_loc3",
                        [
                            [9, 10],
                        ]
                    ),
                    (
                        "chi_loc2",
                        [
                            [1, 1],
                        ]
                    ),
                ]
            )
        );

        table.LogChi!.Single().Should().Equal(Math.Log(7), Math.Log(8));
        table.LogNu2!.Single().Should().Equal(Math.Log(9), Math.Log(10));
    }

    [Fact]
    public void Effective_ranks_are_read_at_the_first_place_that_has_any()
    {
        var file = MadeUpResultFile.Write(
            Depths,
            [
                (
                    "reff_signal_loc3",
                    [
                        [5, 6],
                        [7, 8],
                    ]
                ),
                (
                    "reff_signal_loc1",
                    [
                        [-1, -1],
                        [-1, -1],
                    ]
                ),
                (
                    "reff_signal_loc2",
                    [
                        [1, 1],
                        [-1, 1],
                    ]
                ),
                (
                    "chi_loc4",
                    [
                        [1, 1],
                        [1, 1],
                    ]
                ),
            ]
        );

        var table = MomentTable.Read(file);

        table.Reff!.Single().Should().Equal([1, 1], "1 is an effective rank, -1 is none, and the net that has none is left out");
        (table.Simulations, table.Died, table.Unusable).Should().Be((1, 0, 1), "its χ is a number, so its signal lives");

        // A single effective rank of a single net makes it that place, where then no net is whole.
        var hardly = MomentTable.Read(
            MadeUpResultFile.Write(
                Depths,
                [
                    (
                        "reff_signal_loc2",
                        [
                            [5, -1],
                            [-1, -1],
                        ]
                    ),
                    (
                        "reff_signal_loc3",
                        [
                            [5, 6],
                            [7, 8],
                        ]
                    ),
                ]
            )
        );
        (hardly.Simulations, hardly.Died).Should().Be((0, 2), "nothing else says that the signal lives");

        // Ranks that are NaN everywhere are read, not passed over.
        MomentTable
            .Read(
                MadeUpResultFile.Write(
                    Depths,
                    [
                        (
                            "reff_signal_loc2",
                            [
                                [-1, -1],
                            ]
                        ),
                        (
                            "reff_signal_loc3",
                            [
                                [double.NaN, double.NaN],
                            ]
                        ),
                        (
                            "chi_loc3",
                            [
                                [1, 1],
                            ]
                        ),
                    ]
                )
            )
            .Findings.Should()
            .ContainSingle();
    }

    [Theory]
    [InlineData(3, 2, -744.4400719213812, 0)]
    [InlineData(3, 2, double.NegativeInfinity, 0)]
    [InlineData(3, -1, 0, -744.4400719213812)]
    [InlineData(3, double.NaN, double.NaN, double.NegativeInfinity)]
    public void A_dead_mapping_is_left_out_and_counted(double reff, double laterReff, double logChi, double logNu2)
    {
        // -744.44 is what the logarithm of zero is recorded as.
        var table = MomentTable.Read(
            MadeUpResultFile.Write(
                Depths,
                [
                    (
                        "reff_signal_loc2",
                        [
                            [reff, laterReff],
                            [4, 4],
                        ]
                    ),
                    (
                        "log_chi_loc3",
                        [
                            [1, logChi],
                            [1, 1],
                        ]
                    ),
                    (
                        "log_nu2_signal_loc3",
                        [
                            [1, logNu2],
                            [6, 6],
                        ]
                    ),
                ]
            )
        );

        (table.Simulations, table.Died, table.Unusable, table.Findings.Count).Should().Be((1, 1, 0, 0));
        (table.Reff!.Single()[0], table.LogChi!.Single()[0], table.LogNu2!.Single()[0]).Should().Be((4, 1, 6));
    }

    [Theory]
    [InlineData(double.NaN, 2, 0, 0, "effective rank is not a number in 1 of 2 mappings, first at depth 1")]
    [InlineData(3, double.NaN, 0, 0, "effective rank is not a number in 1 of 2 mappings, first at depth 2")]
    [InlineData(0, 2, 0, 0, "effective rank has a value that no signal has in 1 of 2 mappings, first at depth 1")]
    [InlineData(3, -7.5, 0, 0, "effective rank has a value that no signal has in 1 of 2 mappings, first at depth 2")]
    [InlineData(3, double.NegativeInfinity, 0, 0, "effective rank is infinite in 1 of 2 mappings, first at depth 2")]
    [InlineData(3, -1, 0, 0, "effective rank is not computed although the signal lives, in 1 of 2 mappings, first at depth 2")]
    [InlineData(3, 2, double.NaN, 0, "ln χ is not a number in 1 of 2 mappings, first at depth 2")]
    [InlineData(3, 2, 0, double.PositiveInfinity, "ln ν₂ is infinite in 1 of 2 mappings, first at depth 2")]
    public void A_mapping_with_an_impossible_number_is_reported_as_a_finding(double reff, double laterReff, double logChi, double logNu2, string words)
    {
        var table = MomentTable.Read(
            MadeUpResultFile.Write(
                Depths,
                [
                    (
                        "reff_signal_loc2",
                        [
                            [reff, laterReff],
                            [4, 4],
                        ]
                    ),
                    (
                        "log_chi_loc3",
                        [
                            [1, logChi],
                            [1, 1],
                        ]
                    ),
                    (
                        "log_nu2_signal_loc3",
                        [
                            [1, logNu2],
                            [6, 6],
                        ]
                    ),
                ]
            )
        );

        (table.Simulations, table.Died, table.Unusable).Should().Be((1, 0, 1));
        table.Findings.Single().ToString().Should().Be(words);

        // Where an ending explains it, it is said as such: that signal has overflowed.
        Diagnosis
            .Diagnose(table)
            .Sentence.Should()
            .StartWith(double.IsPositiveInfinity(logNu2) ? "Undecided: two mappings are the least; " : $"Undecided: {words}.")
            .And.EndWith(double.IsPositiveInfinity(logNu2) ? "; in 1 of 2 mappings a number overflows, at depth 2; means are over the other 1." : ".");
    }

    [Fact]
    public void A_table_of_a_run_has_the_requested_moments_that_its_points_allow()
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 4,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 3,
            NumSims = 2,
            NumComputations = 2,
            Epsilon = 0,
            Normalize = InputNormalization.None,
        };

        var whole = Of(options);
        (whole.Reff, whole.LogChi)
            .Should()
            .Match<(IReadOnlyList<double[]>? Reff, IReadOnlyList<double[]>? LogChi)>(table => table.Reff!.Count == 2 && table.LogChi!.Count == 2);
        var unranked = Of(options with { ReffSignal = false });
        unranked.Reff.Should().BeNull();
        unranked.LogChi.Should().NotBeNull();
        var single = Of(options with { BatchSize = 1 });
        (single.Reff, single.LogChi).Should().Be((null, null), "a single point has no variance");
        single.LogNu2.Should().HaveCount(2);
        single.LogNu2AtDepth0.Should().HaveCount(2);

        static MomentTable Of(ExperimentOptions options) => MomentTable.Read(Experiment.Prepare(options).Run());
    }

    [Fact]
    public void Curves_are_medians_over_nets()
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 4,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 4,
            NumSims = 3,
            NumComputations = 2,
            Epsilon = 0,
        };
        var result = Experiment.Prepare(options).Run();

        var curves = DepthCurves.Read(result);

        var table = MomentTable.Read(result);
        curves.Depths.Should().Equal(2, 4);
        curves.Reff.Should().Equal(Middle(table.Reff!, 0), Middle(table.Reff!, 1));

        // SNR^l/SNR^0 is 1/χ².
        curves.LogSnrRatio.Should().Equal(-2 * Middle(table.LogChi!, 0), -2 * Middle(table.LogChi!, 1));

        static double Middle(IReadOnlyList<double[]> rows, int depth) => rows.Select(row => row[depth]).Order().ElementAt(1);
    }
}
