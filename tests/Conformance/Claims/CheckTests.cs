using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The verdict of a check, from its measurements and from failures.</summary>
public class CheckTests
{
    private static readonly Expected One = new(1);

    [Theory]
    [InlineData(Verdict.Holds, Verdict.Holds, Verdict.Holds)]
    [InlineData(Verdict.Rejected, Verdict.Holds, Verdict.Rejected)]
    [InlineData(Verdict.Inconclusive, Verdict.Holds, Verdict.Inconclusive)]
    [InlineData(Verdict.Rejected, Verdict.Inconclusive, Verdict.Rejected)]
    public void A_check_gets_the_verdict_of_its_worst_measurement(Verdict first, Verdict second, Verdict expected)
    {
        var outcome = Execute(_ => [new Measurement("a", One, new Observed(1), first), new Measurement("b", One, new Observed(2), second)]);

        outcome.Verdict.Should().Be(expected);
        outcome.ToString().Should().StartWith("D1 vanilla: ").And.Contain(expected.ToString().ToLowerInvariant());
    }

    /// <summary>Among a thousand seeds these two have a channel whose mean is far from 0: its rounding must be allowed for.</summary>
    [Theory]
    [InlineData(415)]
    [InlineData(875)]
    public void D3_allows_for_the_rounding_of_a_mean_far_from_zero(ulong seed)
    {
        using var reference = new ReferenceSubject();

        var outcome = Suite.Execute(Suite.Checks.Single(check => check is { ClaimId: "D3", Architecture: "bn_ff" }), reference, Scale.Quick, seed);

        outcome.Verdict.Should().Be(Verdict.Holds, outcome.ToString());
    }

    [Fact]
    public void A_check_without_measurements_is_inconclusive() => Execute(_ => []).Verdict.Should().Be(Verdict.Inconclusive);

    [Fact]
    public void A_crash_inside_a_check_is_inconclusive_and_says_what_happened()
    {
        var outcome = Execute(_ => throw new InvalidOperationException("the disk is on fire"));

        outcome.Verdict.Should().Be(Verdict.Inconclusive);
        outcome.ToString().Should().Be("D1 vanilla: inconclusive: InvalidOperationException: the disk is on fire");
    }

    [Fact]
    public void A_crash_after_a_rejection_is_still_a_rejection()
    {
        Execute(_ => Measured(Verdict.Rejected)).Verdict.Should().Be(Verdict.Rejected);
        Execute(_ => Measured(Verdict.Holds)).Verdict.Should().Be(Verdict.Inconclusive);

        static IEnumerable<Measurement> Measured(Verdict verdict)
        {
            yield return new Measurement("a", One, new Observed(1), verdict);
            throw new InvalidOperationException();
        }
    }

    [Fact]
    public void The_declined_part_of_a_check_is_named_and_the_rest_is_judged()
    {
        var declined = Execute(_ => throw new DeclinedException("no batch norm"));
        (declined.Verdict, declined.Failure, declined.ToString())
            .Should()
            .Be((Verdict.Declined, "declined: no batch norm", "D1 vanilla: declined: declined: no batch norm"));
        declined.Declined.Should().Equal("no batch norm");

        using var subject = new Partial();
        var rest = Suite.Execute(new Check("D1", "vanilla", Measured), subject, Scale.Quick, 0);
        rest.Verdict.Should().Be(Verdict.Holds, "what was left out has no samples and does not count");
        rest.Measurements.Should().ContainSingle();
        rest.Declined.Should().Equal("epsilon 0.5", "moment log_chi");

        var nothing = Suite.Execute(
            new Check(
                "D1",
                "vanilla",
                context =>
                    context
                        .Offered([
                            OneStepNetworks.FullyConnected(Architecture.Named("bn_ff"), epsilon: 0.5),
                            OneStepNetworks.FullyConnected(Architecture.Named("bn_ff"), epsilon: 0.25),
                        ])
                        .Length > 0
                        ? []
                        : []
            ),
            subject,
            Scale.Quick,
            0
        );
        (nothing.Verdict, nothing.Failure).Should().Be((Verdict.Declined, "declined: epsilon 0.25, epsilon 0.5"));

        static IEnumerable<Measurement> Measured(CheckContext context)
        {
            context
                .Offered([
                    OneStepNetworks.FullyConnected(Architecture.Named("bn_ff"), epsilon: 0.5),
                    OneStepNetworks.FullyConnected(Architecture.Named("vanilla")),
                ])
                .Should()
                .ContainSingle();
            context.Offers(OneStepNetworks.FullyConnected(Architecture.Named("vanilla")), given: true).Should().BeTrue();
            context.Reports("chi").Should().BeTrue();
            context.Reports("log_chi").Should().BeFalse();
            FluentActions
                .Invoking(() => context.Offered([OneStepNetworks.FullyConnected(Architecture.Named("bn_ff"), epsilon: 0.5)]))
                .Should()
                .Throw<DeclinedException>()
                .WithMessage("epsilon 0.5");
            yield return new Measurement("nothing", One, new Observed(double.NaN), Verdict.Inconclusive);
            yield return new Measurement("something", One, new Observed(1), Verdict.Holds) { Samples = 1 };
        }
    }

