using FluentAssertions;
using Wellbehaved.Cli;
using Wellbehaved.Onnx;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Networks are divided into stages as somebody who knows them would.</summary>
public class OnnxStagesTests
{
    [Fact]
    public void Exporter_scopes_become_stages_and_small_neighbouring_scopes_become_one()
    {
        string[] names =
        [
            "/conv1/Conv",
            "/bn1/BatchNormalization",
            "/relu/Relu",
            .. Block("layer1", 0),
            .. Block("layer1", 1),
            .. Block("layer2", 0),
            "/avgpool/GlobalAveragePool",
            "/fc/Gemm",
        ];
        Stages(names).Select(stage => stage.Name).Should().Equal("conv1 to relu", "layer1", "layer2", "avgpool to fc");
    }

    [Fact]
    public void Scope_with_nearly_all_layers_is_divided_into_its_inner_scopes()
    {
        string[] names = ["/proj/Conv", .. Enumerable.Range(0, 4).SelectMany(i => Block("encoder/layers", i)), "/head/Gemm"];
        Stages(names).Select(stage => stage.Name).Should().Equal("proj", "layers.0", "layers.1", "layers.2", "layers.3", "head");
    }

    [Fact]
    public void Network_without_scopes_is_divided_into_stages_of_equal_resolution()
    {
        var places = Enumerable.Range(0, 12).Select(i => Place($"node_{i}", i + 1, points: i < 5 ? 1024 : 256)).ToList();
        OnnxStages
            .Divide(places)
            .Select(stage => (stage.Name, stage.From, places[stage.End].Depth))
            .Should()
            .Equal(("node_0 to node_4", 0, 5), ("node_5 to node_11", 5, 12));
    }

    [Fact]
    public void Network_without_scopes_and_of_one_resolution_is_divided_into_quarters_of_the_depth()
    {
        var places = Enumerable.Range(0, 40).Select(i => Place($"node_{i}", i + 1, points: 64)).ToList();
        OnnxStages.Divide(places).Select(stage => places[stage.End].Depth).Should().Equal(10, 20, 30, 40);
    }

    [Fact]
    public void Stage_ends_at_a_place_on_the_trunk()
    {
        var places = new List<OnnxPlace>
        {
            Place("/a/x/Conv", 1),
            Place("/a/y/Conv", 2, isOnTrunk: false),
            Place("/b/x/Conv", 3, isOnTrunk: false),
            Place("/b/y/Add", 3),
            Place("/b/z/Conv", 4, isOnTrunk: false),
            Place("/c/x/Conv", 5),
            Place("/c/y/Relu", 5),
            Place("/c/z/Conv", 6),
        };
        var stages = OnnxStages.Divide(places);
        stages.Should().OnlyContain(stage => places[stage.End].IsOnTrunk);
        stages.Sum(stage => stage.Places).Should().Be(places.Count);
    }

    /// <summary>After global pooling there is a point for each image: few directions there are no fault of the layers.</summary>
    [Theory]
    [InlineData(7.51, 16, 1.85, 4, false)]
    [InlineData(7.51, 16, 1.15, 4, true)]
    [InlineData(40, 4096, 15, 16, false)]
    [InlineData(40, 4096, 12, 4096, true)]
    public void Loss_of_directions_is_distinguished_from_loss_of_points(double before, int points, double after, int pointsAfter, bool isLoss)
    {
        OnnxStageRow Row(string name, int number, double directions, int count) =>
            new(new OnnxStage(name, number, number, 1), new(name, "Conv", OnnxPlaceKind.Weighted, number + 1, [1, 512, count], 1), directions, 0, null);
        var remarks = OnnxSurvey.RemarksOn([Row("layer4", 0, before, points), Row("fc", 1, after, pointsAfter)]).ToArray();

        remarks.Any(remark => remark.StartsWith("Directions of variance fall", StringComparison.Ordinal)).Should().Be(isLoss);
        remarks
            .Any(remark => remark.Contains("3 over the 4 points after fc; a larger --batch-size shows more", StringComparison.Ordinal))
            .Should()
            .Be(pointsAfter == 4);
    }

    private static IReadOnlyList<OnnxStage> Stages(string[] names) => OnnxStages.Divide([.. names.Select((name, i) => Place(name, i + 1))]);

    private static string[] Block(string scope, int number) =>
        [.. new[] { "conv1/Conv", "bn1/BatchNormalization", "relu/Relu", "Add" }.Select(name => $"/{scope}/{scope.Split('/')[^1]}.{number}/{name}")];

    private static OnnxPlace Place(string name, int depth, int points = 64, bool isOnTrunk = true) =>
        new(name, "Conv", OnnxPlaceKind.Weighted, depth, [1, 8, points], 1) { IsOnTrunk = isOnTrunk };
}
