using System.Collections.Immutable;
using System.Text.Json;

namespace Wellbehaved.Audit;

/// <summary>The signatures of the deliberately wrong implementations of the tests, data/signatures.json, measured at quick scale.</summary>
internal static class KnownDefects
{
    private const string ResourceName = "signatures.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>All signatures.</summary>
    public static ImmutableArray<Signature> Signatures { get; } = Load();

    /// <summary>Writes signatures in the format of the file.</summary>
    /// <param name="signatures">The signatures.</param>
    /// <returns>JSON text.</returns>
    public static string ToText(IEnumerable<Signature> signatures) => JsonSerializer.Serialize(signatures, Format) + "\n";

    /// <summary>Reads signatures in the format of the file.</summary>
    /// <param name="text">JSON text.</param>
    /// <returns>The signatures.</returns>
    public static ImmutableArray<Signature> Read(string text) => JsonSerializer.Deserialize<ImmutableArray<Signature>>(text, Format);

    private static ImmutableArray<Signature> Load()
    {
        using var reader = new StreamReader(typeof(KnownDefects).Assembly.GetManifestResourceStream(ResourceName)!);
        return Read(reader.ReadToEnd());
    }
}
