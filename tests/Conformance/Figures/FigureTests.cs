using System.Globalization;
using System.Xml.Linq;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Figures;
using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Figures are checked for what they contain: panels, axes, curves, points.</summary>
public sealed class FigureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wellbehaved");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("vanilla", "δχ | r_eff", "δχ of a layer; δχ of a layer, theory at infinite width | r_eff of the signal; r_eff of the signal, theory at infinite width")]
    [InlineData("vanilla_res", "δχ | r_eff", "δχ of a unit; δχ of a unit, theory at infinite width | r_eff of the signal; r_eff of the signal, theory at infinite width")]
    [InlineData("bn_ff", "δχ | χ | r_eff | μ₄(z), ν₁(|z|)", "δ_BN χ, through BN; δ_φ χ, through ReLU; δχ of a layer; δχ of a layer, theory at infinite width | χ; χ, theory at infinite width | r_eff of the signal; r_eff of the signal, theory at infinite width; r_eff of the noise | μ₄(z); ν₁(|z|)")]
    public void Each_architecture_has_the_figure_of_the_paper(string architecture, string axes, string curves)
    {
        var recording = Recorded(architecture, depth: 12, simulations: 3);

        var figure = DepthFigure.Of([recording with { Theory = Prediction.Of(recording.File.Options!, ImageSources.Open("natural")) }]);

        string.Join(" | ", figure.Panels.Select(panel => panel.YLabel)).Should().Be(axes);
        string.Join(" | ", figure.Panels.Select(panel => string.Join("; ", panel.Curves.Select(curve => curve.Label)))).Should().Be(curves);
        foreach (var curve in figure.Panels.SelectMany(panel => panel.Curves))
        {
            curve.X.Should().HaveCount(12).And.OnlyContain(x => double.IsFinite(x));
            curve.Y.Should().HaveCount(12).And.OnlyContain(y => double.IsFinite(y));
            (curve.Kind == CurveKind.Measured).Should().Be(curve.Low is not null);
            curve.Low?.Zip(curve.High!).Should().OnlyContain(band => band.First <= band.Second);
        }
    }

    [Fact]
    public void Curves_are_the_moments_of_the_file()
    {
        var recording = Recorded("bn_ff", depth: 6, simulations: 5);
        var chi = recording.File.Find("chi_loc4")!;

        var panels = DepthFigure.Of([recording]).Panels;

        var drawn = panels[1].Curves.Single();
        panels[1].YScale.Should().Be(AxisScale.Logarithmic);
        for (var depth = 0; depth < 6; depth++)
        {
            drawn.X[depth].Should().Be(depth + 1);
            drawn.Y[depth].Should().BeApproximately(chi.Average(row => Math.Log10(row[depth])), 1e-12);
        }

        panels[0].Curves.Single(curve => curve.Label == "δχ of a layer").Y[3].Should().BeApproximately(chi.Zip(recording.File.Find("chi_loc1")!, (after, before) => after[3] / before[3]).Average(), 1e-12);
        panels[0].References.Should().Equal(1, LargeBatchLimits.BatchNormIncrement);
    }

    [Fact]
    public void A_power_law_is_drawn_on_two_logarithmic_axes_with_its_fit()
    {
        var panel = DepthFigure.Of([Recorded("bn_res", depth: 24, simulations: 4)]).Panels[1];

        (panel.XScale, panel.YScale).Should().Be((AxisScale.Logarithmic, AxisScale.Logarithmic));
        var fit = panel.Curves.Single(curve => curve.Kind == CurveKind.Fit);
        var slope = (fit.Y[^1] - fit.Y[0]) / (fit.X[^1] - fit.X[0]);
        fit.Label.Should().Be(string.Create(CultureInfo.InvariantCulture, $"power {slope:F3}"), "24 units do not decide the law, so the fit's own slope is named");
    }

    [Fact]
    public void Several_files_are_told_apart_by_name_and_colour()
    {
        var recording = Recorded("vanilla", depth: 4, simulations: 2);

        var panel = DepthFigure.Of([recording with { Name = "narrow" }, recording with { Name = "wide" }]).Panels[0];

        panel.Curves.Select(curve => curve.Label).Should().Equal("δχ of a layer, narrow", "δχ of a layer, wide");
        panel.Curves.Select(curve => curve.Colour).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Histograms_have_unit_area_and_the_exact_density_of_W1()
    {
        var recording = Recorded("vanilla", depth: 8, simulations: 300, channels: 8, batch: 1);

        var figure = HistogramFigure.Of(recording);

        var signal = figure.Panels[0];
        signal.Curves.Select(curve => curve.Label).Should().Equal("depth 2", "depth 2, W1", "depth 4", "depth 4, W1", "depth 6", "depth 6, W1", "depth 8", "depth 8, W1");
        foreach (var histogram in figure.Panels.SelectMany(panel => panel.Curves).Where(curve => curve.Kind == CurveKind.Histogram))
        {
            histogram.X.Zip(histogram.X.Skip(1), (left, right) => right - left).Zip(histogram.Y, (width, density) => width * density).Sum().Should().BeApproximately(1, 1e-9);
        }

        figure.Panels[1].Curves.Select(curve => curve.Label).Should().Equal(signal.Curves.Select(curve => curve.Label), "on a single point the noise walks as the signal does");
        var exact = signal.Curves[^1];
        exact.Y[100].Should().BeApproximately(new RandomWalk(8).Density(8, [exact.X[100]])[0], 1e-9, "densities have an absolute error of 1e-10, which depends on the points asked for");
        HistogramFigure.Of(recording with { Width = null }).Panels[0].Curves.Should().OnlyContain(curve => curve.Kind == CurveKind.Histogram, "without the width W1 says nothing");
    }

    [Fact]
    public void The_architectures_stand_side_by_side_with_the_dilution_below()
    {
        KeyValuePair<string, MomentTable>[] tables = [.. Architecture.Names.Select(name => KeyValuePair.Create(name, MomentTable.Of(Recorded(name, depth: 8, simulations: 4).File)))];

        var figure = SideBySideFigure.Of(tables);

        (figure.Columns, figure.Panels.Count).Should().Be((4, 9));
        figure.Panels.Take(4).Select(panel => panel.Title).Should().Equal(Architecture.Names.Select(name => $"{name}: undecided"), "eight layers decide nothing");
        figure.Panels.Take(4).Select(panel => panel.YLimits).Distinct().Should().ContainSingle("they are compared at a glance").Which!.Value.Low.Should().Be(0, "r_eff is at least 1");
        var dilution = figure.Panels[^1];
        dilution.Curves.Select(curve => curve.Label).Should().Equal("vanilla_res, mean", "bn_res, mean", "1/(l+1)");
        var theory = dilution.Curves[^1];
        theory.X.Select(x => Math.Pow(10, x)).Should().SatisfyRespectively(Enumerable.Range(1, 7).Select<int, Action<double>>(l => x => x.Should().BeApproximately(l, 1e-9)));
        theory.Y.Select(y => Math.Pow(10, y)).Should().SatisfyRespectively(Enumerable.Range(1, 7).Select<int, Action<double>>(l => y => y.Should().BeApproximately(1.0 / (l + 1), 1e-9)));
    }

    [Fact]
    public void What_is_missing_is_said_and_the_rest_is_drawn()
    {
        var recording = Recorded("bn_ff", depth: 1, simulations: 1);
        var file = Written([.. Arrays(recording).Where(array => !array.Key.StartsWith("mu4", StringComparison.Ordinal) && !array.Key.StartsWith("reff", StringComparison.Ordinal))]);

        var figure = DepthFigure.Of([recording with { File = file }]);

        figure.Panels[2].Missing.Should().Be("r_eff of the signal is not in the file; r_eff of the noise is not in the file");
        figure.Panels[3].Missing.Should().Be("μ₄(z) is not in the file");
        figure.Panels[1].Curves.Single().Low.Should().BeNull("one simulation has no band");
        FigureRenderer.ToSvg(figure).Should().Contain("r_eff of the signal is not in the file");
    }

    [Fact]
    public void Values_that_are_not_finite_are_left_out()
    {
        Curve.Of("x", 0, [1, 2, 3], [[1, double.NaN, 3], [3, double.PositiveInfinity, 5]])!.X.Should().Equal(1, 3);
        Curve.Of("x", 0, [1], [[double.NaN]]).Should().BeNull();
        Curve.Of("x", 0, [1], null).Should().BeNull();
        Curve.Through("x", CurveKind.Theory, 0, [1], [double.NegativeInfinity]).Should().BeNull();
    }

    [PublishedFact]
    public void His_files_are_recognised_and_drawn()
    {
        foreach (var (name, architecture) in new[] { ("vanilla_fc", "vanilla"), ("vanilla_histo_fc", "vanilla"), ("bn_ff_fc_64", "bn_ff"), ("bn_res_fc", "bn_res"), ("bn_ff", "bn_ff"), ("vanilla", "vanilla") })
        {
            var file = ResultFile.Read(PublishedFactAttribute.File(name));
            Recording.Guess(file).Should().Be(architecture);
            var recording = new Recording(name, file, Architecture.Named(architecture), 128, null);

            var figure = name.Contains("histo", StringComparison.Ordinal) ? HistogramFigure.Of(recording) : DepthFigure.Of([recording]);

            figure.Panels.Should().OnlyContain(panel => panel.Missing == null && panel.Curves.Count > 0, name);
        }
    }

    [Fact]
    public void All_formats_are_drawn_and_the_vector_one_speaks()
    {
        var figure = DepthFigure.Of([Recorded("vanilla", depth: 4, simulations: 2)]);

        FigureRenderer.Draw(figure, ".png").Take(8).Should().Equal(0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A);
        FigureRenderer.Draw(figure, ".pdf").Take(5).Should().Equal("%PDF-"u8.ToArray());
        var svg = XDocument.Parse(FigureRenderer.ToSvg(figure, "one")).Root!;
        svg.Descendants().Where(element => element.Name.LocalName == "desc").Single().Value.Should().Be(figure.Words).And.Contain("δχ of a layer from ");
        svg.DescendantsAndSelf().Attributes("id").Select(id => id.Value).Should().OnlyHaveUniqueItems().And.OnlyContain(id => id.StartsWith("one-"));
        svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()).Should().Contain(["δχ", "r_eff", "depth l", "Directions of variance"]);
        FluentActions.Invoking(() => FigureRenderer.Draw(figure, ".gif")).Should().Throw<ArgumentException>();
    }

    private static List<KeyValuePair<string, NpyArray>> Arrays(Recording recording) =>
        [
            new("depth", NpyArray.Of([.. recording.File.Depth.Select(depth => (long)depth)], recording.File.Depth.Count)),
            .. recording.File.Names.Select(name => KeyValuePair.Create(name, NpyArray.Of([.. recording.File.Find(name)!.SelectMany(row => row)], recording.File.Simulations, recording.File.Depth.Count))),
        ];

    private Recording Recorded(string architecture, int depth, int simulations, int channels = 16, int batch = 8)
    {
        var options = new ExperimentOptions { Architecture = architecture, TotalDepth = depth, KernelSize = 1, NumChannels = channels, BatchSize = batch, NumSims = simulations, NumComputations = depth, Seed = 5, Normalize = batch == 1 ? InputNormalization.Global : InputNormalization.Channel };
        var path = Path.Combine(_folder.FullName, $"{architecture}.npz");
        ResultFile.Write(path, Experiment.Prepare(options).Run());
        return new Recording(architecture, ResultFile.Read(path), Architecture.Named(architecture), channels, null);
    }

    private ResultFile Written(IReadOnlyList<KeyValuePair<string, NpyArray>> arrays)
    {
        var path = Path.Combine(_folder.FullName, "part.npz");
        NpzArchive.Write(path, arrays);
        return ResultFile.Read(path);
    }
}
