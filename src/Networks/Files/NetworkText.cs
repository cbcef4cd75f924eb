using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Wellbehaved.Networks;

/// <summary>Writes the JSON form of a network; default values are left out.</summary>
public static class NetworkText
{
    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>The JSON form of a network.</summary>
    /// <param name="network">The network.</param>
    /// <returns>JSON that <see cref="NetworkTemplate.Parse"/> reads as an equal network.</returns>
    public static string Write(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Format))
        {
            json.WriteStartObject();
            json.WriteString("name", network.Name);
            json.WriteStartArray("input");
            json.WriteNumberValue(network.Input.Height);
            json.WriteNumberValue(network.Input.Width);
            json.WriteNumberValue(network.Input.Channels);
            json.WriteEndArray();
            json.WritePropertyName("layers");
            LayerWriter.Write(json, network.Layers);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
