namespace Wellbehaved.Tests.Conformance;

/// <summary>A test on the images of Fashion-MNIST; skipped where Debian's package <c>dataset-fashion-mnist</c> is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FashionMnistFactAttribute : FactAttribute
{
    /// <summary>Where the package puts them.</summary>
    public const string Folder = "/usr/share/datasets/fashion-mnist";

    public FashionMnistFactAttribute()
    {
        if (!Directory.Exists(Folder))
        {
            Skip = $"needs {Folder}, of Debian's package dataset-fashion-mnist";
        }
    }
}
