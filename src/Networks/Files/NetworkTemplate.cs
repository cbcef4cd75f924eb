using System.Text.Json;

namespace Wellbehaved.Networks;

/// <summary>A network's JSON form, in which channels and repetitions may be left open: <c>"N"</c> and <c>"L"</c> stand for them.</summary>
/// <remarks>The schema is docs/network.schema.json. Nothing in a file names another file or runs anything.</remarks>
public sealed class NetworkTemplate
{
    /// <summary>Longest text that is read: a network of a million layers is one of a few repeats.</summary>
    private const int MostCharacters = 1 << 24;

    /// <summary>Deepest nesting of JSON, some thirty times what the levels of a network need: the parser takes time that grows with its square.</summary>
    private const int MostDepth = 1024;

    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = MostDepth,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private readonly JsonElement _root;

    private NetworkTemplate(JsonElement root, string name, string? description, Shape? input)
    {
        (_root, Name, Description, Input) = (root, name, description, input);
        var open = new OpenSizes(null, null);
        _ = LayerReader.Read(_root, open);
        (LeavesChannelsOpen, LeavesDepthOpen) = (open.ChannelsAsked, open.DepthAsked);
    }

    /// <summary>What results, titles and messages call the network.</summary>
    public string Name { get; }

    /// <summary>What the network is, in a sentence; null where the file says nothing.</summary>
    public string? Description { get; }

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

        if (!UnicodeText.IsWhole(text))
        {
            throw new InvalidNetworkException("network", "expected text in Unicode, got half of a character (a surrogate without the other)");
        }

        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new InvalidNetworkException(
                "network",
                $"expected JSON, got something else in line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}"
            );
        }

        var file = ReadObject.Read(root, "network", Words.Network);
        var name = file.Text("name");
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new InvalidNetworkException("name", "expected a name, got nothing");
        }

        if (name.Length > Limits.Name)
        {
            throw new InvalidNetworkException("name", $"expected at most {Limits.Name} characters, got {name.Length}");
        }

        var layers = file.Element("layers");
        if (layers.ValueKind == JsonValueKind.Array && layers.GetArrayLength() == 0)
        {
            throw new InvalidNetworkException("layers", "expected at least one layer, got none");
        }

        return new NetworkTemplate(
            layers,
            name,
            file.Find("description") is null ? null : file.Text("description"),
            file.Find("input") is { } input ? ShapeOf(input) : null
        );
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

        var shape =
            input
            ?? Input
            ?? throw new InvalidNetworkException("input", "expected the shape of an image, [height, width, channels], which the network leaves open");
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
            throw new InvalidNetworkException("input", $"expected [height, width, channels], got {ReadObject.Words(input)}");
        }

        var extents = input.EnumerateArray().Select((extent, i) => ReadObject.Integer(extent, $"input[{i}]")).ToArray();
        var shape = new Shape(extents[0], extents[1], extents[2]);
        Require.InputOf(shape);
        return shape;
    }
}
