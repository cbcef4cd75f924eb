namespace Wellbehaved.Experiments;

/// <summary>The embedded default input: 1024 colour patches of 32 × 32 pixels from photographs in the public domain. Provenance: data/README.md.</summary>
internal static class NaturalPatches
{
    private const string ResourceName = "natural_patches.npy";

    /// <summary>The patches, three megabytes that never change. They are read and checked only once, since an audit runs many experiments.</summary>
    private static readonly Lazy<StoredImages> Patches = new(Read);

    /// <summary>Loads the patches at the first call.</summary>
    public static ImageSource Load() => Patches.Value;

    private static StoredImages Read()
    {
        using var stream = typeof(NaturalPatches).Assembly.GetManifestResourceStream(ResourceName)!;
        return new StoredImages(NpyFormat.Read(stream, stream.Length, ResourceName), ResourceName, ImageLayout.Nhwc);
    }
}
