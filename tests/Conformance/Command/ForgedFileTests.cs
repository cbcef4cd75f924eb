using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Cli;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Every command judges a forged result file or refuses it in one line.</summary>
public sealed class ForgedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    /// <summary>Files are read as the commands read them, whose messages name options.</summary>
    public ForgedFileTests() => ParameterName.SpellBy(OptionNames.Spell);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("num_channels", "0", "--num-channels: expected a positive number, got 0")]
    [InlineData("num_channels", "-3", "--num-channels: expected a positive number, got -3")]
    [InlineData("num_channels", "2147483647", "--num-channels: expected at most")]
    [InlineData("num_channels", "1.5", "as a JSON object")]
    [InlineData("num_channels", "\"many\"", "as a JSON object")]
    [InlineData("batch_size", "-1", "--batch-size: expected a positive number")]
    [InlineData("batch_size", "2147483647", "--batch-size: expected at most")]
    [InlineData("kernel_size", "0", "--kernel-size: expected a positive number")]
    [InlineData("architecture", "\"resnet\"", "--architecture: expected vanilla, vanilla_res, bn_ff, bn_res, got 'resnet'")]
    [InlineData("architecture", "7", "as a JSON object")]
    [InlineData("total_depth", "-64", "--total-depth: expected a positive number")]
    [InlineData("total_depth", "2147483640", "--total-depth: expected at most")]
    [InlineData("res_depth", "-1", "--res-depth: expected a positive number")]
    [InlineData("res_depth", "2147483647", "--total-depth: expected at most")]
    [InlineData("num_sims", "0", "--num-sims: expected a positive number")]
    [InlineData("num_computations", "0", "--num-computations: expected a positive number")]
    [InlineData("dataset", "null", "as a JSON object")]
    [InlineData("boundary", "7", "as a JSON object")]
    [InlineData("normalize", "\"batch\"", "as a JSON object")]
    [InlineData("epsilon", "-1", "--epsilon: expected a finite number")]
    [InlineData("epsilon", "1e999", "expected")]
    [InlineData("epsilon", "1e-400", "--epsilon: expected 0 or a number that double precision holds, got 1e-400")]
    [InlineData("seed", "-1", "as a JSON object")]
    public async Task An_invalid_option_in_a_result_file_is_refused_by_every_command(string key, string value, string message)
    {
        var file = ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_res"), key, value);

        await IsRefusedByEveryCommand(file, message);
    }

    [Theory]
    [InlineData("half a {", "got something else in line 1, column 1")]
    [InlineData("[1]", "found a list of 1")]
    [InlineData("null", "found null")]
    [InlineData("""{"num_channels": 8, "num_channels": 9}""", "'num_channels' is named twice")]
    [InlineData("""{"num_channels": "many"}""", "'num_channels' is \"many\", expected a whole number up to 2147483647")]
    [InlineData("""{"num_sims": 1e99}""", "'num_sims' is 1e99, expected a whole number up to 2147483647")]
    [InlineData("""{"boundary": "reflect"}""", "'boundary' is \"reflect\", expected periodic, symmetric, zero_padding")]
    [InlineData("""{"boundary": {"a": 1}}""", "'boundary' is an object, expected periodic, symmetric, zero_padding")]
    [InlineData("""{"noise": 7}""", "'noise' is 7, expected mapping, full")]
    [InlineData("""{"architecture": true}""", "'architecture' is true, expected a text")]
    public async Task An_invalid_configuration_in_a_result_file_is_refused_by_every_command_in_plain_words(string text, string words)
    {
        var file = ForgedResultFile.WithConfiguration(ForgedResultFile.Write(_folder, "bn_ff"), _ => text);

        await IsRefusedByEveryCommand(file, "as a JSON object in 'configuration'");
        FluentActions.Invoking(() => ResultFile.Read(file)).Should().Throw<InvalidInputException>().Which.Message.Should().EndWith($"({words})");
    }

    /// <summary>Whatever an option is set to, no message speaks of types, of properties or of the reader of JSON.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("1.5")]
    [InlineData("1e-400")]
    [InlineData("\"word\"")]
    public void No_message_about_an_option_speaks_of_NET(string value)
    {
        var refused = 0;
        foreach (
            var key in new[]
            {
                "architecture",
                "total_depth",
                "kernel_size",
                "num_channels",
                "batch_size",
                "num_sims",
                "boundary",
                "dataset",
                "normalize",
                "epsilon",
                "res_depth",
                "num_computations",
                "seed",
                "reff_signal",
                "reff_noise",
            }
        )
        {
            try
            {
                ResultFile.Read(ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_res"), key, value));
            }
            catch (InvalidInputException exception)
            {
                refused++;
                exception
                    .Message.Should()
                    .NotContainAny("System.", "Nullable", "Int32", "Boolean", "Wellbehaved", "Path:", "LineNumber", "deserializ", "converted")
                    .And.NotContain("\n");
                exception.Message.Should().ContainAny($"'{key}'", $"--{key.Replace('_', '-')}", "--boundary", "--architecture");
            }
        }

        refused.Should().BeGreaterThan(5);
    }

    [Theory]
    [InlineData("bn_ff", "--num-channels", "0")]
    [InlineData("bn_ff", "--num-channels", "-3")]
    [InlineData("vanilla", "--num-channels", "2147483647")]
    [InlineData("vanilla", "--batch-size", "0")]
    [InlineData("bn_ff", "--batch-size", "1")]
    [InlineData("bn_res", "--batch-size", "2147483647")]
    [InlineData("vanilla", "--kernel-size", "0")]
    [InlineData("vanilla", "--kernel-size", "-1")]
    [InlineData("vanilla", "--boundary", "reflect")]
    public void An_impossible_size_on_the_command_line_is_refused_by_the_same_rules(string architecture, string option, string value)
    {
        var outcome = CommandLine.Run("audit", "--results", ForgedResultFile.Write(_folder, architecture), "--architecture", architecture, option, value);

        outcome.ExitStatus.Should().Be(2, outcome.Error);
        outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {option}: expected").And.NotContain("\n");
    }

    [Theory]
    [InlineData(0, 6, 1)]
    [InlineData(8, -6, 1)]
    [InlineData(8, 6, 0)]
    [InlineData(int.MaxValue, 6, 1)]
    public void The_library_refuses_an_experiment_of_impossible_sizes(int channels, int batch, int kernel) =>
        FluentActions
            .Invoking(() => ResultAudit.Judge(ForgedResultFile.Write(_folder, "vanilla"), "vanilla", new RecordedExperiment(channels, batch, kernel)))
            .Should()
            .Throw<InvalidInputException>();

    [Theory]
    [InlineData("vanilla")]
    [InlineData("vanilla_res")]
    [InlineData("bn_ff")]
    [InlineData("bn_res")]
    public async Task A_single_simulation_is_judged(string architecture) =>
        (await StatusesOf(ForgedResultFile.Write(_folder, architecture, simulations: 1), architecture)).Should().NotContain(2).And.NotContain(70);

    /// <summary>One number, or all of an array, as no network makes it: rejected, undecided or drawn, but neither a crash nor a hang.</summary>
    [Theory]
    [InlineData(2.5)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1e12)]
    [InlineData(-1e12)]
    [InlineData(1e300)]
    [InlineData(-1e300)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task A_number_that_no_network_produces_crashes_no_command(double value)
    {
        string[] moments = ["nu1_abs_signal", "mu4_signal", "reff_signal", "chi", "log_chi", "log_nu2_signal", "mu2_noise"];
        var cases = Architecture.Names.SelectMany(architecture => moments.Select((moment, i) => (Architecture: architecture, Moment: moment, Number: i)));
        foreach (var (architecture, moment, i) in Breadth.OfEachKind(cases, one => one.Moment))
        {
            // In turn all numbers of all places, one number of all places, all numbers of one place.
            var (of, all) = ((string[])["loc", "loc", "loc3"])[i % 3] is var place ? (place, i % 3 != 1) : default;
            var file = ForgedResultFile.With(
                ForgedResultFile.Write(_folder, architecture),
                (name, array) =>
                    name.StartsWith($"{moment}_{of}", StringComparison.Ordinal)
                        ? NpyArray.From([.. array.ToDoubles().Select((number, j) => all || j == 3 ? value : number)], [.. array.Shape])
                        : array
            );

            (await StatusesOf(file, architecture))
                .Should()
                .OnlyContain(status => status == 0 || status == 1 || status == 3, "{0} of {1} at {2}", moment, architecture, of);
        }

        var histogram = ForgedResultFile.With(
            ForgedResultFile.Write(_folder, "vanilla"),
            (name, array) =>
                name is "log_nu2_signal_loc3" or "log_mu2_noise_loc3"
                    ? NpyArray.From([.. array.ToDoubles().Select((number, j) => j % 12 == 3 ? value : number)], [.. array.Shape])
                    : array
        );
        (await Entry.RunAsync(["plot", histogram, "--figure", "histogram", "--out", Path.Combine(_folder, "figure.svg")])).Should().Be(0);
    }

    /// <summary>Options, shapes, types and numbers exchanged at random, several at once; each file goes through every command that reads one.</summary>
    [Fact]
    public async Task A_file_forged_at_random_is_judged_or_refused_by_every_command()
    {
        var files = Breadth.Choose(usual: 16, atNight: 60);
        var random = new Random((int)(TestSeed.Value % int.MaxValue));
        var (refused, accepted) = (0, 0);
        for (var i = 0; i < files; i++)
        {
            var architecture = Architecture.Names[random.Next(Architecture.Names.Length)];
            var file = ForgedResultFile.AtRandom(ForgedResultFile.Write(_folder, architecture, random.Next(1, 4)), random);
            int[] statuses =
            [
                .. await StatusesOf(file, architecture),
                await Entry.RunAsync(["plot", file, "--out", Path.Combine(_folder, "figure.svg")]),
                await Entry.RunAsync(["merge", file, "--allow-missing", "--out", Path.Combine(_folder, "merged.npz")]),
                await Entry.RunAsync(["merge", file, "--trust", "--out", Path.Combine(_folder, "merged.npz")]),
                await Entry.RunAsync(["status", _folder]),
            ];

            statuses.Should().OnlyContain(status => status >= 0 && status <= 3, "of file {0}", i);
            refused += statuses.Count(status => status == 2);
            accepted += statuses.Count(status => status != 2);
        }

        refused.Should().BeGreaterThan(files, "otherwise little of this is tested");
        accepted.Should().BeGreaterThan(files);
    }

    [Fact]
    public void A_path_that_a_result_file_names_is_never_opened()
    {
        var named = Path.Combine(_folder, "images.npy");
        var file = ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_ff"), "dataset", $"\"{named.Replace('\\', '/')}\"");

        var outcome = CommandLine.Run("plot", file, "--out", Path.Combine(_folder, "figure.svg"));

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome
            .Error.Should()
            .Contain("its images are not embedded; name them with --dataset")
            .And.NotContain("images.npy", "whether there is such a file is not looked at");
    }

    [Fact]
    public void Images_that_the_user_names_are_used_only_if_they_match_the_file()
    {
        var images = Path.Combine(_folder, "images.npy");
        WriteImages(7);
        var file = Path.Combine(_folder, "mine.npz");
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 4,
            NumComputations = 4,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 4,
            NumSims = 2,
            Dataset = images,
        };
        ResultFile.Write(file, Experiment.Prepare(options).Run());

        Plot().Should().NotContain("no theory is drawn");
        WriteImages(8);
        Plot().Should().Contain("its images are not those of --dataset");

        string Plot()
        {
            var outcome = CommandLine.Run("plot", file, "--dataset", images, "--out", Path.Combine(_folder, "figure.svg"));
            outcome.ExitStatus.Should().Be(0, outcome.Error);
            return outcome.Error;
        }

        void WriteImages(double pixel)
        {
            using var stream = File.Create(images);
            NpyFormat.Write(stream, NpyArray.From([.. Enumerable.Range(0, 48).Select(i => i == 7 ? pixel : Math.Sin(i))], 12, 2, 2));
        }
    }

    [Fact]
    public void Theory_of_a_network_of_a_million_layers_is_left_out_of_the_figure()
    {
        var file = ForgedResultFile.With(
            ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_ff"), "total_depth", "8000000"),
            (name, array) => name == "depth" ? NpyArray.From([.. Enumerable.Range(1, 8).Select(i => i * 1_000_000L)], 8) : array
        );

        var outcome = CommandLine.Run("plot", file, "--out", Path.Combine(_folder, "figure.svg"));

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().Contain("no theory is drawn").And.Contain("it would take long for");
    }

    private async Task IsRefusedByEveryCommand(string file, string message)
    {
        FluentActions
            .Invoking(() => ResultFile.Read(file))
            .Should()
            .Throw<InvalidInputException>()
            .Which.Message.Should()
            .StartWith(file)
            .And.Contain(message)
            .And.NotContain("\n");
        (await StatusesOf(file, "bn_ff")).Should().OnlyContain(status => status == 2);
        (await Entry.RunAsync(["merge", file, "--allow-missing", "--out", Path.Combine(_folder, "merged.npz")])).Should().Be(2);
        (await Entry.RunAsync(["status", _folder])).Should().Be(3, "a damaged result is not done");
        File.Exists(Path.Combine(_folder, "merged.npz")).Should().BeFalse();
    }

    private async Task<int[]> StatusesOf(string file, string architecture) =>
        [
            await Entry.RunAsync(["plot", file, "--no-theory", "--architecture", architecture, "--out", Path.Combine(_folder, "figure.svg")]),
            await Entry.RunAsync(["diagnose", file, "--json", Path.Combine(_folder, "diagnosis.json")]),
            await Entry.RunAsync([
                "audit",
                "--results",
                file,
                "--architecture",
                architecture,
                "--json",
                Path.Combine(_folder, "verdicts.json"),
                "--junit",
                Path.Combine(_folder, "verdicts.xml"),
                "--report",
                _folder,
            ]),
        ];
}
