using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Cli;
using Wellbehaved.Figures;
using Figure = Wellbehaved.Figures.Figure;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Figures are shown by a browser as a page of documentation shows them, and all that is written on them is looked at.</summary>
public sealed class FigureReadingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wellbehaved");

    public void Dispose() => _folder.Delete(recursive: true);

    [ChromiumTheory]
    [InlineData(1280, false)]
    [InlineData(1280, true)]
    [InlineData(830, false)]
    [InlineData(830, true)]
    [InlineData(390, false)]
    [InlineData(390, true)]
    public void All_text_of_every_figure_is_readable(int width, bool dark)
    {
        var figures = string.Concat(
            Figures()
                .Select((figure, i) => $"<p>{FigureRenderer.ToSvg(figure, $"figure{i}")}</p>")
                .Append($"<p>{FigureRenderer.ToSvg(new NetworkDrawing(NetworkDrawingTests.Everything), "layers")}</p>")
                .Append($"<p>{File.ReadAllText(Path.Combine(Repository.Root, "docs", "figures", "side_by_side.svg"))}</p>")
                .Append(
                    $"<p>{File.ReadAllText(Path.Combine(Repository.Root, "docs", "figures", "trained_or_not.svg"))
                        .Replace("\"figure", "\"trained").Replace("#figure", "#trained").Replace(" figure-words", " trained-words")}</p>"
                )
        );

        var reading = Chromium.Read(
            $"<!DOCTYPE html><html lang=\"en\"><style>body {{ margin: 16px; }} svg {{ max-width: 100%; height: auto; }}</style><body>{figures}</body></html>",
            width,
            dark,
            _folder.FullName
        );

        (reading.Width, reading.IsDark).Should().Be((width, dark));
        reading.Texts.Should().BeGreaterThan(300);
        reading.Lines.Should().BeGreaterThan(40);
        string.Join("\n", reading.Faults).Should().BeEmpty();
    }

    [ChromiumTheory]
    [InlineData("<p style='font-size: 7px'>small</p>", "7.0 pixels are too small: small")]
    [InlineData("<p style='color: #bbb'>faint</p>", "a contrast of 1.9 is too little: faint")]
    [InlineData("<p style='margin-left: 380px; white-space: nowrap'>cut off</p>", "cut: cut off")]
    [InlineData("<div style='width: 9em; overflow-x: auto; white-space: nowrap'>this goes on out of sight</div>", "out of sight: this goes on out of sight")]
    [InlineData("<p style='line-height: 4px'>one<br>two</p><p style='margin-top: -40px'>three</p>", "covered: ")]
    [InlineData(
        "<svg viewBox='0 0 1000 100' width='358'><rect width='1000' height='100' fill='white'/><text x='10' y='50' font-size='16'>tiny</text></svg>",
        "5.7 pixels are too small: tiny"
    )]
    [InlineData(
        "<svg viewBox='0 0 358 100' width='358'><rect width='358' height='100' fill='black'/><text x='10' y='50'>black on black</text></svg>",
        "a contrast of 1.0 is too little: black on black"
    )]
    [InlineData("<svg viewBox='0 0 358 100' width='358'><rect width='358' height='100' fill='white'/><text x='340' y='50'>beyond</text></svg>", "cut: beyond")]
    [InlineData(
        "<svg viewBox='0 0 358 100' width='358'><rect width='358' height='100' fill='white'/><path class='s-c0' stroke='#ffff00' d='M0 0L9 9'/></svg>",
        "a contrast of 1.1 is too little: a curve"
    )]
    [InlineData("<a href='#nothing'>there</a>", "leads nowhere: there")]
    public void Text_that_cannot_be_read_is_reported_as_a_fault(string content, string fault) =>
        Chromium
            .Read($"<!DOCTYPE html><body style='background: white'>{content}</body>", 390, dark: false, _folder.FullName)
            .Faults.Should()
            .Contain(found => found.StartsWith(fault));

    private ResultFile OfLayers(string name, int times = 9, int width = 8)
    {
        var network = new Networks.Network(
            name,
            new(32, 32, 3),
            [
                new Networks.AveragePool(4),
                new Networks.Dense { Channels = width },
                new Networks.Repeat(
                    times,
                    [new Networks.Residual([new Networks.LayerNorm(), new Networks.Activation(new(Networks.FunctionKind.Gelu)), new Networks.Dense()])]
                ),
            ]
        );
        var path = Path.Combine(_folder.FullName, "layers.npz");
        ResultFile.Write(path, Experiment.Prepare(ExperimentOptions.ForNetwork(network, 8, 4)).Run());
        return ResultFile.Read(path);
    }

    private IEnumerable<Figure> Figures()
    {
        var normed = MadeUpRecording.Run(_folder.FullName, "bn_ff", depth: 12, simulations: 3);
        yield return DepthFigure.Draw([normed with { Theory = Prediction.Predict(normed.File.Options!, ImageSources.Open("natural")) }]);
        yield return DepthFigure.Draw([MadeUpRecording.Run(_folder.FullName, "bn_res", depth: 24, simulations: 4)]);
        var plain = MadeUpRecording.Run(_folder.FullName, "vanilla", depth: 8, simulations: 2);
        yield return DepthFigure.Draw([
            .. Enumerable
                .Range(0, 8)
                .Select(i =>
                    plain with
                    {
                        Name = $"{new string((char)('a' + i), 60)}_with_a_long_name_{i}",
                        File = MadeUpRecording.Foreign(_folder.FullName, MadeUpRecording.Arrays(plain), $"long{i}"),
                    }
                ),
        ]);
        yield return DepthFigure.Draw([
            normed with
            {
                Name = "部分 *的* <文件> & {more}",
                File = MadeUpRecording.Foreign(
                    _folder.FullName,
                    [.. MadeUpRecording.Arrays(normed).Where(array => array.Key == "depth" || array.Key.StartsWith("chi", StringComparison.Ordinal))]
                ),
            },
        ]);
        yield return DepthFigure.Draw([MadeUpRecording.Run(_folder.FullName, "bn_ff", depth: 1, simulations: 1)]);
        yield return NetworkFigure.Draw([("layers", OfLayers("a_network_with_a_name_that_is_longer_than_its_column_is_wide"))]);
        yield return NetworkFigure.Draw(
            [("with theory", OfLayers("with theory"))],
            new Dictionary<int, Wellbehaved.Theory.NetworkPrediction> { [0] = RecordedForecast.Predict(OfLayers("with theory"), null, default).Prediction! }
        );
        yield return WidthFigure.Draw(WidthSeries.Read([.. new[] { 4, 16, 64 }.Select(width => ($"{width}", OfLayers("*some* width", width: width)))]));
        yield return NetworkFigure.Draw([
            ("one", OfLayers("one of two")),
            ("部分 *的* <文件>", OfLayers("other & *shorter*", times: 3)),
            ("bn_res", normed.File),
        ]);
        yield return HistogramFigure.Draw(MadeUpRecording.Run(_folder.FullName, "vanilla", depth: 8, simulations: 100, channels: 8, batch: 1));
        yield return SideBySideFigure.Draw([
            KeyValuePair.Create("vanilla", MadeUpRecording.Table(depth => 1 + (5.0 / depth), depth => Math.Log10(depth))),
            KeyValuePair.Create("vanilla_res", MadeUpRecording.Table(depth => 1 + (9.0 / depth), depth => Math.Log10(depth))),
            KeyValuePair.Create("bn_ff", MadeUpRecording.Table(_ => 8, depth => 0.2 * depth)),
            KeyValuePair.Create("bn_res", MadeUpRecording.Table(_ => 9, depth => 0.7 * Math.Log(depth)) with { LogNu2 = null }),
        ]);
        yield return SideBySideFigure.Draw([KeyValuePair.Create("bn_ff", MadeUpRecording.Table(_ => 8, depth => 0.2 * depth) with { Reff = null })]);
        foreach (var (low, high) in new[] { (-1e308, 1e308), (-3e-9, 1e-9), (12_345_678.0, 12_345_679), (-1e9, 2e12) })
        {
            foreach (var scale in Enum.GetValues<AxisScale>())
            {
                var panel = new Panel(
                    $"From {low} to {high}",
                    "some *x*",
                    "some *y*_{sub}",
                    [Curve.Through("curve", CurveKind.Fit, 0, [low, high], [low, high])!]
                )
                {
                    XScale = scale,
                    YScale = scale,
                };
                yield return new Figure("Absurd values", [panel, panel, panel], 2);
            }
        }
    }
}
