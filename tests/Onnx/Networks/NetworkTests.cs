using FluentAssertions;
using Wellbehaved.Onnx;

namespace Wellbehaved.Tests.Onnx.Networks;

/// <summary>Networks that PyTorch's exporter wrote: each runs, and its layers are found.</summary>
public class NetworkTests
{
    /// <summary>Networks and the extent of their images; where a network is called by its number of layers, that is the depth of its last place.</summary>
    public static TheoryData<string, int, int?> Networks
    {
        get
        {
            // One of each kind: sums, chains of concatenations, depthwise convolutions with gates, channels that are shuffled, layer norms, windows of
            // attention, and what torchvision lacks.
            (string Name, int Size, int? Depth)[] usual =
            [
                ("resnet50", 64, 50),
                ("densenet121", 64, 121),
                ("mobilenet_v3_large", 64, null),
                ("shufflenet_v2_x1_0", 64, null),
                ("convnext_tiny", 64, null),
                ("swin_small", 64, null),
                ("mirrored", 16, 3),
            ];
            (string Name, int Size, int? Depth)[] others =
            [
                ("vgg16_bn", 224, 16),
                ("googlenet", 64, 22),
                ("squeezenet1_1", 64, 18),
                ("efficientnet_b0", 64, null),
                ("regnet_y_400mf", 64, null),
                ("vit_b_16", 224, null),
                ("swin_t", 224, null),
            ];
            var data = new TheoryData<string, int, int?>();
            foreach (var (name, size, depth) in Breadth.Choose(usual, atNight: [.. usual, .. others]))
            {
                data.Add(name, size, depth);
            }

            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Networks))]
    public void Exported_network_is_recorded_at_all_its_places(string name, int size, int? depth)
    {
        Python.SkipWithoutTorchvision();
        using var folder = new TemporaryFolder();
        Python.Run("export", name, $"{size}", folder.File("net.onnx"));
        using var network = OnnxNetwork.Open(
            folder.File("net.onnx"),
            new OnnxOptions
            {
                BatchSize = 2,
                ReffSignal = false,
                ReffNoise = false,
                Threads = 2,
            }
        );
        var record = network.Record(1, seed: 1);
        var mapping = record.Mappings.Should().ContainSingle().Which;
        mapping.FirstNotFinite.Should().BeNull();
        network
            .Places.Count(place => place.Kind == OnnxPlaceKind.Weighted)
            .Should()
            .Be(network.Parameters.Count(parameter => parameter.Role == OnnxParameterRole.Weights), "no weights are shared");
        foreach (var (place, moments) in network.Places.Zip(mapping.Moments))
        {
            // Nothing comes out of a layer whose weights are zero in the file: the head of torchvision's vision transformer.
            var isHead = name == "vit_b_16" && place.Name == "/heads/head/Gemm";
            moments!.Value.Mu2Noise.Should().Match(value => isHead ? value == 0 : value > 0, "at {0}", place.Name);
        }

        if (depth is { } layers)
        {
            network.Places[^1].Depth.Should().Be(layers);
        }
    }

    [SkippableFact]
    public void Language_model_receives_noise_after_the_token_embedding_and_keeps_its_position_table()
    {
        Python.SkipWithoutTorchvision();
        using var folder = new TemporaryFolder();
        Python.Run("export", "gpt", "12", folder.File("gpt.onnx"));
        using var network = OnnxNetwork.Open(folder.File("gpt.onnx"), new OnnxOptions { BatchSize = 3 });
        network
            .Inputs.Should()
            .ContainSingle()
            .Which.Should()
            .BeEquivalentTo(
                new
                {
                    Name = "x",
                    Shape = new[] { 3L, 12 },
                    IsReal = false,
                    Tokens = 101,
                }
            );
        network.Parameters.Where(parameter => parameter.Role == OnnxParameterRole.Embedding).Should().ContainSingle().Which.Shape.Should().Equal(101, 32);
        network.Parameters.Count(parameter => parameter.Role == OnnxParameterRole.Weights).Should().Be(2 * 4, "the head's weights are those of the embedding");
        network.Parameters.Where(parameter => parameter.Role is OnnxParameterRole.Scale or OnnxParameterRole.Shift).Should().NotBeEmpty();
        network.Parameters.Should().NotContain(parameter => parameter.Shape.SequenceEqual(new[] { 12L, 32 }), "a table of positions is no parameter");
        network
            .Places[0]
            .Should()
            .Match<OnnxPlace>(place =>
                place.Kind == OnnxPlaceKind.Weighted && place.Depth == 1 && place.ChannelAxis == 2 && place.Channels == 32 && place.Points == 36
            );
        network
            .Places[^1]
            .Should()
            .Match<OnnxPlace>(
                place => place.Kind == OnnxPlaceKind.Weighted && place.Depth == 10,
                "an embedding, four layers in each of two blocks, and the head"
            );
        var mapping = network.Record(1, seed: 3).Mappings[0];
        mapping.FirstNotFinite.Should().BeNull();
        mapping.Moments[0]!.Value.Mu2Noise.Should().BeApproximately(1, 0.1, "noise of variance 1 enters there");
        mapping.Mu2InputSignal.Should().BeApproximately(mapping.Moments[0]!.Value.Mu2Signal, 1e-12);
    }

    /// <summary>Each activation that is written out in several operators is one place.</summary>
    [SkippableFact]
    public void Layers_written_out_in_several_operators_are_one_place_each()
    {
        Python.SkipWithoutTorchvision();
        using var folder = new TemporaryFolder();
        Python.Run("export", "gpt", "12", folder.File("gpt.onnx"));
        using var network = OnnxNetwork.Open(folder.File("gpt.onnx"), new OnnxOptions { BatchSize = 2 });
        OnnxPlaceKind[] block =
        [
            OnnxPlaceKind.Normalised,
            OnnxPlaceKind.Weighted,
            OnnxPlaceKind.Multiplied,
            OnnxPlaceKind.Activated,
            OnnxPlaceKind.Multiplied,
            OnnxPlaceKind.Weighted,
            OnnxPlaceKind.Added,
            OnnxPlaceKind.Normalised,
            OnnxPlaceKind.Weighted,
            OnnxPlaceKind.Activated,
            OnnxPlaceKind.Weighted,
            OnnxPlaceKind.Added,
        ];
        network
            .Places.Select(place => place.Kind)
            .Should()
            .Equal([OnnxPlaceKind.Weighted, .. block, .. block, OnnxPlaceKind.Normalised, OnnxPlaceKind.Weighted]);
    }
}
