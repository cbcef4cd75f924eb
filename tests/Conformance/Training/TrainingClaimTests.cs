using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Theory;
using Wellbehaved.Training;

namespace Wellbehaved.Tests.Conformance;

/// <summary>P8 and P9: which networks are judged, how, and which verdict wrong outcomes get.</summary>
public class TrainingClaimTests
{
    private static readonly ErrorRates Rates = new(1e-3, 1e-3);

    [Fact]
    public void Claims_about_trained_networks_and_their_checks_correspond_one_to_one()
    {
        var stated = ClaimLedger
            .Claims.Where(claim => claim.IsTrained)
            .SelectMany(claim => claim.Architectures.Select(architecture => (claim.Id, architecture)));
        TrainingSuite.Checks.Should().BeEquivalentTo(stated).And.OnlyHaveUniqueItems().And.NotBeEmpty();
        ClaimLedger.Claims.Should().NotContain(claim => claim.Kind == ClaimKind.NotTestable);
        foreach (var claim in ClaimLedger.Claims.Where(claim => claim.IsTrained))
        {
            var rates = TrainingSuite.Checks.Where(check => check.Claim == claim.Id).Sum(check => TrainingSuite.RatesOf(check.Claim).FalseFail);
            rates.Should().BeApproximately(1e-3, 1e-15, "the checks of a claim share its rate");
            claim
                .Tolerance.Should()
                .Contain("outside the promise")
                .And.Contain($"{TrainingSizes.OfScale.Mappings} mappings")
                .And.Contain($"width {TrainingSizes.OfScale.Channels}");
        }
    }

    [Theory]
    [InlineData("quick", "P8", "P9")]
    [InlineData("full", "P9")]
    [InlineData("training", "S2")]
    public void Claims_that_a_scale_does_not_run_are_named_and_are_inconclusive(string scale, params string[] claims)
    {
        var outcome = CommandLine.Run(["verify", "--scale", scale, .. claims.SelectMany(claim => new[] { "--claim", claim })]);

        outcome.ExitStatus.Should().Be(3, outcome.Error);
        outcome.Output.Should().Contain($"0 of 0 claims hold").And.Contain($"{claims.Length} not run at this scale");
        claims.Should().OnlyContain(claim => outcome.Output.Contains($"not run at this scale: {claim} ", StringComparison.Ordinal));
    }

    [Fact]
    public void The_ledger_says_how_claims_on_training_are_tested_and_where_the_post_is_qualified()
    {
        var outcome = CommandLine.Run("claims", "P8", "P9");

        outcome
            .Output.Should()
            .NotContain("not testable")
            .And.Contain("qualified: Not so with skip connections")
            .And.Contain("verify --scale training")
            .And.Contain("Clopper-Pearson");
    }

    [Fact]
    public void Composed_networks_are_predicted_well_behaved_or_exploding_before_training()
    {
        var study = new TrainingStudy(TrainingSizes.OfScale, 0);
        TrainedNets
            .Composed.Select(name => TrainedNets.Predicted(study.Compose(name)).Behaviour)
            .Should()
            .BeEquivalentTo([Behaviour.WellBehaved, Behaviour.WellBehaved, Behaviour.Exploding, Behaviour.Exploding]);
    }

    [Theory]
    [InlineData(20, 0.0, Verdict.Holds)]
    [InlineData(18, 0.0, Verdict.Holds)]
    [InlineData(14, 0.0, Verdict.Inconclusive)]
    [InlineData(0, 0.0, Verdict.Rejected)]
    [InlineData(20, 0.15, Verdict.Inconclusive)]
    public void Pairs_of_networks_are_judged_by_the_sign_test_at_equal_loss_only(int below, double lossApart, Verdict expected)
    {
        // 0.15 more than 0.09 is more than a factor of 2: no such pair counts.
        var net = Made("bn_ff", 20, i => Outcome(0.09 + lossApart, 1, i < below ? 0.5 : 0.7), _ => 5);
        var reference = Made("bn_res", 20, _ => Outcome(0.09, 1, 0.6), _ => 2);

        var measurement = GeneralisationChecks.Pairs(net, reference, TrainingSizes.OfScale, Rates);

        measurement.Verdict.Should().Be(expected, measurement.Quantity);
        measurement.Samples.Should().Be(lossApart > 0 ? 0 : 20);
        measurement.Quantity.Should().Contain(lossApart > 0 ? "0 of 20 pairs" : "20 of 20 pairs").And.Contain("exact sign test p = ");
    }

