using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using Json.Schema;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>docs/network.schema.json, which editors read, says what the reader does.</summary>
public class NetworkSchemaTests
{
    private static readonly JsonElement Text = JsonDocument
        .Parse(System.IO.File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "network.schema.json")))
        .RootElement;
    private static readonly JsonSchema Schema = JsonSchema.FromText(Text.GetRawText());

    public static TheoryData<string> Words => [.. LayerReader.AllWords];

    private static JsonElement Layer => Text.GetProperty("$defs").GetProperty("layer").GetProperty("oneOf");

    private static JsonElement Objects => Layer[1].GetProperty("properties");

    [Law(MaxTest = 1000)]
    public void A_written_network_obeys_the_schema(Network network) => IsValid(NetworkText.Write(network)).Should().BeTrue(NetworkText.Write(network));

    [Fact]
    public void The_schema_and_the_reader_know_the_same_layers() =>
        Objects.EnumerateObject().Select(property => property.Name).Should().BeEquivalentTo(LayerReader.AllWords);

    [Fact]
    public void The_schema_and_the_reader_know_the_same_names_of_a_file() =>
        Text.GetProperty("properties").EnumerateObject().Select(property => property.Name).Should().BeEquivalentTo(Networks.FileWords.Network);

    [Theory]
    [MemberData(nameof(Words))]
    public void Schema_and_reader_accept_the_same_layers_as_single_words(string word)
    {
        var reads = Refusal($"\"{word}\"") is null;

        Layer[0].GetProperty("enum").EnumerateArray().Select(element => element.GetString()).Contains(word).Should().Be(reads);
        IsValid(File($"\"{word}\"")).Should().Be(reads);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void Schema_and_reader_accept_the_same_options_of_a_layer(string word)
    {
        var layer = Objects.GetProperty(word);
        if (layer.TryGetProperty("$ref", out var reference))
        {
            reference.GetString().Should().Be("#/$defs/nothing");
            Refusal($"{{\"{word}\": {{\"strange\": 1}}}}")!.Words.Should().BeEmpty();
        }
        else if (layer.GetProperty("type").ValueEquals("object"))
        {
            Refusal($"{{\"{word}\": {{\"strange\": 1}}}}")!
                .Words.Should()
                .BeEquivalentTo(layer.GetProperty("properties").EnumerateObject().Select(property => property.Name));
        }
        else
        {
            Refusal($"{{\"{word}\": {{}}}}").Should().NotBeNull("it takes a number");
        }
    }

    /// <summary>Words within layers.</summary>
    [Theory]
    [InlineData("conv", "boundary", "kernel\": 3, \"")]
    [InlineData("conv", "weights", "kernel\": 3, \"")]
    [InlineData("dense", "weights", "")]
    [InlineData("attention", "weights", "heads\": 1, \"")]
    [InlineData("layer_norm", "over", "")]
    [InlineData("rms_norm", "over", "")]
    [InlineData("dropout", "mask", "keep\": 0.5, \"")]
    public void Schema_and_reader_accept_the_same_values_of_an_option(string word, string name, string before)
    {
        var words = Objects
            .GetProperty(word)
            .GetProperty("properties")
            .GetProperty(name)
            .GetProperty("enum")
            .EnumerateArray()
            .Select(element => element.GetString())
            .ToArray();

        Refusal($"{{\"{word}\": {{\"{before}{name}\": \"strange\"}}}}")!.Words.Should().Equal(words, "the first is the default");
    }

    /// <summary>What no shape is needed for to refuse it, both refuse.</summary>
    [Theory]
    [InlineData("{\"conv\": {\"kernel\": 0}}")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"stride\": 0}}")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"groups\": 0}}")]
    [InlineData("{\"conv\": {\"kernel\": 3, \"channels\": \"M\"}}")]
    [InlineData("{\"conv\": {\"kernel\": 2.5}}")]
    [InlineData("{\"dense\": {\"weight_variance\": -1}}")]
    [InlineData("{\"dense\": {\"channels\": 0}}")]
    [InlineData("{\"batch_norm\": {\"epsilon\": -1}}")]
    [InlineData("{\"group_norm\": {\"groups\": 0}}")]
    [InlineData("{\"dropout\": {\"keep\": 0}}")]
    [InlineData("{\"dropout\": {\"keep\": 1.5}}")]
    [InlineData("{\"attention\": {\"heads\": 0}}")]
    [InlineData("{\"attention\": {\"heads\": 1, \"causal\": 1}}")]
    [InlineData("{\"max_pool\": 0}")]
    [InlineData("{\"max_pool\": \"2\"}")]
    [InlineData("{\"scale\": \"1/sqrt(2)\"}")]
    [InlineData("{\"residual\": {}}")]
    [InlineData("{\"residual\": {\"branch\": \"relu\"}}")]
    [InlineData("{\"residual\": {\"branch\": [], \"survival\": 0}}")]
    [InlineData("{\"residual\": {\"branch\": [], \"branch_scale\": \"1/sqrt(N)\"}}")]
    [InlineData("{\"repeat\": {\"times\": 0, \"unit\": [\"relu\"]}}")]
    [InlineData("{\"repeat\": {\"times\": 1, \"unit\": []}}")]
    [InlineData("{\"repeat\": {\"times\": \"N\", \"unit\": [\"relu\"]}}")]
    [InlineData("{\"relu\": {}, \"tanh\": {}}")]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_layer_that_the_reader_refuses_for_any_shape_is_refused_by_the_schema(string layer)
    {
        Refusal(layer).Should().NotBeNull();
        IsValid(File(layer)).Should().BeFalse();
    }

    [Theory]
    [InlineData("{\"name\": \"n\"}")]
    [InlineData("{\"layers\": [\"relu\"]}")]
    [InlineData("{\"name\": \" \", \"layers\": [\"relu\"]}")]
    [InlineData("{\"name\": \"n\", \"layers\": []}")]
    [InlineData("{\"name\": \"n\", \"layers\": [\"relu\"], \"input\": [4, 4]}")]
    [InlineData("{\"name\": \"n\", \"layers\": [\"relu\"], \"input\": [4, 4, 0]}")]
    [InlineData("{\"name\": \"n\", \"layers\": [\"relu\"], \"input\": [4, 4, 1, 1]}")]
    [InlineData("{\"name\": \"n\", \"layers\": [\"relu\"], \"depth\": 3}")]
    [InlineData("{\"name\": \"n\", \"description\": 3, \"layers\": [\"relu\"]}")]
    [InlineData("[]")]
    public void Schema_and_reader_both_refuse_an_invalid_file(string text)
    {
        FluentActions.Invoking(() => NetworkTemplate.Parse(text)).Should().Throw<InvalidNetworkException>();
        IsValid(text).Should().BeFalse();
    }

    /// <summary>Values that stand in for each value of a valid file in turn; null leaves it out.</summary>
    private static readonly string?[] Variations =
    [
        "2",
        "2.0",
        "2e0",
        "2.5",
        "0",
        "-0.0",
        "-1",
        "1e999",
        "99999999999",
        "\"2\"",
        "\"N\"",
        "\"L\"",
        "null",
        "true",
        "[]",
        "{}",
        null,
    ];

    /// <summary>Every option of every layer with a value that it can have for images of 8×8×4.</summary>
    private static readonly string[] Rich =
    [
        """{"conv": {"kernel": 2, "channels": 2, "stride": 2, "dilation": 2, "groups": 2, "boundary": "zero_padding", "weight_variance": 2, "bias_variance": 1}}""",
        """{"dense": {"channels": 2, "weight_variance": 2, "bias_variance": 1, "weights": "uniform"}}""",
        """{"layer_norm": {"epsilon": 1, "scale": 2, "over": "all"}}""",
        """{"group_norm": {"groups": 2, "epsilon": 1, "scale": 2}}""",
        """{"leaky_relu": {"slope": 0.5}}""",
        """{"scale": 2}""",
        """{"average_pool": 2}""",
        """{"dropout": {"keep": 0.5, "mask": "shared"}}""",
        """{"attention": {"heads": 2, "causal": true}}""",
        """{"residual": {"branch": ["relu"], "skip": ["relu"], "branch_scale": 2, "skip_scale": 2, "survival": 0.5}}""",
        """{"repeat": {"times": 2, "unit": ["relu"]}}""",
    ];

    public static TheoryData<string> Varied => [.. Rich];

    [Theory]
    [MemberData(nameof(Varied))]
    public void Schema_and_reader_agree_on_every_variation_of_a_layer(string layer)
    {
        Refusal(layer).Should().BeNull();
        IsValid(File(layer)).Should().BeTrue();
        var options = JsonNode.Parse(layer)!.AsObject().Single().Value as JsonObject;
        foreach (var name in options?.Select(option => option.Key) ?? [""])
        {
            foreach (var value in Variations)
            {
                var varied = JsonNode.Parse(layer)!.AsObject();
                var holder = options is null ? varied : varied.Single().Value!.AsObject();
                var key = options is null ? varied.Single().Key : name;
                holder[key] = "IN PLACE OF IT";
                if (value is null)
                {
                    holder.Remove(key);
                }

                var text = varied.ToJsonString().Replace("\"IN PLACE OF IT\"", value, StringComparison.Ordinal);
                var refusal = Refusal(text);

                // What a schema cannot say depends on other layers: the shape that a layer gets, and numbers beyond double precision.
                if (refusal is null || !NeedsMoreThanTheValue(refusal.Expectation))
                {
                    IsValid(File(text)).Should().Be(refusal is null, $"{text}: {refusal?.Message}");
                }
            }
        }
    }

    private static bool NeedsMoreThanTheValue(string expectation) =>
        new[] { "divide", "fits", "finite", "weights", "odd kernel" }.Any(word => expectation.Contains(word, StringComparison.Ordinal));

    internal static bool IsValid(string text) => Schema.Evaluate(JsonDocument.Parse(text).RootElement).IsValid;

    private static InvalidNetworkException? Refusal(string layer)
    {
        try
        {
            _ = NetworkTemplate.Parse(File(layer)).With(new Shape(8, 8, 4), channels: 4, depth: 2);
            return null;
        }
        catch (InvalidNetworkException exception)
        {
            return exception;
        }
    }

    private static string File(string layer) => $"{{\"name\": \"n\", \"layers\": [{layer}]}}";
}
