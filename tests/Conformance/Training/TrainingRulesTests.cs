using FluentAssertions;
using Wellbehaved.Training;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Numbers that no training has are refused where a file is read, by every command in the same words.</summary>
public sealed class TrainingRulesTests : IDisposable
{
    private static readonly Lazy<byte[]> Sound = new(() =>
    {
        using var campaign = new Campaign();
        var line =
            "train --architecture bn_res --total-depth 2 --kernel-size 1 --num-channels 8 --batch-size 20 --num-sims 2 --steps 20 --learning-rates "
            + "0.001,0.01 --train-images 100 --corruptions 0,1 --seed 3 --out";
        CommandLine.Run([.. line.Split(' '), campaign["t.npz"]]).ExitStatus.Should().Be(0);
        return File.ReadAllBytes(campaign["t.npz"]);
    });

    private readonly Campaign _campaign = new();

    public TrainingRulesTests() => File.WriteAllBytes(_campaign["t.npz"], Sound.Value);

    public void Dispose() => _campaign.Dispose();

    [Theory]
    [InlineData("learning_rate", -0.001)]
    [InlineData("learning_rate", double.NaN)]
    [InlineData("learning_rate", 0.01)]
    [InlineData("training_step", -1)]
    [InlineData("training_step", 1.5)]
    [InlineData("training_step", 1e12)]
    [InlineData("training_step", 7)]
    [InlineData("training_loss", 1e308)]
    [InlineData("training_loss", -1)]
    [InlineData("training_loss", double.NaN)]
    [InlineData("training_loss", double.PositiveInfinity)]
    [InlineData("training_accuracy", 1e12)]
    [InlineData("training_accuracy", double.NaN)]
    [InlineData("final_training_loss", -5)]
    [InlineData("final_training_loss", double.NaN)]
    [InlineData("final_training_accuracy", 1.01)]
    [InlineData("corruption", double.NaN)]
    [InlineData("corruption", -0.5)]
    [InlineData("test_accuracy", -1)]
    [InlineData("test_accuracy", 1e12)]
    [InlineData("steps_taken", -1)]
    [InlineData("steps_taken", 21)]
    [InlineData("steps_taken", 1.5)]
    [InlineData("failed_at_step", 5)]
    [InlineData("failed_at_step", 1.5)]
    [InlineData("best_rate", 99)]
    [InlineData("best_rate", -1)]
    public void A_number_that_no_training_has_is_refused_by_every_command_in_the_same_words(string name, double value)
    {
        ForgedResultFile.With(
            _campaign["t.npz"],
            (array, content) =>
            {
                if (array != name)
                {
                    return content;
                }

                var values = content.ToDoubles();
                values[0] = value;
                return NpyArray.From(values, [.. content.Shape]);
            }
        );

        string[] lines =
        [
            $"plot {_campaign["t.npz"]} --out {_campaign["t.svg"]}",
            $"diagnose {_campaign["t.npz"]}",
            $"audit --results {_campaign["t.npz"]}",
            $"export {_campaign["t.npz"]} --csv {_campaign["t.csv"]}",
        ];
        var outcomes = lines.Select(line => CommandLine.Run(line.Split(' '))).ToArray();

        outcomes.Should().OnlyContain(outcome => outcome.ExitStatus == 2);
        outcomes.Select(outcome => outcome.Error.TrimEnd()).Distinct().Should().ContainSingle().Which.Should().Contain($"in '{name}'").And.NotContain("\n");
    }

    [Fact]
    public void A_file_with_only_some_arrays_of_training_is_refused()
    {
        ForgedResultFile.With(_campaign["t.npz"], (name, content) => name == "best_rate" ? null : content);

        CommandLine.Run("diagnose", _campaign["t.npz"]).Error.Should().Contain("expected 'best_rate' beside 'training_configuration'");
    }

    [Fact]
    public void A_figure_of_runs_that_all_failed_says_so()
    {
        ForgedResultFile.With(
            _campaign["t.npz"],
            (name, content) =>
                name switch
                {
                    "steps_taken" or "failed_at_step" => Filled(content, 1),
                    "best_rate" => Filled(content, -1),
                    "training_loss" or "training_accuracy" or "final_training_loss" or "final_training_accuracy" or "test_accuracy" => Filled(
                        content,
                        double.NaN
                    ),
                    _ => content,
                }
        );

        var outcome = CommandLine.Run("plot", _campaign["t.npz"], "--out", _campaign["t.svg"]);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().Contain("Training loss: no mapping has a finite loss at any learning rate").And.NotContain("not in the file");

        static NpyArray Filled(NpyArray like, double value) => NpyArray.From([.. Enumerable.Repeat(value, like.Count)], [.. like.Shape]);
    }

    [Fact]
    public void Theory_is_found_for_images_of_which_training_took_a_part()
    {
        var file = ResultFile.Read(_campaign["t.npz"]);

        file.TrainImages.Should().Be(100);
        Wellbehaved.Cli.RecordedImages.Find(file, given: null, out var reason)!.Count.Should().Be(100);
        reason.Should().BeNull();
    }

    [Theory]
    [InlineData("{\"train_images\": -5}")]
    [InlineData("{\"train_images\": 1.5}")]
    [InlineData("[]")]
    [InlineData("nothing")]
    public void Options_of_training_that_cannot_be_are_refused(string configuration)
    {
        ForgedResultFile.With(_campaign["t.npz"], (name, content) => name == "training_configuration" ? NpyArray.From(configuration) : content);

        var outcome = CommandLine.Run("diagnose", _campaign["t.npz"]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().Contain("in 'training_configuration'");
    }

    [Fact]
    public void A_sound_file_is_read()
    {
        CommandLine.Run("diagnose", _campaign["t.npz"]).ExitStatus.Should().BeOneOf(0, 3);
        TrainingResult.Read(_campaign["t.npz"]).Outcomes.Should().HaveCount(2);
    }
}
