using System.Text.Json;
using FluentAssertions;
using Wellbehaved.Cli;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What <c>wellbehaved network</c> says of recipes and files, and what it refuses.</summary>
public sealed class NetworkCommandTests : IDisposable
{
    private const string Small = """
        {
          "name": "small",
          "layers": [
            {"conv": {"kernel": 3, "channels": "N", "stride": 2, "boundary": "zero_padding", "bias_variance": 0.1}},
            {"repeat": {"times": "L", "unit": [
              {"residual": {"branch": [{"repeat": {"times": 2, "unit": ["layer_norm", "gelu", {"conv": {"kernel": 3, "groups": "depthwise"}}]}}], "branch_scale": "1/sqrt(L)"}}
            ]}},
            {"residual": {"branch": [{"max_pool": 2}, {"dense": {"channels": 8}}], "skip": [{"conv": {"kernel": 1, "channels": 8, "stride": 2}}], "survival": 0.5}},
            "global_average_pool"
          ]
        }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public static TheoryData<string> Recipes => [.. NetworkSource.RecipeNames];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A flattened image has more features than a layer may have channels.</summary>
    [Theory]
    [InlineData("network bn_ff --input-shape 600x600x3 --total-depth 1 --num-channels 2")]
    [InlineData("predict --network bn_ff --input-shape 600x600x3 --dataset gaussian --batch-size 3 --total-depth 1 --num-channels 2 --finite-width 0")]
    [InlineData("diagnose bn_ff --input-shape 600x600x3 --dataset gaussian --batch-size 3 --num-sims 2 --total-depth 3 --num-channels 2")]
    public void Large_images_may_be_flattened(string line) => CommandLine.Run(line.Split(' ')).ExitStatus.Should().BeOneOf(0, 3);

    /// <summary>On an image of one row a kernel may be as long as the row, and has as many weights as the square of that.</summary>
    [Fact]
    public void A_depthwise_kernel_as_long_as_a_row_is_propagated_forward_and_backward()
    {
        var (path, results) = (Path.Combine(_folder, "row.json"), Path.Combine(_folder, "row.npz"));
        File.WriteAllText(
            path,
            """{"name": "row", "input": [1, 800, 1], "layers": [{"conv": {"kernel": 799, "groups": "depthwise", "stride": 800}}, {"dense": {"channels": 4}}]}"""
        );

        var outcome = CommandLine.Run(
            "run",
            "--network",
            path,
            "--dataset",
            "gaussian",
            "--batch-size",
            "2",
            "--num-sims",
            "1",
            "--gradients",
            "--out",
            results
        );

        outcome.ExitStatus.Should().Be(0, outcome.Error);
    }

    /// <summary>JSON within JSON, and the requests of an audit, hold as many levels as networks may have.</summary>
    /// <summary>Bytes that are no text would become one sign, whatever they are, and two names would become one.</summary>
    [Theory]
    [InlineData("network {0}", new byte[] { 0xFF })]
    [InlineData("network {0}", new byte[] { 0xE9 })]
    [InlineData("diagnose {0} --num-sims 2 --batch-size 4", new byte[] { 0xC3, 0x28 })]
    [InlineData("predict --network {0} --batch-size 4", new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData("run --network {0} --num-sims 1 --batch-size 4 --out {0}.npz", new byte[] { 0xF5 })]
    [InlineData("verify --claim D1 --network {0}", new byte[] { 0x80 })]
    public void A_name_that_is_no_text_is_refused_with_its_place(string line, byte[] bytes)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("wellbehaved").FullName, "name.json");
        try
        {
            File.WriteAllBytes(path, [.. "{\n\"name\": \"a"u8, .. bytes, .. "b\", \"input\": [4, 4, 3], \"layers\": [\"relu\"]}"u8]);

            var outcome = CommandLine.Run([.. line.Split(' ').Select(word => word.Replace("{0}", path, StringComparison.Ordinal))]);

            outcome.ExitStatus.Should().Be(2);
            outcome
                .Error.TrimEnd()
                .Should()
                .StartWith($"wellbehaved: {path}: expected text in UTF-8")
                .And.Contain("in line 2, at byte 12")
                .And.NotContain("\n");
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    public void An_empty_file_is_no_network(string content)
    {
        using var campaign = new Campaign();
        File.WriteAllText(campaign["empty.json"], content);

        CommandLine
            .Run("network", campaign["empty.json"])
            .Error.TrimEnd()
            .Should()
            .Be($"wellbehaved: {campaign["empty.json"]}: expected the JSON form of a network, found an empty file");
    }

    [Fact]
    public void Layers_within_layers_as_deep_as_allowed_pass_through_every_command()
    {
        var levels = Limits.Levels - 1;
        var nested = string.Concat(Enumerable.Repeat("{\"residual\": {\"branch\": [", levels)) + "\"tanh\"" + string.Concat(Enumerable.Repeat("]}}", levels));
        var file = FileOf("{\"name\": \"nested\", \"input\": [1, 2, 2], \"layers\": [{\"dense\": {\"channels\": 2}}, " + nested + "]}");
        string[] sizes = ["--batch-size", "3"];
        var result = Path.Combine(_folder, "nested.npz");
        string[][] commands =
        [
            ["network", file, "--json", Path.Combine(_folder, "table.json"), "--out", Path.Combine(_folder, "nested.svg")],
            ["run", "--network", file, .. sizes, "--dataset", "gaussian", "--num-sims", "2", "--out", result],
            ["diagnose", result, "--json", Path.Combine(_folder, "diagnosis.json")],
            ["plot", result, "--out", Path.Combine(_folder, "plot.svg")],
            ["audit", "--results", result, "--json", Path.Combine(_folder, "audit.json")],
            ["verify", "--network", file, .. sizes, "--claim", "O6", "--json", Path.Combine(_folder, "verify.json")],
        ];
        foreach (var command in commands)
        {
            CommandLine.Run(command).ExitStatus.Should().BeOneOf([0, 3], command[0]);
        }

        var other = CommandLine.Run(["run", "--network", file, .. sizes, "--dataset", "gaussian", "--num-sims", "3", "--out", result]);
        other.ExitStatus.Should().Be(2);
        other.Error.Should().Contain("found num_sims 2, not 3");
    }

    [Fact]
    public void A_list_of_more_places_than_anybody_reads_is_left_out_and_counted()
    {
        var json = Path.Combine(_folder, "table.json");
        CommandLine
            .Run(
                "network",
                FileOf(
                    "{\"name\": \"deep\", \"input\": [1, 1, 2], \"layers\": [{\"dense\": {\"channels\": 2}}, {\"repeat\": {\"times\": 70000, "
                        + "\"unit\": [\"relu\"]}}]}"
                ),
                "--json",
                json
            )
            .ExitStatus.Should()
            .Be(0);
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        document.RootElement.GetProperty("places").ValueKind.Should().Be(JsonValueKind.Null);
        document.RootElement.GetProperty("number_of_places").GetInt32().Should().BeGreaterThan(70_000);
    }

    [Fact]
    public void Network_without_argument_lists_the_recipes_of_the_paper_first()
    {
        var outcome = CommandLine.Run("network");

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().BeEmpty();
        outcome.Output.Should().Be(Approved("network-recipes.txt"));
    }

    [Theory]
    [InlineData("network-small.txt", "--num-channels", "4", "--total-depth", "3", "--input-shape", "8x8x2", "--batch-size", "16")]
    public void Network_shows_layers_shapes_counts_and_places_of_a_file(string approved, params string[] options)
    {
        var outcome = CommandLine.Run(["network", FileOf(Small), .. options]);

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        outcome.Error.Should().BeEmpty();
        outcome.Output.Should().Be(Approved(approved));
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Network_prints_a_recipe_as_a_file_that_can_be_read_again(string name)
    {
        var printed = CommandLine.Run("network", name);
        printed.ExitStatus.Should().Be(0, printed.Error);
        printed.Error.Should().BeEmpty();
        var template = NetworkSource.Open(FileOf(printed.Output)).Template;
        template.Name.Should().Be(name);

        string[] sizes =
        [
            .. template.Input is null ? new[] { "--input-shape", "8x8x3" } : [],
            .. template.LeavesChannelsOpen ? new[] { "--num-channels", "16" } : [],
            "--total-depth",
            "5",
        ];
        var shown = CommandLine.Run(["network", name, .. sizes]);
        shown.ExitStatus.Should().Be(0, shown.Error);
        shown.Output.Should().StartWith($"{name}: ").And.Contain("\n1 to ");

        var filled = CommandLine.Run(["network", name, .. sizes, "--print"]);
        NetworkTemplate
            .Parse(filled.Output)
            .With()
            .Should()
            .Be(template.With(template.Input is null ? new Shape(8, 8, 3) : null, template.LeavesChannelsOpen ? 16 : null, 5));
    }

    [Fact]
    public void The_table_is_written_as_JSON_with_the_same_counts()
    {
        var json = PathOf("small.json");
        var outcome = CommandLine.Run(
            "network",
            FileOf(Small),
            "--num-channels",
            "4",
            "--total-depth",
            "3",
            "--input-shape",
            "8x8x2",
            "--batch-size",
            "16",
            "--json",
            json
        );

        outcome.ExitStatus.Should().Be(0, outcome.Error);
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        var root = document.RootElement;
        var network = NetworkTemplate.Parse(root.GetProperty("network").GetRawText()).With();
        network.Should().Be(NetworkTemplate.Parse(Small).With(new Shape(8, 8, 2), 4, 3));

        // 3·3·2·4 weights and 4 biases; three units of two depthwise convolutions of 3·3·4; 4·8 of the dense layer and 4·8 of the projection.
        root.GetProperty("parameters").GetDouble().Should().Be(72 + 4 + (3 * 2 * 36) + 32 + 32);
        root.GetProperty("parameters")
            .GetDouble()
            .Should()
            .Be(ParameterList.Enumerate(network).Where(tensor => tensor.Kind is ParameterKind.Weights or ParameterKind.Biases).Sum(tensor => tensor.Length));

        // The same weights at 16 positions, those after the second residual at 4.
        root.GetProperty("multiply_adds").GetDouble().Should().Be((16 * 72) + (16 * 3 * 2 * 36) + (4 * 32) + (4 * 32));

        // Signal and noise of 16 images of 8·8·2, in four bytes each: the input is the largest.
        root.GetProperty("largest_bytes").GetDouble().Should().Be(2 * 4 * 16 * 128);
        root.GetProperty("places").GetArrayLength().Should().Be(network.Places.Count);
        root.GetProperty("layers")
            .EnumerateArray()
            .Select(layer => layer.GetProperty("path").GetString())
            .Should()
            .Contain(["layers[0]", "layers[1].repeat.unit[0].residual.branch[0].repeat.unit[2]", "layers[2].residual.skip[0]"]);
    }

    [Fact]
    public void The_summary_of_an_absurdly_large_network_is_computed_without_overflow()
    {
        var summary = new NetworkSummary(
            NetworkTemplate
                .Parse("""{"name": "absurd", "layers": [{"repeat": {"times": 1000, "unit": [{"conv": {"kernel": 32}}]}}]}""")
                .With(new Shape(1 << 20, 1 << 20, 1 << 20)),
            1 << 30
        );

        summary.Parameters.Should().Be(1000 * Math.Pow(2, 50));
        summary.LargestBytes.Should().Be(Math.Pow(2, 93));
        using var text = new StringWriter();
        NetworkTable.Print(summary, new Screen(text, null, colours: false));
        text.ToString().Should().Contain("e+").And.NotContain("∞").And.NotContain("NaN");
    }

    [Theory]
    [InlineData("network", "vanila")]
    [InlineData("network", "bn_res", "--total-depth", "3")]
    [InlineData("network", "nowhere.json")]
    [InlineData("network", "")]
    [InlineData("network", "bn_res", "--print", "--table")]
    [InlineData("network", "--total-depth", "3")]
    [InlineData("network", "bn_res", "--json", "/nowhere/table.json", "--total-depth", "3", "--num-channels", "4", "--input-shape", "4x4x1")]
    public void A_wrong_call_is_refused_in_one_line_with_exit_status_2(params string[] arguments) => Refuse(arguments);

    [Theory]
    [InlineData("vanila", "vanila: expected a file, or a recipe that wellbehaved network lists; did you mean vanilla?")]
    [InlineData("ResNet", "ResNet: expected a file, or a recipe that wellbehaved network lists; did you mean resnet_v1 or resnet_v2?")]
    [InlineData(
        "transformer",
        "transformer: expected a file, or a recipe that wellbehaved network lists; did you mean pre_ln_transformer or post_ln_transformer?"
    )]
    [InlineData("", "NAME: expected a file, or a recipe that wellbehaved network lists")]
    [InlineData("./vanilla", "./vanilla: expected a readable file of a network (*")]
    [InlineData("/", "/: expected a readable file of a network (*")]
    [InlineData("/dev/zero", "/dev/zero: expected a readable file of a network, found a pipe or a device")]
    public void A_name_that_is_neither_recipe_nor_file_is_refused_with_suggestions(string name, string message)
    {
        if (OperatingSystem.IsWindows() && name.StartsWith('/'))
        {
            return;
        }

        FluentActions.Invoking(() => NetworkSource.Open(name)).Should().Throw<InvalidInputException>().WithMessage(message);
    }

    /// <summary>Files of each wrong kind.</summary>
    [Theory]
    [InlineData("", "expected the JSON form of a network, found an empty file")]
    [InlineData("\u0093NUMPY\u0001", "network: expected JSON*")]
    [InlineData("{\"a\": 1}", "network: expected an object with name, description, input, layers, $schema, got \"a\"")]
    [InlineData(
        "{\"name\": \"n\", \"layer\": [\"relu\"]}",
        "network: expected an object with name, description, input, layers, $schema, got \"layer\"; did you mean layers?"
    )]
    [InlineData(
        "{\"name\": \"n\", \"layers\": [\"relu\", \"relu\", {\"repeat\": {\"times\": 2, \"unit\": [\"rellu\"]}}]}",
        "layers[2].repeat.unit[0]: expected a layer (*; did you mean relu?"
    )]
    [InlineData("{\"name\": \"n\", \"layers\": [\"batchnorm\"]}", "layers[0]: expected a layer (*; did you mean batch_norm?")]
    [InlineData(
        "{\"name\": \"n\", \"layers\": [{\"conv\": {\"kernal\": 3}}]}",
        "layers[0].conv: expected an object with kernel, *got \"kernal\"; did you mean kernel?"
    )]
    [InlineData(
        "{\"name\": \"n\", \"layers\": [{\"conv\": {\"kernel\": 3, \"boundary\": \"zero-padding\"}}]}",
        "layers[0].conv.boundary: expected periodic, symmetric, zero_padding, got \"zero-padding\"; did you mean zero_padding?"
    )]
    [InlineData(
        "{\"name\": \"n\", \"layers\": [{\"residual\": {\"branch\": [{\"dense\": {\"channels\": 3}}]}}]}",
        "layers[0].residual: expected branch and skip of one shape, got 8×8×3 and 8×8×4; a projection in the skip changes shapes too"
    )]
    [InlineData("{\"name\": \"n\", \"layers\": [{\"average_pool\": 3}]}", "layers[0]: expected positions that windows of 3 divide, got 8×8")]
    [InlineData(
        "{\"name\": \"n\", \"layers\": [{\"average_pool\": 2}, {\"max_pool\": 2}, {\"average_pool\": 2}, {\"average_pool\": 2}]}",
        "layers[3]: expected positions that windows of 2 divide, got 1×1"
    )]
    [InlineData("{\"name\": \"n\", \"layers\": [\"flatten\", {\"max_pool\": 2}]}", "layers[1]: expected positions that windows of 2 divide, got 1×1")]
    [InlineData(
        "{\"name\": \"n\", \"layers\": [\"global_average_pool\", {\"average_pool\": 1048576}]}",
        "layers[1]: expected positions that windows of 1048576 divide, got 1×1"
    )]
    [InlineData(
        "{\"name\": \"n\", \"layers\": [\"global_average_pool\", {\"attention\": {\"heads\": 1}}]}",
        "layers[1]: expected at least two positions to attend to, got 1×1"
    )]
    [InlineData(
        "{\"name\": \"n\", \"layers\": [{\"repeat\": {\"times\": 1048576, \"unit\": [\"relu\", \"relu\"]}}]}",
        "layers[0].repeat: expected at most 1048576 layers with all repetitions, got 2097152"
    )]
    [InlineData("{\"name\": \"n\", \"layers\": [{\"dropout\": {\"keep\": 2}}]}", "layers[0]: expected keep above 0 and at most 1, got 2")]
    [InlineData(
        "{\"name\": \"n\", \"layers\": [{\"dense\": {\"weight_variance\": -2}}]}",
        "layers[0]: expected weight_variance to be a finite number of at least 0, got -2"
    )]
    [InlineData("{\"name\": \"\\ud800\", \"layers\": [\"relu\"]}", "network: expected text in Unicode*")]
    public void A_wrong_network_file_is_refused_with_the_position_of_the_mistake(string text, string message)
    {
        var file = FileOf(text);

        FluentActions
            .Invoking(() => NetworkSource.Open(file).With(new NetworkSizes(new Shape(8, 8, 4), null, null)))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"{file}: {message}")
            .Which.Message.Should()
            .NotContain("\n");
    }

    [Fact]
    public void A_wrong_network_file_is_refused_in_one_line_and_nothing_is_written()
    {
        var file = FileOf("""{"name": "n", "input": [8, 8, 4], "layers": ["relu", "relu", {"repeat": {"times": 2, "unit": ["rellu"]}}]}""");

        Refuse("network", file, "--json", PathOf("table.json"))
            .Should()
            .StartWith($"wellbehaved: {file}: layers[2].repeat.unit[0]: expected a layer (")
            .And.EndWith("; did you mean relu?");
        Directory.GetFiles(_folder).Should().Equal(file);
    }

    [Fact]
    public void A_network_file_that_is_not_text_is_refused()
    {
        var file = PathOf("random.json");
        var bytes = new byte[5000];
        new Random(3).NextBytes(bytes);
        File.WriteAllBytes(file, bytes);

        FluentActions.Invoking(() => NetworkSource.Open(file)).Should().Throw<InvalidInputException>().WithMessage($"{file}: expected *");
    }

    [Fact]
    public void A_network_file_of_absurd_length_is_refused_before_it_is_read()
    {
        var file = PathOf("huge.json");
        using (var stream = File.Create(file))
        {
            stream.SetLength(1L << 40);
        }

        FluentActions
            .Invoking(() => NetworkSource.Open(file))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"{file}: expected the JSON form of a network, at most 67.1 MB");
    }

    [Theory]
    [InlineData(null, 4, 3, "--input-shape: expected the shape of an image, such as 32x32x3, which *small* leaves open")]
    [InlineData("8x8x2", null, 3, "--num-channels: expected a number of channels, which * leaves open as \"N\"")]
    [InlineData("8x8x2", 4, null, "--total-depth: expected a number of repetitions, which * leaves open as \"L\"")]
    [InlineData(
        null,
        null,
        3,
        "--num-channels, --input-shape: expected a number of channels, which * leaves open as \"N\", and the shape of an image, such as 32x32x3, "
            + "which it leaves open"
    )]
    [InlineData("2x2x2", 4, 3, "*: layers[0]: expected a kernel that fits 2×2 positions, got 3")]
    [InlineData("8x8x2", 4, 1 << 20, "*: layers[1].repeat: expected at most 1048576 layers with all repetitions, got *")]
    public void Missing_or_unsuitable_sizes_are_refused_and_the_option_is_named(string? shape, int? channels, int? depth, string message)
    {
        var source = NetworkSource.Open(FileOf(Small, "small.json"));
        Shape? input = shape is null ? null : new Shape(shape[0] - '0', shape[2] - '0', shape[4] - '0');

        FluentActions.Invoking(() => source.With(new NetworkSizes(input, channels, depth))).Should().Throw<InvalidInputException>().WithMessage(message);
    }

    [Fact]
    public void Sizes_that_a_network_already_fixes_are_refused()
    {
        var source = NetworkSource.Open(FileOf("""{"name": "n", "input": [8, 8, 4], "layers": ["relu"]}"""));

        FluentActions
            .Invoking(() => source.With(new NetworkSizes(null, 3, null)))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("--num-channels: expected only for a network that leaves channels open as \"N\", which * does not");
        FluentActions
            .Invoking(() => source.With(new NetworkSizes(null, null, 3)))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("--total-depth: expected only for a network that leaves repetitions open as \"L\", which * does not");
        FluentActions
            .Invoking(() => source.With(new NetworkSizes(new Shape(8, 8, 3), null, null)))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("--input-shape: expected 8x8x4, which * fixes, got 8x8x3");
    }

    [Theory]
    [InlineData("--total-depth 0", "--total-depth: expected a whole number from 1 to 1048576, got '0'")]
    [InlineData("--total-depth -1", "--total-depth: expected a whole number from 1 to 1048576, got '-1'")]
    [InlineData("--total-depth 4.0", "--total-depth: expected a whole number from 1 to 1048576, got '4.0'")]
    [InlineData("--total-depth four", "--total-depth: expected a whole number from 1 to 1048576, got 'four'")]
    [InlineData("--num-channels 99999999999", "--num-channels: expected a whole number from 1 to 1048576, got '99999999999'")]
    [InlineData("--batch-size 0", "--batch-size: expected a whole number from 1 to 1073741824, got '0'")]
    [InlineData("--input-shape 32x32", "--input-shape: expected height, width and channels such as 32x32x3, each from 1 to 1048576, got '32x32'")]
    [InlineData("--input-shape 32x32x0", "--input-shape: expected height, width and channels such as 32x32x3, each from 1 to 1048576, got '32x32x0'")]
    [InlineData("--input-shape 32x32x3x1", "--input-shape: expected height, width and channels such as 32x32x3, each from 1 to 1048576, got '32x32x3x1'")]
    [InlineData("--input-shape 32,32,3", "--input-shape: expected height, width and channels such as 32x32x3, each from 1 to 1048576, got '32,32,3'")]
    [InlineData("--input-shape -1x32x3", "--input-shape: expected height, width and channels such as 32x32x3, each from 1 to 1048576, got '-1x32x3'")]
    [InlineData("--depth 4", "--depth: expected an option of network that exists; did you mean --total-depth?")]
    public void A_wrong_value_of_an_option_is_refused_and_the_option_is_named(string options, string error)
    {
        string[] arguments = ["network", "bn_res", .. options.Split(' ')];

        CallError.Describe(Commands.Parse(arguments), arguments).Should().StartWith(error);
    }

    [Fact]
    public void Shell_completion_offers_recipes()
    {
        const string line = "wellbehaved network res";
        CommandLine.Run($"[suggest:{line.Length}]", line).Output.Trim().Split('\n').Should().Contain(["resnet_v1", "resnet_v2"]);
    }

    private static string Approved(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "approved", name)).ReplaceLineEndings(Environment.NewLine);

    private static string Refuse(params string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);
        outcome.ExitStatus.Should().Be(2, outcome.Error);
        outcome.Output.Should().BeEmpty();
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: ").And.NotContain("\n").And.NotContain("   at ");
        return outcome.Error.TrimEnd();
    }

    private string FileOf(string text, string name = "network.json")
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
