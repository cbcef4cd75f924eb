namespace Wellbehaved.Model;

/// <summary>A result file as read: ours or the author's.</summary>
/// <remarks>See docs/file-formats.md for the arrays. Arrays that a file lacks are absent, not empty.</remarks>
public sealed class ResultFile
{
    private readonly Dictionary<string, double[][]> _moments;

    private ResultFile(int[] depth, int? residualDepth, string? configuration, IReadOnlyList<int> missing, Dictionary<string, double[][]> moments)
    {
        Depth = depth;
        ResidualDepth = residualDepth;
        Configuration = configuration;
        Missing = missing;
        _moments = moments;
    }

    /// <summary>Depths at which moments were computed.</summary>
    public IReadOnlyList<int> Depth { get; }

    /// <summary>Feedforward layers in a residual branch, if the file says.</summary>
    public int? ResidualDepth { get; }

    /// <summary>The options that the file was made with, as JSON, if the file says.</summary>
    public string? Configuration { get; }

    /// <summary>The same as options; null if the file does not say, or says something else.</summary>
    public ExperimentOptions? Options => Configuration is null ? null : ResultConfiguration.Read(Configuration);

    /// <summary>Indices of the experiment's simulations that the file says it lacks.</summary>
    public IReadOnlyList<int> Missing { get; }

    /// <summary>What the file lacks, in a sentence; null if nothing.</summary>
    public string? WhatIsMissing => Missing.Count == 0 ? null : $"holds {Simulations} of {Simulations + Missing.Count} simulations, without {IndexRanges.Of(Missing)}";

    /// <summary>Names of the moments in the file, with the suffix of the place.</summary>
    public IReadOnlyCollection<string> Names => _moments.Keys;

    /// <summary>Number of the last place that a moment was taken at; 0 if the file holds no moments.</summary>
    public int LastPlace => Names.Select(name => int.TryParse(name[(name.LastIndexOf("_loc", StringComparison.Ordinal) + 4)..], out var place) ? place : 0).DefaultIfEmpty(0).Max();

    /// <summary>Number of simulations; 0 if the file holds no moments.</summary>
    public int Simulations => _moments.Count == 0 ? 0 : _moments.Values.First().Length;

    /// <summary>A moment.</summary>
    /// <param name="name">Name with suffix, for example <c>chi_loc4</c>.</param>
    /// <returns>Values (simulations × depths), or null if the file does not hold them.</returns>
    public IReadOnlyList<double[]>? Find(string name) => _moments.GetValueOrDefault(name);

    /// <summary>Writes the result of an experiment, complete or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="result">The result.</param>
    /// <returns>A line for each array that was left out.</returns>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static IReadOnlyList<string> Write(string path, ExperimentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var (arrays, warnings) = result.ToArrays();
        NpzArchive.Write(path, arrays);
        return warnings;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="InvalidInputException">The file is missing or damaged, or its arrays do not fit each other.</exception>
    public static ResultFile Read(string path)
    {
        using var archive = NpzArchive.Open(path);
        var depth = Decode(path, archive, ResultArrays.Depth).Select(value => WholeDepth(path, value)).ToArray();
        if (depth.Length == 0 || depth.Zip(depth.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new InvalidInputException(path, "expected an increasing list of depths in 'depth'");
        }

        int? residualDepth = archive.Contains(ResultArrays.ResDepth) ? ReadResidualDepth(path, archive) : null;
        var configuration = archive.Contains(ResultArrays.Configuration) ? Read(path, archive, ResultArrays.Configuration, array => array.ToText()) : null;
        var missing = archive.Contains(ResultArrays.MissingSimulations) ? Decode(path, archive, ResultArrays.MissingSimulations).Select(value => WholeIndex(path, value)).ToArray() : [];
        var moments = new Dictionary<string, double[][]>();
        foreach (var name in archive.Names.Where(name => name.Contains("_loc", StringComparison.Ordinal)))
        {
            moments[name] = Read(path, archive, name, array =>
                array.Shape.Count == 2 && array.Shape[1] == depth.Length
                    ? array.ToDoubles().Chunk(depth.Length).ToArray()
                    : throw new InvalidInputException(path, $"expected '{name}' of shape (num_sims, {depth.Length}), found ({string.Join(", ", array.Shape)})"));
        }

        if (moments.Values.Select(rows => rows.Length).Distinct().Count() > 1)
        {
            throw new InvalidInputException(path, "expected the same number of simulations in every array");
        }

        return new ResultFile(depth, residualDepth, configuration, missing, moments);
    }

    private static int WholeDepth(string path, double value) =>
        value is >= 1 and <= int.MaxValue && value == Math.Floor(value) ? (int)value : throw new InvalidInputException(path, $"expected positive whole depths, found {value}");

    private static int WholeIndex(string path, double value) =>
        value is >= 0 and < int.MaxValue && value == Math.Floor(value) ? (int)value : throw new InvalidInputException(path, $"expected indices of simulations, found {value}");

    private static int ReadResidualDepth(string path, NpzArchive archive) =>
        Decode(path, archive, ResultArrays.ResDepth) is [var value] ? WholeDepth(path, value) : throw new InvalidInputException(path, "expected a single number in 'res_depth'");

    private static double[] Decode(string path, NpzArchive archive, string name) => Read(path, archive, name, array => array.ToDoubles());

    private static T Read<T>(string path, NpzArchive archive, string name, Func<NpyArray, T> decode)
    {
        try
        {
            return decode(archive.Read(name));
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(path, $"{exception.Message} in '{name}'", exception);
        }
    }
}
