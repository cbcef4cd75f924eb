using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>The JSON form of networks: what is written is read again, and what is no network is refused with its place in the file.</summary>
public class NetworkTextTests
{
    [Law(MaxTest = 1000)]
    public void A_network_that_is_written_is_read_as_an_equal_one(Network network)
    {
        var text = NetworkText.Write(network);

        var read = NetworkTemplate.Parse(text).With();

        read.Should().Be(network);
        read.GetHashCode().Should().Be(network.GetHashCode());
        NetworkText.Write(read).Should().Be(text);
    }

    [Fact]
    public void Numbers_that_have_no_short_form_are_read_as_they_were_written()
    {
        var network = Network([
            new Scaling(1.0 / 3),
            new Scaling(double.Epsilon),
            new Scaling(double.MaxValue),
            new Scaling(-0.0),
            new Activation(Function.LeakyRelu(0.1 + 0.2)),
        ]);

        var read = NetworkTemplate.Parse(NetworkText.Write(network)).With();

        read.Layers.OfType<Scaling>()
            .Select(scaling => BitConverter.DoubleToInt64Bits(scaling.Factor))
            .Should()
            .Equal(network.Layers.OfType<Scaling>().Select(scaling => BitConverter.DoubleToInt64Bits(scaling.Factor)));
        read.Should().Be(network);
    }

    [Fact]
    public void A_name_of_any_script_is_read_as_it_was_written()
    {
        var network = new Network("größe \"δ\" 网络 \u202e🙂 \\u0041 \t", new Shape(2, 3, 4), [new Flatten()]);

        NetworkTemplate.Parse(NetworkText.Write(network)).With().Name.Should().Be(network.Name);
    }

    [Theory]
    [InlineData("\"batch_norm\"", "{\"batch_norm\": {}}")]
    [InlineData("\"dense\"", "{\"dense\": {\"weight_variance\": 2}}")]
    [InlineData("\"relu\"", "{\"relu\": {}}")]
    [InlineData("\"leaky_relu\"", "{\"leaky_relu\": {\"slope\": 0.01}}")]
    [InlineData(
        "{\"conv\": {\"kernel\": 3}}",
        "{\"conv\": {\"kernel\": 3, \"stride\": 1, \"dilation\": 1, \"groups\": 1, \"boundary\": \"periodic\", \"weights\": \"normal\", \"bias_variance\": 0}}"
    )]
    [InlineData(
        "{\"residual\": {\"branch\": []}}",
        "{\"residual\": {\"branch\": [], \"skip\": [], \"branch_scale\": 1, \"skip_scale\": 1.0, \"survival\": 1}}"
    )]
    [InlineData("{\"attention\": {\"heads\": 2}}", "{\"attention\": {\"heads\": 2, \"causal\": false, \"weight_variance\": 1}}")]
    public void Omitted_options_have_their_defaults(string shorter, string longer) => Read(shorter).Should().Be(Read(longer));

    [Theory]
    [InlineData("{\"conv\": {\"kernel\": 3, \"groups\": \"depthwise\"}}", Convolution.EachChannel)]
    [InlineData("{\"conv\": {\"kernel\": 3, \"groups\": 2}}", 2)]
    public void Groups_are_a_number_or_depthwise(string layer, int groups) =>
        Read(layer).Layers[0].Should().BeOfType<Convolution>().Which.Groups.Should().Be(groups);

    [Fact]
    public void Comments_and_trailing_commas_are_ignored()
    {
        var template = NetworkTemplate.Parse(
            """
            // Comments are for people.
            { "name": "commented", "description": "What it is.", "input": [4, 4, 2], "layers": ["relu", /* and */ "tanh",], }
            """
        );

        template
            .With()
            .Should()
            .Be(new Network("commented", new Shape(4, 4, 2), [new Activation(Function.Relu), new Activation(new Function(FunctionKind.Tanh))]));
        template.Description.Should().Be("What it is.");
    }

