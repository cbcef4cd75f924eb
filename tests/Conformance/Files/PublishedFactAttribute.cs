namespace Wellbehaved.Tests.Conformance;

/// <summary>A test on the result files of the paper's author, which are not part of the repository; skipped where they are missing.</summary>
/// <remarks>The folder is named by <c>WELLBEHAVED_PUBLISHED</c>. His package's <c>npz/</c> folder is public: arXiv:1811.03087.</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PublishedFactAttribute : FactAttribute
{
    public PublishedFactAttribute()
    {
        if (!Directory.Exists(Folder))
        {
            Skip = "WELLBEHAVED_PUBLISHED does not name a folder with the author's result files";
        }
    }

    public static string Folder => Environment.GetEnvironmentVariable("WELLBEHAVED_PUBLISHED") ?? string.Empty;

    public static string File(string name) => Path.Combine(Folder, name + ".npz");
}
