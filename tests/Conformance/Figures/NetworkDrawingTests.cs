using System.Xml.Linq;
using FluentAssertions;
using Wellbehaved.Figures;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The layers of a network as a picture.</summary>
public sealed class NetworkDrawingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A network that has every kind of layer.</summary>
    internal static Network Everything { get; } =
        new(
            "every kind of layer & <more>",
            new(8, 8, 4),
            [
                new Convolution(3)
                {
                    Channels = 8,
                    Stride = 2,
                    Boundary = Boundary.ZeroPadding,
                },
                new Repeat(
                    7,
                    [
                        new Residual([new BatchNorm(), new Activation(new(FunctionKind.LeakyRelu, 0.1)), new Repeat(2, [new Dense(), new Scaling(0.5)])])
                        {
                            BranchScale = ResidualScale.ByDepth,
                            SkipScale = 0.7,
                            Survival = 0.8,
                        },
                        new Residual([new Attention(2) { Causal = true }]),
                        new LayerNorm(),
                    ]
                ),
                new Residual([new GroupNorm(2), new AveragePool(2), new RmsNorm()]) { Skip = [new MaxPool(2), new Convolution(1)] },
                new InstanceNorm(),
                new Dropout(0.9),
                new GlobalAveragePool(),
                new Flatten(),
            ]
        );

    [Fact]
    public void Every_layer_is_on_the_picture_with_its_options_and_the_shapes_that_it_makes()
    {
        typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract).Should().BeSubsetOf(KindsIn(Everything.Layers));
        var svg = XDocument.Parse(FigureRenderer.ToSvg(new NetworkDrawing(Everything), "one")).Root!;

        var words = string.Join(' ', svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value))
            .Replace('\u00A0', ' ');
        foreach (
            var expected in new[]
            {
                "every kind of layer & <more>",
                "8×8×4 → 1×1×8",
                "conv kernel 3, channels 8, stride 2, boundary zero_padding",
                "4×4×8",
                "× 7",
                "× 2",
                "batch_norm",
                "leaky_relu slope 0.1",
                "scale 0.5",
                "× 1/sqrt(L), kept with probability 0.8",
                "× 0.7",
                "attention heads 2, causal",
                "layer_norm",
                "group_norm groups 2",
                "average_pool 2",
                "max_pool 2",
                "rms_norm",
                "instance_norm",
                "dropout keep 0.9",
                "global_average_pool",
                "flatten",
            }
        )
        {
            words.Should().Contain(expected);
        }

        var said = svg.Descendants().Single(element => element.Name.LocalName == "desc").Value;
        said.Should()
            .Contain("7 times (residual with the branch [batch_norm")
            .And.Contain("added to the skip [identity], × 0.7,")
            .And.Contain("which gives 2×2×8");
        svg.DescendantsAndSelf().Attributes("id").Select(id => id.Value).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void The_network_command_writes_the_drawing_and_refuses_other_formats_in_one_line()
    {
        var picture = Path.Combine(_folder, "net.svg");
        string[] sizes = ["--total-depth", "3", "--num-channels", "8", "--input-shape", "4x4x3"];

        CommandLine
            .Run(["network", "pre_ln_mlp", .. sizes, "--out", Path.Combine(_folder, "net.gif")])
            .Should()
            .BeEquivalentTo(new { ExitStatus = 2 })
            .And.Match<CommandLine.Outcome>(outcome => outcome.Error.Contains("--out: expected a file name that ends in .svg, .png, .pdf"));
        CommandLine.Run("network", "pre_ln_mlp", "--out", picture).Error.Should().Contain("--num-channels, --total-depth, --input-shape: expected");
        Directory.GetFiles(_folder).Should().BeEmpty();
        CommandLine
            .Run(["network", "pre_ln_mlp", .. sizes, "--out", picture])
            .Should()
            .BeEquivalentTo(
                new
                {
                    ExitStatus = 0,
                    Output = $"pre_ln_mlp: drawn in {picture}{Environment.NewLine}",
                    Error = "",
                }
            );
        File.ReadAllText(picture).Should().StartWith("<svg").And.Contain("prefers-color-scheme:dark").And.Contain("layer_norm");
        CommandLine
            .Run(["network", "pre_ln_mlp", .. sizes, "--table", "--out", Path.Combine(_folder, "net.png")])
            .Output.Should()
            .Contain("drawn in")
            .And.Contain("multiply-adds");
        File.ReadAllBytes(Path.Combine(_folder, "net.png")).Should().StartWith([0x89, (byte)'P', (byte)'N', (byte)'G']);
    }

    private static IEnumerable<Type> KindsIn(Layers layers) =>
        layers.SelectMany(layer =>
            (
                layer switch
                {
                    Repeat repeat => KindsIn(repeat.Unit),
                    Residual residual => KindsIn(residual.Branch).Concat(KindsIn(residual.Skip)),
                    _ => [],
                }
            ).Append(layer.GetType())
        );
}