    [Theory]
    [InlineData(true, false, "weights of its own")]
    [InlineData(false, true, "given weights")]
    public void A_subject_is_asked_only_for_the_kind_of_weights_that_it_offers(bool takes, bool draws, string declined)
    {
        using var subject = new Weighted(takes, draws);

        var outcome = Suite.Execute(new Check("D1", "vanilla", Measured), subject, Scale.Quick, 0);

        (outcome.Verdict, outcome.Failure).Should().Be((Verdict.Declined, $"declined: {declined}"));

        IEnumerable<Measurement> Measured(CheckContext context)
        {
            GivenCase.All(context, Architecture.Named("vanilla"), 0).Should().HaveCount(takes ? 6 : 0);
            return draws == context.Offered([OneStepNetworks.FullyConnected(Architecture.Named("vanilla"))]).Length > 0
                ? []
                : throw new InvalidOperationException("expected a decline");
        }
    }

    [Fact]
    public void The_requested_number_of_simulations_arrives_for_any_batch_size_and_none_after_cancellation()
    {
        var network = OneStepNetworks.FullyConnected(Architecture.Named("vanilla"));
        using var single = new Batching(1);
        using var batching = new Batching(2);
        using var running = new CancellationTokenSource();
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();

        Starts(single, running).Should().HaveCount(3).And.OnlyHaveUniqueItems().And.Equal(Starts(batching, running));
        batching.Counts.Should().Equal(2, 1);
        FluentActions.Invoking(() => Starts(batching, stopped)).Should().Throw<OperationCanceledException>();

        double[] Starts(Batching subject, CancellationTokenSource source)
        {
            double[] starts = [];
            Suite.Execute(new Check("D1", "vanilla", Measured), subject, Scale.Quick, 0);
            return starts;

            IEnumerable<Measurement> Measured(CheckContext context)
            {
                starts = [.. (context with { Cancellation = source.Token }).Simulate(network, 0, 3).Select(trace => trace.Snapshots.First().Signal[0])];
                return [];
            }
        }
    }

    [Fact]
    public void A_run_records_the_version_of_the_subject()
    {
        using var subject = new Versioned();

        VerificationRun.Execute(subject, Scale.Quick, 0, ["O2"], ["vanilla"]).SubjectVersion.Should().Be("1.2");
    }

    [Fact]
    public void A_failure_message_tells_adapter_subject_and_missing_measurements_apart()
    {
        Execute(_ => throw new AdapterException("half a line")).ToString().Should().Be("D1 vanilla: inconclusive: adapter: half a line");
        Execute(_ => throw new SubjectException("expected 7 snapshots, got 3")).ToString().Should().Be("D1 vanilla: inconclusive: expected 7 snapshots, got 3");
        Execute(_ => []).ToString().Should().Be("D1 vanilla: inconclusive: nothing was measured");
        Execute(_ => []).Declined.Should().BeEmpty();
    }

