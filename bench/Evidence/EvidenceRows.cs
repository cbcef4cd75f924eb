namespace Wellbehaved.Evidence;

/// <summary>What can be said of the rows of a file of evidence without knowing the type of their summaries.</summary>
internal static class EvidenceRows
{
    private const char Comment = '#';

    /// <summary>
    /// The rows of checks that have changed since, in a file of today's propagation; none in a file of another propagation, which is outdated as a whole.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="Files.InvalidInputException">The file is not a file of evidence.</exception>
    public static IEnumerable<string> Outdated(string path) =>
        Provenance.Read(path).Digest != Arithmetic.Propagation
            ? []
            : File.ReadLines(path)
                .Where(line => line.Length > 0 && line[0] != Comment)
                .Select(line => line.Split('\t', 3))
                .Where(cells => cells[1] != Arithmetic.StampOf(cells[0]))
                .Select(cells => cells[0]);
}
