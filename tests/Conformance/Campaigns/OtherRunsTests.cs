using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A folder of results also holds those of training, of ONNX files and of other programs.</summary>
public sealed class OtherRunsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Status_lists_finished_training_and_finished_mappings_of_an_ONNX_file()
    {
        Ok("network", "tanh_edge", "--total-depth", "3", "--num-channels", "8", "--input-shape", "4x4x1", "--onnx", At("model.onnx"));
        Ok("diagnose", At("model.onnx"), "--num-sims", "3", "--batch-size", "4", "--out", At("onnx.npz"));
        string[] sizes = ["--total-depth", "2", "--kernel-size", "1", "--num-channels", "8", "--batch-size", "20", "--num-sims", "2", "--steps", "3"];
        Ok(["train", "--architecture", "vanilla", .. sizes, "--learning-rates", "0.01,0.1", "--train-images", "60", "--out", At("trained.npz")]);

        var outcome = CommandLine.Run("status", _folder);

        (outcome.ExitStatus, outcome.Error).Should().Be((0, ""));
        outcome
            .Output.ReplaceLineEndings("\n")
            .Should()
            .Be(
                """
                model, an ONNX file, 7 places: 3 mappings
                  onnx.npz                          done          3 of 3
                vanilla, trained at 2 learning rates: 4 training runs
                  trained.npz                       done          4 of 4

                """.ReplaceLineEndings("\n")
            );
    }

    [Fact]
    public void Status_does_not_call_a_result_of_another_program_a_failed_run()
    {
        NpzArchive.Write(
            At("theirs.npz"),
            [
                new("depth", NpyArray.From([1L, 2], 2)),
                new("chi", NpyArray.From([1.0, 2], 1, 2)),
                new("configuration", NpyArray.From("""{"network": "theirs", "batch_size": 8}""")),
                new("made_by", NpyArray.From("another program")),
            ]
        );

        var outcome = CommandLine.Run("status", _folder);

        (outcome.ExitStatus, outcome.Output.TrimEnd()).Should().Be((3, $"no runs in {_folder}"));
    }

    [Fact]
    public void Status_calls_a_damaged_result_of_training_failed()
    {
        NpzArchive.Write(At("damaged.npz"), [new("training_configuration", NpyArray.From("{}"))]);

        var outcome = CommandLine.Run("status", _folder);

        outcome.ExitStatus.Should().Be(3);
        outcome.Output.Should().StartWith("damaged.npz").And.Contain(" failed ").And.Contain("beside 'training_configuration', as train writes them");
    }

    private string At(string name) => Path.Combine(_folder, name);

    private static void Ok(params string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);
        outcome.ExitStatus.Should().BeOneOf([0, 3], outcome.Error);
    }
}
