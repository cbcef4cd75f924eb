using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Bench;

/// <summary>Tables of figures from the result files of the paper's author, which stay out of the repository: data/published.</summary>
internal static class PublishedFigures
{
    /// <summary>Writes a table for each file.</summary>
    /// <param name="folder">The author's files.</param>
    /// <param name="target">Folder of the tables.</param>
    public static void Run(string folder, string target)
    {
        Directory.CreateDirectory(target);
        foreach (var path in Directory.EnumerateFiles(folder, "*.npz"))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var architecture = Architecture.Names.Where(candidate => name.StartsWith(candidate, StringComparison.Ordinal)).MaxBy(candidate => candidate.Length)!;
            var file = ResultFile.Read(path);
            File.WriteAllText(Path.Combine(target, $"{name}.csv"), RecordedFigures.Of(file, Architecture.Named(architecture, file.ResidualDepth ?? 2)).ToText());
        }
    }
}
