using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wellbehaved.Experiments;

/// <summary>Joins result files that do not state their experiment; the caller asserts that they belong together.</summary>
/// <remarks>The files do not show that they belong together. It is only checked that their arrays fit, and that no simulation occurs twice.</remarks>
internal static class ResultConcatenation
{
    private const string Note = "note";

    private const string NumSims = "num_sims";

    /// <summary>Letters of a name that a note shows.</summary>
    private const int LongestName = 60;

    /// <summary>Joins the rows of several files in the given order.</summary>
    /// <param name="paths">Result files, or folders of <c>.npy</c> files, whose array <c>configuration</c>, if they have one, does not name the experiment;
    /// their rows are joined in this order.</param>
    /// <param name="output">The file to write.</param>
    /// <returns>The number of simulations, and notes, one in each line.</returns>
    /// <exception cref="InvalidInputException">A file states its experiment, its arrays do not fit those of the others, or two rows are the same; or
    /// the file cannot be written.</exception>
    public static (int Simulations, IReadOnlyList<string> Notes) Join(IReadOnlyList<string> paths, string output) => Join(paths, output, overwrite: true);

    /// <summary>The same, but an existing file is only replaced if <c>overwrite</c> is set, since such files do not state what they hold.</summary>
    internal static (int Simulations, IReadOnlyList<string> Notes) Join(IReadOnlyList<string> paths, string output, bool overwrite)
    {
        if (!overwrite && AtomicFile.HoldsSomething(output))
        {
            throw new InvalidInputException(
                CampaignParameters.Output,
                $"expected no file in {output}, found one that cannot be compared with the new result; {CampaignParameters.Overwrite} replaces it"
            );
        }

        ArgumentNullException.ThrowIfNull(paths);
        var parts = new List<IArrayCollection>();
        try
        {
            foreach (var path in paths)
            {
                parts.Add(IArrayCollection.Open(path));
                ReadingAllowance.Require(path, parts[^1], parts[^1].Names);
                if (ResultPart.NamesItsExperiment(path, parts[^1]))
                {
                    throw new InvalidInputException(
                        path,
                        $"expected with {CampaignParameters.Trust} files that do not name their experiment, found one that does; merge "
                            + $"such files without {CampaignParameters.Trust}"
                    );
                }
            }

            string[] names = [.. parts[0].Names.Where(ResultArrays.IsPlain)];
            var moments = names.Where(MomentColumns.IsMoment).ToArray();
            var note = $"joined by merge --trust from {paths.Count} files that do not name their experiment";
            var left = parts
                .SelectMany(part => part.Names)
                .Where(ResultArrays.IsPlain)
                .Distinct()
                .Where(name => name is not (Note or ResultArrays.Configuration) && !parts.TrueForAll(part => part.Contains(name)))
                .ToArray();
            if (left.Length > 0)
            {
                throw new InvalidInputException(
                    paths[0],
                    $"expected the same arrays in every file, found {string.Join(", ", left.Order(StringComparer.Ordinal))} in some of them only"
                );
            }

            var rows = Rows(paths, parts, moments);
            var fingerprints = rows.Select(_ => new Fingerprint()).ToArray();
            var arrays = names
                .Where(name => name is not (Note or ResultArrays.Configuration))
                .Select(name =>
                    KeyValuePair.Create(name, HasRows(parts, rows, name) ? Joined(paths, parts, rows, name, fingerprints) : Shared(paths, parts, name))
                )
                .ToList();
            RequireDifferent(paths, rows, fingerprints);
            var configuration = Configuration(paths, parts, rows.Length);
            if (configuration is not null)
            {
                arrays.Add(new(ResultArrays.Configuration, NpyArray.From(configuration)));
            }

            NpzArchive.Write(output, arrays.Append(new(Note, NpyArray.From(note))));
            return (
                rows.Length,
                [
                    $"these files do not name their experiment; with {CampaignParameters.Trust} they were joined in the given order without a check ({Note} in "
                        + "the file says so)",
                    .. configuration is null && parts.Exists(part => part.Contains(ResultArrays.Configuration))
                        ? [$"left out {ResultArrays.Configuration}: the files do not say the same there"]
                        : (IEnumerable<string>)[],
                    .. parts
                        .SelectMany(part => part.Names)
                        .Distinct()
                        .Where(name => !ResultArrays.IsPlain(name))
                        .Select(name => $"left out {ForeignText.Beginning(name, LongestName)}: {ResultArrays.NotPlain}"),
                ]
            );
        }
        finally
        {
            parts.ForEach(part => part.Dispose());
        }
    }

