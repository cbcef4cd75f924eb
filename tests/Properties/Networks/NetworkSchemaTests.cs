using System.Text.Json;
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
