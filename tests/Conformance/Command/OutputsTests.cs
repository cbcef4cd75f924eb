using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>An output of a command never replaces a file that the command reads, nor a result, nor a link.</summary>
public sealed class OutputsTests : IDisposable
{
    /// <summary>Two shares of a run, for all tests.</summary>
    private static readonly Lazy<byte[][]> Shares = new(() =>
    {
        using var campaign = new Campaign();
        return
        [
            .. new[] { 1, 2 }.Select(number =>
            {
                CommandLine.Run(campaign.Arguments($"{number}.npz", more: ["--shard", $"{number}/2"])).ExitStatus.Should().Be(0);
                return File.ReadAllBytes(campaign[$"{number}.npz"]);
            }),
        ];
    });

    private readonly Campaign _campaign = new();

    public OutputsTests()
    {
        foreach (var (i, share) in Shares.Value.Index())
        {
            File.WriteAllBytes(_campaign[$"{i + 1}.npz"], share);
        }
    }

    public void Dispose() => _campaign.Dispose();

    [Theory]
    [InlineData("diagnose {1} --json {1}", "--json")]
    [InlineData("diagnose {1} --json {2}", "--json")]
    [InlineData("audit --results {1} --architecture bn_ff --json {1}", "--json")]
    [InlineData("audit --results {1} --architecture bn_ff --junit {2}", "--junit")]
    [InlineData("audit --results {1} --architecture bn_ff --badge {1}", "--badge")]
    [InlineData("verify --scale quick --json {2}", "--json")]
    [InlineData("audit --results {1} --architecture bn_ff --json both.txt --junit ./both.txt", "--junit")]
    [InlineData("audit --results {1} --architecture bn_ff --badge new/report.md --report new", "--report")]
    [InlineData("merge {1} {2} --out {1}", "--out")]
    public void An_output_never_replaces_a_result_file(string line, string option)
    {
        var before = new[] { "1.npz", "2.npz" }.Select(name => File.ReadAllBytes(_campaign[name])).ToArray();

        // Whoever writes does not wait for a reader: this process would be there before it.
        var outcome = CommandLine.RunProcess([
            .. line.Split(' ')
                .Select(word => word.Replace("{1}", _campaign["1.npz"], StringComparison.Ordinal).Replace("{2}", _campaign["2.npz"], StringComparison.Ordinal)),
        ]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {option}: expected").And.NotContain("\n");
        new[] { "1.npz", "2.npz" }.Select(name => File.ReadAllBytes(_campaign[name])).Should().BeEquivalentTo(before);
    }

    [Theory]
    [InlineData("predict --network {net} --batch-size 4 --json {net}", "--json")]
    [InlineData("diagnose {net} --num-sims 2 --batch-size 4 --json {net}", "--json")]
    [InlineData("network {net} --json {net}", "--json")]
    [InlineData("run --network {net} --batch-size 4 --num-sims 2 --dataset {1}:chi_loc4 --out {1} --overwrite", "--out")]
    public void An_output_never_replaces_a_network_or_images_that_the_command_reads(string line, string option)
    {
        const string network = """{"name": "mine", "input": [1, 1, 8], "layers": [{"dense": {"channels": 4}}, "relu"]}""";
        File.WriteAllText(_campaign["net.json"], network);
        var before = File.ReadAllBytes(_campaign["1.npz"]);

        var outcome = CommandLine.Run([
            .. line.Split(' ')
                .Select(word =>
                    word.Replace("{net}", _campaign["net.json"], StringComparison.Ordinal).Replace("{1}", _campaign["1.npz"], StringComparison.Ordinal)
                ),
        ]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {option}: expected another file than").And.NotContain("\n");
        File.ReadAllText(_campaign["net.json"]).Should().Be(network);
        File.ReadAllBytes(_campaign["1.npz"]).Should().Equal(before);
    }

    [UnixFact]
    public void An_output_that_links_to_an_input_is_refused()
    {
        File.CreateSymbolicLink(_campaign["alias.npz"], _campaign["1.npz"]);

        CommandLine
            .Run("merge", _campaign["1.npz"], _campaign["2.npz"], "--out", _campaign["alias.npz"])
            .Error.Should()
            .Contain("--out: expected another file than")
            .And.Contain("which is read");
    }

    [UnixFact]
    public void An_output_in_a_folder_that_links_to_the_folder_of_an_input_is_refused()
    {
        var alias = _campaign["1.npz"][..^"/1.npz".Length] + "-alias";
        File.CreateSymbolicLink(alias, Path.GetDirectoryName(_campaign["1.npz"])!);
        try
        {
            CommandLine
                .Run("merge", _campaign["1.npz"], _campaign["2.npz"], "--out", Path.Combine(alias, "1.npz"))
                .Error.Should()
                .Contain("--out: expected another file than")
                .And.Contain("which is read");
        }
        finally
        {
            File.Delete(alias);
        }
    }

    [UnixTheory]
    [InlineData("diagnose {1} --json {pipe}")]
    [InlineData("audit --results {1} --architecture bn_ff --junit {pipe}")]
    [InlineData("audit --results {1} --architecture bn_ff --badge {pipe}")]
    [InlineData("network vanilla --num-channels 4 --total-depth 2 --input-shape 8x8x3 --json {pipe}")]
    public async Task An_output_to_a_pipe_is_written_into_the_pipe(string line)
    {
        var pipe = _campaign["pipe"];
        CommandLine.Run("mkfifo", [pipe]).ExitStatus.Should().Be(0);
        using var reader = CommandLine.Start("cat", [pipe]);
        var read = reader.StandardOutput.ReadToEndAsync(CancellationToken.None);

        // Whoever writes does not wait for a reader: this process would be there before it.
        var outcome = CommandLine.RunProcess([
            .. line.Split(' ')
                .Select(word => word.Replace("{1}", _campaign["1.npz"], StringComparison.Ordinal).Replace("{pipe}", pipe, StringComparison.Ordinal)),
        ]);

        outcome.ExitStatus.Should().BeOneOf(0, 3);
        (await read).Should().MatchRegex("^[{<]");
        _campaign.Files.Should().BeEquivalentTo("1.npz", "2.npz", "pipe");
        CommandLine.Run("test", ["-p", pipe]).ExitStatus.Should().Be(0, "the pipe is still one");
    }

    [UnixFact]
    public void A_pipe_that_nobody_reads_is_refused_in_one_line()
    {
        CommandLine.Run("mkfifo", [_campaign["pipe"]]).ExitStatus.Should().Be(0);

        var outcome = CommandLine.Run("diagnose", _campaign["1.npz"], "--json", _campaign["pipe"]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Split('\n')[^1].Should().StartWith("wellbehaved: ").And.Contain("no process reads the pipe");
    }

    [UnixTheory]
    [InlineData("/dev/stdout")]
    [InlineData("/dev/fd/1")]
    [InlineData("/proc/self/fd/1")]
    public void An_output_to_standard_output_is_printed(string path) =>
        CommandLine.Run("diagnose", _campaign["1.npz"], "--json", path).Output.Should().Contain("\"condition\"");

    [UnixFact]
    public void An_output_to_a_redirected_standard_output_keeps_the_text_printed_before()
    {
        var file = _campaign["printed.txt"];

        CommandLine.Run(
            "sh",
            ["-c", $"dotnet '{Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll")}' diagnose '{_campaign["1.npz"]}' --json /dev/stdout > '{file}'"]
        );

        File.ReadAllText(file).Should().Contain("certain").And.Contain("\"condition\"");
    }

    [DeviceFact]
    public void An_output_to_a_device_is_written_into_the_device()
    {
        var (empty, full) = (_campaign["null"], _campaign["full"]);
        CommandLine.Run("sh", ["-c", $"mknod '{empty}' c 1 3 && mknod '{full}' c 1 7"]).ExitStatus.Should().Be(0);

        AtomicFile.EnsureWritable(empty, "--json");
        AtomicFile.WriteText(empty, "text");
        FluentActions
            .Invoking(() => AtomicFile.WriteText(full, "text"))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*device or a pipe that can be written into*");

        CommandLine.Run("test", ["-c", empty]).ExitStatus.Should().Be(0, "the device is still one");
        _campaign.Files.Should().BeEquivalentTo("1.npz", "2.npz", "null", "full");
    }

    [UnixFact]
    public void A_result_is_not_written_into_a_pipe()
    {
        CommandLine.Run("mkfifo", [_campaign["pipe.npz"]]).ExitStatus.Should().Be(0);

        CommandLine
            .Run("merge", _campaign["1.npz"], _campaign["2.npz"], "--out", _campaign["pipe.npz"])
            .Error.Should()
            .StartWith("wellbehaved: --out: expected a file, found a device or a pipe");
    }

    [UnixTheory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/urandom")]
    public void A_device_as_input_is_refused(string device)
    {
        FluentActions.Invoking(() => RegularFile.Open(device)).Should().Throw<InvalidInputException>().WithMessage("*found a pipe or a device*");
        using var file = RegularFile.Open(_campaign["1.npz"]);
        file.Length.Should().BePositive();
    }

    [UnixFact]
    public void An_output_to_a_link_is_written_into_its_target()
    {
        File.WriteAllText(_campaign["target.txt"], "before");
        File.CreateSymbolicLink(_campaign["link.txt"], _campaign["target.txt"]);

        AtomicFile.WriteText(_campaign["link.txt"], "after");

        new FileInfo(_campaign["link.txt"]).LinkTarget.Should().NotBeNull();
        File.ReadAllText(_campaign["target.txt"]).Should().Be("after");
    }

    /// <summary>An empty file loses nothing; mktemp makes one.</summary>
    [Theory]
    [InlineData("merge {1} {2} --out {new}")]
    [InlineData("run --architecture vanilla --kernel-size 1 --total-depth 2 --num-channels 4 --batch-size 4 --num-sims 1 --dataset gaussian --out {new}")]
    [InlineData("diagnose {net} --num-sims 2 --batch-size 4 --dataset gaussian --out {new}")]
    [InlineData("run --network {model} --batch-size 4 --num-sims 1 --out {new}")]
    public void An_empty_file_is_replaced_by_a_result(string line)
    {
        File.WriteAllText(_campaign["net.json"], """{"name": "n", "input": [1, 1, 4], "layers": [{"repeat": {"times": 4, "unit": ["dense", "relu"]}}]}""");
        CommandLine.Run("network", _campaign["net.json"], "--onnx", _campaign["model.onnx"]).ExitStatus.Should().Be(0);
        File.WriteAllText(_campaign["new.npz"], string.Empty);
        var filled = line.Replace("{1}", _campaign["1.npz"], StringComparison.Ordinal)
            .Replace("{2}", _campaign["2.npz"], StringComparison.Ordinal)
            .Replace("{net}", _campaign["net.json"], StringComparison.Ordinal)
            .Replace("{model}", _campaign["model.onnx"], StringComparison.Ordinal)
            .Replace("{new}", _campaign["new.npz"], StringComparison.Ordinal);

        var outcome = CommandLine.Run(filled.Split(' '));

        outcome.Error.Should().NotContain("--overwrite");
        outcome.ExitStatus.Should().BeOneOf([0, 1, 3], outcome.Error);
        new FileInfo(_campaign["new.npz"]).Length.Should().BePositive();
    }

    /// <summary>What cannot be written is known before anything is.</summary>
    [Theory]
    [InlineData("--json", "1.npz")]
    [InlineData("--onnx", "model.txt")]
    public void A_refused_output_of_a_network_leaves_nothing_written(string option, string name)
    {
        File.WriteAllText(_campaign["net.json"], """{"name": "n", "layers": ["relu"]}""");

        var outcome = CommandLine.Run("network", _campaign["net.json"], "--out", _campaign["a.svg"], option, _campaign[name]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Should().StartWith($"wellbehaved: {option}: expected");
        File.Exists(_campaign["a.svg"]).Should().BeFalse();
    }

    [Fact]
    public void The_axes_of_images_that_are_not_named_are_refused()
    {
        var outcome = CommandLine.Run("plot", _campaign["1.npz"], "--out", _campaign["a.svg"], "--layout", "nchw");

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().Be("wellbehaved: --layout: expected with --dataset, which names the images of those axes");
    }

    /// <summary>A comma is no point: 1,5 GiB would have been 15.</summary>
    [Theory]
    [InlineData("--memory-limit", "1,5", "a positive number of GiB")]
    [InlineData("--time-limit", "1,5", "a positive number of seconds")]
    public void Limits_of_an_ONNX_file_are_numbers_with_a_point(string option, string value, string expected) =>
        CommandLine.Run("diagnose", "x.onnx", option, value).Error.Should().Contain($"{option}: expected {expected}, got '{value}'");

    [UnixFact]
    public void A_program_whose_name_has_spaces_is_an_input()
    {
        var program = _campaign["my program.py"];
        File.WriteAllText(program, "text");

        CommandLine
            .Run("audit", "--command", $"python3 '{program}'", "--json", program)
            .Error.Should()
            .Contain("--json: expected another file than")
            .And.Contain("which is read");
        File.ReadAllText(program).Should().Be("text");
    }

    /// <summary>A link to a file that is not there yet is a name for a new file.</summary>
    [UnixTheory]
    [InlineData("predict --architecture vanilla --kernel-size 1 --total-depth 2 --num-channels 4 --batch-size 4 --dataset gaussian --json {link}", "real.json")]
    [InlineData("merge {1} {2} --out {link}", "real.npz")]
    [InlineData("network bn_ff --num-channels 4 --total-depth 2 --input-shape 1x1x4 --onnx {link}", "real.onnx")]
    public void A_link_to_no_file_is_written_into_the_file_that_it_names(string line, string real)
    {
        var link = _campaign[$"link{Path.GetExtension(real)}"];
        File.CreateSymbolicLink(link, real);
        var filled = line.Replace("{1}", _campaign["1.npz"], StringComparison.Ordinal)
            .Replace("{2}", _campaign["2.npz"], StringComparison.Ordinal)
            .Replace("{link}", link, StringComparison.Ordinal);

        var outcome = CommandLine.Run(filled.Split(' '));

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        new FileInfo(_campaign[real]).Length.Should().BePositive();
        new FileInfo(link).LinkTarget.Should().Be(real);
    }
}
