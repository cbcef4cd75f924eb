using Wellbehaved.Model;

namespace Wellbehaved.Figures;

/// <summary>Explains why a quantity of a file has no curve.</summary>
internal static class Absence
{
    /// <summary>No array of the file holds the quantity.</summary>
    public const string NotInFile = "is not in";

    private const string NotFinite = "is not finite in";

    private const string Zero = "is zero, but for rounding, in";

    private const string Ended = "has ended in every simulation of";

    private const string NotComputed = "was not computed in";

    private const string OnePoint = "is not defined for the single point of";

    /// <summary>The reason, as words that precede the name of the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isRead">Whether the quantity could be read.</param>
    /// <param name="depth">The first depth at which it was read.</param>
    /// <param name="arrays">Arrays any of which may hold it; empty to skip this question.</param>
    public static string Explain(ResultFile file, bool isRead, int depth, params string[] arrays) =>
        isRead
            ? file.Ends.All(end => end.HasEnded && end.Ending is not (Ending.NotANumber or Ending.Overflow) && !end.IsAliveAt(depth))
                ? Ended
                : NotFinite
            : Array.TrueForAll(arrays, name => file.Find(name) is null)
                ? NotInFile
                : Array.Exists(arrays, name => name.StartsWith("reff_", StringComparison.Ordinal))
                    ? NotComputed
                    : OnePoint;

    /// <summary>The reason where the logarithms of the quantity could be read: it is zero if all of them are -∞ though no simulation has ended.</summary>
    /// <param name="file">The file.</param>
    /// <param name="logarithms">The logarithms (simulations × depths).</param>
    /// <param name="depth">The first depth.</param>
    public static string Explain(ResultFile file, IReadOnlyList<double[]> logarithms, int depth) =>
        Explain(file, isRead: true, depth) is var reason && reason == NotFinite && logarithms.All(row => Array.TrueForAll(row, double.IsNegativeInfinity))
            ? Zero
            : reason;

    /// <summary>Sentences for several files; files with the same reason share a sentence.</summary>
    /// <param name="label">The quantity.</param>
    /// <param name="missing">Names of the files without a curve, with the reason of each.</param>
    /// <param name="files">Number of files that are drawn.</param>
    public static IEnumerable<string> Say(string label, IReadOnlyList<(string Reason, string Name)> missing, int files) =>
        missing
            .GroupBy(one => one.Reason, one => one.Name)
            .Select(group =>
                files == 1 ? $"{label} {group.Key} the file"
                : group.Count() < files ? $"{label} {group.Key} {string.Join(", ", group)}"
                : group.Key == NotInFile ? $"{label} is in none of the files"
                : $"{label} {group.Key} all files"
            );
}
