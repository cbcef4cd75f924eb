using System.Collections.Concurrent;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// Result files with numbers that are NaN, impossible or contradictory are rejected by the claim that concerns them; correct extreme numbers are not.
/// </summary>
public class RecordedFindingsTests
{
    private const int Simulations = 120,
        Computed = 16;

    private const string AreOpen = "have a number that is not computed, or not finite without a reason in the file: all may show it, or none";

    private static readonly ConcurrentDictionary<string, Lazy<Dictionary<string, double[][]>>> Recorded = new();

    [Fact]
    public void Correct_result_files_have_no_findings()
    {
        foreach (var architecture in Architecture.Names)
        {
            var run = Audit(architecture, _ => { });

            run.Outcomes.Should().NotContain(outcome => outcome.Verdict == Verdict.Rejected, architecture);
            run.Outcomes.Where(outcome => outcome.Check.ClaimId[0] == 'D').Should().OnlyContain(outcome => outcome.Verdict == Verdict.Holds);
            Figures(architecture, _ => { }).ToText().Should().NotContain("not_finite");
        }
    }

    [Theory]
    [InlineData("bn_res", "nu2_signal", -1e9, "D1", "ranges of recorded moments")]
    [InlineData("bn_res", "mu2_signal", -1e9, "D1", "ranges of recorded moments")]
    [InlineData("bn_ff", "chi", -1e9, "D1", "ranges of recorded moments")]
    [InlineData("vanilla", "mu2_noise", -1, "D1", "ranges of recorded moments")]
    [InlineData("vanilla_res", "mu4_signal", -1e-9, "D1", "ranges of recorded moments")]
    [InlineData("vanilla", "nu1_abs_signal", -1e-9, "D1", "ranges of recorded moments")]
    [InlineData("bn_ff", "chi", 0, "D1", "contradicts the other numbers of its place")]
    [InlineData("bn_ff", "nu2_signal", 0, "D1", "contradicts the other numbers of its place")]
    [InlineData("bn_res", "nu1_abs_signal", 0, "D1", "contradicts the other numbers of its place")]
    [InlineData("bn_res", "mu2_signal", 0, "D1", "contradicts the other numbers of its place")]
    [InlineData("bn_res", "reff_noise", -7.5, "D2", "effective ranks within their bounds")]
    [InlineData("vanilla", "reff_signal", 0, "D2", "effective ranks within their bounds")]
    [InlineData("vanilla", "reff_signal", 24, "D2", "effective ranks within their bounds")]
    [InlineData("vanilla", "reff_signal", double.PositiveInfinity, "D2", "contradicts the other numbers of its place")]
    public void An_impossible_value_is_rejected_at_any_place_and_depth(string architecture, string moment, double value, string claim, string words)
    {
        foreach (var everywhere in new[] { true, false })
        {
            // Everywhere, and in a single simulation at a single depth.
            var run = Audit(architecture, arrays => Change(arrays, moment, (s, d, _) => value, (s, d) => everywhere || (s == 7 && d == 5)));

            var outcome = Outcome(run, claim);
            outcome.Verdict.Should().Be(Verdict.Rejected);
            outcome
                .Measurements.Should()
                .Contain(measurement => measurement.Verdict == Verdict.Rejected && measurement.Quantity.Contains(words, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("bn_res", "nu2_signal", double.NaN, "D1", "W3")]
    [InlineData("vanilla", "mu2_noise", double.NaN, "D1", null)]
    [InlineData("bn_res", "nu2_signal", double.PositiveInfinity, "D1", "W3")]
    [InlineData("bn_ff", "chi", double.PositiveInfinity, "D1", null)]
    [InlineData("vanilla", "log_nu2_signal", double.NaN, "D1", "S2")]
    [InlineData("vanilla", "log_nu2_signal", double.PositiveInfinity, "D1", "S2")]
    [InlineData("vanilla", "log_nu2_signal", double.NegativeInfinity, "D1", null)]
    [InlineData("bn_ff", "log_chi", double.NaN, "D1", "P3")]
    [InlineData("bn_res", "reff_signal", double.NaN, "D2", "P4")]
    [InlineData("bn_res", "reff_noise", double.NaN, "D2", null)]
    public void Simulations_that_are_not_finite_are_counted_and_no_claim_that_needs_them_holds(
        string architecture,
        string moment,
        double value,
        string claim,
        string? restsOnIt
    )
    {
        var run = Audit(architecture, arrays => Change(arrays, moment, (_, _, _) => value, (s, d) => s % 2 == 0 && d >= 8));

        var outcome = Outcome(run, claim);
        outcome.Verdict.Should().Be(Verdict.Rejected);
        outcome
            .Measurements.Should()
            .Contain(measurement =>
                measurement.Quantity.Contains("in 60 of 120 simulations", StringComparison.Ordinal)
                && measurement.Quantity.EndsWith("first at depth 36", StringComparison.Ordinal)
            );
        if (restsOnIt is not null)
        {
            Outcome(run, restsOnIt).Verdict.Should().NotBe(Verdict.Holds, "half of the simulations are not the sample that was drawn");
        }
    }

    [Theory]
    [InlineData("signal")]
    [InlineData("noise")]
    [InlineData("both")]
    public void A_file_with_NaN_in_all_of_signal_or_noise_is_not_rejected_and_not_judged(string without)
    {
        string[] signal = ["nu1_abs_signal", "nu2_signal", "mu2_signal", "mu4_signal", "reff_signal"],
            noise = ["mu2_noise", "reff_noise"];
        string[] moments = ["chi", .. without == "noise" ? [] : signal, .. without == "signal" ? [] : noise];
        var run = Audit(
            "bn_ff",
            arrays =>
            {
                foreach (
                    var moment in moments
                        .SelectMany<string, string>(moment => [moment, $"log_{moment}"])
                        .Where(moment => arrays.Keys.Any(name => name.StartsWith(moment + "_loc", StringComparison.Ordinal)))
                )
                {
                    Change(arrays, moment, (_, _, _) => double.NaN, (_, _) => true);
                }
            }
        );

        Outcome(run, "D1").Verdict.Should().Be(Verdict.Inconclusive);
        Outcome(run, "D1")
            .Measurements.Should()
            .Contain(measurement =>
                measurement.Quantity.StartsWith("chi_", StringComparison.Ordinal)
                && measurement.Quantity.Contains("is not a finite number", StringComparison.Ordinal)
            );
    }

    [Fact]
    public void NaN_in_effective_ranks_leaves_the_diagnosis_undecided_with_that_reason() =>
        Audit("bn_res", arrays => Change(arrays, "reff_signal", (_, _, _) => double.NaN, (s, d) => s % 2 == 0 && d >= 8))
            .Diagnoses.Single()
            .Value.Sentence.Should()
            .Be("Undecided: effective rank is not a number in 60 of 120 mappings, first at depth 36.");

    [Fact]
    public void A_rank_that_is_missing_in_some_simulations_leaves_its_claims_undecided()
    {
        var run = Audit("bn_res", arrays => Change(arrays, "reff_signal", (_, _, _) => -1, (s, _) => s % 2 == 0));

        Outcome(run, "D2").Verdict.Should().Be(Verdict.Inconclusive);
        Outcome(run, "P4").Verdict.Should().NotBe(Verdict.Holds);

        // Not computed anywhere is a choice.
        var none = Audit("bn_res", arrays => Change(arrays, "reff_signal", (_, _, _) => -1, (_, _) => true));
        Outcome(none, "D2").Verdict.Should().Be(Verdict.Holds, "the noise's rank is there");
        none.NotJudged.Select(pair => pair.Key).Should().Contain("P4");
    }

    [Fact]
    public void A_number_that_a_file_leaves_open_rejects_no_claim_on_mappings()
    {
        // Not computed but where P1 reads it: at a quarter, at half and at all of the depth.
        Open("vanilla", "reff_signal", -1, (_, d) => d is not (3 or 7 or 15), "D2", "A3", "P1");
        Open("vanilla_res", "reff_signal", -1, (_, d) => d < 8, "D2", "A3", "P2");
        Open("bn_ff", "reff_signal", -1, (_, d) => d == 2, "D2", "P3", "P5");

        // A number that left its format without a logarithm beside it; and one that is missing with all that would say why.
        Open("bn_ff", "chi", double.PositiveInfinity, (_, d) => d > 12, "D1", "P3", "P5");
        Open("vanilla", "chi", double.PositiveInfinity, (_, d) => d > 12, "D1", "A3", "P1");

        static void Open(string architecture, string moment, double value, Func<int, int, bool> where, string judges, params string[] claims)
        {
            var run = Audit(
                architecture,
                arrays =>
                {
                    foreach (var log in arrays.Keys.Where(name => name.StartsWith($"log_{moment}", StringComparison.Ordinal)).ToArray())
                    {
                        arrays.Remove(log);
                    }

                    Change(arrays, moment, (_, _, _) => value, where);
                }
            );

            Outcome(run, judges).Verdict.Should().Be(Verdict.Inconclusive);
            foreach (var claim in claims)
            {
                var outcome = Outcome(run, claim);
                outcome.Verdict.Should().Be(Verdict.Inconclusive, $"{claim} of {architecture}");
                outcome
                    .Measurements.Should()
                    .OnlyContain(measurement =>
                        measurement.Verdict == Verdict.Inconclusive
                        && measurement.Samples == Simulations
                        && measurement.Remark == $"120 of 120 mappings {AreOpen}"
                    );
            }
        }
    }

    [Fact]
    public void A_rank_that_is_not_computed_is_not_said_to_be_another_thing() =>
        Outcome(Audit("vanilla", arrays => Change(arrays, "reff_signal", (_, _, _) => -1, (_, d) => d < 3)), "D2")
            .Measurements.Should()
            .ContainSingle(measurement =>
                measurement.Verdict == Verdict.Inconclusive
                && measurement.Quantity
                    == "reff_signal_loc3 is not computed or is not a finite number, and the file does not say why, "
                        + "in 120 of 120 simulations at depth 4, first at depth 4"
            );

    [Fact]
    public void NaN_in_all_of_signal_or_noise_rejects_no_claim_on_mappings()
    {
        string[] unseen = ["chi", "log_chi", "mu2_noise", "log_mu2_noise", "reff_noise"];
        var run = Audit(
            "bn_ff",
            arrays =>
            {
                foreach (var moment in unseen)
                {
                    Change(arrays, moment, (_, _, _) => double.NaN, (_, _) => true);
                }
            }
        );

        foreach (var claim in new[] { "P3", "P5" })
        {
            Outcome(run, claim).Verdict.Should().Be(Verdict.Inconclusive, claim);
        }
    }

    [Fact]
    public void An_impossible_number_still_counts_against_a_property()
    {
        var run = Audit("vanilla", arrays => Change(arrays, "reff_signal", (_, _, _) => double.NaN, (_, d) => d == 2));

        Outcome(run, "D2").Verdict.Should().Be(Verdict.Rejected);
        Outcome(run, "P1").Verdict.Should().Be(Verdict.Rejected);
        Outcome(run, "P1").Measurements.Single().Remark.Should().StartWith("120 of 120 mappings have a number that is not finite or is impossible, and show");
    }

    /// <summary>Gradients are means of squares as the moments are, and their logarithms are those of the numbers.</summary>
    [Theory]
    [InlineData(-3.0, null, Verdict.Rejected, "ranges of recorded moments")]
    [InlineData(double.NaN, null, Verdict.Rejected, "gradient_loc2 contradicts the other numbers of its place")]
    [InlineData(double.PositiveInfinity, null, Verdict.Rejected, "gradient_loc2 contradicts the other numbers of its place")]
    [InlineData(0.0, null, Verdict.Rejected, "log_gradient_loc2 contradicts the other numbers of its place")]
    [InlineData(null, double.NaN, Verdict.Rejected, "log_gradient_loc2 contradicts the other numbers of its place")]
    [InlineData(null, double.PositiveInfinity, Verdict.Rejected, "log_gradient_loc2 contradicts the other numbers of its place")]
    [InlineData(null, 0.5, Verdict.Rejected, "recorded logarithms against the recorded numbers")]
    [InlineData(double.NaN, double.NaN, Verdict.Inconclusive, "gradient_loc2 is not a finite number, and the file does not say why")]
    [InlineData(null, null, Verdict.Holds, "recorded logarithms against the recorded numbers")]
    [InlineData(0.0, double.NegativeInfinity, Verdict.Holds, "ranges of recorded moments")]
    public void A_recorded_gradient_is_judged_as_a_moment_is(double? gradient, double? log, Verdict verdict, string words)
    {
        foreach (var everywhere in new[] { true, false })
        {
            var run = Audit(
                "vanilla",
                arrays =>
                {
                    // Gradients of a net whose gradient grows to the input, kept beside their logarithms.
                    foreach (var place in new[] { 1, 2, 3 })
                    {
                        var logs = new double[Simulations][];
                        for (var s = 0; s < Simulations; s++)
                        {
                            logs[s] = [.. Enumerable.Range(0, Computed).Select(d => 1 + (0.1 * (s - d)))];
                        }

                        arrays[$"log_gradient_loc{place}"] = logs;
                        arrays[$"gradient_loc{place}"] = [.. logs.Select(row => Array.ConvertAll(row, Math.Exp))];
                    }

                    if (gradient is { } number)
                    {
                        Change(arrays, "gradient", (_, _, _) => number, Where, "loc2");
                    }

                    if (log is { } other)
                    {
                        Change(arrays, "log_gradient", (_, _, value) => other == 0.5 ? value + other : other, Where, "loc2");
                    }
                }
            );

            Outcome(run, "D1").Verdict.Should().Be(verdict);
            Outcome(run, "D1")
                .Measurements.Should()
                .Contain(measurement => measurement.Verdict == verdict && measurement.Quantity.StartsWith(words, StringComparison.Ordinal));
            if (gradient == -3)
            {
                run.Diagnoses.Single().Value.Sentence.Should().Contain("mean square of the gradient at place 2 has a value that no signal has");
            }

            bool Where(int s, int d) => everywhere || (s == 7 && d == 5);
        }
    }

    [Fact]
    public void Gradients_that_were_recorded_have_no_findings()
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 8,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 6,
            NumSims = 4,
            NumComputations = 4,
            Gradients = true,
        };
        var arrays = Experiment.Prepare(options).Run().ToArrays().Arrays.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal)).ToArray();
        var file = MadeUpResultFile.Write([2, 4, 6, 8], [.. arrays.Select(pair => (pair.Key, pair.Value.ToDoubles().Chunk(4).ToArray()))]);

