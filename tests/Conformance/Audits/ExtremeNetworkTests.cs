using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// No network of a user's own makes the suite reject the reference: signals that vanish, die or grow beyond all bounds, branches that leave nothing, and
/// constants of extreme sizes.
/// </summary>
public class ExtremeNetworkTests
{
    private static readonly Initialisation LeCun = new(1);
    private static readonly Activation Relu = new(Function.Relu);

    /// <summary>All but the one that takes as long as the others together, which the night looks at: small signals are those of the vanishing ones too.</summary>
    public static TheoryData<string> Names => [.. Networks.Keys.Where(name => Breadth.Choose(usual: name != "smallest weights", atNight: true))];

    private static Dictionary<string, Network> Networks { get; } =
        new[]
        {
            Of("vanishing SiLU", new(1, 1, 12), new Repeat(350, [new Dense(), new Activation(new Function(FunctionKind.Silu))])),
            Of("dying ReLU", new(1, 1, 8), new Repeat(200, [new Dense { Parameters = LeCun }, Relu])),
            Of("vanishing beyond all bounds", new(1, 1, 4), new Repeat(1200, [new Dense { Parameters = new(0.5) }])),
            Of("exploding", new(1, 1, 4), new Repeat(3, [new Scaling(1e30)]), Relu),
            Of("branches without skips", new(2, 2, 4), new Dense { Channels = 8 }, new Repeat(3, [Rare(0.5) with { SkipScale = 0 }]), new Dense()),
            Of("branches within branches", new(2, 2, 4), new Repeat(2, [new Residual([new Dense(), Rare(0.5) with { SkipScale = 0 }]) { Survival = 0.5 }])),
            Of("rarely kept", new(1, 2, 4), new Dense(), new Dropout(1e-12), Rare(1e-9)),
            Of("large biases", new(2, 2, 3), new Dense { Channels = 8, Parameters = new(2, 1e13) }, Relu),
            Of("largest biases", new(2, 2, 3), new Dense { Channels = 8, Parameters = new(2, 1e30) }, Relu),
            Of("a large norm", new(2, 2, 3), new Dense { Channels = 8 }, new LayerNorm { Scale = 1e30 }, Relu),
            Of("a steep function", new(2, 2, 3), new Dense { Channels = 8 }, new Activation(Function.LeakyRelu(1e30)), new Dense()),
            Of("sharp attention", new(2, 2, 4), new Dense(), new Attention(2) { Parameters = new(1e30) }),
            Of("smallest weights", new(2, 2, 3), new Dense { Channels = 8, Parameters = new(1e-30) }, new Activation(new Function(FunctionKind.Gelu))),
            Of("nothing to normalise", new(2, 2, 3), new Scaling(0), new LayerNorm { Epsilon = 0 }),
        }.ToDictionary(network => network.Name);

    [Theory]
    [MemberData(nameof(Names))]
    public void The_reference_is_not_rejected_on_extreme_networks(string name)
    {
        using var reference = new ReferenceSubject();

        var run = VerificationRun.OfNetwork(reference, Scale.Quick, 0, [], new SiteCase(Networks[name], 4));

        run.Outcomes.Where(outcome => outcome.Verdict == Verdict.Rejected).Select(outcome => $"{outcome.Check.ClaimId}: {outcome.Decisive}").Should().BeEmpty();
        run.Outcomes.Select(outcome => outcome.Failure)
            .Should()
            .NotContain(failure => failure != null && failure.Contains("Exception", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("vanishing beyond all bounds", "is of size *, and laws are computed from 1e-60 to 1e60*")]
    [InlineData("exploding", "is of size *, and laws are computed from 1e-60 to 1e60*")]
    [InlineData("nothing to normalise", "*constant*")]
    public void Networks_beyond_the_range_of_laws_are_inconclusive_and_say_so(string name, string reason)
    {
        using var reference = new ReferenceSubject();

        var run = VerificationRun.OfNetwork(reference, Scale.Quick, 0, ["D9", "O13"], new SiteCase(Networks[name], 4));

        run.Outcomes.Should().NotBeEmpty().And.OnlyContain(outcome => outcome.Verdict == Verdict.Inconclusive);
        run.Outcomes[0].Failure.Should().Match("*" + reason);
    }

    /// <summary>The law of norms is that of ε = 0 and of different directions; a network where it does not hold says nothing about it.</summary>
    [Theory]
    [InlineData(1e-4, 0, 1e-5)]
    [InlineData(1e-20, 1, 0)]
    public void Where_epsilon_counts_or_all_inputs_are_one_the_law_of_pairs_has_no_samples(double weights, double biases, double epsilon)
    {
        using var reference = new ReferenceSubject();
        var network = Of("normed", new(1, 1, 8), new Dense { Channels = 32, Parameters = new(weights, biases) }, new LayerNorm { Epsilon = epsilon }, Relu);

        var outcome = VerificationRun.OfNetwork(reference, Scale.Quick, 0, ["LN4"], new SiteCase(network, 4)).Outcomes.Should().ContainSingle().Subject;

        (outcome.Verdict, outcome.Failure).Should().Be((Verdict.Inconclusive, null));
        outcome.Measurements.Should().ContainSingle().Which.Samples.Should().Be(0);
    }

    /// <summary>What a subject makes of a test is no error of the test: it has shown numbers that are none.</summary>
    [Theory]
    [InlineData("S2", "bn_ff")]
    [InlineData("I3", "vanilla_res")]
    [InlineData("S2", "vanilla")]
    public void Numbers_that_are_none_are_rejected_where_laws_cannot_be_computed(string claim, string architecture)
    {
        using var subject = new NotANumber();

        var outcome = Suite.Execute(Suite.Checks.Single(check => check.ClaimId == claim && check.Architecture == architecture), subject, Scale.Quick, 1);

        outcome.Verdict.Should().Be(Verdict.Rejected);
        (outcome.Failure ?? string.Empty).Should().NotContain("Exception");
    }

    private static Residual Rare(double survival) => new([new Dense()]) { Survival = survival };

    private static Network Of(string name, Shape input, params Layer[] layers) => new(name, input, [.. layers]);

    /// <summary>The reference with a NaN in each signal that it shows.</summary>
    private sealed class NotANumber : ISubject, IDisposable
    {
        private readonly ReferenceSubject _reference = new();

        public SubjectDescription Description => _reference.Description;

        public void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) =>
            _reference.Propagate(
                network,
                weights,
                input,
                snapshot =>
                {
                    snapshot.Signal[snapshot.Signal.Length / 2] = double.NaN;
                    observe(snapshot);
                }
            );

        public void Dispose() => _reference.Dispose();
    }
}