    [Theory]
    [InlineData(20, 0.09, Verdict.Holds)]
    [InlineData(14, 0.09, Verdict.Inconclusive)]
    [InlineData(0, 0.09, Verdict.Rejected)]
    [InlineData(20, 0.5, Verdict.Rejected)]
    public void A_net_that_does_not_come_to_the_loss_counts_where_the_other_does(int missed, double lossOfOther, Verdict expected)
    {
        // What is no number was not reached either.
        var net = Made(
            "tanh_chaos",
            20,
            i =>
                Outcome(
                    i >= missed ? 0.15
                        : i % 2 == 0 ? 0.6
                        : double.NaN,
                    1,
                    0.5
                ),
            _ => 5
        );
        var reference = Made("rms_mlp", 20, _ => Outcome(lossOfOther, 1, 0.6), _ => 2);

        var measurement = GeneralisationChecks.Misses(net, reference, TrainingSizes.OfScale, Rates);

        measurement.Verdict.Should().Be(expected, measurement.Quantity);
        measurement.Samples.Should().Be(20);
    }

    /// <summary>Nets of two layers do not fail: what is said of deep ones is rejected, and every composed network was asked about.</summary>
    [Fact]
    public void Composed_networks_are_held_against_each_other_by_what_theory_says_of_them()
    {
        var sizes = new TrainingSizes(
            Channels: 16,
            DeepLayers: 2,
            ShallowLayers: 2,
            PairLayers: 2,
            Steps: 10,
            PairSteps: 10,
            Mappings: 1,
            Pairs: 1,
            TrainImages: 100
        );
        var steps = 0L;

        var run = TrainingSuite.Run(sizes, 1, ["P9"], ["composed"], advanced => Interlocked.Add(ref steps, advanced));

        var quantities = run.Outcomes.Should().ContainSingle().Subject.Measurements.Select(measurement => measurement.Quantity).ToArray();
        quantities.Should().HaveCount(5);
        quantities[0].Should().Contain("nets of bn_tanh").And.Contain("those of pre_ln_mlp");
        quantities[1].Should().Contain("nets of bn_tanh").And.Contain("those of rms_mlp");
        quantities[2].Should().Contain("nets of tanh_chaos").And.Contain("those of rms_mlp of 2 layers do");
        quantities[3].Should().Contain("bn_tanh of 2 layers, exploding by theory");
        quantities[4].Should().Contain("tanh_chaos of 2 layers, exploding by theory");
        steps.Should().BeInRange(1, TrainingSuite.Work(sizes, ["P9"], ["composed"]));
    }

    [Fact]
    public void Pairs_of_networks_with_the_opposite_order_of_SNR_are_left_out()
    {
        var net = Made("bn_ff", 20, _ => Outcome(0.1, 1, 0.5), i => i < 5 ? 1 : 5);
        var reference = Made("bn_res", 20, _ => Outcome(0.1, 1, 0.6), _ => 2);

        GeneralisationChecks.Pairs(net, reference, TrainingSizes.OfScale, Rates).Samples.Should().Be(15);
    }

    /// <summary>
    /// The whole path at a size of seconds: nets that are far too shallow to fail are said to train, and the claim that they do not is rejected.
    /// </summary>
    [Fact]
    public void Shallow_nets_refute_the_claim_that_deep_ones_do_not_train()
    {
        var sizes = new TrainingSizes(
            Channels: 32,
            DeepLayers: 2,
            ShallowLayers: 2,
            PairLayers: 2,
            Steps: 100,
            PairSteps: 20,
            Mappings: 18,
            Pairs: 2,
            TrainImages: 200
        );
        var run = TrainingSuite.Run(sizes, 1, ["P8"], ["vanilla"]);

        var outcome = run.Outcomes.Should().ContainSingle().Subject;
        outcome.Measurements.Should().HaveCount(2);
        outcome.Measurements[0].Verdict.Should().Be(Verdict.Rejected, outcome.Measurements[0].Quantity);
        outcome.Measurements[1].Verdict.Should().Be(Verdict.Holds, outcome.Measurements[1].Quantity);
        (run.Verdict, run.Scale).Should().Be((Verdict.Rejected, Scale.Training));
        VerificationReport.ReplayOf(run, outcome).Should().Be("wellbehaved verify --scale training --claim P8 --seed 1 --architecture vanilla");
        VerificationReport.ToText(run).Should().Contain("\"false_fail_rate\": 0.001");
        Promise.State(run).Should().Contain("1,000 runs, outside the promise");
    }

    private static TrainedMappings Made(string name, int count, Func<int, TrainingOutcome> outcome, Func<int, double> chi) =>
        new(
            name,
            new TrainingResult([0.003], [1], [0, 2], [.. Enumerable.Range(0, count).Select(i => new[] { outcome(i) })]),
            [.. Enumerable.Repeat(5.0, count)],
            [.. Enumerable.Range(0, count).Select(chi)]
        );

    private static TrainingOutcome Outcome(double loss, double accuracy, double corrupted) =>
        new(100, null, [loss], [accuracy], loss, accuracy, [0.8, corrupted]);
}