    [Fact]
    public void The_line_of_an_outcome_quotes_the_decisive_measurement()
    {
        Execute(_ => [Of("a", Verdict.Rejected, 5), Of("b", Verdict.Holds, 90), Of("c", Verdict.Rejected, -7)])
            .ToString()
            .Should()
            .Be("D1 vanilla: rejected: c: predicted 1, measured 2, 7.00 tolerances apart, n = 4");
        Execute(_ => [Of("a", Verdict.Rejected, double.NaN), Of("c", Verdict.Rejected, -7)])
            .Decisive!.Quantity.Should()
            .Be("a", "what is no number is farther than any");
        Execute(_ =>
            [
                Of("a", Verdict.Rejected, double.PositiveInfinity) with
                {
                    Predicted = new Expected(double.NaN),
                },
                Of("c", Verdict.Rejected, double.PositiveInfinity),
            ]
        )
            .Decisive!.Quantity.Should()
            .Be("c", "the mistake begins where a number was expected");
        Execute(_ => [Of("a", Verdict.Holds, 0.5) with { FalseFailRate = 1e-9, Remark = "so far" }])
            .ToString()
            .Should()
            .Be("D1 vanilla: holds: a: predicted 1, measured 2, 0.50 standard errors apart, n = 4 (so far)");

        static Measurement Of(string quantity, Verdict verdict, double deviation) =>
            new(quantity, One, new Observed(2), verdict) { Deviation = deviation, Samples = 4 };
    }

    [Fact]
    public void Cancellation_is_not_a_verdict() =>
        FluentActions.Invoking(() => Execute(_ => throw new OperationCanceledException())).Should().Throw<OperationCanceledException>();

