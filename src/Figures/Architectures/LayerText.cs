using System.Text.Json;
using Wellbehaved.Networks;
using Network = Wellbehaved.Networks.Network;

namespace Wellbehaved.Figures;

/// <summary>Describes a layer in one line, in the words of its JSON form: <c>conv kernel 3, channels 64</c>.</summary>
internal static class LayerText
{
    /// <summary>Writes the line.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Shape of its input features.</param>
    /// <returns>Its word and the options that differ from their defaults, without the layers inside a repeat or a residual layer.</returns>
    public static string Write(Layer layer, Shape input)
    {
        // The layer is put into a stack, because scales may depend on the depth of a stack.
        var text = NetworkText.Write(Network.PartOf(layer.Word, input, [new Repeat(1, [layer])]));
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = ResultConfiguration.MostLevels });
        var element = document.RootElement.GetProperty("layers")[0].GetProperty("repeat").GetProperty("unit")[0];
        if (element.ValueKind == JsonValueKind.String)
        {
            return element.GetString()!;
        }

        var only = element.EnumerateObject().First();
        var options =
            only.Value.ValueKind == JsonValueKind.Object
                ? string.Join(
                    ", ",
                    only.Value.EnumerateObject()
                        .Where(option => option.Value.ValueKind is not (JsonValueKind.Array or JsonValueKind.False))
                        .Select(option => option.Value.ValueKind == JsonValueKind.True ? option.Name : $"{option.Name} {option.Value}")
                )
                : only.Value.ToString();
        return options.Length == 0 ? only.Name : $"{only.Name} {options}";
    }
}
