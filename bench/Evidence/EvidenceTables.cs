using System.Globalization;
using System.Text;
using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>All tables, from the files of a folder.</summary>
internal static class EvidenceTables
{
    /// <summary>Writes the tables.</summary>
    /// <param name="folder">The folder; its files end in <c>.tsv</c>.</param>
    /// <returns>Markdown, whose first line names the arithmetic; if there is no evidence, a line that says so.</returns>
    /// <exception cref="InvalidInputException">Files are of different arithmetics, or two hold the same seeds.</exception>
    public static string Write(string folder)
    {
        string[] paths = [.. Directory.EnumerateFiles(folder, "*.tsv").Order(StringComparer.Ordinal)];
        if (paths.Length == 0)
        {
            return "No evidence has been gathered yet.";
        }

        var first = Provenance.Read(paths[0]);
        foreach (var path in paths)
        {
            var provenance = Provenance.Read(path);
            (first with { Study = provenance.Study }).Demand(provenance, path);
        }

        var text = new StringBuilder(EvidencePage.ArithmeticOf(first)).Append('\n');
        Section<RatioTail>("operations", file => TailTable.Write("Rounding of single operations", file));
        Section<RatioTail>("comparisons", file => TailTable.Write("Rounding of the other deterministic checks", file));
        Section<RatioTail>("generated", file => TailTable.Write($"Rounding on generated networks, {GeneratedAudit.AtQuick} a seed", file));
        Section<BoundCounts>("calibration", CalibrationTable.Write);
        Section<Tally>("quick", QuickTable.Write);
        Section<MappingCounts>("shares", ShareTable.Write);
        Section<Tally>("power", PowerTable.Write);
        Section<Tally>("mutants", MutantTable.Write);
        Section<Tally>("diagnoses", DiagnosisTable.Write);
        Section<Tally>("tables", TableTable.Write);
        return text.ToString();

        void Section<TSummary>(string study, Func<EvidenceFile<TSummary>, string> table)
            where TSummary : ISummary<TSummary>
        {
            string[] parts = [.. paths.Where(path => Provenance.Read(path).Study == study)];
            if (parts.Length == 0)
            {
                return;
            }

            var file = new EvidenceFile<TSummary>(first with { Study = study });
            foreach (var part in parts)
            {
                file.Add(EvidenceFile<TSummary>.Read(part), part);
            }

            text.Append('\n').Append(table(file.OfToday()).Trim()).Append('\n');
        }
    }

    /// <summary>A line that names the rows whose checks have changed since; null if there are none.</summary>
    /// <param name="folder">The folder of evidence.</param>
    /// <exception cref="InvalidInputException">A file is not a file of evidence.</exception>
    public static string? Outdated(string folder)
    {
        string[] claims =
        [
            .. Directory
                .EnumerateFiles(folder, "*.tsv")
                .SelectMany(EvidenceRows.Outdated)
                .Select(key => key.Split(' ')[0])
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return claims.Length == 0 ? null : $"{EvidencePage.OutdatedBeginning}{string.Join(", ", claims)}.**";
    }

    /// <summary>Formats with the invariant culture.</summary>
    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A probability as a power of ten with one digit.</summary>
    public static string Probability(double value) =>
        value == 0 ? "0"
        : value >= 0.001 ? Invariant($"{value:0.####}")
        : Power(value);

    /// <summary>Digits as superscripts.</summary>
    private static string Power(double value)
    {
        // A value that is rounded up to the next power of ten is written with that power.
        var exponent = (int)Math.Floor(Math.Log10(value));
        exponent += Math.Round(value / Math.Pow(10, exponent), 1) >= 10 ? 1 : 0;
        var digits = Invariant($"{value / Math.Pow(10, exponent):0.0}");
        return $"{digits}·10{string.Concat(exponent.ToString(CultureInfo.InvariantCulture).Select(digit => digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']))}";
    }
}