    [Theory]
    [InlineData(Misbehaviour.Silent, "expected 7 snapshots, got 0")]
    [InlineData(Misbehaviour.Repeating, "expected one snapshot at depth 0")]
    [InlineData(Misbehaviour.Misshapen, "expected tensors of shape")]
    [InlineData(Misbehaviour.Stopping, "expected 7 snapshots, got 3")]
    public void A_subject_that_returns_wrong_snapshots_is_inconclusive(Misbehaviour misbehaviour, string message)
    {
        using var subject = new Misbehaving(misbehaviour);
        var check = Suite.Checks.Single(check => check is { ClaimId: "O2", Architecture: "vanilla" });

        var outcome = Suite.Execute(check, subject, Scale.Quick, 0);

        outcome.Verdict.Should().Be(Verdict.Inconclusive);
        outcome.ToString().Should().Contain(message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_subject_that_returns_infinity_or_NaN_does_not_hold(double number)
    {
        using var subject = new Poisoned(number);
        foreach (
            var check in Suite.Checks.Where(check => check.Architecture == "vanilla" && check.ClaimId is "O1" or "S2" or "I1" or "W1" or "D1").AtLeastOne()
        )
        {
            Suite.Execute(check, subject, Scale.Quick, 0).Verdict.Should().NotBe(Verdict.Holds, check.ToString());
        }
    }

    [Theory]
    [InlineData("nu1_abs_signal")]
    [InlineData("nu2_signal")]
    [InlineData("mu2_signal")]
    [InlineData("mu4_signal")]
    public void Inequalities_between_moments_are_tested_only_if_all_four_moments_are_offered(string missing)
    {
        using var subject = new Reporting([.. new[] { "nu1_abs_signal", "nu2_signal", "mu2_signal", "mu4_signal" }.Where(moment => moment != missing)]);

        var outcome = Suite.Execute(Suite.Checks.Single(check => check is { ClaimId: "D1", Architecture: "vanilla" }), subject, Scale.Quick, 0);

        (outcome.Verdict, outcome.Failure).Should().Be((Verdict.Holds, null));
        outcome.Measurements.Should().ContainSingle().Which.Quantity.Should().StartWith("reported moments against their definitions");
        outcome.Declined.Should().Contain($"moment {missing}");
    }

    [Fact]
    public void A_single_number_other_than_zero_in_a_zero_tensor_is_rejected()
    {
        using var subject = new Straying();

        var outcome = Suite.Execute(Suite.Checks.Single(check => check is { ClaimId: "D8", Architecture: "vanilla" }), subject, Scale.Quick, 0);

        (outcome.Verdict, outcome.Decisive!.Measured.Value).Should().Be((Verdict.Rejected, Straying.Number));
    }

    [Fact]
    public void Outcomes_do_not_depend_on_threads_or_on_which_checks_run_beside()
    {
        using var subject = new ReferenceSubject();
        var checks = Suite.Checks.Where(check => check.ClaimId is "S2" or "I2" or "D5").ToArray();

        var together = Suite.Run(subject, Scale.Quick, 7, checks);

        for (var i = 0; i < checks.Length; i++)
        {
            Suite.Execute(checks[i], subject, Scale.Quick, 7).Measurements.Should().Equal(together[i].Measurements);
        }
    }

    [Fact]
    public void Another_seed_draws_other_samples()
    {
        using var subject = new ReferenceSubject();
        var check = Suite.Checks.First(check => check.ClaimId == "S2");

        Suite
            .Execute(check, subject, Scale.Quick, 1)
            .Measurements[0]
            .Measured.Should()
            .NotBe(Suite.Execute(check, subject, Scale.Quick, 2).Measurements[0].Measured);
    }

    private static CheckOutcome Execute(Func<CheckContext, IEnumerable<Measurement>> measure)
    {
        using var subject = new ReferenceSubject();
        return Suite.Execute(new Check("D1", "vanilla", measure), subject, Scale.Quick, 0);
    }

    public enum Misbehaviour
    {
        Silent,
        Repeating,
        Misshapen,
        Stopping,
    }

    private sealed class Misbehaving(Misbehaviour misbehaviour) : ReferenceSubject
    {
        public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
        {
            var shown = 0;
            base.Propagate(
                network,
                weights,
                input,
                snapshot =>
                {
                    switch (misbehaviour)
                    {
                        case Misbehaviour.Silent:
                            break;
                        case Misbehaviour.Stopping when shown++ >= 3:
                            break;
                        case Misbehaviour.Misshapen:
                            observe(snapshot with { Signal = snapshot.Signal[1..] });
                            break;
                        case Misbehaviour.Repeating:
                            observe(snapshot);
                            observe(snapshot);
                            break;
                        default:
                            observe(snapshot);
                            break;
                    }
                }
            );
        }
    }

    private sealed class Partial : ReferenceSubject
    {
        public override SubjectDescription Description { get; } = new("partial") { Epsilons = [0], Moments = ["chi"] };
    }

    private sealed class Reporting(string[] moments) : ReferenceSubject
    {
        public override SubjectDescription Description { get; } = new("reporting") { Moments = [.. moments] };
    }

    private sealed class Versioned : ReferenceSubject
    {
        public override SubjectDescription Description { get; } = new("versioned") { Version = "1.2" };
    }

    private sealed class Weighted(bool takes, bool draws) : ReferenceSubject
    {
        public override SubjectDescription Description { get; } = new("weighted") { TakesWeights = takes, DrawsWeights = draws };
    }

    /// <summary>Takes several simulations at once.</summary>
    private sealed class Batching(int atOnce) : ISubject, IDisposable
    {
        private readonly ReferenceSubject _reference = new();

        public SubjectDescription Description => _reference.Description;

        public List<int> Counts { get; } = [];

        public int SimulationsAtOnce(NetworkSettings network) => atOnce;

        public void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) =>
            _reference.Propagate(network, weights, input, observe);

        public void PropagateAll(NetworkSettings network, IReadOnlyList<Propagation> propagations, bool moments, Action<int, Snapshot> observe)
        {
            Counts.Add(propagations.Count);
            ((ISubject)_reference).PropagateAll(network, propagations, moments, observe);
        }

        public void Dispose() => _reference.Dispose();
    }

    /// <summary>One number of the noise is not what it was, by less than any rounding: zeros are asked for exactly.</summary>
    private sealed class Straying : ReferenceSubject
    {
        public const double Number = 1e-12;

        public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) =>
            base.Propagate(
                network,
                weights,
                input,
                snapshot => observe(snapshot with { Noise = [.. snapshot.Noise.Select((value, i) => i == 3 ? value + Number : value)] })
            );
    }

    private sealed class Poisoned(double number) : ReferenceSubject
    {
        public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) =>
            base.Propagate(
                network,
                weights,
                input,
                snapshot =>
                    observe(
                        snapshot.Place.Kind is UnitPlaceKind.Convolution or UnitPlaceKind.Relu
                            ? snapshot with
                            {
                                Signal = [.. snapshot.Signal.Select((value, i) => i == 3 ? number : value)],
                                Moments = () => snapshot.Moments() with { Nu2Signal = number },
                            }
                            : snapshot
                    )
            );
    }
}
