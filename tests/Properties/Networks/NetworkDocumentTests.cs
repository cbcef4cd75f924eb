using System.Text.RegularExpressions;
using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>docs/networks.md names what the reader reads, and its example is a network.</summary>
public partial class NetworkDocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "networks.md")).ReplaceLineEndings("\n");

    [Fact]
    public void The_page_on_networks_explains_every_layer() =>
        Codes().Matches(Text).Select(match => match.Groups[1].Value).Should().Contain(LayerReader.AllWords);

    [Fact]
    public void The_page_on_networks_explains_every_option_of_a_layer()
    {
        foreach (var word in LayerReader.AllWords)
        {
            var row = Text.Split('\n')
                .Single(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Split('|')[1].Contains($"`{word}`", StringComparison.Ordinal));
            var options = Refusal($"{{\"{word}\": {{\"strange\": 1}}}}")
                .Words.Where(option => option is not ("weight_variance" or "bias_variance" or "weights"));
            options.Where(option => !row.Contains($"`{option}`", StringComparison.Ordinal)).Should().BeEmpty($"the row of {word} names them");
        }

        Text.Should().ContainAll("`weight_variance`", "`bias_variance`", "`weights`");
    }

    [Fact]
    public void The_example_on_the_page_on_networks_is_a_valid_network()
    {
        var example = Blocks().Matches(Text).Should().ContainSingle().Which.Groups[1].Value;

        NetworkSchemaTests.IsValid(example).Should().BeTrue();
        NetworkTemplate.Parse(example).With(channels: 16, depth: 4).Output.Should().Be(new Shape(1, 1, 16));
    }

    private static InvalidNetworkException Refusal(string layer) =>
        FluentActions.Invoking(() => NetworkTemplate.Parse($"{{\"name\": \"n\", \"layers\": [{layer}]}}")).Should().Throw<InvalidNetworkException>().Which;

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Codes();

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
