using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// The report on a network: the answer, where, what theory says, what would change it, how sure, how to repeat it; the same on a terminal, as JSON and on
/// pages.
/// </summary>
public sealed class NetworkReportTests : IDisposable
{
    private static readonly string[] Options = ["--total-depth", "60", "--num-channels", "64", "--batch-size", "24", "--seed", "0", "--num-sims", "24"];

    private static readonly Lazy<Reported> Told = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;
        try
        {
            var (result, json, report) = (Path.Combine(folder, "x.npz"), Path.Combine(folder, "x.json"), Path.Combine(folder, "report"));
            var ran = CommandLine.Run(["diagnose", "bn_ff", .. Options, "--json", json, "--report", report, "--out", result]);
            var read = CommandLine.Run("diagnose", result, "--report", Path.Combine(folder, "again"));
            return new(
                ran,
                read,
                JsonNode.Parse(File.ReadAllText(json))!,
                File.ReadAllText(Path.Combine(report, "report.html")),
                File.ReadAllText(Path.Combine(report, "report.md")),
                File.ReadAllText(Path.Combine(folder, "again", "report.md"))
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_report_begins_with_the_same_one_sentence_answer()
    {
        var (ran, read, json, page, text, _) = Told.Value;

        ran.ExitStatus.Should().Be(0, ran.Error);
        var answer = ran.Output.Split('\n')[0];
        answer.Should().MatchRegex(@"^Pathological SNR over 60 units; SNR falls \S+-fold in all, \S+-fold of it in units \d+ to \d+\.$");
        read.Output.Split('\n')[0].Should().Be(answer);
        json["answer"]!.GetValue<string>().Should().Be(answer);
        ran.Output.Split('\n')[1].Should().Be(json["sentence"]!.GetValue<string>());
        page.Should().MatchRegex("<p class=\"verdict\">Pathological SNR over 60 units; SNR falls ").And.Contain("<header class=\"rejected\">");
        text.Split('\n')[2].Should().StartWith("Pathological SNR over 60 units; SNR falls ");
    }

    [Theory]
    [InlineData("reff_signal", "Not known, because χ is not recorded.")]
    [InlineData("chi", "Not known, because χ is recorded at too few depths.")]
    public void The_report_says_why_it_does_not_know_where(string moment, string reason)
    {
        var (file, report) = (Path.Combine(_folder, "few.npz"), Path.Combine(_folder, "few"));
        NpzArchive.Write(
            file,
            [new("depth", NpyArray.From([1L, 2, 3], 3)), new(moment, NpyArray.From([.. Enumerable.Range(0, 90).Select(i => 2 + (0.01 * i))], 30, 3))]
        );

        CommandLine.Run("diagnose", file, "--report", report).ExitStatus.Should().NotBe(2);

        File.ReadAllText(Path.Combine(report, "report.md")).Should().Contain(reason);
    }

    [Fact]
    public void Terminal_JSON_and_pages_report_the_same_theory_advice_and_replay_command()
    {
        var (ran, read, json, page, text, again) = Told.Value;

        string[] Lines(string output, string title) =>
            [.. output.Split('\n').Where(line => line.StartsWith($"{title}: ", StringComparison.Ordinal)).Select(line => line[(title.Length + 2)..])];
        Lines(ran.Output, "theory")
            .Should()
            .Equal(json["theory"]!["said"]!.AsArray().Select(said => said!.GetValue<string>()))
            .And.Equal(Lines(read.Output, "theory"))
            .And.Contain(said => said.Contains("exploding"));
        Lines(ran.Output, "change")
            .Should()
            .Equal(json["changes"]!.AsArray().Select(said => said!.GetValue<string>()))
            .And.Equal(Lines(read.Output, "change"))
            .And.Contain(said => said.Contains("residual branch that begins with its norm"))
            .And.Contain(said => said.Contains("\"branch_scale\": \"1/sqrt(L)\""));
        Lines(ran.Output, "repeat").Should().Equal($"wellbehaved diagnose bn_ff {string.Join(' ', Options)}").And.Equal(json["repeat"]!.GetValue<string>());
        Lines(read.Output, "repeat").Single().Should().StartWith("wellbehaved diagnose ").And.EndWith("x.npz");

        string[] sections = ["Where", "What theory says", "What would change it", "How sure", "How to repeat it"];
        Regex.Matches(text, "^## (.*)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Should().Equal(sections);
        Regex.Matches(page, "<h2>(.*?)</h2>").Select(match => match.Groups[1].Value).Should().Equal([.. sections, "Layers"]);
        page.Should()
            .Contain($"<code>wellbehaved diagnose bn_ff {string.Join(' ', Options)}</code>")
            .And.Contain("branch_scale")
            .And.Contain("at one in a million")
            .And.NotContain("<script");
        page.Should().Contain("batch_norm").And.MatchRegex("<svg[^>]* id=\"layers\"");
        page.Should().MatchRegex("<th scope=\"col\" class=\"number\">directions in its last unit</th>", "titles stand over their numbers");
        page.Should().Contain("data-of=\"SNRˡ/SNR⁰\"", "titles of columns that stand beside the cells on a phone are set as in print");
        string[] Told1(string report) =>
            [
                .. report
                    .Split('\n')
                    .Where(line =>
                        !line.Contains("wellbehaved diagnose", StringComparison.Ordinal)
                        && !line.StartsWith("- The moments were made by", StringComparison.Ordinal)
                    ),
            ];
        Told1(again).Should().Equal(Told1(text), "the file holds all that the run knew");
    }

    [ChromiumTheory]
    [InlineData(1280, false)]
    [InlineData(390, true)]
    public void All_text_of_the_network_report_is_readable(int width, bool dark)
    {
        var reading = Chromium.Read(Told.Value.Page, width, dark, _folder);

        (reading.Width, reading.IsDark).Should().Be((width, dark));
        reading.Texts.Should().BeGreaterThan(100);
        string.Join("\n", reading.Faults).Should().BeEmpty();
    }

    [Fact]
    public void Stages_are_those_of_the_network_or_else_quarters_of_its_depth()
    {
        Networks.Layer unit = new Networks.Residual([new Networks.BatchNorm(), new Networks.Activation(new(Networks.FunctionKind.Relu)), new Networks.Dense()]);
        Networks.Layer[] begun = [new Networks.Dense { Channels = 6 }, new Networks.Repeat(3, [unit])];
        var (staged, plain) = (
            Ran([
                .. begun,
                new Networks.Residual([new Networks.Dense { Channels = 8 }]) { Skip = [new Networks.Dense { Channels = 8 }] },
                new Networks.Repeat(4, [unit]),
                new Networks.Activation(new(Networks.FunctionKind.Relu)),
            ]),
            Ran([new Networks.Dense { Channels = 6 }, new Networks.Repeat(12, [unit])])
        );

        RecordedStages
            .Describe(staged)
            .Select(stage => (stage.Name, stage.From, stage.To))
            .Should()
            .Equal(("stage 1 (units 1 to 3)", 0, 3), ("stage 2 (units 4 to 8)", 3, 8));
        RecordedStages.Describe(plain).Select(stage => stage.Name).Should().Equal("units 1 to 3", "units 4 to 6", "units 7 to 9", "units 10 to 12");
        var logChi = staged.FindLogAtEnds("chi")!;
        RecordedStages.Describe(staged)[1].Gain!.Value.Value.Should().BeApproximately(logChi.Average(row => row[7] - row[2]), 1e-12);
        RecordedStages.Describe(staged)[0].Gain!.Value.Value.Should().BeApproximately(logChi.Average(row => row[2]), 1e-12, "at the input χ is 1");
        RecordedStages
            .Describe(staged, [0])[1]
            .Gain!.Value.Value.Should()
            .BeApproximately(logChi.Skip(1).Average(row => row[7] - row[2]), 1e-12, "stages are those of the mappings that the diagnosis speaks of");
    }

    [Theory]
    [InlineData(Condition.WellBehaved, 0.1, 1.6, "Well-behaved over 50 units; SNR falls 25-fold in stage 2, 30-fold in all.")]
    [InlineData(Condition.WellBehaved, 0.001, 1.6, "Well-behaved over 50 units; SNR falls 25-fold in stage 2.")]
    [InlineData(Condition.WellBehaved, -1.0, 0.9, "Well-behaved over 50 units; SNR falls 6-fold in stage 2, but ends 1.2 times as high as it began.")]
    [InlineData(Condition.WellBehaved, -0.7, 0.9, "Well-behaved over 50 units; SNR falls 6-fold in stage 2, but is not halved by the end.")]
    [InlineData(Condition.WellBehaved, -0.2, 0.1, "Well-behaved over 50 units; SNR does not fall.")]
    [InlineData(Condition.WellBehaved, -2.0, 0.9, "Well-behaved over 50 units; SNR falls 6-fold in stage 2, and rises 9-fold in all.")]
    [InlineData(Condition.WellBehaved, 0.1, 0.2, "Well-behaved over 50 units; SNR is not halved by the end.")]
    [InlineData(Condition.WellBehaved, 0.3, 0.34, "Well-behaved over 50 units; SNR falls 3.6-fold in all, at most 2-fold in each stage.")]
    [InlineData(Condition.PathologicalSnr, 2.0, 2.1, "Pathological SNR over 50 units; SNR falls 67-fold in stage 2, 3.6e3-fold in all.")]
    [InlineData(Condition.Undecided, 2.0, 2.1, null)]
    public void The_answer_names_the_stage_with_the_largest_loss_of_SNR(Condition condition, double first, double second, string? sentence)
    {
        StageOutcome[] stages = [Stage("stage 1", 0, 20, 5, first, first), Stage("stage 2", 20, 50, 4, first + second, second)];

        DiagnosisAnswer.Write(Named(condition), 50, "unit", stages).Should().Be(sentence);
    }

    [Theory]
    [InlineData(1.0004, 1.0002, "1 direction of variance from depth 20 on")]
    [InlineData(2.5, 2.5, "2.5 directions of variance from depth 20 on")]
    [InlineData(1.2, 1.4, "directions of variance rise from 1.2 at depth 20 to 1.4 at depth 40")]
    public void The_answer_on_a_collapse_says_that_directions_fall_only_where_they_do(double before, double after, string words)
    {
        StageOutcome[] stages = [Stage("units 1 to 20", 0, 20, before, 0, 0), Stage("units 21 to 40", 20, 40, after, 0, 0)];

        DiagnosisAnswer.Write(Named(Condition.PathologicalSignal), 40, "unit", stages).Should().EndWith($"; {words}.");
    }

    [Fact]
    public void The_answer_names_no_worst_stage_where_the_change_of_one_is_not_known()
    {
        StageOutcome[] stages = [Stage("stage 1", 0, 20, 5, 1.5, 1.5), Stage("stage 2", 20, 50, 4, double.NaN, 0) with { Gain = null }];

        DiagnosisAnswer.Write(Named(Condition.PathologicalSnr), 50, "unit", stages).Should().Be("Pathological SNR over 50 units.");
    }

    /// <summary>In a network of thousands of layers ln χ goes beyond that of the largest double, and is known all the same.</summary>
    [Fact]
    public void Stages_of_very_deep_networks_have_their_gains()
    {
        var file = Ran([
            new Networks.Flatten(),
            new Networks.Dense { Channels = 24 },
            new Networks.Repeat(3, [new Networks.BatchNorm { Epsilon = 0 }, new Networks.Activation(Networks.Function.Relu), new Networks.Dense()]),
            new Networks.Repeat(2400, [new Networks.BatchNorm { Epsilon = 0 }, new Networks.Activation(Networks.Function.Relu), new Networks.Dense()]),
        ]);

        var stages = RecordedStages.Describe(file);

        stages.Should().HaveCount(2).And.OnlyContain(stage => stage.Gain != null);
        stages[1].Gain!.Value.Value.Should().BeGreaterThan(-Model.MomentSet.LogOfZero);
    }

    [Fact]
    public void The_answer_on_a_collapse_states_the_directions_of_variance()
    {
        StageOutcome[] stages = [Stage("units 1 to 20", 0, 20, 5, 0, 0), Stage("units 21 to 40", 20, 40, 1.02, 0, 0)];

        DiagnosisAnswer
            .Write(Named(Condition.PathologicalSignal), 40, "unit", stages)
            .Should()
            .Be("Pathological signal over 40 units; SNR is not halved by the end; directions of variance fall from 5 at depth 20 to 1.02 at depth 40.");
        DiagnosisAnswer.Write(Named(Condition.PathologicalSignal), 40, "layer", []).Should().Be("Pathological signal over 40 layers.");
    }

    [Fact]
    public void A_report_of_a_network_of_too_many_boxes_says_why_it_is_not_drawn()
    {
        var file = Ran([new Networks.Flatten(), new Networks.Dense(), .. Enumerable.Repeat(new Networks.Scaling(1), Figures.NetworkDrawing.MostBoxes)]);

        var drawing = new NetworkReport("long", file, Named(Condition.Undecided), null, "").Drawing;

        drawing.Should().StartWith("<p>Not drawn: expected a network of at most 2000 boxes to draw, got 2002 of ").And.EndWith(".</p>");
    }

    private static Diagnosis Named(Condition condition) => new(condition, default, default, null, double.NaN, double.NaN, "") { Conditions = [condition] };

    private static StageOutcome Stage(string name, int from, int to, double directions, double logChi, double gain) =>
        new(name, from, to, directions, -2 * logChi, new Estimate(gain, gain - 0.01, gain + 0.01));

    private ResultFile Ran(Networks.Layers layers)
    {
        var path = Path.Combine(_folder, "x.npz");
        ResultFile.Write(
            path,
            Experiment.Prepare(ExperimentOptions.ForNetwork(new Networks.Network("net", new(2, 2, 3), layers), 6, 3) with { Dataset = "gaussian" }).Run()
        );
        return ResultFile.Read(path);
    }

    private sealed record Reported(CommandLine.Outcome Ran, CommandLine.Outcome Read, JsonNode Json, string Page, string Text, string Again);
}
