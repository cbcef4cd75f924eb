namespace Wellbehaved.Model;

/// <summary>The embedded default input: 1024 colour patches of 32 × 32 pixels from photographs in the public domain. Provenance: data/README.md.</summary>
internal static class NaturalPatches
{
    private const string ResourceName = "natural_patches.npy";

    /// <summary>Loads the patches.</summary>
    public static ImageSource Load()
    {
        using var stream = typeof(NaturalPatches).Assembly.GetManifestResourceStream(ResourceName)!;
        return new StoredImages(NpyFormat.Read(stream, stream.Length, ResourceName), ResourceName);
    }
}