    [Fact]
    public void A_template_is_filled_with_N_and_L()
    {
        var template = NetworkTemplate.Parse(
            """{"name": "open", "layers": [{"dense": {"channels": "N"}}, {"repeat": {"times": "L", "unit": [{"residual": {"branch": ["dense"], "branch_scale": "1/sqrt(L)"}}]}}]}"""
        );

        (template.LeavesChannelsOpen, template.LeavesDepthOpen, template.Input).Should().Be((true, true, null));
        var network = template.With(new Shape(1, 1, 5), channels: 7, depth: 9);
        network
            .Should()
            .Be(
                new Network(
                    "open",
                    new Shape(1, 1, 5),
                    [new Dense { Channels = 7 }, new Repeat(9, [new Residual([new Dense()]) { BranchScale = ResidualScale.ByDepth }])]
                )
            );
        network.Should().NotBe(template.With(new Shape(1, 1, 5), channels: 8, depth: 9)).And.NotBe(template.With(new Shape(1, 1, 5), channels: 7, depth: 8));
        Refusal(() => template.With(new Shape(1, 1, 5), channels: 7)).Should().StartWith("layers: ").And.Contain("L");
        Refusal(() => template.With(new Shape(1, 1, 5), depth: 9)).Should().StartWith("layers: ").And.Contain("N");
        Refusal(() => template.With(channels: 7, depth: 9)).Should().StartWith("input: ");
        Refusal(() => template.With(new Shape(1, 1, 5), channels: 0, depth: 9)).Should().StartWith("layers[0]: expected channels from 1 to");
        Refusal(() => template.With(new Shape(1, 1, 5), channels: 7, depth: -1)).Should().StartWith("layers[1].repeat: expected times from 1 to");
    }

    [Fact]
    public void A_network_with_a_fixed_input_shape_refuses_other_shapes()
    {
        var template = NetworkTemplate.Parse("""{"name": "fixed", "input": [4, 5, 2], "layers": ["relu"]}""");

        template.With().Should().Be(template.With(new Shape(4, 5, 2)));
        (template.LeavesChannelsOpen, template.LeavesDepthOpen).Should().Be((false, false));
        Refusal(() => template.With(new Shape(5, 4, 2))).Should().Be("input: expected images of 4×5×2, got 5×4×2");
    }

    /// <summary>One of each kind of thing that may be wrong.</summary>
    [Theory]
    [InlineData("", "network: expected a JSON object with name and layers, got an empty text")]
    [InlineData("PK\u0003\u0004", "network: expected JSON")]
    [InlineData("{\"name\": \"n\", \"layers\": [NaN]}", "network: expected JSON, got something else in line 1, column 26")]
    [InlineData("{\"name\": \"n\", \"layers\": [\"relu\"]", "network: expected JSON")]
    [InlineData("[]", "network: expected an object with name, description, input, layers, $schema, got a list of 0")]
    [InlineData("3", "network: expected an object with")]
    [InlineData("{\"layers\": [\"relu\"]}", "network: expected a value for name, got none")]
    [InlineData("{\"name\": \"n\"}", "network: expected a value for layers, got none")]
    [InlineData("{\"name\": \" \", \"layers\": [\"relu\"]}", "name: expected a name, got nothing")]
    [InlineData("{\"name\": 3, \"layers\": [\"relu\"]}", "name: expected a text, got 3")]
    [InlineData("{\"name\": \"n\", \"layers\": []}", "layers: expected at least one layer, got none")]
    [InlineData("{\"name\": \"n\", \"layers\": \"relu\"}", "layers: expected a list of layers, got \"relu\"")]
    [InlineData("{\"name\": \"n\", \"layer\": [\"relu\"]}", "network: expected an object with name, description, input, layers, $schema, got \"layer\"")]
    [InlineData("{\"name\": \"n\", \"name\": \"m\", \"layers\": [\"relu\"]}", "network: expected \"name\" once, got it twice")]
    [InlineData("{\"name\": \"n\", \"input\": [4, 4], \"layers\": [\"relu\"]}", "input: expected [height, width, channels], got a list of 2")]
    [InlineData("{\"name\": \"n\", \"input\": [4, 4.5, 1], \"layers\": [\"relu\"]}", "input[1]: expected an integer, got 4.5")]
    [InlineData("{\"name\": \"n\", \"input\": [4, 0, 1], \"layers\": [\"relu\"]}", "input: expected width from 1 to 1048576, got 0")]
    [InlineData("{\"name\": \"\\ud83d\", \"layers\": [\"relu\"]}", "network: expected text in Unicode")]
    [InlineData("{\"name\": \"n\", \"layers\": [{\"\\udc00\": 1}]}", "network: expected text in Unicode")]
    public void A_file_that_is_no_network_is_refused(string text, string message) =>
        Refusal(() => NetworkTemplate.Parse(text).With(new Shape(8, 8, 4))).Should().StartWith(message);

