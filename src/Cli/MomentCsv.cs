using System.Globalization;
using System.Text;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary>
/// The moments of a result file as CSV (RFC 4180): a row for each simulation and place, a column for each moment. <c>wellbehaved.read</c> of the Python package
/// gives the same rows and columns.
/// </summary>
/// <remarks>
/// A cell is empty where nothing was computed; a computed number that is not finite is <c>nan</c>, <c>inf</c> or <c>-inf</c>.
/// Logarithms of zero, which files hold as a finite number, are <c>-inf</c>.
/// Numbers have the fewest digits that give the same bits back, and a decimal point in every locale.
/// </remarks>
internal static class MomentCsv
{
    /// <summary>The state of a simulation that has not ended.</summary>
    private const string Alive = "alive";

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a file, either completely or not at all.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="file">The moments.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, ResultFile file) =>
        AtomicFile.Write(
            path,
            stream =>
            {
                using var writer = new StreamWriter(stream, Utf8, leaveOpen: true) { NewLine = "\n" };
                Write(writer, file);
            }
        );

    /// <summary>Writes the table.</summary>
    /// <param name="writer">Receives the table.</param>
    /// <param name="file">The moments.</param>
    internal static void Write(TextWriter writer, ResultFile file)
    {
        var places = PlacesOf(file);
        string[] moments = [.. MomentsOf(file)];
        var columns = places.Select(place => moments.Select(moment => file.Find(place.NameOf(moment))).ToArray()).ToArray();
        writer.WriteLine(string.Join(',', ["simulation", "depth", "place", "ends_unit", "state", .. moments]));
        int[] held = [.. Enumerable.Range(0, file.Simulations + file.Missing.Count).Except(file.Missing)];
        var perDepth = file.Places is null ? places.Count : 1;
        for (var simulation = 0; simulation < file.Simulations; simulation++)
        {
            for (var row = 0; row < file.Depth.Count * perDepth; row++)
            {
                var (column, place) = (row / perDepth, file.Places is null ? row % perDepth : row);
                var (depth, end) = (file.Depth[column], places[place].EndsUnit ? "true" : "false");
                writer.Write(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{held[simulation]},{depth},{ForeignText.InCsv(places[place].Words)},{end},{State(file.Ends[simulation], depth)}"
                    )
                );
                for (var moment = 0; moment < moments.Length; moment++)
                {
                    writer.Write(',');
                    writer.Write(columns[place][moment] is { } values ? Number(values[simulation][column], moments[moment]) : string.Empty);
                }

                writer.WriteLine();
            }
        }
    }

    /// <summary>The places: in the neutral layout one for each column, in the author's layout one for each <c>locK</c>.</summary>
    private static IReadOnlyList<CsvPlace> PlacesOf(ResultFile file) =>
        file.Places is { } neutral
            ? [.. neutral.Select((words, i) => new CsvPlace(words, file.EndsUnit(i), moment => moment))]
            :
            [
                .. file
                    .Names.Select(MomentColumns.PlaceOf)
                    .OfType<int>()
                    .Distinct()
                    .Order()
                    .Select(number => (Number: number, Name: string.Create(CultureInfo.InvariantCulture, $"loc{number}")))
                    .Select(place => new CsvPlace(place.Name, place.Number == file.LastPlace, moment => $"{moment}_{place.Name}")),
            ];

    /// <summary>Names of the moments in the file: those of our files in their order, then others by name.</summary>
    private static IEnumerable<string> MomentsOf(ResultFile file)
    {
        static string WithoutPlace(string name) => MomentColumns.PlaceOf(name) is null ? name : name[..name.LastIndexOf("_loc", StringComparison.Ordinal)];
        string[] found = [.. file.Names.Select(WithoutPlace).Distinct()];
        string[] known = [.. MomentColumns.All.Select(column => column.Name), MomentColumns.Gradient, MomentColumns.LogGradient];
        return known.Where(found.Contains).Concat(found.Except(known).Order(StringComparer.Ordinal));
    }

    private static string State(MappingEnd end, int depth) => end.IsAliveAt(depth) ? Alive : EnumWords.Spell(end.Ending);

    private static string Number(double value, string moment) =>
        moment.StartsWith("reff_", StringComparison.Ordinal) && value == EffectiveRank.NotComputed ? string.Empty
        : double.IsNaN(value) ? "nan"
        : double.IsPositiveInfinity(value) ? "inf"
        : double.IsNegativeInfinity(value) || (moment.StartsWith("log_", StringComparison.Ordinal) && MomentSet.IsLogOfZero(value)) ? "-inf"
        : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A place of the table.</summary>
    /// <param name="Words">Name of the place in the table.</param>
    /// <param name="EndsUnit">Whether it belongs to the sequence of places that is diagnosed.</param>
    /// <param name="NameOf">The array that has a moment there.</param>
    private sealed record CsvPlace(string Words, bool EndsUnit, Func<string, string> NameOf);
}
