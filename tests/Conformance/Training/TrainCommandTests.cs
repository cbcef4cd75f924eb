using FluentAssertions;
using Wellbehaved.Training;

namespace Wellbehaved.Tests.Conformance;

/// <summary><c>wellbehaved train</c> as a user calls it.</summary>
public sealed class TrainCommandTests : IDisposable
{
    private const string Sane =
        "train --architecture bn_res --total-depth 2 --kernel-size 1 --num-channels 8 --batch-size 20 --num-sims 2 --steps 20 --learning-rates "
        + "0.001,0.01 --train-images 100 --corruptions 0,1 --seed 3";
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Train_writes_training_results_and_the_moments_that_run_gives_for_the_same_mappings()
    {
        var outcome = CommandLine.Run([.. Sane.Split(' '), "--out", PathOf("t.npz"), "--figure", PathOf("t.svg")]);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Output.Should().Contain("2 mappings of bn_res at 2 learning rates written to");
        var result = TrainingResult.Read(PathOf("t.npz"));
        result
            .Outcomes.Should()
            .HaveCount(2)
            .And.OnlyContain(outcomes =>
                outcomes.Length == 2 && outcomes.All(one => one.Steps == 20 && one.Loss.All(double.IsFinite) && one.TestAccuracy.Length == 2)
            );
        result.Best(0)!.FinalLoss.Should().Be(result.Outcomes[0].Min(one => one.FinalLoss));
        File.ReadAllText(PathOf("t.svg")).Should().Contain("Training loss").And.Contain("Test accuracy").And.Contain("signal-to-noise ratio");

        CommandLine
            .Run([
                .. (
                    "run --architecture bn_res --total-depth 2 --kernel-size 1 --num-channels 8 --batch-size 20 --num-sims 2 --seed 3 --dataset "
                    + "fashion_mnist --normalize global"
                ).Split(' '),
                "--out",
                PathOf("r.npz"),
            ])
            .ExitStatus.Should()
            .Be(0);
        using var trained = NpzArchive.Open(PathOf("t.npz"));
        using var run = NpzArchive.Open(PathOf("r.npz"));
        run.Names.Should().Contain("chi_loc1").And.OnlyContain(name => trained.Contains(name));
        trained.Read("configuration").ToText().Should().Be(run.Read("configuration").ToText());
    }

    [Fact]
    public async Task A_killed_training_resumes_and_ends_with_the_same_bits_as_an_undisturbed_one()
    {
        string[] arguments = [.. Sane.Replace("--num-sims 2 --steps 20", "--num-sims 12 --steps 60", StringComparison.Ordinal).Split(' ')];
        CommandLine.Run([.. arguments, "--out", PathOf("undisturbed.npz")]).ExitStatus.Should().Be(0);
        var kills = 0;
        for (var attempt = 0; attempt < Breadth.Choose(usual: 3, atNight: 10); attempt++)
        {
            using var process = CommandLine.Start("dotnet", [CommandLine.Uncounted, .. arguments, "--out", PathOf("killed.npz"), "--resume"]);
            _ = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            var before = LengthOfJournal();
            while (!process.HasExited && LengthOfJournal() <= before)
            {
                Thread.Sleep(1);
            }

            process.Kill();
            process.WaitForExit();
            await error;

            // In the middle: something was finished, and not the whole.
            kills += LengthOfJournal() > before && !File.Exists(PathOf("killed.npz")) ? 1 : 0;
        }

        // The last record is torn, as by a machine that lost power.
        if (LengthOfJournal() > 0)
        {
            using var journal = new FileStream(PathOf("killed.npz.journal"), FileMode.Open);
            journal.SetLength(journal.Length - 3);
        }

        kills.Should().BePositive("a killed training leaves what it had finished");
        var outcome = CommandLine.Run([.. arguments, "--out", PathOf("killed.npz"), "--resume"]);
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        File.ReadAllBytes(PathOf("killed.npz")).Should().Equal(File.ReadAllBytes(PathOf("undisturbed.npz")));
        Directory.GetFiles(_folder).Select(Path.GetFileName).Should().BeEquivalentTo("killed.npz", "undisturbed.npz");
        CommandLine.Run([.. arguments, "--out", PathOf("killed.npz"), "--resume"]).Output.Should().Contain("is complete");
    }

