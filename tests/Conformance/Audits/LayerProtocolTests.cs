using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Protocol 2, line by line: how a network is spelled out, what a subject may say of itself, and who is asked in protocol 1.</summary>
public class LayerProtocolTests
{
    private const string Description =
        """{"id":1,"status":"done","protocol":2,"name":"n","version":null,"dtype":"float32","layers":["conv","batch_norm","residual"],"functions":["relu"],"options":["stride"],"boundaries":["periodic"],"noises":["mapping"],"weights":["normal"],"operations":["propagate","simulate"],"moments":["chi"]}""";

    [Fact]
    public void A_request_spells_out_a_network_without_repeats_defaults_or_rules()
    {
        var network = new Network(
            "n",
            new Shape(4, 4, 2),
            [
                new Networks.Convolution(3) { Groups = Networks.Convolution.EachChannel },
                new Repeat(
                    2,
                    [
                        new Residual([new Networks.Activation(Function.Relu), new Dense()])
                        {
                            BranchScale = ResidualScale.ByUnit,
                            SkipScale = ResidualScale.ByDepth,
                        },
                    ]
                ),
                new AveragePool(2),
            ]
        );

        var layers = SpelledOutNetwork.SpellOut(network).Layers;
        const string dense = """{"dense":{"channels":2,"weight_variance":2,"bias_variance":0,"weights":"normal"}}""";
        layers.Should().HaveCount(4);
        layers[0]!
            .ToJsonString()
            .Should()
            .Be(
                """{"conv":{"kernel":3,"channels":2,"stride":1,"dilation":1,"groups":2,"boundary":"periodic","weight_variance":2,"bias_variance":0,"weights":"normal"}}"""
            );
        layers[1]!
            .ToJsonString()
            .Should()
            .Be(
                """{"residual":{"branch":[{"relu":{}},DENSE],"skip":[],"branch_scale":1,"skip_scale":0.7071067811865475,"survival":1}}""".Replace(
                    "DENSE",
                    dense,
                    StringComparison.Ordinal
                )
            );
        layers[2]!["residual"]!["branch_scale"]!.GetValue<double>().Should().Be(1 / Math.Sqrt(2));
        layers[3]!.ToJsonString().Should().Be("""{"average_pool":2}""");
        NetworkTemplate
            .Parse(
                new JsonObject
                {
                    ["name"] = "n",
                    ["input"] = new JsonArray(4, 4, 2),
                    ["layers"] = layers.DeepClone(),
                }.ToJsonString()
            )
            .With()
            .Output.Should()
            .Be(network.Output, "it has the form of a network's file");
    }

    /// <summary>The walk of places is one of three; the numbers are right where shapes and layers are.</summary>
    [Fact]
    public void Every_place_maps_to_the_number_of_the_layer_output_that_it_shows()
    {
        foreach (var network in LayerVectorNetworks.All)
        {
            var spelled = SpelledOutNetwork.SpellOut(network);
            spelled.NumbersOfPlaces.Should().HaveCount(network.Places.Count, network.Name);
            foreach (var (place, number) in network.Places.Zip(spelled.NumbersOfPlaces))
            {
                spelled.Shapes[number].Should().Be(place.Shape, $"{place} of {network.Name}");
            }
        }
    }

    [Fact]
    public void The_offer_in_a_description_is_read()
    {
        var description = Protocol.ReadDescriptionInLayers(1, Description)!;

        description.Architectures.Should().Equal("vanilla", "vanilla_res", "bn_ff", "bn_res");
        description.Boundaries.Should().Equal(Boundary.Periodic);
        (description.TakesWeights, description.DrawsWeights, description.Epsilons).Should().Be((true, true, null));
        var offer = description.NetworkOffer!;
        offer.Noises.Should().Equal(NoiseKind.Mapping);
        offer.WhyNot(new Network("n", new Shape(4, 4, 2), [new Dense()]), 2, NoiseKind.Mapping, given: true).Should().Be("layer dense");
        Read("\"conv\",", "").Architectures.Should().BeEmpty("nothing with weights is left");
        Read("\"relu\"", "\"tanh\"").Architectures.Should().BeEmpty();
        Read("\"batch_norm\",\"residual\"", "\"layer_norm\"").Architectures.Should().Equal("vanilla");
        Read("\"noises\":[\"mapping\"]", "\"noises\":[\"full\"]").Architectures.Should().Equal("vanilla", "vanilla_res");
        Read("\"moments\"", "\"kernel_sizes\":[1,3],\"epsilons\":[1e-5],\"most_images\":8,\"most_features\":4096,\"most_places\":50,\"moments\"")
            .NetworkOffer.Should()
            .BeEquivalentTo(
                new
                {
                    KernelSizes = new[] { 1, 3 },
                    Epsilons = new[] { 1e-5 },
                    MostImages = 8,
                    MostFeatures = 4096L,
                    MostPlaces = 50,
                }
            );

        static SubjectDescription Read(string part, string instead) =>
            Protocol.ReadDescriptionInLayers(1, Description.Replace(part, instead, StringComparison.Ordinal))!;
    }

