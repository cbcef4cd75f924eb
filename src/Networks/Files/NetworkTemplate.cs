using System.Text;
using System.Text.Json;

namespace Wellbehaved.Networks;

/// <summary>A network's JSON form, which may leave channels and repetitions open as <c>"N"</c> and <c>"L"</c>.</summary>
/// <remarks>The schema is docs/network.schema.json. A file cannot name another file or run a program.</remarks>
public sealed class NetworkTemplate
{
    /// <summary>The greatest length of a text. It is enough, since even a network of a million layers consists of a few repeats.</summary>
    private const int MostCharacters = 1 << 24;

    /// <summary>The deepest nesting of JSON, about thirty times what a network needs; it is limited since the parser's time grows with its square.</summary>
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

    /// <summary>The network's name in results, titles and messages.</summary>
    public string Name { get; }

    /// <summary>A sentence about the network; null where the file has none.</summary>
    public string? Description { get; }

    /// <summary>Shape of its inputs; null where the shape of the images decides it.</summary>
    public Shape? Input { get; }

    /// <summary>Whether <c>"N"</c> stands for channels somewhere.</summary>
    public bool LeavesChannelsOpen { get; }

    /// <summary>Whether <c>"L"</c> stands for repetitions somewhere.</summary>
    public bool LeavesDepthOpen { get; }

    /// <summary>Reads the JSON form of a network.</summary>
    /// <param name="text">JSON; comments and trailing commas are allowed.</param>
    /// <returns>The template.</returns>
    /// <exception cref="InvalidNetworkException">The text does not describe a network; the message states the path and what was expected.</exception>
    public static NetworkTemplate Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MostCharacters)
        {
            throw new InvalidNetworkException("network", $"expected at most {MostCharacters} characters, got {text.Length}");
        }

        if (!UnicodeText.IsWhole(text))
        {
            throw new InvalidNetworkException("network", "expected text in Unicode, got an incomplete character (an unpaired surrogate)");
        }

        if (string.IsNullOrWhiteSpace(text))
        {
            throw new InvalidNetworkException("network", "expected a JSON object with name and layers, got an empty text");
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
                $"expected JSON{(IsTooDeep(text) ? $" of at most {MostDepth} levels, got more" : ", got something else")} "
                    + $"in line {exception.LineNumber + 1}, column {exception.BytePositionInLine + 1}"
            );
        }

        var file = ReadObject.Read(root, "network", FileWords.Network);
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

    /// <summary>Whether the fault of a text that could not be read is that its brackets are nested too deeply.</summary>
    private static bool IsTooDeep(string text)
    {
        var reader = new Utf8JsonReader(
            Encoding.UTF8.GetBytes(text),
            new JsonReaderOptions
            {
                MaxDepth = int.MaxValue,
                AllowTrailingCommas = Options.AllowTrailingCommas,
                CommentHandling = Options.CommentHandling,
            }
        );
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth > MostDepth)
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            // Something else is wrong before that.
        }

        return false;
    }

    /// <summary>Fills in the sizes that are left open.</summary>
    /// <param name="input">Shape of an image; null to use <see cref="Input"/>.</param>
    /// <param name="channels">The value of <c>"N"</c>; null if it does not occur.</param>
    /// <param name="depth">The value of <c>"L"</c>; null if it does not occur.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidNetworkException">A size is missing, contradicts the file or is out of range, or the layers do not fit each other.</exception>
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
