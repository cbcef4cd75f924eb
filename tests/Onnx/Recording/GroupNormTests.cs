using FluentAssertions;
using Wellbehaved.Networks;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx.Networks;

namespace Wellbehaved.Tests.Onnx.Recording;

/// <summary>Group norm is written as a norm of values of another shape, in which no axis is that of channels.</summary>
public class GroupNormTests
{
    private const int Channels = 32;

    private static readonly OnnxOptions AsFile = new() { Weights = OnnxWeights.File, Threads = 2 };

    public static TheoryData<int> Groups() => [1, 4, 8, 32];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Group_norm_of_PyTorchs_exporter_is_one_place_with_channels_and_a_scale_and_a_shift(int groups)
    {
        using var network = PreparedNetwork.Prepare(
            GraphReader.Read(
                Normed(
                    groups,
                    Build.Node("Mul", ["back", "gamma"], "scaled"),
                    Build.Node("Add", ["scaled", "beta"], "shifted"),
                    Build.Node("Relu", ["shifted"], "y")
                ),
                "net"
            ),
            AsFile
        );

        network
            .Places.Select(place => (place.Kind, place.ChannelAxis, place.Channels, place.Points))
            .Should()
            .Equal(
                (OnnxPlaceKind.Weighted, 1, Channels, 8 * 16),
                (OnnxPlaceKind.Normalised, 1, Channels, 8 * 16),
                (OnnxPlaceKind.Activated, 1, Channels, 8 * 16)
            );
        network
            .Parameters.Select(parameter => (parameter.Name, parameter.Role))
            .Should()
            .Equal(("w", OnnxParameterRole.Weights), ("gamma", OnnxParameterRole.Scale), ("beta", OnnxParameterRole.Shift));
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Group_norm_without_a_scale_is_one_place_with_channels(int groups)
    {
        using var network = PreparedNetwork.Prepare(GraphReader.Read(Normed(groups, Build.Node("Relu", ["back"], "y")), "net"), AsFile);
        network.Places.Select(place => (place.ChannelAxis, place.Channels)).Should().Equal((1, Channels), (1, Channels), (1, Channels));
        network.Parameters.Select(parameter => parameter.Name).Should().Equal("w");
        network.Remarks.Should().BeEmpty("it is a normalisation all the same");
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Group_norm_of_our_exporter_leaves_the_channels_where_they_were(int groups)
    {
        var described = new Network(
            "net",
            new Shape(4, 4, 3),
            [new Convolution(1) { Channels = Channels }, new GroupNorm(groups), new Activation(Function.Relu)]
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(OnnxExport.Model(described, 1, 0).Save(folder.File("net.onnx")), AsFile);
        network.Places.Select(place => (place.ChannelAxis, place.Channels)).Should().Equal((1, Channels), (1, Channels));
    }

    /// <summary>A convolution, and a norm of groups as PyTorch's exporter writes it, whose result is called "back".</summary>
    private static ModelProto Normed(int groups, params NodeProto[] after) =>
        Build.Model(
            13,
            [Build.Input("x", -1, 3, 4, 4)],
            [
                Build.Tensor("w", 0.5, Channels, 3, 1, 1),
                Build.Integers("groups", 0, groups, -1),
                Build.Tensor("ones", [.. Enumerable.Repeat(1.0, groups)], groups),
                Build.Tensor("zeros", new double[groups], groups),
                Build.Tensor("gamma", 0.5, Channels, 1, 1),
                Build.Tensor("beta", 0.5, Channels, 1, 1),
            ],
            [
                Build.Node("Conv", ["x", "w"], "h"),
                Build.Node("Reshape", ["h", "groups"], "grouped"),
                Build.Node("InstanceNormalization", ["grouped", "ones", "zeros"], "normed"),
                Build.Node("Shape", ["h"], "shape"),
                Build.Node("Reshape", ["normed", "shape"], "back"),
                .. after,
            ]
        );
}
