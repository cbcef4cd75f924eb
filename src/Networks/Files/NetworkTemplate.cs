using System.Text.Json;

namespace Wellbehaved.Networks;

/// <summary>A network's JSON form, in which channels and repetitions may be left open: <c>"N"</c> and <c>"L"</c> stand for them.</summary>
/// <remarks>The schema is docs/network.schema.json. Nothing in a file names another file or runs anything.</remarks>
public sealed class NetworkTemplate
{
    /// <summary>Longest text that is read: a network of a million layers is one of a few repeats.</summary>
    private const int MostCharacters = 1 << 24;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, AllowDuplicateProperties = false };

    private readonly JsonElement _root;

    private NetworkTemplate(JsonElement root, string name, Shape? input)
    {
        (_root, Name, Input) = (root, name, input);
        var open = new OpenSizes(null, null);
        _ = LayerReader.Read(_root, open);
        (LeavesChannelsOpen, LeavesDepthOpen) = (open.ChannelsAsked, open.DepthAsked);
    }

    /// <summary>What results, titles and messages call the network.</summary>
    public string Name { get; }

    /// <summary>Shape of its inputs; null where the file leaves it to the images.</summary>
    public Shape? Input { get; }

    /// <summary>Whether <c>"N"</c> stands for channels somewhere.</summary>
    public bool LeavesChannelsOpen { get; }

    /// <summary>Whether <c>"L"</c> stands for repetitions somewhere.</summary>
    public bool LeavesDepthOpen { get; }

    /// <summary>Reads the JSON form of a network.</summary>
    /// <param name="text">JSON; comments and trailing commas are allowed.</param>
    /// <returns>The template.</returns>
    /// <exception cref="InvalidNetworkException">It is no network: names the place in the file and what was expected.</exception>
    public static NetworkTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MostCharacters)
        {
            throw new InvalidNetworkException("network", $"expected at most {MostCharacters} characters, got {text.Length}");
        }

        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new InvalidNetworkException("network", $"expected JSON, got something else in line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}");
        }

        var file = JsonObject.Of(root, "network", ["name", "input", "layers", "$schema"]);
        var name = file.Text("name");
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new InvalidNetworkException("name", "expected a name, got nothing");
        }

        return new NetworkTemplate(file.Element("layers"), name, file.Find("input") is { } input ? ShapeOf(input) : null);
    }

    /// <summary>Puts sizes in.</summary>
    /// <param name="input">Shape of an image; null to take <see cref="Input"/>.</param>
    /// <param name="channels">What <c>"N"</c> stands for; null if it does not occur.</param>
    /// <param name="depth">What <c>"L"</c> stands for; null if it does not occur.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidNetworkException">A size is lacking, contradicts the file or is out of range, or the layers do not fit each other.</exception>
    public Network With(Shape? input = null, int? channels = null, int? depth = null)
    {
        if (input is { } given && Input is { } own && given != own)
        {
            throw new InvalidNetworkException("input", $"expected images of {own}, got {given}");
        }

        var shape = input ?? Input ?? throw new InvalidNetworkException("input", "expected the shape of an image, [height, width, channels], which the network leaves open");
        if (LeavesChannelsOpen && channels is null)
        {
            throw new InvalidNetworkException("layers", "expected a number of channels for N, which the network leaves open");
        }

        if (LeavesDepthOpen && depth is null)
        {
            throw new InvalidNetworkException("layers", "expected a number of repetitions for L, which the network leaves open");
        }

        return new Network(Name, shape, LayerReader.Read(_root, new OpenSizes(channels, depth)));
    }

    private static Shape ShapeOf(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Array || input.GetArrayLength() != 3)
        {
            throw new InvalidNetworkException("input", $"expected [height, width, channels], got {JsonObject.Words(input)}");
        }

        var extents = input.EnumerateArray().Select((extent, i) => JsonObject.Integer(extent, $"input[{i}]")).ToArray();
        return new(extents[0], extents[1], extents[2]);
    }
}
