using FluentAssertions;
using Wellbehaved.Cli;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A misspelt word is refused with the word that was meant; underscores in the names of options are no misspelling.</summary>
public sealed class SpellingTests : IDisposable
{
    private const string Sane = "run --architecture vanilla --total-depth 4 --num-computations 4 --kernel-size 1 --num-channels 8 --batch-size 4 --num-sims 1";
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("bnff", "bn_ff")]
    [InlineData("BN_FF", "bn_ff")]
    [InlineData("bn-ff", "bn_ff")]
    [InlineData("bn_fff", "bn_ff")]
    [InlineData("Vanila", "vanilla")]
    [InlineData("vanilla_rse", "vanilla_res")]
    [InlineData("vanillares", "vanilla_res")]
    [InlineData("resnet", "vanilla_res or bn_res")]
    [InlineData("ResNet50", "vanilla_res or bn_res")]
    public void A_misspelt_architecture_gets_the_right_suggestion(string word, string meant) =>
        Spelling.Hint(word, Architecture.Names).Should().Be($"; did you mean {meant}?");

    [Theory]
    [InlineData("transformer")]
    [InlineData("x")]
    [InlineData("")]
    [InlineData("--")]
    public void A_word_far_from_all_known_words_gets_no_suggestion(string word) => Spelling.Hint(word, Architecture.Names).Should().BeEmpty();

    [Fact]
    public void Swapped_neighbouring_letters_count_as_one_mistake_and_up_to_three_words_are_suggested()
    {
        Spelling.Hint("acb", ["abc", "axyz"]).Should().Be("; did you mean abc?");
        Spelling.Hint("acbx", ["abcy"]).Should().BeEmpty("of four letters one may slip");
        Spelling.Hint("aacd", ["abcd", "accd", "aacc"]).Should().Be("; did you mean abcd, accd or aacc?");
        Spelling.Hint("aacd", ["abcd", "accd", "aacc", "aaca"]).Should().BeEmpty("four are no hint");
        Spelling.Hint("depth", ["total-depth", "width"]).Should().Be("; did you mean total-depth?");
        Spelling.Hint("res", ["vanilla_res", "width"]).Should().BeEmpty("three letters are in many words");
        Refusal.OfNull("word", () => Spelling.Hint(null!, []));
        Refusal.OfNull("words", () => Spelling.Hint("bn", null!));
    }

    [Theory]
    [InlineData("verfy --scale quick", "verfy: expected a command that exists; did you mean verify? See wellbehaved --help")]
    [InlineData("Predict", "Predict: expected a command that exists; did you mean predict? See wellbehaved --help")]
    [InlineData("plto", "plto: expected a command that exists; did you mean plot? See wellbehaved --help")]
    [InlineData("simulate", "simulate: expected a command that exists; see wellbehaved --help")]
    [InlineData("run --architecure bn_ff", "--architecure: expected an option of run that exists; did you mean --architecture? See wellbehaved run --help")]
    [InlineData("run --Total-Depth 4", "--Total-Depth: expected an option of run that exists; did you mean --total-depth? See wellbehaved run --help")]
    [InlineData(
        "run --depth 4",
        "--depth: expected an option of run that exists; did you mean --depths, --total-depth or --res-depth? See wellbehaved run --help"
    )]
    [InlineData("run --numsims=4", "--numsims=4: expected an option of run that exists; did you mean --num-sims? See wellbehaved run --help")]
    [InlineData("run --colour red", "--colour: expected an option of run that exists; see wellbehaved run --help")]
    [InlineData("verify --claim S2 --sed 3", "--sed: expected an option of verify that exists; did you mean --seed? See wellbehaved verify --help")]
    [InlineData("claims --jsn", "--jsn: expected an option of claims that exists; did you mean --json? See wellbehaved claims --help")]
    [InlineData("merge a.npz --ot b.npz", "--ot: expected an option of merge that exists; did you mean --out? See wellbehaved merge --help")]
    [InlineData("--versoin", "--versoin: expected an option of wellbehaved that exists; did you mean --version? See wellbehaved --help")]
    [InlineData("", "expected a command, such as verify, audit, run, got none; see wellbehaved --help")]
    [InlineData("diagnose a.npz b.npz", "b.npz: expected one FILE.npz|NETWORK|MODEL.onnx, got a second one; see wellbehaved diagnose --help")]
    [InlineData("diagnose", "FILE.npz|NETWORK|MODEL.onnx: expected with diagnose, got nothing; see wellbehaved diagnose --help")]
    [InlineData("merge a.npz", "--out: expected with merge, got nothing; see wellbehaved merge --help")]
    [InlineData("plot", "FILE.npz, --out: expected with plot, got none of them; see wellbehaved plot --help")]
    [InlineData("run --total-depth 4 --out a.npz", "--architecture or --network, --num-sims: expected with run, got none of them; see wellbehaved run --help")]
    [InlineData(
        "run --architecture vanilla --out a.npz",
        "--total-depth, --kernel-size, --num-channels, --batch-size, --num-sims: expected with run, got none of them; see wellbehaved run --help"
    )]
    [InlineData("predict --network vanilla", "--batch-size: expected with predict, got nothing; see wellbehaved predict --help")]
    [InlineData(
        "train --architecture bn_ff --total-depth 2 --kernel-size 1 --num-channels 4 --batch-size 4",
        "--num-sims, --steps, --out: expected with train, got none of them; see wellbehaved train --help"
    )]
    [InlineData("verify quick", "quick: expected only options after verify, got a word; see wellbehaved verify --help")]
    [InlineData("verify --scale quik", "--scale: expected quick, full, training, got 'quik'; did you mean quick? See wellbehaved verify --help")]
    public void A_misspelt_call_gets_the_command_or_option_that_was_meant(string line, string error)
    {
        var arguments = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        CallError.Describe(Commands.Parse(arguments), arguments).Should().Be(error);
    }

    [Theory]
    [InlineData("verify --claim S2 --seed 3")]
    [InlineData("claims S2 --json")]
    [InlineData("audit --command x --time_limit 3 --allow_declined")]
    [InlineData("help run")]
    [InlineData("help")]
    [InlineData("merge --out b.npz -- --a.npz")]
    public void A_correct_call_gives_no_error(string line)
    {
        var arguments = line.Split(' ');

        CallError.Describe(Commands.Parse(arguments), arguments).Should().BeNull();
    }

    [Theory]
    [InlineData("bnff", "--architecture", "did you mean bn_ff?")]
    [InlineData("zero-padding", "--boundary", "did you mean zero_padding?")]
    [InlineData("periodc", "--boundary", "did you mean periodic?")]
    [InlineData("cifar", "--dataset", "did you mean cifar10?")]
    [InlineData("MNIST", "--dataset", "did you mean mnist?")]
    [InlineData("chanel", "--normalize", "did you mean channel?")]
    public void A_misspelt_word_is_refused_in_one_line_with_exit_status_2(string word, string option, string hint)
    {
        var outcome = CommandLine.Run([
            .. Sane.Split(' ').TakeWhile(argument => argument != "--architecture"),
            .. Sane.Replace("run --architecture vanilla", "", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            .. option == "--architecture" ? Array.Empty<string>() : ["--architecture", "vanilla"],
            option,
            word,
            "--out",
            Path.Combine(_folder, "result.npz"),
        ]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {option}: ").And.Contain($"got '{word}'").And.Contain(hint).And.NotContain("\n");
        Directory.GetFiles(_folder).Should().BeEmpty();
    }

    [Theory]
    [InlineData("verify", "--claim", "p3")]
    [InlineData("audit", "--claim", "p3", "--command", "true")]
    [InlineData("claims", "p3")]
    public void A_claim_in_lower_case_gets_the_right_suggestion(params string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Trim().Should().EndWith("got 'p3'; did you mean P3?").And.NotContain("\n");
    }

    [Fact]
    public void Underscores_in_option_names_are_accepted_as_dashes()
    {
        var path = Path.Combine(_folder, "result.npz");
        var arguments = Sane.Split(' ')
            .Select(argument =>
                argument.StartsWith("--", StringComparison.Ordinal)
                    ? argument.Replace("-", "_", StringComparison.Ordinal).Replace("__", "--", StringComparison.Ordinal)
                    : argument
            );

        var outcome = CommandLine.Run([.. arguments, "--res_depth=3", "--no_reff_noise", "--out", path]);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        var options = ResultFile.Read(path).Options!;
        (options.TotalDepth, options.NumChannels, options.ResDepth, options.ReffNoise).Should().Be((4, 8, 3, false));
    }

    [Fact]
    public void Underscores_outside_option_names_are_kept()
    {
        var known = new HashSet<string> { "--total-depth", "--command" };

        OptionNames
            .Dashed(["--total_depth=a_b", "--total-depth", "a_b", "--no_such_option", "--command", "run_me --total_depth", "--", "--total_depth"], known)
            .Should()
            .Equal("--total-depth=a_b", "--total-depth", "a_b", "--no_such_option", "--command", "run_me --total_depth", "--", "--total_depth");
    }
}