    /// <summary>
    /// What all files say of their configuration, but for the seed and the number of simulations, and how many are joined; null if they do not say the same, or
    /// nothing.
    /// </summary>
    private static string? Configuration(IReadOnlyList<string> paths, List<IArrayCollection> parts, int simulations)
    {
        if (!parts.TrueForAll(part => part.Contains(ResultArrays.Configuration)))
        {
            return null;
        }

        var told = parts.Select((part, i) => Told(paths[i], part)).ToArray();
        if (told[0] is not { } first || !told.All(other => JsonNode.DeepEquals(first, other)))
        {
            return null;
        }

        first[NumSims] = simulations;
        return ResultConfiguration.ToText(first);

        static JsonObject? Told(string path, IArrayCollection part)
        {
            try
            {
                var words = ForeignJson.Parse(part.Read(ResultArrays.Configuration).ToText()) as JsonObject;
                words?.Remove("seed");
                words?.Remove(NumSims);
                return words;
            }
            catch (Exception exception) when (exception is JsonException or FormatException)
            {
                throw new InvalidInputException(path, $"expected JSON in '{ResultArrays.Configuration}' ({exception.Message})", exception);
            }
        }
    }

    /// <summary>Whether an array has a row for each simulation, in every file.</summary>
    private static bool HasRows(List<IArrayCollection> parts, (int Part, int Row)[] rows, string name) =>
        ResultPart.HasRows(name)
        && parts.Select((part, i) => part.Describe(name).Shape is [var first, ..] && first == rows.Count(row => row.Part == i)).All(whole => whole);

    private static (int Part, int Row)[] Rows(IReadOnlyList<string> paths, List<IArrayCollection> parts, string[] moments)
    {
        var rows = new List<(int Part, int Row)>();
        for (var part = 0; part < parts.Count; part++)
        {
            // The rules are those of every reader: the same number of simulations in all arrays, and one column for each depth.
            var simulations = ResultFile.Read(paths[part]).Simulations;
            if (moments.Length == 0 || simulations == 0)
            {
                throw new InvalidInputException(paths[part], "expected moments of at least one simulation, found none");
            }

            rows.AddRange(Enumerable.Range(0, simulations).Select(row => (part, row)));
        }

        return [.. rows];
    }

    private static NpyArray Joined(
        IReadOnlyList<string> paths,
        List<IArrayCollection> parts,
        (int Part, int Row)[] rows,
        string name,
        Fingerprint[] fingerprints
    )
    {
        NpyArray[] arrays = [.. parts.Select(part => part.Read(name))];
        for (var i = 1; i < arrays.Length; i++)
        {
            if (
                arrays[i].ElementType != arrays[0].ElementType
                || arrays[i].WideFormat != arrays[0].WideFormat
                || !arrays[i].Shape.Skip(1).SequenceEqual(arrays[0].Shape.Skip(1))
            )
            {
                throw new InvalidInputException(
                    paths[i],
                    $"expected '{name}' of the type and columns that it has in {paths[0]}, {arrays[0]}, found {arrays[i]}"
                );
            }
        }

        var joined = NpyArray.OfRows(arrays, rows);
        var (bytes, values) = (joined.Bytes.Length / rows.Length, joined.ElementType.Kind == 'U' ? [] : new double[joined.Count / rows.Length]);
        for (var i = 0; i < fingerprints.Length; i++)
        {
            joined.Decode(i * values.Length, values);
            fingerprints[i].Add(joined.Bytes.Slice(i * bytes, bytes), values);
        }

        return joined;
    }

    private static NpyArray Shared(IReadOnlyList<string> paths, List<IArrayCollection> parts, string name)
    {
        var first = parts[0].Read(name);
        for (var i = 1; i < parts.Count; i++)
        {
            var other = parts[i].Read(name);
            if (!other.Shape.SequenceEqual(first.Shape) || other.ElementType != first.ElementType || !other.Bytes.SequenceEqual(first.Bytes))
            {
                throw new InvalidInputException(paths[i], $"expected '{name}' as it is in {paths[0]}, found another one");
            }
        }

        return first;
    }

    private static void RequireDifferent(IReadOnlyList<string> paths, (int Part, int Row)[] rows, Fingerprint[] fingerprints)
    {
        var seen = new Dictionary<UInt128, (int Part, int Row)>();
        for (var i = 0; i < rows.Length; i++)
        {
            if (fingerprints[i].IsAlive && !seen.TryAdd(fingerprints[i].Hash, rows[i]) && seen[fingerprints[i].Hash] is var twin && twin.Part != rows[i].Part)
            {
                throw new InvalidInputException(
                    paths[rows[i].Part],
                    $"expected each simulation once, but row {rows[i].Row} is row {twin.Row} of {paths[twin.Part]} too"
                );
            }
        }
    }

    /// <summary>
    /// A hash of the numbers of a simulation. It does not identify simulations whose signal died before the first computed depth, since their numbers are all
    /// alike.
    /// </summary>
    private sealed class Fingerprint
    {
        private readonly XxHash128 _hash = new();

        /// <summary>Whether a number was added that is neither one of a dead signal nor one that stands for a moment that was not computed.</summary>
        public bool IsAlive { get; private set; }

        public UInt128 Hash => _hash.GetCurrentHashAsUInt128();

        public void Add(ReadOnlySpan<byte> bytes, ReadOnlySpan<double> values)
        {
            _hash.Append(bytes);
            foreach (var value in values)
            {
                IsAlive |= double.IsFinite(value) && value is not (0 or EffectiveRank.NotComputed) && !MomentSet.IsLogOfZero(value);
            }
        }
    }
}
