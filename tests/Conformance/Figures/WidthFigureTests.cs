using FluentAssertions;
using Wellbehaved.Figures;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Moments against width: files that differ in nothing else, a curve for each depth.</summary>
public sealed class WidthFigureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_figure_against_width_has_one_curve_of_means_for_each_depth()
    {
        var files = new[] { 16, 4, 8 }.Select(width => ($"{width}.npz", Ran(Network(width), simulations: 4 + (width / 4)))).ToArray();

        var series = WidthSeries.Read(files);
        var figure = WidthFigure.Draw(series);

        series.Results.Select(result => result.Width).Should().Equal(4, 8, 16);
        figure.Panels.Select(panel => Markup.Plain(panel.YLabel)).Should().Equal("ν₂", "μ₂", "SNR^l / SNR^0", "r_eff");
        foreach (var panel in figure.Panels)
        {
            panel.Missing.Should().BeNull();
            panel.Curves.Select(curve => curve.Label).Should().Equal("depth 1", "depth 2", "depth 4", "depth 8");
            panel.Curves.Should().OnlyContain(curve => curve.X.Zip(new[] { 4, 8, 16 }).All(pair => Math.Abs(Math.Pow(10, pair.First) - pair.Second) < 1e-9));
        }

        var narrow = series.Results[0].File;
        figure.Panels[2].Curves[^1].Y[0].Should().BeApproximately(narrow.FindLogAtEnds("chi")!.Average(row => -2 * row[7]) / Math.Log(10), 1e-12);
        figure.Panels[0].Curves[0].Y[0].Should().BeApproximately(narrow.FindLogAtEnds("nu2_signal")!.Average(row => row[0]) / Math.Log(10), 1e-12);
        string.Join(' ', figure.Notes.Select(Markup.Plain)).Should().Contain("Widths 4, 8, 16, with 5, 6, 8 simulations in this order");
    }

    [Fact]
    public void Networks_whose_channels_all_change_by_one_factor_are_compared_by_width()
    {
        ResultFile Stages(int first, int second) => Ran(Network(first, new Networks.Dense { Channels = second }));

        WidthSeries.Read([("a", Stages(4, 8)), ("b", Stages(6, 12))]).Results.Select(result => result.Width).Should().Equal(4, 6);
        WidthSeries.Read([("a", Stages(4, 10)), ("b", Stages(6, 10))]).Results.Select(result => result.Width).Should().Equal(4, 6);
        WidthSeries.Read([("a", Stages(4, 8)), ("b", Stages(4, 10))]).Results.Select(result => result.Width).Should().Equal(8, 10);
        Refusal(("a", Stages(4, 8)), ("b", Stages(6, 14))).Should().Contain("change by one factor, found 4 and 8 in a, 6 and 14 in b");
    }

    [Fact]
    public void Files_that_differ_in_more_than_width_are_refused_and_the_difference_is_named()
    {
        var (a, other) = (Ran(Network(4)), Ran(Network(8)));

        Refusal(("a", a)).Should().Contain("at least two result files");
        Refusal(("a", a), ("b", Ran(Network(8), batch: 6))).Should().Contain("found batch size 4 in a and 6 in b");
        Refusal(("a", a), ("b", Ran(Network(8), change: options => options with { Noise = NoiseKind.Full })))
            .Should()
            .Contain("found noise \"mapping\" in a and \"full\" in b");
        Refusal(("a", a), ("b", Ran(Network(8, new Networks.LayerNorm())))).Should().Contain("found other layers in a than in b");
        Refusal(("a", a), ("b", Ran(Network(8, times: 7)))).Should().Contain("found other layers in a than in b");
        Refusal(("a", a), ("b", a)).Should().Contain("different widths, found width 4 in a and in b");
        Refusal(("a", a), ("c", Silent())).Should().Contain("c does not");
        WidthSeries
            .Read([("a", a), ("b", other), ("c", Ran(Network(16), change: options => options with { Seed = 9, NumSims = 2 }))])
            .Results.Should()
            .HaveCount(3, "other mappings of the same law are no difference");
        var architectures = new[] { 4, 8 }
            .Select(channels => ($"{channels}", MadeUpRecording.Run(_folder, "bn_ff", depth: 4, simulations: 2, channels: channels).File))
            .ToArray();
        WidthSeries.Read(architectures).Results.Select(result => result.Width).Should().Equal(4, 8);
        Refusal(architectures[0], ("res", MadeUpRecording.Run(_folder, "bn_res", depth: 4, simulations: 2).File))
            .Should()
            .Contain("found architecture \"bn_ff\" in 4 and \"bn_res\" in res");
    }

    [Fact]
    public void Plot_against_width_draws_the_figure_or_refuses_in_one_line()
    {
        string[] paths = [.. new[] { 4, 8 }.Select(width => Write(Network(width), $"{width}"))];
        var figure = Path.Combine(_folder, "width.svg");

        var one = CommandLine.Run("plot", paths[0], "--against", "width", "--out", figure);
        (one.ExitStatus, one.Error.TrimEnd()).Should().Be((2, "wellbehaved: --against: expected at least two result files with width, got one"));
        CommandLine
            .Run("plot", paths[0], paths[1], "--against", "width", "--figure", "histogram", "--out", figure)
            .Error.Should()
            .Contain("--figure: expected without --against width");
        File.Exists(figure).Should().BeFalse();
        CommandLine
            .Run("plot", paths[0], paths[1], "--against", "width", "--out", figure)
            .Output.Should()
            .StartWith("net: signal and noise by width: written to");
        File.ReadAllText(figure).Should().StartWith("<svg").And.Contain("Widths 4, 8");
    }

    private static string Refusal(params (string Name, ResultFile File)[] files) =>
        FluentActions.Invoking(() => WidthSeries.Read(files)).Should().Throw<InvalidInputException>().Which.Message;

    private static Networks.Network Network(int channels, Networks.Layer? after = null, int times = 8) =>
        new(
            "net",
            new(2, 2, 3),
            [
                new Networks.Dense { Channels = channels },
                new Networks.Repeat(times, [new Networks.Dense(), new Networks.Activation(new(Networks.FunctionKind.Tanh))]),
                .. after is null ? [] : new[] { after },
            ]
        );

    private ResultFile Ran(Networks.Network network, int simulations = 2, int batch = 4, Func<ExperimentOptions, ExperimentOptions>? change = null) =>
        ResultFile.Read(Write(network, "file", simulations, batch, change));

    private string Write(Networks.Network network, string name, int simulations = 2, int batch = 4, Func<ExperimentOptions, ExperimentOptions>? change = null)
    {
        var path = Path.Combine(_folder, $"{name}.npz");
        var options = ExperimentOptions.ForNetwork(network, batch, simulations) with { Dataset = "gaussian" };
        ResultFile.Write(path, Experiment.Prepare(change?.Invoke(options) ?? options).Run());
        return path;
    }

    private ResultFile Silent()
    {
        var path = Write(Network(8), "silent");
        ForgedResultFile.With(path, (name, array) => name == "configuration" ? null : array);
        return ResultFile.Read(path);
    }
}
