using System.Text.Json.Nodes;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What a person types and reads on the first day.</summary>
public sealed class FirstDayTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1, "1 byte")]
    [InlineData(999, "999 bytes")]
    [InlineData(999.6, "1.00 kB")]
    [InlineData(9994, "9.99 kB")]
    [InlineData(9996, "10.0 kB")]
    [InlineData(99960, "100 kB")]
    [InlineData(25.34e9, "25.3 GB")]
    [InlineData(1.486e12, "1.49 TB")]
    [InlineData(7e22, "70000 EB")]
    public void Sizes_are_spelled_with_three_digits_and_the_unit_that_fits(double bytes, string words) => ByteCount.Spell(bytes).Should().Be(words);

    [Fact]
    public void A_run_that_does_not_fit_memory_is_refused_with_readable_sizes()
    {
        var outcome = CommandLine.Run(
            "run",
            "--architecture",
            "bn_ff",
            "--total-depth",
            "4",
            "--num-computations",
            "4",
            "--kernel-size",
            "3",
            "--num-channels",
            "200000",
            "--batch-size",
            "4",
            "--num-sims",
            "1",
            "--out",
            Path.Combine(_folder, "x.npz")
        );

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().MatchRegex("need [0-9.]+ [TP]B, there are [0-9.]+ [GT]B").And.NotContain("e+");
    }

    [Theory]
    [InlineData(33)]
    [InlineData(64)]
    public void A_kernel_size_larger_than_the_images_is_refused(int size)
    {
        foreach (var command in new[] { "run", "predict" })
        {
            var outcome = CommandLine.Run([
                command,
                "--architecture",
                "vanilla",
                "--total-depth",
                "2",
                "--num-computations",
                "2",
                "--kernel-size",
                $"{size}",
                "--num-channels",
                "2",
                "--batch-size",
                "2",
                .. command == "run" ? new[] { "--num-sims", "1", "--out", Path.Combine(_folder, "x.npz") } : [],
            ]);

            outcome.ExitStatus.Should().Be(2, command);
            outcome.Error.Trim().Should().Be($"wellbehaved: --kernel-size: expected at most 32, the extent of the 32×32 images, got {size}");
        }
    }

    [Fact]
    public void A_kernel_size_equal_to_the_image_or_one_along_a_single_row_is_accepted()
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 1,
            NumComputations = 1,
            KernelSize = 5,
            NumChannels = 2,
            BatchSize = 2,
            NumSims = 1,
        };
        foreach (var (height, width) in new[] { (5, 5), (1, 5), (5, 1), (5, 9) })
        {
            var images = new StoredImages(NpyArray.From(new double[2 * height * width], 2, height, width), "images.npy", ImageLayout.Nhw);
            options.ValidateFor(images);
            FluentActions
                .Invoking(() => (options with { KernelSize = 6 }).ValidateFor(images))
                .Should()
                .Throw<InvalidInputException>()
                .WithMessage("KernelSize: expected at most 5,*");
        }
    }

    /// <summary>Each array of a result file is written from a buffer of bytes, which no memory makes larger than 2 GiB.</summary>
    [Fact]
    public void Results_whose_arrays_fit_no_buffer_are_refused_before_the_work()
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 2,
            NumComputations = 2,
            KernelSize = 1,
            NumChannels = 2,
            BatchSize = 2,
            NumSims = Array.MaxLength / sizeof(double) / 2,
        };

        FluentActions.Invoking(() => options.ValidateFor(1, 1, 4, double.PositiveInfinity)).Should().NotThrow();
        FluentActions
            .Invoking(() => (options with { NumSims = options.NumSims + 1 }).ValidateFor(1, 1, 4, double.PositiveInfinity))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*NumSims: expected sizes that fit memory: *an array of a result file as many bytes");
    }

    [UnixFact]
    public void A_file_that_cannot_be_written_is_reported_by_the_name_that_the_user_gave()
    {
        // Its name fits the file system, with the ending of what is written beside it first it does not.
        var path = Path.Combine(_folder, new string('x', 240) + ".npz");
        foreach (
            var call in new Action[]
            {
                () => AtomicFile.EnsureWritable(path, "--out"),
                () => AtomicFile.Write(path, _ => { }),
                () => AtomicFile.WriteText(path, "text"),
            }
        )
        {
            call.Should()
                .Throw<InvalidInputException>()
                .Which.Message.Should()
                .NotContain(".partial")
                .And.NotContain($".{Environment.ProcessId}.")
                .And.Contain(path);
        }
    }

    [Theory]
    [InlineData("--claim", "nothing", "verify", "--claim")]
    [InlineData("--out", "nothing", "plot", "x.npz", "--out")]
    [InlineData("--depths", "--architecture", "run", "--depths", "--architecture", "bn_ff", "--num-sims", "2", "--out", "x.npz")]
    public void An_option_without_its_value_is_named(string option, string found, params string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().Be($"wellbehaved: {option}: expected a value after it, got {found}; see wellbehaved {arguments[0]} --help");
    }

    /// <summary>What a file says of itself is not overruled in silence: every claim would be judged of another network.</summary>
    [Fact]
    public void A_file_that_says_of_which_architecture_it_is_is_judged_as_no_other()
    {
        var path = Path.Combine(_folder, "run.npz");
        string[] sizes = ["--total-depth", "4", "--kernel-size", "1", "--num-channels", "8", "--batch-size", "4", "--num-sims", "2"];
        CommandLine.Run(["run", "--architecture", "bn_ff", .. sizes, "--out", path]).ExitStatus.Should().Be(0);

        var outcome = CommandLine.Run("audit", "--results", path, "--architecture", "vanilla");

        outcome.ExitStatus.Should().Be(2, outcome.Output);
        outcome.Error.TrimEnd().Should().Be($"wellbehaved: --architecture: expected bn_ff, of which {path} says that it is, got vanilla");
    }

    [Theory]
    [InlineData("got both", "--command", "true", "--results", "x.npz")]
    [InlineData("got neither")]
    public void An_audit_with_both_or_neither_of_command_and_results_is_refused(string found, params string[] arguments)
    {
        var outcome = CommandLine.Run(["audit", .. arguments]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Trim().Should().Be($"wellbehaved: --command, --results: expected one of them, {found}");
    }

    [Fact]
    public void The_claims_command_lists_claims_by_id_and_as_json()
    {
        CommandLine.Run("claims", "S2").Output.Should().StartWith("S2  ").And.NotContain("S3  ");
        var ledger = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "data", "claims.json")))!;

        var all = CommandLine.Run("claims", "--json");
        var two = CommandLine.Run("claims", "P9", "S2", "--json");

        all.ExitStatus.Should().Be(0, all.Error);
        JsonNode.DeepEquals(JsonNode.Parse(all.Output), ledger).Should().BeTrue(all.Output);
        JsonNode.Parse(two.Output)!.AsArray().Select(claim => claim!["id"]!.GetValue<string>()).Should().Equal("P9", "S2");
    }

    [Fact]
    public void The_help_command_prints_the_same_as_the_help_option()
    {
        CommandLine.Run("help").Output.Should().Be(CommandLine.Run("--help").Output).And.Contain("help <COMMAND>");
        CommandLine.Run("help", "run").Output.Should().Be(CommandLine.Run("run", "--help").Output).And.Contain("--total-depth");
        var outcome = CommandLine.Run("help", "verfy");
        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Trim().Should().Be("wellbehaved: verfy: expected a command; did you mean verify?");
        CommandLine
            .Run("help", "nosuch")
            .Error.Trim()
            .Should()
            .Be(
                "wellbehaved: nosuch: expected a command, one of verify, audit, run, train, merge, status, predict, diagnose, plot, export, network, "
                    + "claims, completion"
            );
    }

    [Theory]
    [InlineData("wellbehaved verify --claim ", "S2,P9")]
    [InlineData("wellbehaved verify --claim P", "P1,P9")]
    [InlineData("wellbehaved verify --claim S2 P", "P1,P9")]
    [InlineData("wellbehaved audit --claim ", "S2,P9")]
    [InlineData("wellbehaved claims ", "S2,P9")]
    [InlineData("wellbehaved audit --architecture ", "bn_ff,vanilla")]
    [InlineData("wellbehaved verify --architecture b", "bn_ff,bn_res")]
    [InlineData("wellbehaved completion ", "bash,pwsh")]
    [InlineData("wellbehaved help ", "run,verify")]
    public void Shell_completion_offers_claim_ids_and_words_of_options(string line, string words) =>
        CommandLine.Run($"[suggest:{line.Length}]", line).Output.Trim().Split('\n').Should().Contain(words.Split(','));

    [Fact]
    public void Numbers_are_printed_with_few_digits()
    {
        var outcome = CommandLine.Run(
            "predict",
            "--architecture",
            "vanilla",
            "--total-depth",
            "2",
            "--num-computations",
            "2",
            "--kernel-size",
            "1",
            "--num-channels",
            "128",
            "--batch-size",
            "4"
        );

        outcome.Output.Should().Contain("drift -0.0197864 and variance 0.040234 per layer").And.NotMatchRegex("[0-9.]{12}");

        // Two channels that only a skip connection passes on have exactly one direction.
        string[] sizes = ["--total-depth", "24", "--kernel-size", "1", "--num-channels", "2", "--batch-size", "4", "--num-sims", "8"];
        var ran = CommandLine.Run(["run", "--architecture", "vanilla_res", .. sizes, "--out", Path.Combine(_folder, "narrow.npz")]);
        ran.Output.Should().MatchRegex(@"(?m)^ +24 +1 ").And.NotContain("1 + 0");
    }

    [Fact]
    public void Limits_are_named_where_their_numbers_are_printed()
    {
        var predicted = CommandLine.Run(
            "predict",
            "--architecture",
            "bn_ff",
            "--total-depth",
            "20",
            "--num-computations",
            "2",
            "--kernel-size",
            "1",
            "--num-channels",
            "32",
            "--batch-size",
            "16"
        );
        predicted
            .Output.Should()
            .Contain("The table is the limit of infinite width. Networks of 32 channels deviate from it, and more with depth.")
            .And.Contain("Width 32, means of 10 sampled networks");
        CommandLine
            .Run(
                "predict",
                "--architecture",
                "bn_ff",
                "--total-depth",
                "20",
                "--num-computations",
                "2",
                "--kernel-size",
                "1",
                "--num-channels",
                "32",
                "--batch-size",
                "16",
                "--finite-width",
                "0"
            )
            .Output.Should()
            .Contain("and more with depth; --finite-width 10 samples ten of them.");
        predicted
            .Output.Should()
            .MatchRegex(@"δχ tends to 1\.211174 in the limit of infinite batch; this batch of 16 images differs by [+-]0\.\d{4} at depth 20\n");

        var ran = CommandLine.Run(
            "run",
            "--architecture",
            "bn_ff",
            "--total-depth",
            "20",
            "--num-computations",
            "2",
            "--kernel-size",
            "1",
            "--num-channels",
            "32",
            "--batch-size",
            "16",
            "--num-sims",
            "1",
            "--out",
            Path.Combine(_folder, "x.npz")
        );
        ran.Output.Should().Contain("wellbehaved predict gives the limit of infinite width").And.Contain("1 simulation of bn_ff written to ");
    }

    [Fact]
    public void Verifying_one_architecture_gives_the_same_result_as_verifying_all()
    {
        var json = Path.Combine(_folder, "verdict.json");
        CommandLine.Run("verify", "--claim", "S2", "--seed", "3", "--json", json).ExitStatus.Should().Be(0);
        var all = JsonNode.Parse(File.ReadAllText(json))!["checks"]!.AsArray();
        CommandLine.Run("verify", "--claim", "S2", "--seed", "3", "--architecture", "bn_ff", "--json", json).ExitStatus.Should().Be(0);
        var one = JsonNode.Parse(File.ReadAllText(json))!["checks"]!.AsArray().Single()!;

        one["architecture"]!.GetValue<string>().Should().Be("bn_ff");
        one["replay"]!.GetValue<string>().Should().Be("wellbehaved verify --scale quick --claim S2 --seed 3 --architecture bn_ff");
        JsonNode.DeepEquals(one["measurements"], all.Single(check => check!["architecture"]!.GetValue<string>() == "bn_ff")!["measurements"]).Should().BeTrue();
    }

    [NumPyFact]
    public void The_replay_command_of_an_audit_rejects_the_check_again_in_a_shell()
    {
        var outcome = Audited.Run(
            Audited.Mutant("noise-not-divided-by-norm"),
            "--claim",
            "D7",
            "--architecture",
            "bn_ff",
            "--architecture",
            "vanilla",
            "--time-limit",
            "90",
            "--seed",
            "5"
        );

        outcome.ExitStatus.Should().Be(1, outcome.Output + outcome.Error);
        var again = outcome.Output.Split('\n').Single(line => line.StartsWith("  again: ", StringComparison.Ordinal))["  again: ".Length..].TrimEnd();
        again.Should().StartWith("wellbehaved audit --command '").And.EndWith(" --time-limit 90 --scale quick --claim D7 --seed 5 --architecture bn_ff");

        var repeated = CommandLine.Run(
            "bash",
            ["-c", $"wellbehaved() {{ dotnet '{Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll")}' \"$@\"; }}\n{again}"]
        );
        repeated.ExitStatus.Should().Be(1, repeated.Error);
        repeated.Output.Should().Contain("D7 bn_ff: rejected: ").And.NotContain("vanilla").And.Contain($"again: {again}");
    }

    [Fact]
    public void Nouns_after_counts_are_singular_or_plural()
    {
        (Counted.Spell(0, "mapping"), Counted.Spell(1, "mapping"), Counted.Spell(2, "mapping")).Should().Be(("0 mappings", "1 mapping", "2 mappings"));
        (Counted.Spell(1, 1, "check"), Counted.Spell(1, 3, "check")).Should().Be(("1 of 1 check", "1 of 3 checks"));
        Badge.TextOf(SampleRuns.Mixed with { Outcomes = [SampleRuns.Mixed.Outcomes[0]], AdapterFailures = [] }).Should().Be("1 of 1 claim");
    }
}
