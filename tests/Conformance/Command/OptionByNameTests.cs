using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A value that an option cannot have is refused by the name of that option.</summary>
public class OptionByNameTests
{
    private const string Sizes = "--architecture bn_ff --total-depth 4 --kernel-size 1 --num-channels 8 --batch-size 4";

    [Theory]
    [InlineData("predict", "--points 1", "--points: expected at least 2 for bn_ff, whose batch norm maps a single point to zero, got 1")]
    [InlineData("predict", "--points 0", "--points: expected a positive number, got 0")]
    [InlineData("predict", "--points -1", "--points: expected a positive number, got -1")]
    [InlineData("predict", "--check 0", "--check: expected at least 3 *")]
    [InlineData(
        "predict",
        "--data-dir /nowhere",
        "--data-dir: expected with cifar10, cifar100, mnist, fashion_mnist only, whose files it holds, got --dataset natural"
    )]
    [InlineData("predict", "--dataset gaussian --data-dir /nowhere", "--data-dir: expected with *, got --dataset gaussian")]
    [InlineData("run", "--num-sims 1 --out x.npz --data-dir /nowhere", "--data-dir: expected with *")]
    [InlineData("run", "--num-sims 0 --out x.npz", "--num-sims: expected *")]
    [InlineData("run", "--num-sims 1 --out x.npz --threads 2147483647", "--threads: expected at most 4096 threads, got 2147483647")]
    [InlineData("run", "--num-sims 1 --out x.npz --res-depth 0", "--res-depth: expected *")]
    [InlineData("run", "--num-sims 1 --out x.npz --epsilon NaN", "--epsilon: expected *")]
    [InlineData("train", "--num-sims 1 --steps 0 --out x.npz", "--steps: expected *")]
    [InlineData("train", "--num-sims 1 --steps 1 --out x.npz --train-images 0", "--train-images: expected *")]
    [InlineData("train", "--num-sims 1 --steps 1 --out x.npz --threads 99999", "--threads: expected at most 4096 threads, got 99999")]
    [InlineData("train", "--num-sims 1 --steps 1 --out x.npz --dataset photos.npy", "--dataset: expected fashion_mnist*, whose images have labels, got *")]
    public void An_option_that_cannot_be_is_refused_by_its_own_name(string command, string options, string message)
    {
        var outcome = CommandLine.Run([command, .. Sizes.Split(' '), .. options.Split(' ')]);

        outcome.Error.TrimEnd().Should().Match($"wellbehaved: {message}").And.NotContain("\n");
        outcome.ExitStatus.Should().Be(2);
    }

    [Fact]
    public void Labels_are_asked_for_before_the_axes_of_images()
    {
        var outcome = CommandLine.Run(
            "train --network pre_ln_mlp --total-depth 2 --num-channels 8 --batch-size 4 --num-sims 1 --steps 1 --out x.npz --dataset absent.npy".Split(' ')
        );

        outcome.Error.Should().StartWith("wellbehaved: --dataset: expected fashion_mnist").And.Contain("labels");
    }
}