    [Fact]
    public void A_name_without_end_is_refused() =>
        Refusal(() => NetworkTemplate.Parse($"{{\"name\": \"{new string('n', Limits.Name + 1)}\", \"layers\": [\"relu\"]}}"))
            .Should()
            .Be("name: expected at most 1000 characters, got 1001");

    [Theory]
    [InlineData("\"rellu\"", "layers[0]: expected a layer (conv, dense,")]
    [InlineData("{\"Conv\": {\"kernel\": 3}}", "layers[0]: expected a layer (conv, dense,")]
    [InlineData("7", "layers[0]: expected a layer, a word or an object with one, got 7")]
    [InlineData("{\"conv\": {\"kernel\": 3}, \"relu\": {}}", "layers[0]: expected a layer, a word or an object with one, got an object")]
    [InlineData("{\"relu\": {}, \"relu\": {}}", "layers[0]: expected a layer, a word or an object with one")]
    [InlineData("{}", "layers[0]: expected a layer, a word or an object with one")]
    [InlineData("\"conv\"", "layers[0].conv: expected a value for kernel, got none")]
    [InlineData("{\"conv\": 3}", "layers[0].conv: expected an object with kernel, channels,")]
    [InlineData("{\"conv\": {\"kernel\": \"3\"}}", "layers[0].conv.kernel: expected an integer, got \"3\"")]
    [InlineData("{\"conv\": {\"kernel\": 3.5}}", "layers[0].conv.kernel: expected an integer, got 3.5")]
    [InlineData("{\"conv\": {\"kernel\": 99999999999}}", "layers[0].conv.kernel: expected an integer, got 99999999999")]
    [InlineData("{\"conv\": {\"kernel\": 0}}", "layers[0]: expected kernel from 1 to")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"kernel\": 5}}", "layers[0].conv: expected \"kernel\" once, got it twice")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"strides\": 2}}", "layers[0].conv: expected an object with kernel,")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"groups\": 0}}", "layers[0].conv.groups: expected a positive integer or \"depthwise\", got 0")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"groups\": 3}}", "layers[0]: expected channels that 3 groups divide, got 4 in and 4 out")]
    [InlineData("{\"conv\": {\"kernel\": 9}}", "layers[0]: expected a kernel that fits 8×8 positions, got 9")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"dilation\": 4}}", "layers[0]: expected a kernel that fits 8×8 positions, got 3 dilated by 4")]
    [InlineData("{\"conv\": {\"kernel\": 2, \"boundary\": \"symmetric\"}}", "layers[0]: expected an odd kernel with boundary symmetric, got 2")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"boundary\": \"zeros\"}}", "layers[0].conv.boundary: expected periodic, symmetric, zero_padding, got \"zeros\"")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"weight_variance\": -1}}", "layers[0]: expected weight_variance to be a finite number of at least 0, got -1")]
    [InlineData(
        "{\"conv\": {\"kernel\": 3, \"weight_variance\": 1e-400}}",
        "layers[0].conv.weight_variance: expected 0 or a number with a magnitude of at least 5E-324, got 1e-400, which is too small for double precision"
    )]
    [InlineData(
        "{\"scale\": -0.00001e-395}",
        "layers[0]: expected 0 or a number with a magnitude of at least 5E-324, got -0.00001e-395, which is too small for double precision"
    )]
    [InlineData("{\"conv\": {\"kernel\": 3, \"weight_variance\": 1e999}}", "layers[0].conv.weight_variance: expected a finite number, got 1e999")]
    [InlineData(
        "{\"conv\": {\"kernel\": 3, \"weights\": \"gaussian\"}}",
        "layers[0].conv.weights: expected normal, uniform, truncated_normal, orthogonal, got \"gaussian\""
    )]
    [InlineData("{\"relu\": {\"slope\": 0.1}}", "layers[0].relu: expected only the word, got \"slope\"")]
    [InlineData("{\"tanh\": 1}", "layers[0].tanh: expected only the word, got 1")]
    [InlineData("{\"dropout\": {}}", "layers[0].dropout: expected a value for keep, got none")]
    [InlineData("{\"dropout\": {\"keep\": 0}}", "layers[0]: expected keep above 0 and at most 1, got 0")]
    [InlineData("\"max_pool\"", "layers[0]: expected {\"max_pool\": extent}, got only the word")]
    [InlineData("{\"average_pool\": 3}", "layers[0]: expected positions that windows of 3 divide, got 8×8")]
    [InlineData("{\"scale\": 1e999}", "layers[0]: expected scale to be a finite number")]
    [InlineData("{\"group_norm\": {\"groups\": 3}}", "layers[0]: expected channels that 3 groups divide, got 4")]
    [InlineData("{\"attention\": {\"heads\": 3}}", "layers[0]: expected channels that 3 heads divide, got 4")]
    [InlineData("\"flatten\", {\"attention\": {\"heads\": 1}}", "layers[1]: expected at least two positions to attend to, got 1×1")]
    [InlineData("{\"attention\": {\"heads\": 2, \"causal\": \"yes\"}}", "layers[0].attention.causal: expected true or false, got \"yes\"")]
    [InlineData("{\"layer_norm\": {\"over\": \"points\"}}", "layers[0].layer_norm.over: expected channels, all, got \"points\"")]
    [InlineData("{\"batch_norm\": {\"epsilon\": -0.1}}", "layers[0]: expected epsilon to be a finite number of at least 0, got -0.1")]
    [InlineData("{\"residual\": {\"skip\": []}}", "layers[0].residual: expected a value for branch, got none")]
    [InlineData(
        "{\"residual\": {\"branch\": [{\"dense\": {\"channels\": 3}}]}}",
        "layers[0].residual: expected branch and skip of one shape, got 8×8×3 and 8×8×4; a projection"
    )]
    [InlineData(
        "{\"residual\": {\"branch\": [\"relu\"], \"branch_scale\": \"1/sqrt(3)\"}}",
        "layers[0].residual.branch_scale: expected a number, \"1/sqrt(2)\""
    )]
    [InlineData(
        "{\"residual\": {\"branch\": [\"relu\"], \"branch_scale\": \"1/sqrt(L)\"}}",
        "layers[0].residual: expected a number as scale outside of a repeat"
    )]
    [InlineData("{\"residual\": {\"branch\": [\"relu\"], \"survival\": 1.5}}", "layers[0].residual: expected survival above 0 and at most 1, got 1.5")]
    [InlineData("{\"repeat\": {\"times\": 3}}", "layers[0].repeat: expected a value for unit, got none")]
    [InlineData("{\"repeat\": {\"times\": \"M\", \"unit\": [\"relu\"]}}", "layers[0].repeat.times: expected an integer or \"L\", got \"M\"")]
    [InlineData("{\"repeat\": {\"times\": 0, \"unit\": [\"relu\"]}}", "layers[0].repeat: expected times from 1 to")]
    [InlineData("{\"repeat\": {\"times\": 2, \"unit\": []}}", "layers[0].repeat: expected at least one layer in unit, got none")]
    [InlineData("\"relu\", \"relu\", {\"repeat\": {\"times\": 2, \"unit\": [\"reluu\"]}}", "layers[2].repeat.unit[0]: expected a layer (")]
    [InlineData(
        "{\"repeat\": {\"times\": 2, \"unit\": [{\"residual\": {\"branch\": [\"relu\", {\"max_pool\": 5}]}}]}}",
        "layers[0].repeat.unit[0].residual.branch[1]: expected positions"
    )]
    [InlineData("{\"repeat\": {\"times\": 3, \"unit\": [{\"max_pool\": 2}, {\"conv\": {\"kernel\": 1}}]}}", null)]
    [InlineData(
        "{\"repeat\": {\"times\": 4, \"unit\": [{\"max_pool\": 2}, {\"conv\": {\"kernel\": 1}}]}}",
        "layers[0].repeat.unit[0]: expected positions that windows of 2 divide, got 1×1"
    )]
    public void An_invalid_or_unsuitable_layer_is_refused_with_its_position(string layers, string? message)
    {
        if (message is null)
        {
            // Halved three times, eight positions are one; the fourth pooling leaves it alone.
            Read(layers).Output.Should().Be(new Shape(1, 1, 4));
            return;
        }

        Refusal(() => Read(layers)).Should().StartWith(message);
    }

    [Theory]
    [InlineData("\"rellu\"", "rellu", "relu")]
    [InlineData("{\"batchnorm\": {}}", "batchnorm", "batch_norm")]
    [InlineData("{\"conv\": {\"kernal\": 3}}", "kernal", "kernel")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"boundary\": \"zero\"}}", "zero", "zero_padding")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"weights\": \"uniforme\"}}", "uniforme", "uniform")]
    [InlineData("{\"dropout\": {\"keep\": 0.5, \"mask\": \"points\"}}", "points", "by_point")]
    [InlineData("{\"residual\": {\"branch\": [\"relu\"], \"skipscale\": 2}}", "skipscale", "skip_scale")]
    public void An_unknown_word_is_refused_and_the_known_words_are_listed(string layer, string word, string meant)
    {
        var refused = FluentActions.Invoking(() => Read(layer)).Should().Throw<InvalidNetworkException>().Which;

        refused.Word.Should().Be(word);
        refused.Words.Should().Contain(meant);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(100, false)]
    public void Layers_in_too_many_levels_are_refused(int levels, bool fits)
    {
        var text =
            $"{string.Concat(Enumerable.Repeat("{\"repeat\": {\"times\": 1, \"unit\": [", levels))}\"relu\"{string.Concat(Enumerable.Repeat("]}}", levels))}";
        if (fits)
        {
            Read(text).Output.Should().Be(new Shape(8, 8, 4));
        }
        else
        {
            Refusal(() => Read(text)).Should().EndWith("expected at most 32 levels of layers within layers");
        }
    }

    [Fact]
    public void Nested_repeats_with_too_many_layers_are_refused_before_they_are_built()
    {
        var text =
            string.Concat(Enumerable.Repeat("{\"repeat\": {\"times\": 1048576, \"unit\": [", 20)) + "\"relu\"" + string.Concat(Enumerable.Repeat("]}}", 20));
        Refusal(() => Read(text)).Should().EndWith("expected at most 1048576 layers with all repetitions, got 1099511627776");
        Read("{\"repeat\": {\"times\": 1048576, \"unit\": [\"relu\"]}}").Output.Should().Be(new Shape(8, 8, 4));
    }

    [Fact]
    public void Text_that_holds_half_of_a_character_is_refused()
    {
        Refusal(() => Read("\"\ud83d\"")).Should().StartWith("network: expected text in Unicode");
        Refusal(() => Read("\"\udc00\ud83d\"")).Should().StartWith("network: expected text in Unicode");
        Refusal(() => NetworkTemplate.Parse("\ud83d")).Should().StartWith("network: expected text in Unicode");
        Refusal(() => Read("\"\ud83d\ude00\\ud83d\\ude00\\\\ud83d\"")).Should().StartWith("layers[0]: expected a layer");
    }

    [Fact]
    public void Unlimited_nesting_of_lists_is_refused()
    {
        Refusal(() => NetworkTemplate.Parse(new string('[', 5_000_000))).Should().StartWith("network: expected JSON");
        Refusal(() => NetworkTemplate.Parse(new string('[', 1_000_000) + new string(']', 1_000_000))).Should().StartWith("network: expected JSON");
    }

    [Fact]
    public void Text_that_is_longer_than_any_network_is_refused() =>
        Refusal(() => NetworkTemplate.Parse(new string(' ', (1 << 24) + 1))).Should().Be("network: expected at most 16777216 characters, got 16777217");

    [Fact]
    public void Null_is_refused_by_name()
    {
        FluentActions.Invoking(() => NetworkTemplate.Parse(null!)).Should().Throw<ArgumentNullException>().WithParameterName("text");
        FluentActions.Invoking(() => NetworkText.Write(null!)).Should().Throw<ArgumentNullException>().WithParameterName("network");
    }

    private static Network Network(Layers layers) => new("n", new Shape(8, 8, 4), layers);

    private static Network Read(string layers) => NetworkTemplate.Parse($"{{\"name\": \"n\", \"layers\": [{layers}]}}").With(new Shape(8, 8, 4));

    private static string Refusal(Func<object> read)
    {
        var refused = FluentActions.Invoking(read).Should().Throw<InvalidNetworkException>().Which;
        refused.Message.Should().Be($"{refused.Path}: {refused.Expectation}").And.NotContain("\n");
        return refused.Message;
    }
}
