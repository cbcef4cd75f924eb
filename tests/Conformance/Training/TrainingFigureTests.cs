using FluentAssertions;
using Wellbehaved.Figures;
using Wellbehaved.Training;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Figures of what came of training.</summary>
public sealed class TrainingFigureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Training_results_are_drawn_as_a_heat_map_of_network_and_depth_with_the_depth_scale()
    {
        var files = new[] { ("bn_ff", 4), ("bn_ff", 40), ("bn_res", 2) }.Select(one => Train(one.Item1, one.Item2)).ToArray();
        var figure = TrainingMap.Draw([.. files.Select(file => (ResultFile.Read(file), TrainingResult.Read(file)))]);

        var panel = figure.Panels.Should().ContainSingle().Subject;
        panel.Cells.Select(cell => (cell.Left, cell.Right)).Should().Equal((0.5, 1.5), (0.5, 1.5), (1.5, 2.5));
        panel.Cells[0].High.Should().Be(panel.Cells[1].Low, "depths are neighbours");
        panel.Cells[0].Share.Should().Be(TrainingResult.Read(files[0]).Best(0)!.FinalAccuracy);

        // χ of bn_ff grows by the factor 1.2112 a unit at infinite width: a hundredth of the SNR is left at ln 100/(2 ln 1.2112) = 12.02.
        var theory = panel.Curves.Single(curve => curve.Kind == CurveKind.Theory);
        Math.Pow(10, theory.Y[0]).Should().BeApproximately(Math.Log(100) / (2 * Math.Log(1.2112)), 0.01);
        theory.Y[2].Should().Be(panel.YLimits!.Value.High, "bn_res has no such depth");

        // After five steps no network has come to an accuracy of 0.55.
        var border = panel.Curves.Single(curve => curve.Kind == CurveKind.Measured);
        border.Y.Should().OnlyContain(y => y == panel.YLimits!.Value.Low);
        figure
            .Notes.Should()
            .Contain(note => note.StartsWith("1: bn_ff: exploding", StringComparison.Ordinal))
            .And.Contain(note => note.StartsWith("2: bn_res: well-behaved", StringComparison.Ordinal));

        var outcome = CommandLine.Run(["plot", .. files, "--out", Path.Combine(_folder, "map.svg")]);
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        File.ReadAllText(Path.Combine(_folder, "map.svg")).Should().Contain("bn_ff of 40 layers: accuracy");
    }

    [Fact]
    public void Mappings_that_died_are_left_out_of_the_ratio_at_initialisation_and_counted()
    {
        var output = Path.Combine(_folder, "dying.npz");
        var usual = Trainings.Options("vanilla", depth: 16, steps: 1, simulations: 6);
        var plan = TrainingPlan.Prepare(usual with { Experiment = usual.Experiment with { NumChannels = 3, NumComputations = 16 } });
        var initial = new Experiment(plan.Options.Experiment, plan.Images, 1, Shard.Whole).Run();
        TrainingFile.Write(output, plan, initial, TrainingResult.Summarise(plan, TrainingCampaign.Run(plan, 1)));
        var file = ResultFile.Read(output);
        file.Ends.Should().Contain(end => end.HasEnded).And.Contain(end => !end.HasEnded);

        var figure = TrainingFigure.Draw(file, TrainingResult.Read(output));

        var ratio = figure.Panels.Single(panel => panel.Title.Contains("signal-to-noise")).Curves.Single();
        ratio.Y.Where(double.IsFinite).Should().NotBeEmpty().And.OnlyContain(power => Math.Abs(power) < 10, "the signal is dead where 10⁴³¹ was drawn");
        figure.Notes.Should().Contain(note => note.StartsWith("At initialisation: ") && note.EndsWith("Means and bands leave out what has ended."));
    }

    [Theory]
    [InlineData(0.9, 0.2, 0.1, 10.0)]
    [InlineData(0.9, 0.55, 0.1, 20.0)]
    [InlineData(0.9, 0.6, 0.5, 28.28427)]
    [InlineData(0.9, 0.8, 0.7, double.PositiveInfinity)]
    [InlineData(0.5, 0.9, 0.9, 0)]
    public void The_border_of_training_is_where_accuracy_falls_below_half_way(double first, double second, double third, double layers)
    {
        var result = TrainingResult.Read(Train("bn_ff", 5));
        (ResultFile, TrainingResult)[] files =
        [
            .. new[] { (5, first), (20, second), (40, third) }.Select(one =>
                (ResultFile.Read(Train("bn_ff", one.Item1)), result with { Outcomes = [.. result.Outcomes.Select(_ => Reaching(one.Item2))] })
            ),
        ];

        var panel = TrainingMap.Draw(files).Panels.Single();

        var expected = Math.Clamp(Math.Log10(layers), panel.YLimits!.Value.Low, panel.YLimits.Value.High);
        panel.Curves.Single(curve => curve.Kind == CurveKind.Measured).Y.Should().OnlyContain(y => Math.Abs(y - expected) < 1e-5);

        TrainingOutcome[] Reaching(double accuracy) => [.. result.Outcomes[0].Select(outcome => outcome with { FinalAccuracy = accuracy })];
    }

    [Fact]
    public void Training_results_are_refused_by_merge_and_drawn_by_plot()
    {
        var file = Train("vanilla", 3);
        var merged = CommandLine.Run("merge", file, "--out", Path.Combine(_folder, "merged.npz"));

        merged.ExitStatus.Should().Be(2);
        merged.Error.Should().Contain("expected a result of run, found one of train");
        CommandLine
            .Run("plot", file, "--figure", "depth", "--out", Path.Combine(_folder, "depth.svg"))
            .ExitStatus.Should()
            .Be(0, "its moments are those of run");
    }

    private string Train(string architecture, int depth)
    {
        var path = Path.Combine(_folder, $"{architecture}{depth}.npz");
        var plan = TrainingPlan.Prepare(Trainings.Options(architecture, depth, steps: 5));
        var initial = new Experiment(plan.Options.Experiment, plan.Images, 1, Shard.Whole).Run();
        TrainingFile.Write(path, plan, initial, TrainingResult.Summarise(plan, TrainingCampaign.Run(plan, 1)));
        return path;
    }
}
