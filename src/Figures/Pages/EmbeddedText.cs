namespace Wellbehaved.Figures;

/// <summary>Texts that are embedded in the assembly, for pages.</summary>
internal static class EmbeddedText
{
    /// <summary>Reads a text.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its text.</returns>
    public static string Read(string name)
    {
        using var stream =
            typeof(EmbeddedText).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"expected the resource {name}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
