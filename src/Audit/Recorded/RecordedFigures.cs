using System.Globalization;
using System.Text;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Figures computed from a result file: every moment that it holds, and the quantities that laws speak about, by depth.</summary>
/// <remarks>They can be kept as a text table where the file itself cannot be kept; laws are judged from them alone.</remarks>
internal sealed class RecordedFigures
{
    private const string Header = "quantity,depth,count,mean,deviation,skewness,least,greatest,p16,p84";

    /// <summary>
    /// The header with two more columns. They are written only if they count anything; tables without findings, and older tables, do not have them.
    /// </summary>
    private const string HeaderWithFindings = Header + ",not_finite,unknown";
    private readonly SortedDictionary<string, SortedDictionary<int, RecordedSummary>> _figures = new(StringComparer.Ordinal);

    private RecordedFigures() { }

    /// <summary>Names of the quantities.</summary>
    public IReadOnlyCollection<string> Names => _figures.Keys;

    /// <summary>A quantity by depth.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Figures by depth; null if there are none.</returns>
    public IReadOnlyDictionary<int, RecordedSummary>? Find(string name) => _figures.GetValueOrDefault(name);

    /// <summary>Computes figures from a result file.</summary>
    /// <param name="file">The file, ours or the author's.</param>
    /// <param name="architecture">The architecture that it was recorded with.</param>
    /// <returns>The figures.</returns>
    public static RecordedFigures Compute(ResultFile file, Architecture architecture) => Compute(RecordedQuantities.Compute(file, architecture), file.Depth);

    /// <summary>Computes the figures that need no architecture, from a result file in the neutral layout.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The figures, by the index of a place instead of a depth: several places may have one depth.</returns>
    internal static RecordedFigures OfPlaces(ResultFile file) => Compute(RecordedQuantities.OfPlaces(file), [.. Enumerable.Range(0, file.Depth.Count)]);

    private static RecordedFigures Compute(IEnumerable<(string Name, RecordedCell[][] Rows)> quantities, IReadOnlyList<int> columns)
    {
        var figures = new RecordedFigures();
        foreach (var (name, rows) in quantities)
        {
            for (var i = 0; i < columns.Count; i++)
            {
                // The moments of a dead signal are 0, which is a number; a dead signal has no ratio, rank or logarithm.
                double[] values =
                [
                    .. rows.Select(row => row[i])
                        .Where(cell => cell.Kind == CellKind.Number || (cell.Kind == CellKind.Extinct && MomentRange.IsMoment(name)))
                        .Select(cell => cell.Value),
                ];
                var figure = RecordedSummary.Summarise(values) with
                {
                    NotFinite = rows.Count(row => row[i].Kind == CellKind.Impossible),
                    Unknown = rows.Count(row => row[i].Kind == CellKind.Unknown),
                };
                if (figure.Count + figure.NotFinite + figure.Unknown > 0)
                {
                    figures.Add(name, columns[i], figure);
                }
            }
        }

        return figures;
    }

    /// <summary>Keeps some of the quantities.</summary>
    /// <param name="names">Their names.</param>
    /// <returns>The figures of these quantities.</returns>
    public RecordedFigures Only(IEnumerable<string> names)
    {
        var kept = new RecordedFigures();
        foreach (var name in names.Where(_figures.ContainsKey))
        {
            kept._figures[name] = _figures[name];
        }

        return kept;
    }

    /// <summary>Reads a table of figures.</summary>
    /// <param name="path">A file that <see cref="ToText"/> wrote.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="InvalidInputException">The file cannot be read, or is not such a table.</exception>
    public static RecordedFigures Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(path, $"expected a readable file ({exception.Message})", exception);
        }

        var columns = lines.FirstOrDefault() switch
        {
            Header => 9,
            HeaderWithFindings => 11,
            _ => throw new InvalidInputException(path, $"expected a table with the columns {Header}, or these and not_finite,unknown"),
        };
        var figures = new RecordedFigures();
        foreach (var line in lines.Skip(1))
        {
            var cells = line.Split(',');
            double[] numbers =
            [
                .. cells.Skip(1).Select(cell => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN),
            ];
            if (numbers.Length != columns || !Array.TrueForAll(numbers, double.IsFinite))
            {
                throw new InvalidInputException(path, $"expected a name and {(columns == 9 ? "nine" : "eleven")} numbers, found '{line}'");
            }

            int[] counts = [Whole(numbers[1]), .. numbers.Skip(9).Select(Whole)];
            var figure = new RecordedSummary(counts[0], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7], numbers[8])
            {
                NotFinite = counts.ElementAtOrDefault(1),
                Unknown = counts.ElementAtOrDefault(2),
            };
            figures.Add(cells[0], Whole(numbers[0]), figure);

            int Whole(double value) =>
                value is >= 0 and <= int.MaxValue && value == Math.Floor(value)
                    ? (int)value
                    : throw new InvalidInputException(path, $"expected whole numbers of depths and simulations, found '{line}'");
        }

        return figures;
    }

    /// <summary>Writes the table.</summary>
    /// <returns>Comma-separated values with seven digits.</returns>
    public string ToText()
    {
        var withFindings = _figures.Values.Any(byDepth => byDepth.Values.Any(figure => figure.NotFinite + figure.Unknown > 0));
        var text = new StringBuilder(withFindings ? HeaderWithFindings : Header).Append('\n');
        foreach (var (name, byDepth) in _figures)
        {
            foreach (var (depth, f) in byDepth)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name},{depth},{f.Count},{f.Mean:G7},{f.Deviation:G7},{f.Skewness:G4},");
                text.Append(CultureInfo.InvariantCulture, $"{f.Least:G7},{f.Greatest:G7},{f.Lower:G7},{f.Upper:G7}");
                text.Append(withFindings ? string.Create(CultureInfo.InvariantCulture, $",{f.NotFinite},{f.Unknown}\n") : "\n");
            }
        }

        return text.ToString();
    }

    private void Add(string name, int depth, RecordedSummary figure)
    {
        if (!_figures.TryGetValue(name, out var byDepth))
        {
            _figures[name] = byDepth = [];
        }

        byDepth[depth] = figure;
    }
}