    [Fact]
    public void The_result_or_journal_of_another_training_is_replaced_only_with_overwrite()
    {
        string[] arguments = [.. Sane.Split(' '), "--out", PathOf("t.npz")];
        CommandLine.Run(arguments).ExitStatus.Should().Be(0);
        var bytes = File.ReadAllBytes(PathOf("t.npz"));
        string[] other = [.. arguments.Select(word => word == "0.001,0.01" ? "0.002" : word)];

        var refused = CommandLine.Run(other);
        refused.ExitStatus.Should().Be(2);
        refused
            .Error.Trim()
            .Should()
            .StartWith("wellbehaved: --out: expected no file, or the result of the same training")
            .And.Contain("learning_rates")
            .And.EndWith("--overwrite replaces it");
        File.ReadAllBytes(PathOf("t.npz")).Should().Equal(bytes);
        CommandLine.Run([.. other, "--overwrite"]).ExitStatus.Should().Be(0);
        TrainingResult.Read(PathOf("t.npz")).LearningRates.Should().Equal(0.002);
    }

    /// <summary>Files of earlier versions have the checksum of the training images alone.</summary>
    [Theory]
    [InlineData("training_checksum", null)]
    [InlineData("dataset_checksum", "training_checksum")]
    public void A_result_of_other_images_is_not_taken_for_that_of_these(string changed, string? absent)
    {
        string[] arguments = [.. Sane.Split(' '), "--out", PathOf("t.npz")];
        CommandLine.Run(arguments).ExitStatus.Should().Be(0);
        var earlier = ForgedResultFile.With(PathOf("t.npz"), (name, array) => name == absent ? null : array);
        CommandLine.Run([.. arguments, "--resume"]).Output.Should().Contain("is complete", "nothing but {0} is gone", absent);
        ForgedResultFile.With(earlier, (name, array) => name == changed ? NpyArray.From("of other images") : array);

        foreach (var more in new[] { Array.Empty<string>(), ["--resume"] })
        {
            var refused = CommandLine.Run([.. arguments, .. more]);
            refused.ExitStatus.Should().Be(2);
            refused.Error.Should().Contain("found other images or labels");
        }
    }

    [Theory]
    [InlineData("--steps", "0")]
    [InlineData("--steps", "2.5")]
    [InlineData("--learning-rates", "0")]
    [InlineData("--learning-rates", "0.1,-1")]
    [InlineData("--learning-rates", "0.1,fast")]
    [InlineData("--learning-rates", "0.1,0.1")]
    [InlineData("--learning-rates", "")]
    [InlineData("--corruptions", "-1")]
    [InlineData("--optimiser", "lion")]
    [InlineData("--target-loss", "0")]
    [InlineData("--train-images", "0")]
    [InlineData("--train-images", "3001")]
    [InlineData("--train-images", "19", "--batch-size")]
    [InlineData("--batch-size", "101")]
    [InlineData("--dataset", "natural")]
    [InlineData("--dataset", "mnist", "--data-dir")]
    [InlineData("--num-sims", "0")]
    [InlineData("--threads", "0")]
    [InlineData("--figure", "figure.txt")]
    [InlineData("--normalize", "none")]
    public void A_wrong_option_is_refused_in_one_line_with_exit_status_2(string option, string value, string? named = null)
    {
        var words = Sane.Split(' ');
        var at = Array.IndexOf(words, option);
        string[] arguments = at < 0 ? [.. words, option, value] : [.. words[..(at + 1)], value, .. words[(at + 2)..]];
        RequireRefused([.. arguments, "--out", PathOf("t.npz")], named ?? option);
    }

