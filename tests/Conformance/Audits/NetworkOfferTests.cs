using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A subject is asked only for networks that it offers; declined networks are reported.</summary>
public class NetworkOfferTests
{
    private static readonly Network Rich = new(
        "rich",
        new(4, 4, 2),
        [
            new Networks.Convolution(3)
            {
                Channels = 4,
                Stride = 2,
                Groups = 2,
                Boundary = Boundary.ZeroPadding,
                Parameters = new(2, 0.1, WeightLaw.Uniform),
            },
            new LayerNorm { Scale = 2 },
            new Activation(new Function(FunctionKind.Gelu)),
            new Residual([new Dense()]) { Survival = 0.5 },
        ]
    );

    public static TheoryData<string> Lacking =>
        ["layer", "function", "option", "boundary", "law", "kernel", "epsilon", "noise", "images", "features", "places", "given", "own"];

    [Theory]
    [MemberData(nameof(Lacking))]
    public void A_network_beyond_the_offer_is_declined_and_the_missing_part_is_named(string lacking)
    {
        var (offer, reason) = lacking switch
        {
            "layer" => (new NetworkOffer { Layers = ["conv", "dense", "layer_norm"] }, "layer residual"),
            "function" => (new NetworkOffer { Functions = ["relu"] }, "function gelu"),
            "option" => (new NetworkOffer { Options = ["biases", "groups", "stride", "norm_scale"] }, "option survival"),
            "boundary" => (new NetworkOffer { Boundaries = ["periodic"] }, "boundary zero_padding"),
            "law" => (new NetworkOffer { WeightLaws = ["normal"] }, "weights by the law uniform"),
            "kernel" => (new NetworkOffer { KernelSizes = [1, 5] }, "kernel size 3"),
            "epsilon" => (new NetworkOffer { Epsilons = [0.1] }, "epsilon 1E-05"),
            "noise" => (new NetworkOffer { Noises = [NoiseKind.Full] }, "noise mapping"),
            "images" => (new NetworkOffer { MostImages = 2 }, "3 images"),
            "features" => (new NetworkOffer { MostFeatures = 20 }, "32 features of an input"),
            "places" => (new NetworkOffer { MostPlaces = 2 }, "5 layers"),
            "given" => (new NetworkOffer { TakesParameters = false }, null),
            "own" => (new NetworkOffer { DrawsParameters = false }, "parameters of its own"),
            _ => throw new ArgumentOutOfRangeException(nameof(lacking), lacking, "expected something that an offer may lack"),
        };

        offer.WhyNot(Rich, 3, NoiseKind.Mapping, given: false).Should().Be(reason);
        NetworkOffer.Everything.WhyNot(Rich, 3, NoiseKind.Mapping, given: true).Should().BeNull();
    }

    /// <summary>The limit counts what a request has: every layer, also those of later repetitions, which the suite does not look at.</summary>
    [Fact]
    public void The_limit_of_places_counts_the_layers_of_a_request()
    {
        var network = new Network(
            "long",
            new(2, 2, 3),
            [new Flatten(), new Repeat(4, [new Residual([new Repeat(30, [new Activation(Function.Relu)])]) { Skip = [new Dense()] }])]
        );
        var layers = SpelledOutNetwork.SpellOut(network).Shapes.Count - 1;
        layers.Should().Be(1 + (4 * (30 + 1 + 1)));

        new NetworkOffer { MostPlaces = layers }
            .WhyNot(network, 1, NoiseKind.Mapping, given: true)
            .Should()
            .BeNull();
        new NetworkOffer { MostPlaces = layers - 1 }
            .WhyNot(network, 1, NoiseKind.Mapping, given: true)
            .Should()
            .Be($"{layers} layers");
    }

    [Theory]
    [InlineData("vanilla", 1 + (2 * 80))]
    [InlineData("bn_ff", 1 + (3 * 80))]
    [InlineData("vanilla_res", 1 + (5 * 80))]
    [InlineData("bn_res", 1 + (7 * 80))]
    public void The_limit_of_places_counts_the_layers_of_an_architecture(string architecture, int layers)
    {
        var network = OneStepNetworks.All(Architecture.Named(architecture)).First() with { Depth = 80 };

        SettingsInLayers.SpellOut(network, NetworkOffer.Everything).Network.Shapes.Should().HaveCount(layers + 1);
        SettingsInLayers.WhyNot(network, new NetworkOffer { MostPlaces = layers }).Should().BeNull();
        SettingsInLayers.WhyNot(network, new NetworkOffer { MostPlaces = layers - 1 }).Should().Be($"{layers} layers");
    }

    [Fact]
    public void A_subject_without_an_offer_of_networks_declines_claims_on_sites()
    {
        var subject = new Offering(null);

        Suite
            .Execute(Suite.Checks.Single(check => check is { ClaimId: "O6", Architecture: Suite.Composed }), subject, Scale.Quick, 0)
            .Verdict.Should()
            .Be(Verdict.Declined);
        VerificationRun.Execute(subject, Scale.Quick, 0, ["O6"]).Verdict.Should().Be(Verdict.Declined, "who asks for a claim hears of it");
    }

    [Fact]
    public void A_subject_that_lacks_one_function_is_judged_on_the_rest()
    {
        var subject = new Offering(new NetworkOffer { Functions = ["gelu", "tanh"], Noises = [NoiseKind.Mapping] });

        var outcome = Suite.Execute(Suite.Checks.Single(check => check is { ClaimId: "O6", Architecture: Suite.Composed }), subject, Scale.Quick, 0);

        outcome.Verdict.Should().Be(Verdict.Holds);
        outcome.Declined.Should().NotBeEmpty();
    }

    private sealed class Offering(NetworkOffer? offer) : ReferenceSubject
    {
        public override SubjectDescription Description { get; } = new("offering") { NetworkOffer = offer };
    }
}
