namespace Wellbehaved.Tests.Conformance;

/// <summary>A test on the result files of the paper's author, which are not part of the repository; skipped where they are missing.</summary>
/// <remarks>
/// <c>WELLBEHAVED_PUBLISHED</c> names their folder; without it, <c>shared/data/published</c> beside the checkout is tried. His package's
/// <c>npz/</c> folder is public: arXiv:1811.03087.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublishedFactAttribute : FactAttribute
{
    private static readonly string? Folder = Find();

    public PublishedFactAttribute()
    {
        if (Folder is null)
        {
            Skip = "the author's result files are not here; WELLBEHAVED_PUBLISHED may name their folder";
        }
    }

    public static string File(string name) =>
        Path.Combine(Folder ?? throw new InvalidOperationException("the author's result files are not here"), name + ".npz");

    private static string? Find()
    {
        var checkout = new DirectoryInfo(AppContext.BaseDirectory);
        while (checkout is not null && !System.IO.File.Exists(Path.Combine(checkout.FullName, "Verify.sln")))
        {
            checkout = checkout.Parent;
        }

        var beside = checkout?.Parent is { } parent ? Path.Combine(parent.FullName, "shared", "data", "published") : null;
        return new[] { Environment.GetEnvironmentVariable("WELLBEHAVED_PUBLISHED"), beside }.FirstOrDefault(Directory.Exists);
    }
}
