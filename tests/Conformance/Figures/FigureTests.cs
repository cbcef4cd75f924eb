using System.Globalization;
using System.Xml.Linq;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Figures;
using Wellbehaved.Model;
using Wellbehaved.Theory;
using Figure = Wellbehaved.Figures.Figure;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Figures are checked for what they contain: panels, axes, curves, points.</summary>
public sealed class FigureTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wellbehaved");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("vanilla", "δχ | r_eff", "δχ of a layer; theory at infinite width | r_eff of the signal; theory at infinite width")]
    [InlineData("vanilla_res", "δχ | r_eff", "δχ of a unit; theory at infinite width | r_eff of the signal; theory at infinite width")]
    [InlineData(
        "bn_ff",
        "δχ | χ | r_eff | μ₄(z) | ν₁(|z|)",
        "δ_BNχ, through batch norm; δ_φχ, through ReLU; δχ of a layer; theory at infinite width | χ; theory at infinite width | r_eff of the "
            + "signal; theory at infinite width; r_eff of the noise | μ₄(z) | ν₁(|z|)"
    )]
    public void Each_architecture_has_the_figure_of_the_paper(string architecture, string axes, string curves)
    {
        var recording = Recorded(architecture, depth: 12, simulations: 3);

        var figure = DepthFigure.Draw([recording with { Theory = Prediction.Predict(recording.File.Options!, ImageSources.Open("natural")) }]);

        string.Join(" | ", figure.Panels.Select(panel => Markup.Plain(panel.YLabel))).Should().Be(axes);
        string.Join(" | ", figure.Panels.Select(panel => string.Join("; ", panel.Curves.Select(curve => Markup.Plain(curve.Label))))).Should().Be(curves);
        foreach (var curve in figure.Panels.SelectMany(panel => panel.Curves).AtLeastOne())
        {
            curve.X.Should().HaveCount(12).And.OnlyContain(x => double.IsFinite(x));
            curve.Y.Should().HaveCount(12).And.OnlyContain(y => double.IsFinite(y));
            (curve.Kind == CurveKind.Measured).Should().Be(curve.Low is not null);
            curve.Low?.Zip(curve.High!).Should().OnlyContain(band => band.First <= band.Second);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_legend_shows_a_curve_as_it_is_drawn(int depth)
    {
        var recording = Recorded("vanilla_res", depth, simulations: 3);
        var figure = DepthFigure.Draw([recording with { Theory = Prediction.Predict(recording.File.Options!, ImageSources.Open("natural")) }]);

        var svg = FigureRenderer.ToSvg(figure, "one");

        var curves = figure.Panels.SelectMany(panel => panel.Curves).ToArray();
        curves.Should().Contain(curve => curve.Kind == CurveKind.Theory).And.OnlyContain(curve => curve.X.Length == depth);
        svg.Contains("stroke-dasharray", StringComparison.Ordinal).Should().Be(depth > 1);
        svg.Split("<circle").Should().HaveCount(1 + (depth > 1 ? 0 : 2 * curves.Length), "each dot of a panel is in its legend");
    }

    [Fact]
    public void Curves_are_the_moments_of_the_file()
    {
        var recording = Recorded("bn_ff", depth: 6, simulations: 5);
        var chi = recording.File.Find("chi_loc4")!;

        var panels = DepthFigure.Draw([recording]).Panels;

        var drawn = panels[1].Curves.Single();
        panels[1].YScale.Should().Be(AxisScale.Logarithmic);
        for (var depth = 0; depth < 6; depth++)
        {
            drawn.X[depth].Should().Be(depth + 1);
            drawn.Y[depth].Should().BeApproximately(chi.Average(row => Math.Log10(row[depth])), 1e-12);
        }

        panels[0]
            .Curves.Single(curve => curve.Label == "δχ of a layer")
            .Y[3]
            .Should()
            .BeApproximately(chi.Zip(recording.File.Find("chi_loc1")!, (after, before) => after[3] / before[3]).Average(), 1e-12);
        panels[0].References.Select(reference => reference.Value).Should().Equal(1, LargeBatchLimits.BatchNormIncrement);
        panels.SelectMany(panel => panel.References).Should().OnlyContain(reference => reference.Label.Length > 0, "each line is in the legend");
    }

    [Fact]
    public void A_power_law_is_drawn_on_two_logarithmic_axes_with_its_fit()
    {
        var panel = DepthFigure.Draw([Recorded("bn_res", depth: 24, simulations: 4)]).Panels[1];

        (panel.XScale, panel.YScale).Should().Be((AxisScale.Logarithmic, AxisScale.Logarithmic));
        var fit = panel.Curves.Single(curve => curve.Kind == CurveKind.Fit);
        var slope = (fit.Y[^1] - fit.Y[0]) / (fit.X[^1] - fit.X[0]);
        fit.Label.Should()
            .Be(string.Create(CultureInfo.InvariantCulture, $"power {slope:F3}"), "24 units do not decide the law, so the fit's own slope is named");
    }

    [Fact]
    public void The_line_of_a_named_power_has_the_power_that_is_named_and_other_laws_have_none()
    {
        var recording = Recorded("bn_res", depth: 40, simulations: 24);
        Curve Fitted(Func<double, double> logChi) =>
            DepthFigure.Draw([recording with { File = WithChi(recording, logChi) }]).Panels[1].Curves.SingleOrDefault(curve => curve.Kind == CurveKind.Fit)!;

        // A power that bends: least squares over three quarters of the depth see another one than the last doubling.
        var bent = Fitted(depth => 0.6 * Math.Log(depth) * (1 + (4 / depth)));
        var slope = (bent.Y[^1] - bent.Y[0]) / (bent.X[^1] - bent.X[0]);
        bent.Label.Should().StartWith(string.Create(CultureInfo.InvariantCulture, $"power {slope:F3}, 95 %: "));

        Fitted(depth => 0.2 * depth).Should().BeNull("an exponential has no power");
    }

    [Fact]
    public void Histograms_of_several_points_do_not_call_the_density_of_one_point_exact()
    {
        var figure = HistogramFigure.Draw(Recorded("vanilla", depth: 8, simulations: 20, channels: 8, batch: 4));

        figure.Notes.Should().Contain(note => note.StartsWith("Dashed: the density of W1 for a single point")).And.NotContain(note => note.Contains("exact"));
    }

    [Theory]
    [InlineData(-800, true)]
    [InlineData(-744.4400719213812, false)]
    [InlineData(-744.4400634765625, false)]
    [InlineData(double.NegativeInfinity, false)]
    [InlineData(double.NaN, false)]
    public void Numbers_that_no_format_holds_are_drawn_by_their_logarithms(double logarithm, bool isThere)
    {
        var file = Recorded("vanilla", depth: 2, simulations: 2).File;

        NetworkFigure.IsThere(file, 0, 1, logarithm).Should().Be(isThere);
    }

    [Theory]
    [InlineData(200_001, 200_005)]
    [InlineData(1e-5, 1.00002e-5)]
    [InlineData(2e5, 5e5)]
    [InlineData(0, 4)]
    public void Neighbouring_ticks_have_different_labels(double low, double high)
    {
        var ticks = LinearTicks.Between(low, high, 5);

        ticks.Should().HaveCountGreaterThan(2);
        ticks.Select(tick => tick.Label).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Several_files_in_one_figure_have_different_names_and_colours()
    {
        var recording = Recorded("vanilla", depth: 4, simulations: 2);

        var panel = DepthFigure.Draw([recording with { Name = "narrow" }, recording with { Name = "wide" }]).Panels[0];

        panel.Curves.Select(curve => curve.Label).Should().Equal("δχ of a layer, narrow", "δχ of a layer, wide");
        panel.Curves.Select(curve => curve.Colour).Should().OnlyHaveUniqueItems();
        var less = Written([.. Arrays(recording).Where(array => !array.Key.StartsWith("reff", StringComparison.Ordinal))]);
        Markup
            .Plain(DepthFigure.Draw([recording with { Name = "narrow", File = less }, recording with { Name = "wide" }]).Panels[1].Missing!)
            .Should()
            .Be("r_eff of the signal is not in narrow");
        Markup
            .Plain(DepthFigure.Draw([recording with { Name = "narrow", File = less }, recording with { Name = "wide", File = less }]).Panels[1].Missing!)
            .Should()
            .Be("r_eff of the signal is in none of the files");
    }

    [Fact]
    public void Histograms_have_unit_area_and_the_exact_density_of_W1()
    {
        var recording = Recorded("vanilla", depth: 8, simulations: 300, channels: 8, batch: 1);

        var figure = HistogramFigure.Draw(recording);

        var signal = figure.Panels[0];
        signal
            .Curves.Select(curve => curve.Label)
            .Should()
            .Equal("depth 2", "depth 2, W1", "depth 4", "depth 4, W1", "depth 6", "depth 6, W1", "depth 8", "depth 8, W1");
        foreach (var histogram in figure.Panels.SelectMany(panel => panel.Curves).Where(curve => curve.Kind == CurveKind.Histogram).AtLeastOne())
        {
            histogram
                .X.Zip(histogram.X.Skip(1), (left, right) => right - left)
                .Zip(histogram.Y, (width, density) => width * density)
                .Sum()
                .Should()
                .BeApproximately(1, 1e-9);
        }

        figure
            .Panels[1]
            .Curves.Select(curve => curve.Label)
            .Should()
            .Equal(signal.Curves.Select(curve => curve.Label), "on a single point the noise walks as the signal does");
        var exact = signal.Curves[^1];
        exact
            .Y[100]
            .Should()
            .BeApproximately(
                new RandomWalk(8).Density(8, [exact.X[100]])[0],
                1e-9,
                "densities have an absolute error of 1e-10, which depends on the points asked for"
            );
        HistogramFigure
            .Draw(recording with { Width = null })
            .Panels[0]
            .Curves.Should()
            .OnlyContain(curve => curve.Kind == CurveKind.Histogram, "without the width W1 says nothing");
    }

    [Fact]
    public void The_four_architectures_are_compared_in_one_figure_with_the_dilution_law()
    {
        KeyValuePair<string, MomentTable>[] tables =
        [
            .. Architecture.Names.Select(name => KeyValuePair.Create(name, MomentTable.Read(Recorded(name, depth: 8, simulations: 4).File))),
        ];

        var figure = SideBySideFigure.Draw(tables);

        figure.Panels.Select(panel => Markup.Plain(panel.YLabel)).Should().Equal("r_eff", "SNR^l / SNR^0", "ν₂ of branch / ν₂ of skip");
        figure
            .Panels[0]
            .Curves.Select(curve => curve.Label)
            .Should()
            .Equal(Architecture.Names.Select(name => $"{name}: undecided"), "eight layers decide nothing");
        figure.Panels[1].Curves.Select(curve => curve.Label).Should().Equal(Architecture.Names);
        figure
            .Panels[0]
            .Curves.Select(curve => curve.Colour)
            .Should()
            .OnlyHaveUniqueItems()
            .And.Equal(figure.Panels[1].Curves.Select(curve => curve.Colour), "a colour stands for an architecture");
        SideBySideFigure.Draw([tables[2]]).Panels[0].Curves.Single().Colour.Should().Be(figure.Panels[0].Curves[2].Colour, "in every figure");
        var dilution = figure.Panels[^1];
        dilution.Curves.Select(curve => curve.Label).Should().Equal("vanilla_res, mean", "bn_res, mean", "1/(*l* + 1)");
        var theory = dilution.Curves[^1];
        theory
            .X.Select(x => Math.Pow(10, x))
            .Should()
            .SatisfyRespectively(Enumerable.Range(1, 7).Select<int, Action<double>>(l => x => x.Should().BeApproximately(l, 1e-9)));
        theory
            .Y.Select(y => Math.Pow(10, y))
            .Should()
            .SatisfyRespectively(Enumerable.Range(1, 7).Select<int, Action<double>>(l => y => y.Should().BeApproximately(1.0 / (l + 1), 1e-9)));
    }

    [Fact]
    public void Missing_moments_are_named_and_the_other_panels_are_drawn()
    {
        var recording = Recorded("bn_ff", depth: 1, simulations: 1);
        var file = Written([
            .. Arrays(recording)
                .Where(array => !array.Key.StartsWith("mu4", StringComparison.Ordinal) && !array.Key.StartsWith("reff", StringComparison.Ordinal)),
        ]);

        var figure = DepthFigure.Draw([recording with { File = file }]);

        Markup.Plain(figure.Panels[2].Missing!).Should().Be("r_eff of the signal is not in the file; r_eff of the noise is not in the file");
        Markup.Plain(figure.Panels[3].Missing!).Should().Be("μ₄(z) is not in the file");
        figure.Panels[1].Curves.Single().Low.Should().BeNull("one simulation has no band");
        WordsOn(figure).Should().Contain("reff of the signal is not").And.Contain("is not in the file");
    }

    [Fact]
    public void Values_that_are_not_finite_are_left_out()
    {
        Curve
            .Summarise(
                "x",
                0,
                [1, 2, 3],
                [
                    [1, double.NaN, 3],
                    [3, double.PositiveInfinity, 5],
                ]
            )!
            .X.Should()
            .Equal(1, 3);
        Curve
            .Summarise(
                "x",
                0,
                [1],
                [
                    [double.NaN],
                ]
            )
            .Should()
            .BeNull();
        Curve.Summarise("x", 0, [1], null).Should().BeNull();
        Curve.Through("x", CurveKind.Theory, 0, [1], [double.NegativeInfinity]).Should().BeNull();
    }

    [PublishedFact]
    public void The_published_files_are_recognised_and_drawn()
    {
        foreach (
            var (name, architecture) in new[]
            {
                ("vanilla_fc", "vanilla"),
                ("vanilla_histo_fc", "vanilla"),
                ("bn_ff_fc_64", "bn_ff"),
                ("bn_res_fc", "bn_res"),
                ("bn_ff", "bn_ff"),
                ("vanilla", "vanilla"),
            }
        )
        {
            var file = ResultFile.Read(PublishedFactAttribute.File(name));
            Recording.Guess(file).Should().Be(architecture);
            var recording = new Recording(name, file, Architecture.Named(architecture), 128, null);

            var figure = name.Contains("histo", StringComparison.Ordinal) ? HistogramFigure.Draw(recording) : DepthFigure.Draw([recording]);

            figure.Panels.Should().OnlyContain(panel => panel.Missing == null && panel.Curves.Count > 0, name);
        }
    }

    [Fact]
    public void All_file_formats_are_drawn_and_SVG_has_a_description()
    {
        var figure = DepthFigure.Draw([Recorded("vanilla", depth: 4, simulations: 2)]);

        FigureRenderer.Draw(figure, ".png").Take(8).Should().Equal(0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A);
        FigureRenderer.Draw(figure, ".pdf").Take(5).Should().Equal("%PDF-"u8.ToArray());
        var svg = XDocument.Parse(FigureRenderer.ToSvg(figure, "one")).Root!;
        svg.Descendants().Where(element => element.Name.LocalName == "desc").Single().Value.Should().Be(figure.Words).And.Contain("δχ of a layer from ");
        svg.DescendantsAndSelf()
            .Attributes("id")
            .Select(id => id.Value)
            .Should()
            .OnlyHaveUniqueItems()
            .And.OnlyContain(id => id == "one" || id.StartsWith("one-"));
        svg.Descendants()
            .Where(element => element.Name.LocalName == "text")
            .Select(element => element.Value.Trim())
            .Should()
            .Contain(["δχ", "reff", "depth l", "Directions of variance"]);
        FluentActions.Invoking(() => FigureRenderer.Draw(figure, ".gif")).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Pictures_have_their_own_background_in_light_and_dark_mode()
    {
        var svg = XDocument.Parse(FigureRenderer.ToSvg(DepthFigure.Draw([Recorded("vanilla", depth: 4, simulations: 2)]))).Root!;

        var ground = svg.Elements().First(element => element.Name.LocalName == "rect");
        (ground.Attribute("width")!.Value, ground.Attribute("height")!.Value, ground.Attribute("fill")!.Value)
            .Should()
            .Be((svg.Attribute("width")!.Value, svg.Attribute("height")!.Value, "#FFFFFF"));
        var style = svg.Elements().Single(element => element.Name.LocalName == "style").Value;
        style.Should().Contain("prefers-color-scheme:dark");
        foreach (var name in svg.Descendants().Attributes("class").Select(attribute => attribute.Value).Distinct())
        {
            style.Should().Contain($"#figure .{name}{{", "every colour has one for dark pages");
        }
    }

    [Fact]
    public void Every_cell_of_a_figure_contains_a_panel()
    {
        foreach (var panels in Enumerable.Range(1, 5))
        {
            var panel = new Panel("title", "x", "y", [Curve.Through("curve", CurveKind.Theory, 0, [0, 1], [0, 1])!]);
            var svg = XDocument.Parse(FigureRenderer.ToSvg(new Figure("figure", [.. Enumerable.Repeat(panel, panels)], 2))).Root!;

            // A frame is the only closed line of five points.
            var frames = svg.Elements()
                .Where(element => element.Attribute("class")?.Value == "s-frame")
                .Select(element => element.Attribute("d")!.Value.TrimStart('M').Replace('L', ' ').Split(' '))
                .Where(numbers => numbers.Length == 10)
                .ToArray();
            frames.Should().HaveCount(panels);
            var rows = frames.GroupBy(numbers => numbers[1]).ToArray();
            rows.Should().HaveCount((panels + 1) / 2);
            rows.Should()
                .OnlyContain(
                    row =>
                        row.Sum(numbers => double.Parse(numbers[2], CultureInfo.InvariantCulture) - double.Parse(numbers[0], CultureInfo.InvariantCulture))
                        > 440,
                    "frames fill the 600 pixels but for margins and labels"
                );
        }
    }

    [Fact]
    public void A_figure_states_the_sizes_and_data_of_its_experiment()
    {
        var recording = Recorded("vanilla_res", depth: 4, simulations: 2);

        DepthFigure
            .Draw([recording])
            .Notes.Select(Markup.Plain)
            .Should()
            .Equal(
                "2 simulations, N = 16 channels, M = 8 images of “natural”, kernel size k = 1",
                "Residual branches have H = 2 layers.",
                "Lines: means. Bands: 16th to 84th percentile of the simulations."
            );
        HistogramFigure
            .Draw(Recorded("vanilla", depth: 4, simulations: 1, batch: 1))
            .Notes.Select(Markup.Plain)
            .Should()
            .StartWith("1 simulation, N = 16 channels, M = 1 image of “natural”, kernel size k = 1");
        SideBySideFigure
            .Draw([recording, Recorded("bn_ff", depth: 4, simulations: 3)])
            .Notes.Select(Markup.Plain)
            .Should()
            .StartWith([
                "vanilla_res: 2 simulations, N = 16 channels, M = 8 images of “natural”, kernel size k = 1",
                "bn_ff: 3 simulations, N = 16 channels, M = 8 images of “natural”, kernel size k = 1",
            ]);
        WordsOn(DepthFigure.Draw([recording])).Should().Contain("2 simulations, N = 16 channels");
    }

    [Fact]
    public void Files_of_other_programs_are_titled_by_their_own_name()
    {
        var recording = Recorded("bn_ff", depth: 4, simulations: 2);
        var foreign = recording with { Name = "my *run* {1}", File = Written(Arrays(recording)), Width = null };

        var figure = DepthFigure.Draw([foreign]);

        Markup.Plain(figure.Title).Should().Be("my *run* {1}: signal and noise by depth");
        figure.Notes.Select(Markup.Plain).Should().StartWith("2 simulations, drawn as bn_ff; the file does not say N, M, k and the data set");
        WordsOn(figure).Should().Contain("my *run* {1}: signal and noise by depth");
        var compared = SideBySideFigure.Draw([foreign, Recorded("vanilla", depth: 4, simulations: 2)]);
        compared.Panels[1].Curves.Select(curve => Markup.Plain(curve.Label)).Should().Equal("my *run* {1}", "vanilla");
    }

    [Fact]
    public void Names_and_moments_are_typeset()
    {
        var svg = XDocument
            .Parse(FigureRenderer.ToSvg(SideBySideFigure.Draw([KeyValuePair.Create("bn_ff", MadeUpRecording.Table(_ => 8, depth => 0.2 * depth))])))
            .Root!;

        Set("reff").Should().Equal(("r", "italic", null), ("eff", null, "below"));
        Set("SNRl / SNR0").Should().Equal(("SNR", null, null), ("l", null, "above"), (" / SNR", null, null), ("0", null, "above"));
        Set("10−10").Should().Equal(("10", null, null), ("−10", null, "above"));
        Set("depth l").Should().Equal(("depth ", null, null), ("l", "italic", null));
        svg.ToString().Should().NotContain("⁰").And.NotContain("¹");

        (string Text, string? Style, string? Place)[] Set(string words) =>
            [
                .. svg.Elements()
                    .First(element => element.Name.LocalName == "text" && element.Value == words)
                    .Nodes()
                    .Select(node =>
                        node is XElement element
                            ? (
                                element.Value,
                                element.Attribute("font-style")?.Value,
                                element.Attribute("font-size") is null ? null
                                : double.Parse(element.Attribute("dy")!.Value, CultureInfo.InvariantCulture) > 0 ? "below"
                                : "above"
                            )
                            : (((XText)node).Value, (string?)null, (string?)null)
                    ),
            ];
    }

    [Theory]
    [InlineData(1.0, 6.5, "10² 10⁴ 10⁶")]
    [InlineData(-1.2, 2.5, "0.1 1 10 100")]
    [InlineData(-36.0, 0.2, "10⁻³⁰ 10⁻²⁰ 10⁻¹⁰ 10⁰")]
    [InlineData(0.0, 1.0, "1 2 5 10")]
    [InlineData(0.02, 0.09, "1.05 1.10 1.15 1.20")]
    [InlineData(5.1, 6.2, "2·10⁵ 5·10⁵ 10⁶")]
    public void Ticks_of_a_logarithmic_axis_are_all_numbers_or_all_powers(double low, double high, string expected)
    {
        var panel = new Panel("title", "x", "y", [Curve.Through("curve", CurveKind.Theory, 0, [1, 2], [low, high])!]) { YScale = AxisScale.Logarithmic };

        TicksOf(panel).Should().Be(expected);
    }

    [Theory]
    [InlineData(0.0, 10.0, "0 2 4 6 8 10")]
    [InlineData(-3.0, -1.0, "−3.0 −2.5 −2.0 −1.5 −1.0")]
    [InlineData(0.0, 3e7, "0 1·10⁷ 2·10⁷ 3·10⁷")]
    [InlineData(1e-9, 5e-9, "1·10⁻⁹ 2·10⁻⁹ 3·10⁻⁹ 4·10⁻⁹ 5·10⁻⁹")]
    [InlineData(3.0, 3.0, "2.6 2.8 3.0 3.2 3.4")]
    public void Ticks_of_a_linear_axis_have_as_many_digits_as_they_need(double low, double high, string expected)
    {
        var panel = new Panel("title", "x", "y", [Curve.Through("curve", CurveKind.Theory, 0, [1, 2], [low, high])!]);

        TicksOf(panel).Should().Be(expected);
    }

    /// <summary>What files of strangers may hold: a picture is drawn at once, of finite coordinates, with few ticks.</summary>
    [Theory]
    [InlineData(-1e308, 1e308)]
    [InlineData(-1e300, 1e-300)]
    [InlineData(1e15, 1.0000000000000002e15)]
    [InlineData(double.Epsilon, 2 * double.Epsilon)]
    [InlineData(double.MaxValue, double.MaxValue)]
    [InlineData(1e9, 1e12)]
    [InlineData(-4e9, -3e9)]
    public void Absurd_values_are_drawn_at_once_with_finite_coordinates_and_few_ticks(double low, double high)
    {
        foreach (var scale in new[] { AxisScale.Linear, AxisScale.Logarithmic })
        {
            var panel = new Panel("title", "x", "y", [Curve.Through("curve", CurveKind.Measured, 0, [low, high], [low, high])!])
            {
                XScale = scale,
                YScale = scale,
                References = [new(0, "zero")],
            };

            var svg = FigureRenderer.ToSvg(new Figure("figure", [panel], 1));

            svg.Should().NotContain("NaN").And.NotContain("Infinity").And.NotContain("∞");
            svg.Length.Should().BeLessThan(30_000);
        }
    }

    [Fact]
    public void The_axis_of_a_density_begins_at_zero()
    {
        var figure = HistogramFigure.Draw(Recorded("vanilla", depth: 8, simulations: 100, channels: 8, batch: 1));

        figure.Panels.Should().OnlyContain(panel => panel.BeginsAtZero);
        var svg = XDocument.Parse(FigureRenderer.ToSvg(figure)).Root!;
        var ticks = svg.Elements().Where(element => element.Name.LocalName == "text" && element.Attribute("text-anchor")?.Value == "end").ToArray();
        ticks.Should().NotBeEmpty().And.OnlyContain(tick => !tick.Value.StartsWith('−'));
    }

    /// <summary>Where no native library fits the machine, figures and reports are still drawn.</summary>
    [Fact]
    public void SVG_needs_no_native_library()
    {
        var context = new WithoutSkia();
        var figures = context.LoadFromAssemblyPath(typeof(FigureRenderer).Assembly.Location);
        var panel = Activator.CreateInstance(
            figures.GetType(typeof(Panel).FullName!)!,
            "title",
            "x",
            "y",
            Array.CreateInstance(figures.GetType(typeof(Curve).FullName!)!, 0)
        )!;
        var panels = Array.CreateInstance(panel.GetType(), 1);
        panels.SetValue(panel, 0);
        var figure = Activator.CreateInstance(figures.GetType(typeof(Figure).FullName!)!, "figure", panels, 2)!;
        var draw = figures.GetType(typeof(FigureRenderer).FullName!)!.GetMethod(nameof(FigureRenderer.Draw), [figure.GetType(), typeof(string)])!;

        ((byte[])draw.Invoke(null, [figure, ".svg"])!).Should().StartWith("<svg"u8.ToArray());
        FluentActions
            .Invoking(() => draw.Invoke(null, [figure, ".png"]))
            .Should()
            .Throw<System.Reflection.TargetInvocationException>()
            .WithInnerException<FileNotFoundException>("this is how it is seen that the other formats do need it");
    }

    [Fact]
    public void The_figure_in_the_documentation_has_the_text_that_the_program_draws()
    {
        var svg = XDocument.Load(Path.Combine(Repository.Root, "docs", "figures", "side_by_side.svg")).Root!;
        var words = string.Join(" ", svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));

        words
            .Should()
            .Contain("32 simulations, N = 128 channels, M = 64 images of “natural”")
            .And.Contain("vanilla: pathological signal")
            .And.Contain("bn_res: well-behaved");
        svg.Attribute("id")!.Value.Should().Be("figure");
    }

    [Fact]
    public void The_map_of_training_in_the_documentation_has_the_verdicts_that_theory_reaches_today()
    {
        var svg = XDocument.Load(Path.Combine(Repository.Root, "docs", "figures", "trained_or_not.svg")).Root!;
        var words = svg.Elements().Single(element => element.Name.LocalName == "desc").Value;

        string[] recipes = ["vanilla", "vanilla_res", "bn_ff", "bn_res"];
        string[] files = ["tanh_chaos", "bn_tanh"];
        var sources = recipes
            .Select(Wellbehaved.Cli.NetworkSource.Recipe)
            .Concat(files.Select(name => Wellbehaved.Cli.NetworkSource.Open(Path.Combine(Repository.Root, "data", "trained", $"{name}.json"))));
        foreach (var (source, i) in sources.Select((source, i) => (source, i)))
        {
            var network = source.Template.With(new Networks.Shape(4, 4, 1), 8, 4);
            var verdict = StackJudge.Judge(network).Should().ContainSingle().Subject;
            words.Should().Contain($" {i + 1}: {network.Name}: {Markup.Plain(Markup.Formulas(verdict.Words))}. ");
        }

        words.Should().Contain(Markup.Plain(TrainingMap.Key));
    }

    [Theory]
    [InlineData("χ grows by the factor √κ_BN = 1.2 a unit", "χ grows by the factor √κ_{BN} = 1.2 a unit")]
    [InlineData("as the power l^τ of the depth", "as the power l^{τ} of the depth")]
    [InlineData("bn_ff and gelu_tanh at q* = 2", @"bn_ff and gelu_tanh at q\* = 2")]
    public void Formulas_in_a_verdict_are_typeset_and_names_are_not(string words, string markup) => Markup.Formulas(words).Should().Be(markup);

    [Fact]
    public void A_squared_mean_that_is_what_rounding_left_of_zero_is_not_drawn()
    {
        // Batch norm takes the mean of each channel away, so nothing but rounding is left at the ends of units that it ends.
        Networks.Repeat plain = new(3, [new Networks.Dense(), new Networks.Activation(new(Networks.FunctionKind.Relu))]);
        Networks.Repeat centred = new(2, [new Networks.Dense(), new Networks.BatchNorm()]);

        var figure = Drawn(plain, centred);
        figure.Notes.Should().Contain("Squared means that are zero, but for rounding, are left out.");
        var mean = figure.Panels[2].Curves.Single(curve => curve.Label.StartsWith("squared mean", StringComparison.Ordinal));
        mean.X.Should().Equal(1, 2, 3);
        mean.Y.Should().OnlyContain(value => value > -9);
        Drawn(centred).Panels[2].Missing.Should().Be("squared mean, ν₂ − μ₂ is zero, but for rounding, in the file");

        Figure Drawn(params Networks.Layer[] layers)
        {
            Networks.Network network = new("centred", new(1, 1, 6), [new Networks.Dense { Channels = 6 }, .. layers]);
            var options = ExperimentOptions.ForNetwork(network, batchSize: 8, numSims: 2) with { Dataset = "gaussian", Depths = null };
            var path = Path.Combine(_folder.FullName, "centred.npz");
            ResultFile.Write(path, Experiment.Prepare(options).Run());
            return NetworkFigure.Draw([("centred", ResultFile.Read(path))]);
        }
    }

    /// <summary>All that is written on a picture, lines joined.</summary>
    private static string WordsOn(Figure figure) =>
        string.Join(
            " ",
            XDocument
                .Parse(FigureRenderer.ToSvg(figure))
                .Root!.Descendants()
                .Where(element => element.Name.LocalName == "text")
                .Select(element => element.Value)
        );

    /// <summary>Labels of the vertical axis from below, powers of ten as Unicode writes them.</summary>
    private static string TicksOf(Panel panel) =>
        string.Join(
            " ",
            XDocument
                .Parse(FigureRenderer.ToSvg(new Figure("figure", [panel], 2)))
                .Root!.Elements()
                .Where(element => element.Name.LocalName == "text" && element.Attribute("text-anchor")?.Value == "end")
                .OrderByDescending(element => double.Parse(element.Attribute("y")!.Value, CultureInfo.InvariantCulture))
                .Select(element =>
                    string.Concat(
                        element
                            .Nodes()
                            .Select(node =>
                                node is XElement { Value: var raised }
                                    ? string.Concat(
                                        raised.Select(sign =>
                                            sign switch
                                            {
                                                '−' => '⁻',
                                                '1' => '¹',
                                                '2' => '²',
                                                '3' => '³',
                                                _ => (char)('⁰' + (sign - '0')),
                                            }
                                        )
                                    )
                                    : ((XText)node).Value
                            )
                    )
                )
        );

    /// <summary>A recording's file with another χ.</summary>
    private ResultFile WithChi(Recording recording, Func<double, double> logChi)
    {
        var (rows, depths) = (recording.File.Simulations, recording.File.Depth);
        NpyArray Of(Func<double, double> value) =>
            NpyArray.From([.. Enumerable.Range(0, rows).SelectMany(i => depths.Select(depth => value(logChi(depth) * (1 + (0.001 * i)))))], rows, depths.Count);
        return Written([
            .. Arrays(recording)
                .Select(array =>
                    KeyValuePair.Create(
                        array.Key,
                        array.Key.StartsWith("log_chi", StringComparison.Ordinal) ? Of(log => log)
                            : array.Key.StartsWith("chi", StringComparison.Ordinal) ? Of(Math.Exp)
                            : array.Value
                    )
                ),
        ]);
    }

    private static List<KeyValuePair<string, NpyArray>> Arrays(Recording recording) => MadeUpRecording.Arrays(recording);

    private Recording Recorded(string architecture, int depth, int simulations, int channels = 16, int batch = 8) =>
        MadeUpRecording.Run(_folder.FullName, architecture, depth, simulations, channels, batch);

    private ResultFile Written(IReadOnlyList<KeyValuePair<string, NpyArray>> arrays) => MadeUpRecording.Foreign(_folder.FullName, arrays);

    private sealed class WithoutSkia() : System.Runtime.Loader.AssemblyLoadContext("without Skia")
    {
        protected override System.Reflection.Assembly? Load(System.Reflection.AssemblyName assemblyName) =>
            assemblyName.Name!.StartsWith("Skia", StringComparison.Ordinal) ? throw new FileNotFoundException(assemblyName.Name) : null;
    }
}
