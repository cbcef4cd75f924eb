using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class PlotCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wellbehaved");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Plot_draws_one_file_compares_several_and_draws_histograms()
    {
        var (plain, normed) = (Ran("vanilla"), Ran("bn_ff"));

        Plot(normed).Output.Should().Contain("bn_ff: signal and noise by depth");
        Plot(plain, plain).Output.Should().Contain("vanilla: signal and noise by depth");
        Plot(plain, normed).Output.Should().Contain("Directions of variance and signal-to-noise ratio by depth");
        Plot(plain, "--figure", "histogram").Output.Should().Contain("spread of signal and noise over 3 simulations");
        File.ReadAllText(PathOf("figure.svg")).Should().StartWith("<svg");
    }

    [Fact]
    public void Bad_input_of_plot_is_refused_in_one_line()
    {
        var file = Ran("vanilla");

        Refused([file, "--out", PathOf("figure.gif")]).Should().Contain("--out: expected a file name that ends in .svg, .png, .pdf");
        Refused([PathOf("none.npz"), "--out", PathOf("figure.svg")]).Should().Contain("none.npz");
        Refused([file, "--out", PathOf("figure.svg"), "--architecture", "resnet"]).Should().Contain("--architecture: expected vanilla");
        Refused([file, "--out", PathOf("figure.svg"), "--num-channels", "-1"]).Should().Contain("--num-channels: expected a whole number of at least 0");
        Refused([file, file, "--out", PathOf("figure.svg"), "--figure", "histogram"]).Should().Contain("--figure: expected histograms of a single file");
        Refused([file, file, Ran("bn_ff"), "--out", PathOf("figure.svg")]).Should().Contain("expected files of one architecture, or one file of each");
        File.Exists(PathOf("figure.svg")).Should().BeFalse("nothing was drawn");
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private string Ran(string architecture)
    {
        var path = PathOf($"{architecture}.npz");
        CommandLine
            .Run(
                "run",
                "--architecture",
                architecture,
                "--total-depth",
                "4",
                "--num-computations",
                "4",
                "--kernel-size",
                "1",
                "--num-channels",
                "16",
                "--batch-size",
                "8",
                "--num-sims",
                "3",
                "--out",
                path
            )
            .ExitStatus.Should()
            .Be(0);
        return path;
    }

    private CommandLine.Outcome Plot(params string[] arguments)
    {
        var outcome = CommandLine.Run(["plot", .. arguments, "--out", PathOf("figure.svg")]);
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        return outcome;
    }

    private static string Refused(string[] arguments)
    {
        var outcome = CommandLine.Run(["plot", .. arguments]);
        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().NotContain("\n");
        return outcome.Error;
    }
}
