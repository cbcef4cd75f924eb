using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The audit of recorded moments on figures set by hand: which law says what, where it says nothing, and why.</summary>
public sealed class RecordedByHandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_figure_summarises_the_values_of_a_quantity()
    {
        var figure = RecordedSummary.Summarise([1, 2, 6]);
        (figure.Count, figure.Mean, figure.Least, figure.Greatest).Should().Be((3, 3, 1, 6));
        figure.Deviation.Should().BeApproximately(Math.Sqrt(7), 1e-12);
        figure.Skewness.Should().BeApproximately((-8 - 1 + 27) / 3.0 / Math.Pow(14 / 3.0, 1.5), 1e-12);

        // What does not vary has no skewness, and a single value no spread: 0, so that a table stays a table of numbers.
        RecordedSummary.Summarise([2, 2]).Should().Be(new RecordedSummary(2, 2, 0, 0, 2, 2, 2, 2));
        RecordedSummary.Summarise([5]).Should().Be(new RecordedSummary(1, 5, 0, 0, 5, 5, 5, 5));
        RecordedSummary.Summarise([0, 2]).Deviation.Should().BeApproximately(Math.Sqrt(2), 1e-12);
    }

    [Fact]
    public void A_table_can_be_restricted_to_some_quantities()
    {
        var kept = Table("chi_loc1,2,5,1,0,0,1,1,1,1", "chi_loc1,4,5,3,0,0,1,1,1,1", "chi_loc2,2,5,2,0,0,1,1,1,1").Only(["chi_loc1", "unknown"]);

        kept.Names.Should().Equal("chi_loc1");
        kept.Find("chi_loc1")!.Select(pair => (pair.Key, pair.Value.Mean)).Should().Equal((2, 1), (4, 3));
        kept.Find("chi_loc2").Should().BeNull();
    }

    [Fact]
    public void A_missing_file_is_refused_by_name_and_with_the_reason() =>
        FluentActions
            .Invoking(() => RecordedFigures.Read(Path.Combine(_folder, "missing.csv")))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*missing.csv*expected a readable file (*missing.csv*)*");

    [Fact]
    public void Options_of_the_command_line_stand_in_for_what_a_file_leaves_out()
    {
        var given = new RecordedExperiment(7, 8, 9, "periodic");
        given.AsOptions().Should().Be(" --num-channels 7 --batch-size 8 --kernel-size 9 --boundary periodic");
        new RecordedExperiment(BatchSize: 8).AsOptions().Should().Be(" --batch-size 8");
        new RecordedExperiment(Boundary: "").Options.Should().Equal(("--boundary", ""));

        new RecordedExperiment()
            .CompletedBy("x.npz", Of("""{"num_channels": 1, "batch_size": 2, "kernel_size": 3, "boundary": "zero_padding"}"""))
            .Should()
            .Be(new RecordedExperiment(1, 2, 3, "zero_padding"));
        given.CompletedBy("x.npz", Of("""{"num_channels": 7, "kernel_size": 9}""")).Should().Be(given);
        given.CompletedBy("x.npz", Of(null)).Should().Be(given);
        new RecordedExperiment().CompletedBy("x.npz", Of("{}")).Should().Be(new RecordedExperiment());
        Refusal.OfNull("file", () => given.CompletedBy("x.npz", null!));

        static ResultFile Of(string? configuration) =>
            MadeUpResultFile.Write(
                [1],
                [
                    (
                        "chi_loc1",
                        [
                            [1],
                        ]
                    ),
                ],
                configuration
            );
    }

    [Theory]
    [InlineData(2, null, null, null, "NumChannels: expected 24, as x.npz says, got 2")]
    [InlineData(null, 12, null, null, "BatchSize: expected 6, as x.npz says, got 12")]
    [InlineData(null, null, 3, "periodic", "KernelSize: expected 1, as x.npz says, got 3")]
    [InlineData(null, null, null, "zero_padding", "Boundary: expected periodic, as x.npz says, got zero_padding")]
    [InlineData(null, null, null, "", "Boundary: expected periodic, as x.npz says, got ''")]
    [InlineData(24, 6, 1, "periodic", null)]
    [InlineData(24, null, 1, null, null)]
    public void An_option_that_contradicts_the_file_is_refused(int? channels, int? batch, int? kernelSize, string? boundary, string? refusal)
    {
        var file = MadeUpResultFile.Write(
            [1],
            [
                (
                    "chi_loc1",
                    [
                        [1],
                    ]
                ),
            ],
            configuration: """{"num_channels": 24, "batch_size": 6, "kernel_size": 1, "boundary": "periodic"}"""
        );

        var judging = FluentActions.Invoking(() => ResultAudit.Judge("x.npz", file, "vanilla", new RecordedExperiment(channels, batch, kernelSize, boundary)));

        if (refusal is null)
        {
            judging.Should().NotThrow();
        }
        else
        {
            judging.Should().Throw<InvalidInputException>().WithMessage(refusal + "*");
        }
    }

    [Theory]
    [InlineData("half a {")]
    [InlineData("[1]")]
    [InlineData("""{"num_channels": "many"}""")]
    [InlineData("""{"num_channels": 1.5}""")]
    public void An_invalid_configuration_in_a_result_file_is_refused(string text)
    {
        FluentActions
            .Invoking(() =>
                MadeUpResultFile.Write(
                    [1],
                    [
                        (
                            "chi_loc1",
                            [
                                [1],
                            ]
                        ),
                    ],
                    configuration: text
                )
            )
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*expected the options of the experiment as a JSON object in 'configuration'*");
    }

    [Fact]
    public void A_file_of_another_architecture_is_refused()
    {
        var file = MadeUpResultFile.Write(
            [1],
            [
                (
                    "chi_loc5",
                    [
                        [1],
                    ]
                ),
            ]
        );

        FluentActions
            .Invoking(() => ResultAudit.Judge("x.npz", file, "vanilla", new RecordedExperiment()))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("architecture: expected the architecture of x.npz: it holds 'chi_loc5', a place that vanilla does not have*");
        FluentActions
            .Invoking(() =>
                ResultAudit.Judge(
                    "x.npz",
                    MadeUpResultFile.Write(
                        [1],
                        [
                            (
                                "chiloc1_loc13",
                                [
                                    [1],
                                ]
                            ),
                        ]
                    ),
                    "vanilla",
                    new RecordedExperiment()
                )
            )
            .Should()
            .Throw<InvalidInputException>();
        Refusal.OfNull("file", () => ResultAudit.Judge("x", null!, "vanilla", new RecordedExperiment()));
        Refusal.OfNull("experiment", () => ResultAudit.Judge("x", file, "bn_res", null!));
        Refusal.OfNull("architecture", () => ResultAudit.Judge("x", Table(), null!, new RecordedExperiment()));
    }

    [Fact]
    public void Mappings_without_usable_numbers_are_inconclusive_and_the_reason_is_given()
    {
        ResultAudit
            .Judge(
                "x",
                MadeUpResultFile.Write(
                    [16, 32, 64],
                    [
                        (
                            "log_chi_loc3",
                            [
                                [double.NaN, 1, 2],
                            ]
                        ),
                        (
                            "reff_signal_loc3",
                            [
                                [4, 4, 4],
                            ]
                        ),
                    ]
                ),
                "vanilla",
                new RecordedExperiment()
            )
            .Diagnoses.Should()
            .ContainSingle()
            .Which.Value.Sentence.Should()
            .StartWith("Undecided: ln χ is not a number");
        ResultAudit
            .Judge(
                "x",
                MadeUpResultFile.Write(
                    [16, 32, 64],
                    [
                        (
                            "log_chi_loc3",
                            [
                                [0, 1, 2],
                            ]
                        ),
                        (
                            "reff_signal_loc3",
                            [
                                [4, 4, 4],
                            ]
                        ),
                    ]
                ),
                "vanilla",
                new RecordedExperiment()
            )
            .Diagnoses.Should()
            .ContainSingle();
    }

    [Theory]
    [InlineData(Verdict.Holds, 2, 0.5)]
    [InlineData(Verdict.Rejected, 2.2, 0.5)]
    [InlineData(Verdict.Rejected, 2.2, 0.6)]
    public void A_claim_gets_the_verdict_of_its_worst_measurement(Verdict expected, double convolution, double relu)
    {
        // Ten thousand nets, of spread 0.1: standard errors of a thousandth; 2.2 for 2 is 200 of them.
        var run = Audit("vanilla", new RecordedExperiment(32, 24, 1), Row("convolution_signal", convolution), Row("relu_signal", relu));

        var outcome = run.Outcomes.Single(outcome => outcome.Check.ClaimId == "S2");
        outcome.Verdict.Should().Be(expected);
        outcome.Measurements.Should().HaveCount(2);
        outcome.Check.Architecture.Should().Be("vanilla");
    }

    [Fact]
    public void A_claim_with_an_undecided_measurement_is_inconclusive()
    {
        var run = Audit("vanilla", new RecordedExperiment(32, 24, 1), Row("convolution_signal", 2), Row("relu_signal", 0.5, count: 10));
        run.Outcomes.Single(outcome => outcome.Check.ClaimId == "S2").Verdict.Should().Be(Verdict.Inconclusive);

        // A single net, and two of no spread.
        var single = Audit("vanilla", new RecordedExperiment(32, 24, 1), Row("convolution_noise", 2.5, count: 1)).Outcomes.Single().Measurements.Single();
        (single.Verdict, single.Samples, single.Detectable, single.Measured.Value, single.Predicted.Value, single.FalseFailRate > 0)
            .Should()
            .Be((Verdict.Inconclusive, 1, double.PositiveInfinity, 2.5, 2, true));
        var exact = Audit("vanilla", new RecordedExperiment(32, 24, 1), Row("convolution_noise", 2, count: 10_000, deviation: 0));
        (exact.Outcomes.Single().Verdict, exact.Outcomes.Single().Measurements.Single().Deviation)
            .Should()
            .Be((Verdict.Holds, 0), "exactly as predicted, always");
        exact.IsRecorded.Should().BeTrue();
    }

    [Fact]
    public void The_kurtosis_bound_of_batch_norm_is_judged_only_if_the_number_of_points_is_known()
    {
        Reason("D3", "bn_ff", new RecordedExperiment(32, 24, 1)).Should().Be("μ₄ after batch norm is not recorded");
        Reason("D3", "bn_ff", new RecordedExperiment(32, null, 1)).Should().Be("the bound needs the number of points: BatchSize and KernelSize 1");
        Reason("D3", "bn_ff", new RecordedExperiment(32, 24, 3)).Should().Be("the bound needs the number of points: BatchSize and KernelSize 1");

        // (P² - 3P + 3)/(P - 1) is 22.04 for 24 points, and may be exceeded by its rounding, not by ten times that.
        var bound = ((24.0 * 24) - (3 * 24) + 3) / 23;
        Verdicts("mu4_signal_loc3", bound * (1 + 2e-5)).Should().Be(Verdict.Holds);
        Verdicts("mu4_signal_loc3", bound * (1 + 3e-4)).Should().Be(Verdict.Rejected);

        Verdict Verdicts(string name, double value) =>
            Audit("bn_ff", new RecordedExperiment(32, 24, 1), Row(name, value)).Outcomes.Single(outcome => outcome.Check.ClaimId == "D3").Verdict;
    }

    [Theory]
    [InlineData(23.0004, Verdict.Holds)]
    [InlineData(23.01, Verdict.Rejected)]
    [InlineData(0.99999, Verdict.Holds)]
    [InlineData(0.9995, Verdict.Rejected)]
    public void Effective_ranks_must_lie_between_one_and_the_number_of_points_minus_one(double value, Verdict expected) =>
        Audit("bn_ff", new RecordedExperiment(32, 24, 1), Row("reff_signal_loc4", value))
            .Outcomes.Single(outcome => outcome.Check.ClaimId == "D2")
            .Verdict.Should()
            .Be(expected, "the rounding allowed is 3e-5, of 1 and of 23");

    [Theory]
    [InlineData(2, Verdict.Holds)]
    [InlineData(1e9, Verdict.Holds)]
    [InlineData(0.99999, Verdict.Holds)]
    [InlineData(0.999, Verdict.Rejected)]
    public void Effective_ranks_of_a_batch_of_unknown_size_must_be_at_least_one(double value, Verdict expected) =>
        Audit("bn_ff", new RecordedExperiment(), Row("reff_signal_loc4", value))
            .Outcomes.Single(outcome => outcome.Check.ClaimId == "D2")
            .Verdict.Should()
            .Be(expected);

    [Theory]
    [InlineData("D1", "nu1_square_over_nu2_loc2", 1.1, "ν₁² ≤ ν₂")]
    [InlineData("D1", "mu2_over_nu2_loc2", 1.1, "μ₂ ≤ ν₂")]
    [InlineData("D1", "mu2_square_over_mu4_loc2", 1.1, "μ₂² ≤ μ₄")]
    [InlineData("D1", "nu1_abs_signal_loc3", 1.1, "ν₁ ≤ √ν₂ ≤ 1 after batch norm")]
    [InlineData("D1", "chi_consistency_loc2", 0.1, "χ is sqrt(μ₂(dx)/μ₂(x)) times a constant of the simulation")]
    [InlineData("D2", "reff_noise_loc2", 24, "1 ≤ r_eff ≤ min(N, P - 1)")]
    [InlineData("D3", "mu4_signal_loc3", 400, "(P² - 3P + 3)/(P - 1)")]
    [InlineData("D4", "mu2_over_nu2_loc3", 0.9, "no mean is left")]
    [InlineData("D4", "mu2_signal_loc3", 1.1, "σ²/(σ² + ε) ≤ 1")]
    public void A_broken_bound_is_quoted_in_the_measurement(string claim, string name, double value, string words)
    {
        var measurement = Audit("bn_ff", new RecordedExperiment(32, 24, 1), Row(name, value))
            .Outcomes.Single(outcome => outcome.Check.ClaimId == claim)
            .Measurements.Single(candidate => candidate.Verdict == Verdict.Rejected);

        measurement.Quantity.Should().EndWith($" at {name}, depth 64: {words}");
    }

    [Theory]
    [InlineData(0.3, 0.1, Verdict.Holds, Verdict.Holds)]
    [InlineData(0.3, -0.1, Verdict.Rejected, Verdict.Holds)]
    [InlineData(-0.3, 0.1, Verdict.Holds, Verdict.Rejected)]
    public void A_power_law_is_rejected_outside_the_bounds_of_its_gain(double aboveLower, double belowUpper, Verdict notExponential, Verdict notBounded)
    {
        var run = Audit(
            "bn_res",
            new RecordedExperiment(32, 24, 1),
            Row("mapping_collapses", 0, deviation: 0),
            Row("mapping_drowns", 0, deviation: 0),
            Row("mapping_gain_above_upper", -belowUpper),
            Row("mapping_gain_above_lower", aboveLower)
        );

        run.Outcomes.Single(outcome => outcome.Check.ClaimId == "P4")
            .Measurements.Select(measurement => measurement.Verdict)
            .Should()
            .Equal(Verdict.Holds, Verdict.Holds, notExponential, notBounded);
    }

    [Fact]
    public void A_power_law_is_not_judged_without_mappings() =>
        Reason("P4", "bn_res", new RecordedExperiment()).Should().StartWith("it needs χ, effective ranks and ν₂ of mappings");

    [Fact]
    public void A_walk_is_measured_from_the_depth_where_the_signal_has_collapsed()
    {
        Walk(50, 100).Should().Equal(("walk_gain", 3), ("walk_gain_squared", 9), ("walk_layers", 50));
        Walk(49, 50, 60).Should().Equal(("walk_gain", 2), ("walk_gain_squared", 4), ("walk_layers", 10));
        Walk(10, 60).Should().BeEmpty("one depth is no stretch");
        Walk(10, 20).Should().BeEmpty();

        static (string, double)[] Walk(params long[] depths)
        {
            // ln ν₂ from 4 on, each time by as much as its number: 4, 7 or 4, 7, 9.
            var rows = depths.Length == 2 ? new double[] { 4, 7 } : [4, 7, 9];
            var figures = RecordedFigures.Compute(MadeUpResultFile.Write(depths, [("log_nu2_signal_loc3", [rows, rows])]), Architecture.Named("vanilla"));
            return
            [
                .. figures
                    .Names.Where(name => name.StartsWith("walk", StringComparison.Ordinal))
                    .Select(name => (name, figures.Find(name)!.Values.Single().Mean)),
            ];
        }
    }

    [Theory]
    [InlineData(2, Verdict.Holds)]
    [InlineData(2.001, Verdict.Rejected)]
    public void Chi_may_differ_from_its_definition_by_one_constant_factor_per_simulation(double later, Verdict expected)
    {
        // χ is twice √(μ₂(dx)/μ₂(x)) at the first place, as where the input's variance is 4. No number fits half precision, so none may have been rounded to
        // it.
        double[] ratios = [0.5, 3];
        var file = MadeUpResultFile.Write(
            [1, 2],
            [
                (
                    "mu2_signal_loc2",
                    [
                        [1.1, 2.2],
                    ]
                ),
                (
                    "mu2_noise_loc2",
                    [
                        [.. ratios.Zip([1.1, 2.2], (ratio, signal) => ratio * signal)],
                    ]
                ),
                (
                    "chi_loc2",
                    [
                        [.. ratios.Select(ratio => 2 * Math.Sqrt(ratio))],
                    ]
                ),
                (
                    "mu2_signal_loc3",
                    [
                        [1.1, 2.2],
                    ]
                ),
                (
                    "mu2_noise_loc3",
                    [
                        [.. ratios.Zip([1.1, 2.2], (ratio, signal) => ratio * signal)],
                    ]
                ),
                (
                    "chi_loc3",
                    [
                        [.. ratios.Select(ratio => later * Math.Sqrt(ratio))],
                    ]
                ),
            ]
        );

        ResultAudit
            .Judge("x", file, "vanilla", new RecordedExperiment())
            .Outcomes.Single(outcome => outcome.Check.ClaimId == "D1")
            .Verdict.Should()
            .Be(expected);
    }

    [Theory]
    [InlineData(10_000, 64, Verdict.Holds)]
    [InlineData(10, 64, Verdict.Inconclusive)]
    [InlineData(10_000, 63, null)]
    public void Mappings_are_counted_at_their_last_depth_if_it_is_deep_enough(int count, int depth, Verdict? expected)
    {
        var run = Audit(
            "vanilla",
            new RecordedExperiment(32, 24, 1),
            Row("mapping_collapses", 0.1, count: count, depth: depth - 1),
            Row("mapping_collapses", 1, count: count, depth: depth)
        );

        run.Outcomes.SingleOrDefault(outcome => outcome.Check.ClaimId == "P1")?.Verdict.Should().Be(expected);
        run.NotJudged.Any(pair => pair.Key == "P1").Should().Be(expected is null);
    }

    private static string Row(string name, double mean, int count = 10_000, double deviation = 0.1, int depth = 64) =>
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{name},{depth},{count},{mean:R},{deviation:R},0,{mean:R},{mean:R},{mean:R},{mean:R}"
        );

    private string Reason(string claim, string architecture, RecordedExperiment experiment) =>
        Audit(architecture, experiment).NotJudged.Single(pair => pair.Key == claim).Value;

    private VerificationRun Audit(string architecture, RecordedExperiment experiment, params string[] rows) =>
        ResultAudit.Judge("figures", Table(rows), Architecture.Named(architecture), experiment);

    private RecordedFigures Table(params string[] rows)
    {
        var path = Path.Combine(_folder, "figures.csv");
        File.WriteAllLines(path, rows.Prepend("quantity,depth,count,mean,deviation,skewness,least,greatest,p16,p84"));
        return RecordedFigures.Read(path);
    }
}