    [Theory]
    [InlineData("""{"name": "wide", "layers": [{"conv": {"kernel": 3, "channels": 4}}, "relu"]}""", "wide ends in 28×28")]
    [InlineData("""{"name": "tokens", "layers": [{"conv": {"kernel": 1, "channels": 4}}, {"average_pool": 14}]}""", "a linear readout")]
    [InlineData("""{"name": "dropped", "layers": ["flatten", {"dense": {"channels": 4}}, {"dropout": {"keep": 0.5}}]}""", "dropout")]
    [InlineData("""{"name": "fixed", "layers": ["flatten", "relu"]}""", "weights")]
    [InlineData("""{"name": "coloured", "input": [32, 32, 3], "layers": ["flatten", {"dense": {"channels": 4}}]}""", "32×32×3")]
    public void A_network_without_a_place_for_a_readout_is_refused_in_one_line(string network, string named)
    {
        File.WriteAllText(PathOf("n.json"), network);
        RequireRefused(["train", "--network", PathOf("n.json"), "--batch-size", "20", "--num-sims", "1", "--steps", "3", "--out", PathOf("t.npz")], named);
    }

    [Fact]
    public void A_loss_of_NaN_is_reported_with_its_step_and_learning_rate()
    {
        var outcome = CommandLine.Run([
            .. Sane.Replace("0.001,0.01", "1e30", StringComparison.Ordinal).Replace("bn_res", "vanilla", StringComparison.Ordinal).Split(' '),
            "--optimiser",
            "sgd",
            "--out",
            PathOf("t.npz"),
        ]);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome
            .Error.Should()
            .MatchRegex(@"note: vanilla, mapping 1, learning rate 1E\+30: the loss is not finite at step \d+; this run counts as not trained");
        outcome.Output.Should().MatchRegex(@"(?m)^ +0 +none ");
        TrainingResult.Read(PathOf("t.npz")).BestRate(0).Should().BeNull();
    }

    [Fact]
    public void Status_says_how_far_a_training_is()
    {
        var identity = TrainingIdentity.Compute(Plan());
        using (var journal = TrainingJournal.Open(PathOf("t.npz"), Plan(), resume: false, overwrite: false))
        {
            var outcome = TrainingOutcome.Read(new double[4 + (2 * AveragingWindows.Ends(20).Length) + 2], AveragingWindows.Ends(20).Length);
            journal.Append(0, 1, outcome);
            journal.Append(1, 0, outcome);
            journal.Append(1, 0, outcome);

            var running = CommandLine.Run("status", _folder);
            running.Output.Should().MatchRegex(@"^bn_res, trained at 2 learning rates: 4 training runs\n  t\.npz +running +2 of 4\n$");
            running.ExitStatus.Should().Be(3);
        }

        identity.Sizes().Should().Be(("bn_res", 2, 2, 20, 2));
        CommandLine.Run("status", _folder).Output.Should().MatchRegex(@"\n  t\.npz +failed +2 of 4 +--resume goes on\n$");
    }

    private static TrainingPlan Plan() =>
        TrainingPlan.Prepare(
            new TrainingOptions
            {
                Experiment = new ExperimentOptions
                {
                    Architecture = "bn_res",
                    TotalDepth = 2,
                    NumComputations = 2,
                    KernelSize = 1,
                    NumChannels = 8,
                    BatchSize = 20,
                    NumSims = 2,
                    Dataset = "fashion_mnist",
                    Normalize = InputNormalization.Global,
                },
                Steps = 20,
                LearningRates = [0.001, 0.01],
                TrainImages = 100,
                Corruptions = [0, 1],
            }
        );

    private void RequireRefused(string[] arguments, string named)
    {
        var files = Directory.GetFiles(_folder);
        var outcome = CommandLine.Run(arguments);
        outcome.ExitStatus.Should().Be(2, outcome.Output + outcome.Error);
        outcome.Output.Should().BeEmpty();
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: ").And.NotContain("\n").And.Contain(named);
        Directory.GetFiles(_folder).Should().Equal(files, "nothing is written");
    }

    private long LengthOfJournal() => new FileInfo(PathOf("killed.npz.journal")) is { Exists: true } journal ? journal.Length : 0;

    private string PathOf(string name) => Path.Combine(_folder, name);
}