        Outcome(ResultAudit.Judge("x", file, "bn_ff", new RecordedExperiment(8, 6, 1)), "D1").Verdict.Should().Be(Verdict.Holds);
        RecordedFigures
            .Compute(file, Architecture.Named("bn_ff"))
            .Find("log_consistency_gradient_loc3")
            .Should()
            .NotBeNull("numbers and logarithms are compared");
    }

    [Theory]
    [InlineData("bn_res", "nu2_signal")]
    [InlineData("vanilla", "mu2_signal")]
    [InlineData("bn_ff", "mu2_noise")]
    [InlineData("vanilla_res", "chi")]
    public void A_logarithm_that_contradicts_its_number_is_rejected(string architecture, string moment)
    {
        foreach (var suffix in Architecture.Named(architecture).Places.Select(place => place.Suffix))
        {
            Changed(0.001).Verdict.Should().Be(Verdict.Rejected, suffix);
            Changed(0.001)
                .Measurements.Should()
                .Contain(measurement =>
                    measurement.Verdict == Verdict.Rejected && measurement.Quantity.Contains($"log_consistency_{moment}_{suffix}", StringComparison.Ordinal)
                );
            Changed(1e-6)
                .Measurements.Single(measurement => measurement.Quantity.StartsWith("recorded logarithms", StringComparison.Ordinal))
                .Verdict.Should()
                .Be(Verdict.Holds, "single precision rounds by more");

            CheckOutcome Changed(double shift) =>
                Outcome(
                    Audit(architecture, arrays => Change(arrays, $"log_{moment}", (_, _, value) => value + shift, (s, d) => s == 3 && d == 2, suffix)),
                    "D1"
                );
        }
    }

    [Fact]
    public void Overflow_and_underflow_are_accepted_only_where_the_logarithm_explains_them()
    {
        // ν₂ of a net that doubles it in each unit, from 2¹⁰²⁰ on: it overflows at 2¹⁰²⁴, where its logarithm is 709.8.
        double[] logs = [.. Enumerable.Range(0, Computed).Select(i => (1020 + i) * Math.Log(2))];
        D1([.. logs.Select(Math.Exp)], logs).Should().Be(Verdict.Holds);
        D1([.. logs.Select((log, i) => i == 2 ? double.PositiveInfinity : Math.Exp(log))], logs).Should().Be(Verdict.Rejected, "2¹⁰²² fits");
        D1([.. logs.Select(log => Math.Min(double.MaxValue, Math.Exp(log)))], logs).Should().Be(Verdict.Rejected, "the largest number is not the number");

        // Down to 2⁻¹⁰⁷⁴ numbers lose digits, below it they are 0.
        double[] small = [.. Enumerable.Range(0, Computed).Select(i => -(1015 + (5 * i)) * Math.Log(2))];
        D1([.. small.Select(Math.Exp)], small).Should().Be(Verdict.Holds);
        D1([.. small.Select((log, i) => i == 0 ? 0 : Math.Exp(log))], small).Should().Be(Verdict.Rejected, "2⁻¹⁰¹⁵ is not 0");
        D1([.. small.Select(log => log < -740 ? 1e-300 : Math.Exp(log))], small).Should().Be(Verdict.Rejected, "1e-300 is not as small as that");

        // In single precision the edges lie at e^88 and e^-87.
        double[] single = [.. Enumerable.Range(0, Computed).Select(i => (double)(float)(80 + i))];
        D1([.. single.Select(log => (double)(float)Math.Exp(log))], single).Should().Be(Verdict.Holds);

        // Without a logarithm nobody can tell. 2¹⁰²⁴ is the first that does not fit, but for the rounding of its logarithm.
        var alone = ResultAudit.Judge(
            "x",
            MadeUpResultFile.Write(
                Depths(),
                [
                    (
                        "nu2_signal_loc3",
                        [
                            [.. logs.Select(Math.Exp)],
                        ]
                    ),
                ]
            ),
            "vanilla",
            new RecordedExperiment()
        );
        Outcome(alone, "D1").Verdict.Should().Be(Verdict.Inconclusive);
        Outcome(alone, "D1")
            .Measurements.Should()
            .Contain(measurement =>
                measurement.Quantity
                == "nu2_signal_loc3 is not a finite number, and the file does not say why, in 1 of 1 simulation at depth 24, first at depth 24"
            );

        static Verdict D1(double[] linear, double[] log) =>
            Outcome(
                ResultAudit.Judge(
                    "x",
                    MadeUpResultFile.Write(Depths(), [("nu2_signal_loc3", [linear]), ("log_nu2_signal_loc3", [log])]),
                    "vanilla",
                    new RecordedExperiment()
                ),
                "D1"
            ).Verdict;
    }

    [Fact]
    public void A_signal_that_died_is_no_finding_and_its_last_ratio_counts()
    {
        // The second of two nets: dies at the ReLU of the second computed depth. Moments of our files; NaN and infinities, as other programs write.
        foreach (
            var (chi, logChi, log, rank) in new[]
            {
                (0, MomentSet.LogOfZero, MomentSet.LogOfZero, -1),
                (double.NaN, double.NaN, double.NegativeInfinity, double.NaN),
                (double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NaN),
            }
        )
        {
            var file = MadeUpResultFile.Write(
                [16, 32, 64],
                [
                    (
                        "nu2_signal_loc1",
                        [
                            [1, 1, 1],
                            [1, 1, 0],
                        ]
                    ),
                    (
                        "nu2_signal_loc2",
                        [
                            [2, 2, 2],
                            [2, 2, 0],
                        ]
                    ),
                    (
                        "nu2_signal_loc3",
                        [
                            [1, 1, 1],
                            [1, 0, 0],
                        ]
                    ),
                    (
                        "log_nu2_signal_loc3",
                        [
                            [0, 0, 0],
                            [0, log, log],
                        ]
                    ),
                    (
                        "mu2_signal_loc3",
                        [
                            [0.5, 0.5, 0.5],
                            [0.5, 0, 0],
                        ]
                    ),
                    (
                        "mu2_noise_loc3",
                        [
                            [1, 1, 1],
                            [1, 0, 0],
                        ]
                    ),
                    (
                        "chi_loc3",
                        [
                            [Math.Sqrt(2), Math.Sqrt(2), Math.Sqrt(2)],
                            [Math.Sqrt(2), chi, chi],
                        ]
                    ),
                    (
                        "reff_signal_loc3",
                        [
                            [5, 4, 3],
                            [5, rank, rank],
                        ]
                    ),
                ]
            );

            var figures = RecordedFigures.Compute(file, Architecture.Named("vanilla"));

            figures.ToText().Should().NotContain("not_finite");
            figures.Find("reff_signal_loc3")![64].Count.Should().Be(1);
            figures.Find("mapping_collapses")![64].Count.Should().Be(1);

            // Before the ReLU of the death it was 2, after it 0; after that there is nothing to divide, and ½ is expected.
            figures.Find("relu_signal")![64].Mean.Should().BeApproximately(((3 * 0.5) + 0.5 + 0 + 0.5) / 6, 1e-12);
            figures.Find("convolution_signal")![64].Mean.Should().BeApproximately(2, 1e-12);
            MomentTable.Read(file).Should().Match<MomentTable>(table => table.Simulations == 1 && table.Died == 1 && table.Unusable == 0);
            ResultAudit
                .Judge("x", file, "vanilla", new RecordedExperiment())
                .Outcomes.Where(outcome => outcome.Check.ClaimId[0] == 'D')
                .Should()
                .OnlyContain(outcome => outcome.Verdict == Verdict.Holds);
            _ = logChi;
        }
    }

    [Fact]
    public void Narrow_nets_that_die_are_not_rejected()
    {
        // Of nets of width 8 and 64 layers one in five and more die: each layer kills a collapsed signal with a probability of 2⁻⁸.
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 64,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 6,
            NumSims = 40,
            NumComputations = 16,
        };
        var result = Experiment.Prepare(options).Run();
        result.Simulations.Count(simulation => simulation.DiedAtDepth is not null).Should().BeInRange(2, 39);
        var path = Path.Combine(Directory.CreateTempSubdirectory("wellbehaved").FullName, "narrow.npz");
        try
        {
            ResultFile.Write(path, result);
            ResultAudit.Judge(path, "vanilla", new RecordedExperiment()).Outcomes.Should().NotContain(outcome => outcome.Verdict == Verdict.Rejected);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0)]
    [InlineData(3)]
    public void W3_a_growth_that_is_grossly_wrong_is_rejected(double growth)
    {
        // ν₂ where it enters and leaves a unit, as if each unit had added so much.
        var run = Audit(
            "bn_res",
            arrays =>
            {
                foreach (var suffix in new[] { "loc1", "loc5" })
                {
                    Change(arrays, "nu2_signal", (_, _, value) => Grown(value), (_, _) => true, suffix);
                    Change(arrays, "log_nu2_signal", (_, _, value) => Math.Log(Grown(Math.Exp(value))), (_, _) => true, suffix);
                }
            }
        );

        var measurement = Outcome(run, "W3").Measurements.Single();
        measurement.Verdict.Should().Be(Verdict.Rejected);
        measurement.IsAsymptotic.Should().BeFalse("a theorem rejects it");
        measurement.Effect!.Kind.Should().Be(EffectKind.Ratio);
        measurement.FalseAlarmBound.Should().BeLessThanOrEqualTo(measurement.FalseFailRate);

        double Grown(double value) => 1 + (growth * (value - 1));
    }

    [Fact]
    public void W3_is_not_judged_at_a_border_or_with_one_layer_per_branch()
    {
        var table = Figures("bn_res", _ => { });
        Reason(new RecordedExperiment(32, 24, 3, "zero_padding"), 2).Should().StartWith("at a border");
        Reason(new RecordedExperiment(32, 24, 1), 1).Should().Be("with one layer in the branch the law holds up to O(1/N) only");

        string Reason(RecordedExperiment experiment, int residualDepth) =>
            ResultAudit.Judge("x", table, Architecture.Named("bn_res", residualDepth), experiment).NotJudged.Single(pair => pair.Key == "W3").Value;
    }

    [Fact]
    public void A_table_keeps_its_counts_of_findings_and_tables_without_them_are_read()
    {
        var text = Figures("bn_res", arrays => Change(arrays, "reff_signal", (_, _, _) => double.NaN, (s, d) => s % 2 == 0 && d >= 8)).ToText();
        text.Should().StartWith("quantity,depth,count,mean,deviation,skewness,least,greatest,p16,p84,not_finite,unknown\n");
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            var read = RecordedFigures.Read(path);
            read.ToText().Should().Be(text);
            read.Find("reff_signal_loc3")![36].Should().Match<RecordedSummary>(figure => figure.Count == 60 && figure.NotFinite == 60 && figure.Unknown == 0);
            read.Find("mapping_collapses")!
                .Values.Single()
                .Should()
                .Match<RecordedSummary>(figure => figure.NotFinite == 60 && figure.Unknown == 0, "NaN of a living signal is no open number");
            ResultAudit
                .Judge("x", read, Architecture.Named("bn_res"), new RecordedExperiment(32, 24, 1))
                .Outcomes.Single(outcome => outcome.Check.ClaimId == "D2")
                .Verdict.Should()
                .Be(Verdict.Rejected);

            File.WriteAllText(path, text.Replace(",60,0\n", ",60.5,0\n", StringComparison.Ordinal));
            FluentActions.Invoking(() => RecordedFigures.Read(path)).Should().Throw<InvalidInputException>().WithMessage("*expected whole numbers*");
            File.WriteAllText(path, text.Replace(",60,0\n", ",60\n", StringComparison.Ordinal));
            FluentActions.Invoking(() => RecordedFigures.Read(path)).Should().Throw<InvalidInputException>().WithMessage("*eleven numbers*");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(0, 0, Verdict.Holds, null)]
    [InlineData(200, 0, Verdict.Inconclusive, "200 of 400 mappings have a number that is not finite or is impossible, and show nothing")]
    [InlineData(2000, 0, Verdict.Rejected, "2000 of 2200 mappings have a number that is not finite or is impossible, and show nothing")]
    [InlineData(1, 0, Verdict.Holds, "1 of 201 mappings has a number that is not finite or is impossible, and shows nothing")]
    [InlineData(0, 20, Verdict.Holds, $"20 of 220 mappings {AreOpen}")]
    [InlineData(0, 200, Verdict.Inconclusive, $"200 of 400 mappings {AreOpen}")]
    [InlineData(0, 2000, Verdict.Inconclusive, $"2000 of 2200 mappings {AreOpen}")]
    [InlineData(0, 1, Verdict.Holds, "1 of 201 mappings has a number that is not computed, or not finite without a reason in the file: it may show it, or not")]
    [InlineData(
        2000,
        20,
        Verdict.Rejected,
        $"2000 of 2220 mappings have a number that is not finite or is impossible, and show nothing; 20 of 2220 mappings {AreOpen}"
    )]
    public void Impossible_numbers_count_neither_for_nor_against_a_property_and_open_ones_either_way(int impossible, int open, Verdict verdict, string? remark)
    {
        var path = Path.GetTempFileName();
        try
        {
            // 200 mappings that neither collapse nor drown, and others without a number.
            string[] rows =
            [
                .. new[] { ("mapping_collapses", 0), ("mapping_drowns", 0), ("mapping_grows_as_power", 1) }.Select(row =>
                    $"{row.Item1},64,200,{row.Item2},0,0,{row.Item2},{row.Item2},{row.Item2},{row.Item2},{impossible},{open}"
                ),
            ];
            File.WriteAllLines(path, rows.Prepend("quantity,depth,count,mean,deviation,skewness,least,greatest,p16,p84,not_finite,unknown"));
            var measurements = ResultAudit
                .Judge("x", RecordedFigures.Read(path), Architecture.Named("bn_res"), new RecordedExperiment(32, 24, 1))
                .Outcomes.Single(outcome => outcome.Check.ClaimId == "P4")
                .Measurements;

            measurements.Should().OnlyContain(measurement => measurement.Verdict == verdict && measurement.Samples == 200 + impossible + open);
            if (remark is not null)
            {
                measurements.Should().OnlyContain(measurement => measurement.Remark == remark);
            }

            // Whatever the open mappings show, their share lies in the interval.
            measurements
                .Select(measurement => measurement.Effect!)
                .Should()
                .OnlyContain(effect => effect.Lower < 200.0 / (200 + impossible + open) && effect.Upper >= (200.0 + open) / (200 + impossible + open));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData(20, Verdict.Rejected)]
    [InlineData(200, Verdict.Inconclusive)]
    public void A_claim_is_rejected_only_if_open_numbers_could_not_save_it(int open, Verdict verdict)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(
                path,
                ["quantity,depth,count,mean,deviation,skewness,least,greatest,p16,p84,not_finite,unknown", $"mapping_collapses,64,200,0,0,0,0,0,0,0,0,{open}"]
            );

            var measurement = ResultAudit
                .Judge("x", RecordedFigures.Read(path), Architecture.Named("vanilla"), new RecordedExperiment(32, 24, 1))
                .Outcomes.Single(outcome => outcome.Check.ClaimId == "P1")
                .Measurements.Single();

            measurement.Verdict.Should().Be(verdict);
            measurement.FalseAlarmBound.Should().Match(bound => bound <= measurement.FalseFailRate == (verdict == Verdict.Rejected));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static long[] Depths() => [.. Enumerable.Range(1, Computed).Select(i => 4L * i)];

    private static CheckOutcome Outcome(VerificationRun run, string claim) => run.Outcomes.Single(outcome => outcome.Check.ClaimId == claim);

    private static VerificationRun Audit(string architecture, Action<Dictionary<string, double[][]>> change) =>
        ResultAudit.Judge(architecture, FileOf(architecture, change), architecture, new RecordedExperiment(32, 24, 1));

    private static RecordedFigures Figures(string architecture, Action<Dictionary<string, double[][]>> change) =>
        RecordedFigures.Compute(FileOf(architecture, change), Architecture.Named(architecture));

    private static ResultFile FileOf(string architecture, Action<Dictionary<string, double[][]>> change)
    {
        var arrays = new Dictionary<string, double[][]>(Recorded.GetOrAdd(architecture, _ => new(Run)).Value);
        change(arrays);
        return MadeUpResultFile.Write(Depths(), [.. arrays.Select(pair => (pair.Key, pair.Value))]);

        Dictionary<string, double[][]> Run()
        {
            var options = new ExperimentOptions
            {
                Architecture = architecture,
                TotalDepth = 4 * Computed,
                KernelSize = 1,
                NumChannels = 32,
                BatchSize = 24,
                NumSims = Simulations,
                NumComputations = Computed,
                Epsilon = 0,
            };
            return Experiment
                .Prepare(options)
                .Run()
                .ToArrays()
                .Arrays.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal))
                .ToDictionary(pair => pair.Key, pair => pair.Value.ToDoubles().Chunk(Computed).ToArray());
        }
    }

    /// <summary>Changes a moment where it is recorded: at all of its places, or at one.</summary>
    private static void Change(
        Dictionary<string, double[][]> arrays,
        string moment,
        Func<int, int, double, double> change,
        Func<int, int, bool> where,
        string suffix = "loc"
    )
    {
        foreach (var name in arrays.Keys.Where(name => name.StartsWith($"{moment}_{suffix}", StringComparison.Ordinal)).AtLeastOne())
        {
            // Ranks are recorded after the ReLU; -1 elsewhere.
            if (!moment.StartsWith("reff", StringComparison.Ordinal) || arrays[name][0][0] >= 1)
            {
                arrays[name] = [.. arrays[name].Select((row, s) => row.Select((value, d) => where(s, d) ? change(s, d, value) : value).ToArray())];
            }
        }
    }
}
