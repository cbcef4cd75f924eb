using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class BadInputTests : IDisposable
{
    private const string Sane = "run --architecture vanilla --total-depth 4 --num-computations 4 --kernel-size 1 --num-channels 8 --batch-size 4 --num-sims 1";
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--architecture", "resnet")]
    [InlineData("--total-depth", "5")]
    [InlineData("--total-depth", "0")]
    [InlineData("--total-depth", "-4")]
    [InlineData("--total-depth", "four")]
    [InlineData("--total-depth", "4.0")]
    [InlineData("--total-depth", "99999999999")]
    [InlineData("--kernel-size", "0")]
    [InlineData("--num-channels", "-1")]
    [InlineData("--num-channels", "2000000000")]
    [InlineData("--num-channels", "100000")]
    [InlineData("--batch-size", "0")]
    [InlineData("--batch-size", "1025")]
    [InlineData("--num-sims", "0")]
    [InlineData("--num-sims", "2000000000")]
    [InlineData("--num-computations", "0")]
    [InlineData("--num-computations", "3")]
    [InlineData("--res-depth", "0")]
    [InlineData("--epsilon", "-0.1")]
    [InlineData("--epsilon", "NaN")]
    [InlineData("--epsilon", "tiny")]
    [InlineData("--boundary", "reflect")]
    [InlineData("--normalize", "batch")]
    [InlineData("--dataset", "imagenet")]
    [InlineData("--dataset", "missing.npy")]
    [InlineData("--dataset", "cifar10")]
    [InlineData("--data-dir", "/nowhere", "--dataset", "mnist")]
    [InlineData("--seed", "-1")]
    [InlineData("--threads", "0")]
    [InlineData("--normalize", "channel", "--batch-size", "1")]
    [InlineData("--batch-size", "1", "--architecture", "bn_ff", "--normalize", "none")]
    [InlineData("--kernel-size", "2", "--boundary", "symmetric")]
    [InlineData("--kernel-size", "2000000000")]
    [InlineData("--colour", "red")]
    public void A_wrong_option_is_refused_in_one_line_with_exit_status_2(params string[] wrong)
    {
        var outcome = CommandLine.Run([.. Replace(Sane.Split(' '), wrong), "--out", PathOf("result.npz")]);

        outcome.ExitStatus.Should().Be(2, outcome.Error);
        outcome.Output.Should().BeEmpty();
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: ").And.NotContain("\n").And.NotContain("   at ");
        outcome.Error.Should().ContainAny(wrong[0], wrong[1]);
        Directory.GetFiles(_folder).Should().BeEmpty("no half-written file may stay behind");
    }

    [Theory]
    [InlineData("--noise", "full")]
    [InlineData("--gradients", "--seed", "0")]
    public void Too_many_layers_for_a_description_are_refused_as_such(params string[] options)
    {
        string[] call = [.. Replace(Sane.Split(' '), ["--total-depth", "600000"]), .. options, "--out", PathOf("result.npz")];

        var outcome = CommandLine.Run(call);

        outcome.ExitStatus.Should().Be(2, outcome.Error);
        outcome.Error.Should().StartWith($"wellbehaved: {options[0]}: ").And.Contain("layers").And.Contain("1200001").And.NotContain("positions");
    }

    [Theory]
    [InlineData("missing/result.npz")]
    [InlineData("result.txt")]
    [InlineData("")]
    public void A_result_file_that_cannot_be_written_is_refused_before_the_work(string output)
    {
        var outcome = CommandLine.Run([.. Sane.Split(' '), "--out", PathOf(output)]);
        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: --out").And.NotContain("\n");
    }

    [Fact]
    public void A_missing_required_option_is_refused_by_name()
    {
        var outcome = CommandLine.Run(Sane.Split(' '));
        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().Contain("--out");
    }

    [Fact]
    public void A_truncated_image_file_is_refused_by_name()
    {
        var images = PathOf("images.npy");
        using (var stream = File.Create(images))
        {
            NpyFormat.Write(stream, NpyArray.From(new double[8 * 4 * 4], 8, 4, 4));
            stream.SetLength(stream.Length - 100);
        }

        var outcome = CommandLine.Run([.. Sane.Split(' '), "--dataset", images, "--out", PathOf("result.npz")]);
        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().Contain(images).And.NotContain("\n");
    }

    [Fact]
    public void A_constant_channel_at_epsilon_zero_is_refused_and_the_option_is_named()
    {
        // Two equal images: every channel of every layer is constant over the batch.
        var images = PathOf("equal.npy");
        using (var stream = File.Create(images))
        {
            NpyFormat.Write(stream, NpyArray.From([.. Enumerable.Range(0, 32).Select(i => (double)(i % 16))], 2, 4, 4));
        }

        var outcome = CommandLine.Run([
            .. Replace(Sane.Split(' '), ["--architecture", "bn_ff", "--batch-size", "2"]),
            "--dataset",
            images,
            "--normalize",
            "none",
            "--epsilon",
            "0",
            "--out",
            PathOf("result.npz"),
        ]);
        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: --epsilon").And.NotContain("\n");
    }

    private static IEnumerable<string> Replace(string[] arguments, string[] replacements)
    {
        var options = replacements.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!options.ContainsKey(arguments[i]))
            {
                yield return arguments[i];
            }
            else
            {
                i++;
            }
        }

        foreach (var (name, value) in options)
        {
            yield return name;
            yield return value;
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
