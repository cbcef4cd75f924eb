using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What a new user typed from the first pages, and what was said that was wrong, silent or in words of a library.</summary>
public sealed class NewcomerTests : IDisposable
{
    private static readonly string[] Small = ["--num-channels", "8", "--total-depth", "6", "--batch-size", "8"];

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("--claim")]
    [InlineData("--architecture")]
    public void An_option_without_its_value_is_refused(string option)
    {
        var outcome = CommandLine.Run("verify", "--claim", "P3", option);

        outcome.ExitStatus.Should().Be(2, "an unset variable of a script must not pass");
        outcome.Error.Should().Contain(option);
    }

    [Fact]
    public void A_claim_that_speaks_of_other_architectures_is_refused_by_name()
    {
        var outcome = CommandLine.Run("verify", "--architecture", "bn_ff", "--claim", "P1");

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().Contain("--architecture: expected one that P1 speaks about: vanilla");
    }

    [Fact]
    public void Of_several_claims_the_one_that_speaks_of_other_architectures_is_listed_as_not_judged()
    {
        var outcome = CommandLine.Run("verify", "--architecture", "bn_ff", "--claim", "D8", "P1");

        outcome.ExitStatus.Should().Be(3, "not all that was asked was judged");
        outcome.Output.Should().Contain("P1").And.Contain("it speaks about vanilla").And.Contain("1 not judged");
    }

    [Theory]
    [InlineData("diagnose", "vanila_res")]
    [InlineData("network", "vanila_res")]
    public void A_misspelt_recipe_is_named_with_the_one_that_was_meant(string command, string recipe)
    {
        var outcome = CommandLine.Run([command, recipe, .. command == "network" ? [] : Small]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().Contain("did you mean vanilla_res?");
    }

    [Fact]
    public void Two_mappings_give_no_interval_of_fifty_decades()
    {
        var outcome = CommandLine.Run(["diagnose", "vanilla_res", .. Small, "--num-sims", "2"]);

        outcome.ExitStatus.Should().Be(3, "two mappings decide nothing");
        outcome.Output.Should().Contain("too few mappings for an interval").And.NotMatchRegex(@"\d{12}|e[+-]?[2-9]\d\b");
    }

    [Fact]
    public void A_call_that_fails_later_leaves_no_empty_folder_of_a_report()
    {
        var report = Path.Combine(_folder, "new", "report");

        CommandLine.Run("audit", "--command", "nosuchprogram", "--report", report).ExitStatus.Should().Be(2);
        CommandLine.Run("diagnose", Path.Combine(_folder, "nothere.npz"), "--report", report).ExitStatus.Should().Be(2);

        Directory.EnumerateFileSystemEntries(_folder).Should().BeEmpty();
    }

    [Fact]
    public void A_subject_that_echoes_requests_is_told_so_in_words_of_the_protocol()
    {
        var outcome = CommandLine.Run("audit", "--command", "cat", "--claim", "D1");

        outcome.ExitStatus.Should().Be(3);
        (outcome.Output + outcome.Error).Should().Contain("'request' is not a key of this answer").And.NotContain(".NET");
    }

    [Fact]
    public void Training_refuses_an_ONNX_file_without_speaking_of_predictions()
    {
        var file = Path.Combine(_folder, "mine.onnx");
        File.WriteAllBytes(file, []);

        var outcome = CommandLine.Run("train", "--network", file, "--num-sims", "1", "--steps", "1", "--out", Path.Combine(_folder, "x.npz"));

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().Contain("expected a network of layers").And.NotContain("predict");
    }

    [Fact]
    public void Theory_is_drawn_for_images_that_are_embedded()
    {
        var (result, figure) = (Path.Combine(_folder, "f.npz"), Path.Combine(_folder, "f.svg"));
        string[] options = ["--kernel-size", "1", "--dataset", "fashion_mnist", "--normalize", "global", "--num-sims", "2", "--num-computations", "3"];
        CommandLine.Run(["run", "--architecture", "vanilla", .. Small, .. options, "--out", result]).ExitStatus.Should().Be(0);

        var outcome = CommandLine.Run("plot", result, "--out", figure);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().NotContain("not embedded");
        File.ReadAllText(figure).Should().Contain("stroke-dasharray");
    }

    [Fact]
    public void The_examples_of_recipes_in_the_help_do_what_they_say()
    {
        var examples = Cli
            .HelpWithExamples.All.Where(example => example.StartsWith("wellbehaved network ", StringComparison.Ordinal))
            .Select(example => example.Split(' ')[1..])
            .Where(words => !words.Contains("mine.json"));

        foreach (var words in examples.AtLeastOne())
        {
            CommandLine
                .Run([.. words.Select(word => word == "mine.onnx" ? Path.Combine(_folder, word) : word)])
                .ExitStatus.Should()
                .Be(0, string.Join(' ', words));
        }
    }

    [Fact]
    public void A_network_has_one_colour_in_all_panels_and_a_curve_without_theory_has_a_note()
    {
        var (feedforward, residual, figure) = (Path.Combine(_folder, "a.npz"), Path.Combine(_folder, "b.npz"), Path.Combine(_folder, "f.svg"));
        string[] runs = ["--num-sims", "2", "--num-computations", "3"];
        CommandLine.Run(["run", "--architecture", "bn_ff", "--kernel-size", "1", .. Small, .. runs, "--out", feedforward]).ExitStatus.Should().Be(0);
        CommandLine.Run(["run", "--network", "vanilla_res", .. Small, "--num-sims", "2", "--out", residual]).ExitStatus.Should().Be(0);

        var outcome = CommandLine.Run("plot", feedforward, residual, "--out", figure);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().Contain("no theory is drawn for a beside networks of layers");
        var drawn = Figures.NetworkFigure.Draw([("bn_ff", ResultFile.Read(feedforward)), ("vanilla_res", ResultFile.Read(residual))]);
        var branches = drawn.Panels.Single(panel => panel.Title == "Ends of residual branches");
        var directions = drawn.Panels.Single(panel => panel.Title == "Directions of variance");
        branches
            .Curves.Select(curve => curve.Colour)
            .Should()
            .OnlyContain(colour => colour == directions.Curves.Single(curve => curve.Label == "vanilla_res").Colour);
        branches.Curves.Should().OnlyContain(curve => curve.Label.StartsWith("vanilla_res", StringComparison.Ordinal));
    }
}
