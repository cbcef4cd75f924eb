using System.Collections.Concurrent;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A subject is asked for the ε that it offers, and declines only what its ε cannot show.</summary>
public class OfferedEpsilonTests
{
    private static readonly string[] Quick = ["O1", "O2", "O3", "D1", "D2", "D3", "D4", "D6", "D7", "D8", "S5", "S6", "S7", "S8", "R2", "A1", "A2", "I2"];

    public static TheoryData<string, double> Checks
    {
        get
        {
            var data = new TheoryData<string, double>();
            foreach (var check in Suite.Checks.Where(check => check.Architecture is "bn_ff" or "bn_res" && Quick.Contains(check.ClaimId)).AtLeastOne())
            {
                // PyTorch's default on one architecture or the other, a large one on the rest: the prediction must take it in.
                data.Add(Signature.NameOf(check), (check.ClaimId[1] - '0' + (check.Architecture == "bn_ff" ? 1 : 0)) % 2 == 0 ? 1e-5 : 0.25);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public void A_claim_is_tested_with_the_offered_epsilon_and_holds(string name, double epsilon)
    {
        using var subject = new Offering(epsilon);

        var outcome = Execute(name, subject);

        outcome.Verdict.Should().Be(Verdict.Holds, outcome.ToString());
        outcome.Declined.Should().BeEmpty();
        subject.Asked.Should().OnlyContain(asked => asked == epsilon).And.NotBeEmpty();
    }

    [Theory]
    [InlineData("W3 bn_res", 1e-5)]
    [InlineData("W3 bn_res", 0.25)]
    [InlineData("D5 bn_ff", 1e-5)]
    [InlineData("D5 bn_res", 0.25)]
    public void The_part_of_a_claim_that_needs_epsilon_zero_is_declined_and_the_rest_is_judged(string name, double epsilon)
    {
        using var subject = new Offering(epsilon);

        var outcome = Execute(name, subject);

        outcome.Verdict.Should().Be(Verdict.Holds, outcome.ToString());
        outcome.Declined.Should().Equal("epsilon 0");
        subject.Asked.Should().OnlyContain(asked => asked == epsilon);
    }

    [Theory]
    [InlineData("D4 bn_ff")]
    [InlineData("O3 bn_res")]
    [InlineData("W3 bn_res")]
    [InlineData("S5 bn_ff")]
    public void A_subject_that_computes_with_another_epsilon_than_it_offers_is_rejected(string name)
    {
        using var subject = new Offering(0.25) { Has = 1e-5 };

        Execute(name, subject).Verdict.Should().Be(Verdict.Rejected);
    }

    [Theory]
    [InlineData("O1 bn_ff", true)]
    [InlineData("D7 bn_res", true)]
    [InlineData("D1 bn_ff", true)]
    [InlineData("D8 bn_ff", false)]
    [InlineData("O2 bn_res", false)]
    public void A_subject_with_epsilon_zero_is_asked_unless_a_claim_normalises_a_constant_channel(string name, bool isAsked)
    {
        using var subject = new Offering(0);

        var outcome = Execute(name, subject);

        outcome.Verdict.Should().Be(isAsked ? Verdict.Holds : Verdict.Declined, outcome.ToString());
        outcome.Declined.Should().Equal(isAsked ? [] : ["epsilon 0.1"]);
    }

    [Fact]
    public void The_offered_epsilon_nearest_to_the_wanted_one_is_taken()
    {
        using var subject = new Offering(1e-5, 0.001, 0.3, 0);
        var context = new CheckContext(subject, Suite.RatesOf(Scale.Quick), 0, new DeepExperiments(subject, Scale.Quick, 0));

        new[] { 0.1, 0.5, 0.001, 2e-4, 0 }.Select(wanted => context.EpsilonFor(wanted)).Should().Equal(0.3, 0.3, 0.001, 0.001, 0);
    }

    /// <summary>Beside such an ε a batch norm leaves numbers whose squares are none, of a correct implementation too.</summary>
    [Theory]
    [InlineData("S2 bn_ff", 1e100)]
    [InlineData("S2 bn_ff", 1e300)]
    [InlineData("R2 bn_res", 1e308)]
    public void An_epsilon_that_leaves_nothing_is_not_asked_for(string name, double epsilon)
    {
        using var subject = new Offering(epsilon);

        Execute(name, subject).Verdict.Should().Be(Verdict.Declined);

        subject.Asked.Should().BeEmpty();
    }

    [Theory]
    [InlineData(1e-5, 1e-5)]
    [InlineData(0.005, 0.005)]
    [InlineData(0, 0)]
    [InlineData(0.25, 0.001)]
    public void Deep_experiments_ask_for_an_epsilon_far_below_1(double offered, double asked)
    {
        using var subject = new Offering(offered);

        new DeepExperiments(subject, Scale.Quick, 0)
            .OptionsOf("bn_res", 0)
            .Epsilon.Should()
            .Be(asked, "with a larger one the laws of the post are others, and the subject declines");
    }

    private static CheckOutcome Execute(string name, ISubject subject) =>
        Suite.Execute(Suite.Checks.Single(check => Signature.NameOf(check) == name), subject, Scale.Quick, TestSeed.Value);

    private sealed class Offering(params double[] epsilons) : ReferenceSubject
    {
        public override SubjectDescription Description { get; } = new("offering") { Epsilons = epsilons };

        /// <summary>ε that it really has; what is asked for if null.</summary>
        public double? Has { get; init; }

        public ConcurrentBag<double> Asked { get; } = [];

        public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
        {
            Asked.Add(network.Epsilon);
            base.Propagate(network, weights, input, observe);
        }

        private protected override NetworkSettings Adapt(NetworkSettings network) => Has is { } epsilon ? network with { Epsilon = epsilon } : network;
    }
}