    [Theory]
    [InlineData("\"protocol\":2", "\"protocol\":3", "expected protocol 2, got 3")]
    [InlineData("\"conv\"", "\"conv3d\"", "expected layers among conv, dense, *, got 'conv3d'")]
    [InlineData("\"conv\"", "\"repeat\"", "expected layers among conv, dense, *, got 'repeat'")]
    [InlineData("\"relu\"", "\"mish\"", "expected functions among linear, relu, *, got 'mish'")]
    [InlineData("\"stride\"", "\"strides\"", "expected options among stride, *, got 'strides'")]
    [InlineData("\"mapping\"", "\"none\"", "expected noises among mapping, full, got 'none'")]
    [InlineData("\"normal\"", "\"cauchy\"", "expected weights among normal, uniform, truncated_normal, orthogonal, got 'cauchy'")]
    [InlineData("\"moments\"", "\"kernel_sizes\":[0],\"moments\"", "expected positive kernel_sizes, got *")]
    [InlineData("\"moments\"", "\"epsilons\":[-1],\"moments\"", "expected finite epsilons of at least 0, got *")]
    [InlineData("\"moments\"", "\"architectures\":[],\"moments\"", "expected an answer as the protocol defines it, got *")]
    [InlineData(",\"noises\":[\"mapping\"]", "", "expected an answer as the protocol defines it, got *noises*")]
    [InlineData("{\"id\"", "[\"id\"", "expected an answer as the protocol defines it, got '[\"id*")]
    public void An_invalid_description_is_refused_with_the_wrong_part_named(string part, string instead, string finding) =>
        FluentActions
            .Invoking(() => Protocol.ReadDescriptionInLayers(1, Description.Replace(part, instead, StringComparison.Ordinal)))
            .Should()
            .Throw<AdapterException>()
            .WithMessage(finding);

    [Theory]
    [InlineData("""{"id":1,"status":"error","reason":"protocol"}""")]
    [InlineData("""{"id":1,"status":"declined","reason":"protocol"}""")]
    [InlineData(
        """{"id":1,"status":"done","name":"n","version":null,"dtype":"float32","architectures":[],"boundaries":[],"epsilons":null,"operations":[],"moments":[]}"""
    )]
    public void A_refusal_of_protocol_2_or_an_answer_in_protocol_1_gives_no_description_in_layers(string line) =>
        Protocol.ReadDescriptionInLayers(1, line).Should().BeNull();

    [UnixTheory]
    [InlineData("""printf '{"id":1,"status":"error","reason":"expected protocol 1"}\n'""")]
    [InlineData(
        """printf '{"id":1,"status":"done","name":"one","version":null,"dtype":"float64","architectures":["vanilla"],"boundaries":[],"epsilons":null,"operations":[],"moments":[]}\n'"""
    )]
    [InlineData("exit 1")]
    public void An_adapter_of_protocol_1_is_asked_in_protocol_1(string toProtocol2)
    {
        var script = $$"""
            while read a; do id=${a#*:}; id=${id%%,*}; case "$a" in *stop*) exit;; *unknown_field*) printf '{"id":%s,"status":"error","reason":"unknown field"}\n' $id;;
            *'"protocol":2'*) {{toProtocol2}};;
            *) printf '{"id":%s,"status":"done","name":"one","version":null,"dtype":"float64","architectures":["vanilla"],"boundaries":[],"epsilons":null,"operations":[],"moments":[]}\n' $id;; esac; done
            """;
        using var subject = new ProcessSubject(script, TimeSpan.FromSeconds(300), 1);

        (subject.Description.Name, subject.Description.NetworkOffer).Should().Be(("one", null));
        subject.Description.Architectures.Should().Equal("vanilla");
        subject.Failures.Should().BeEmpty("it knows its protocol");
        AdapterTest.Ask(subject).Should().Equal(("refuses a request with an unknown field", null));
    }

    [Fact]
    public void The_four_architectures_spelled_out_in_layers_keep_their_places()
    {
        foreach (var (name, residualDepth) in new[] { ("vanilla", 1), ("bn_ff", 1), ("vanilla_res", 1), ("vanilla_res", 2), ("bn_res", 3) })
        {
            var network = new NetworkSettings(Architecture.Named(name, residualDepth), new TensorShape(2, 6, 4, 2), 3, 4, 5, Boundary.Symmetric);
            var settings = SettingsInLayers.SpellOut(network, NetworkOffer.Everything);

            settings
                .Shown.Select(place => (place.Depth, place.Place))
                .Should()
                .Equal([
                    (0, new Model.UnitPlace(0, Model.UnitPlaceKind.Convolution)),
                    .. Enumerable.Range(1, 3).SelectMany(depth => network.Architecture.Places.Select(place => (depth, place))),
                ]);
            var words = Flat(settings.Network.Layers).Prepend("input").ToArray();
            settings
                .Shown.Where(place => place.Place.Kind != Model.UnitPlaceKind.Before)
                .Select(place => words[place.Number])
                .Should()
                .Equal(settings.Shown.Where(place => place.Place.Kind != Model.UnitPlaceKind.Before).Select(place => WordOf(place.Place.Kind)));
            settings.Shown[^1].Number.Should().Be(words.Length - 1);
        }

        static IEnumerable<string> Flat(JsonArray layers) =>
            layers.SelectMany(layer =>
            {
                var (word, options) = layer!.AsObject().Single();
                return word == "residual" ? [.. Flat(options!["branch"]!.AsArray()), word] : new[] { word };
            });

        static string WordOf(Model.UnitPlaceKind kind) =>
            kind switch
            {
                Model.UnitPlaceKind.Convolution => "conv",
                Model.UnitPlaceKind.BatchNorm => "batch_norm",
                Model.UnitPlaceKind.Relu => "relu",
                _ => "residual",
            };
    }
}
