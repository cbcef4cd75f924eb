using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Bench;

/// <summary>Tables of figures from result files that are too large to keep, or not ours: data/published and data/measured.</summary>
internal static class FigureTables
{
    /// <summary>Writes a table for each file.</summary>
    /// <param name="folder">The result files.</param>
    /// <param name="target">Folder of the tables.</param>
    /// <param name="like">
    /// Folder of tables. A table keeps the quantities of the one in this folder whose name begins like its own; null keeps all quantities.
    /// </param>
    public static void Run(string folder, string target, string? like)
    {
        Directory.CreateDirectory(target);
        foreach (var path in Directory.EnumerateFiles(folder, "*.npz"))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var architecture = Architecture
                .Names.Where(candidate => name.StartsWith(candidate, StringComparison.Ordinal))
                .MaxBy(candidate => candidate.Length)!;
            var file = ResultFile.Read(path);
            var figures = RecordedFigures.Compute(file, Architecture.Named(architecture, file.ResidualDepth ?? 2));
            File.WriteAllText(Path.Combine(target, $"{name}.csv"), (like is null ? figures : figures.Only(QuantitiesLike(like, name))).ToText());
        }
    }

    private static IEnumerable<string> QuantitiesLike(string folder, string name)
    {
        var tables = Directory.GetFiles(folder, "*.csv").Select(path => Path.GetFileNameWithoutExtension(path)).ToArray();
        var table =
            tables.Where(candidate => name.StartsWith(candidate, StringComparison.Ordinal)).MaxBy(candidate => candidate.Length)
            ?? tables.First(candidate => candidate.StartsWith(name, StringComparison.Ordinal));
        return RecordedFigures.Read(Path.Combine(folder, $"{table}.csv")).Names;
    }
}
