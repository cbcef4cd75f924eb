namespace Wellbehaved.Model;

/// <summary>A result file as read: ours or the author's.</summary>
/// <remarks>See docs/file-formats.md for the arrays. Arrays that a file lacks are absent, not empty.</remarks>
public sealed class ResultFile
{
    /// <summary>All that files of before say of endings: where the signal died.</summary>
    private const string DiedAtDepth = "died_at_depth";

    private readonly ResultConfiguration? _configuration;
    private readonly Dictionary<string, double[][]> _moments;
    private readonly Lazy<IReadOnlyList<MappingEnd>> _ends;

    private ResultFile(int[] depth, int? residualDepth, string? configuration, ResultConfiguration? said, string? checksum, IReadOnlyList<int> missing, Dictionary<string, double[][]> moments, MappingEnd[]? ends)
    {
        RecordedEnds = ends;
        _ends = new(() => RecordedEnds ?? TellEnds());
        Depth = depth;
        ResidualDepth = residualDepth;
        Configuration = configuration;
        _configuration = said;
        DatasetChecksum = checksum;
        Missing = missing;
        _moments = moments;
    }

    /// <summary>Depths at which moments were computed.</summary>
    public IReadOnlyList<int> Depth { get; }

    /// <summary>Feedforward layers in a residual branch, if the file says.</summary>
    public int? ResidualDepth { get; }

    /// <summary>The options that the file was made with, as JSON, if the file says.</summary>
    public string? Configuration { get; }

    /// <summary>The same as options, which have been validated; null if the file does not say all that have no default.</summary>
    /// <remarks>Paths among them are what another machine called its files: nobody may open them.</remarks>
    public ExperimentOptions? Options => _configuration?.Options;

    /// <summary>Checksum of the input images, if the file says.</summary>
    public string? DatasetChecksum { get; }

    /// <summary>Channels of every layer, if the file says.</summary>
    public int? NumChannels => _configuration?.NumChannels;

    /// <summary>Images in a batch, if the file says.</summary>
    public int? BatchSize => _configuration?.BatchSize;

    /// <summary>Kernel extent, if the file says.</summary>
    public int? KernelSize => _configuration?.KernelSize;

    /// <summary>What lies beyond the border of the image, if the file says.</summary>
    public Boundary? Boundary => _configuration?.Boundary;

    /// <summary>Indices of the experiment's simulations that the file says it lacks.</summary>
    public IReadOnlyList<int> Missing { get; }

    /// <summary>How each simulation ended: as the file says, or else as the moments at its last place tell.</summary>
    public IReadOnlyList<MappingEnd> Ends => _ends.Value;

    /// <summary>How each simulation ended, if the file says: files of other programs, and ours of before, do not.</summary>
    public IReadOnlyList<MappingEnd>? RecordedEnds { get; }

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

    /// <summary>Natural logarithms of a moment: those that the file holds, or else those of the moment itself.</summary>
    /// <param name="name">Name with suffix, for example <c>chi_loc4</c>.</param>
    /// <returns>Values (simulations × depths), or null if the file holds neither.</returns>
    public IReadOnlyList<double[]>? FindLog(string name) =>
        Find($"log_{name}") ?? Find(name)?.Select(row => row.Select(value => Math.Log(value)).ToArray()).ToArray();

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

    /// <summary>Reads a file, or a folder that holds each array as an <c>.npy</c> file.</summary>
    /// <param name="path">The file or folder.</param>
    /// <returns>Its content.</returns>
    /// <exception cref="InvalidInputException">The file is missing or damaged, its arrays do not fit each other, or would take far more memory than the file.</exception>
    public static ResultFile Read(string path)
    {
        using var archive = IArrayCollection.Open(path);
        string[] names = [.. archive.Names.Where(name => name.Contains("_loc", StringComparison.Ordinal))];
        string[] others = [ResultArrays.Depth, ResultArrays.ResDepth, ResultArrays.Configuration, ResultArrays.DatasetChecksum, ResultArrays.MissingSimulations, ResultArrays.Ending, ResultArrays.EndedAtDepth, DiedAtDepth];
        ReadingAllowance.Require(path, archive, names.Concat(others.Where(archive.Contains)));
        var depth = Decode(path, archive, ResultArrays.Depth).Select(value => WholeDepth(path, value)).ToArray();
        if (depth.Length == 0 || depth.Zip(depth.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new InvalidInputException(path, "expected an increasing list of depths in 'depth'");
        }

        int? residualDepth = archive.Contains(ResultArrays.ResDepth) ? ReadResidualDepth(path, archive) : null;
        var configuration = Text(path, archive, ResultArrays.Configuration);
        var said = configuration is null ? null : ResultConfiguration.Parse(configuration, path);
        var checksum = Text(path, archive, ResultArrays.DatasetChecksum);
        var missing = archive.Contains(ResultArrays.MissingSimulations) ? Decode(path, archive, ResultArrays.MissingSimulations).Select(value => WholeIndex(path, value)).ToArray() : [];
        RequireShapes(path, archive, names, depth.Length);
        var moments = names.ToDictionary(name => name, name => Read(path, archive, name, array => Rows(array, depth.Length)));
        return new ResultFile(depth, residualDepth, configuration, said, checksum, missing, moments, ReadEnds(path, archive, depth, moments));
    }

    private static MappingEnd[]? ReadEnds(string path, IArrayCollection archive, int[] depth, Dictionary<string, double[][]> moments)
    {
        if (!archive.Contains(ResultArrays.Ending) || !archive.Contains(ResultArrays.EndedAtDepth))
        {
            return archive.Contains(DiedAtDepth) ? ReadDeaths(path, archive, depth, moments) : null;
        }

        var (codes, depths) = (Decode(path, archive, ResultArrays.Ending), Decode(path, archive, ResultArrays.EndedAtDepth));
        if (codes.Length != depths.Length || (moments.Count > 0 && codes.Length != moments.Values.First().Length))
        {
            throw new InvalidInputException(path, $"expected a number for each simulation in '{ResultArrays.Ending}' and '{ResultArrays.EndedAtDepth}', found {codes.Length} and {depths.Length}");
        }

        return [.. codes.Zip(depths, (code, at) =>
            code is 0 && at is -1 ? MappingEnd.None
            : code >= 1 && code == Math.Floor(code) && code <= (int)Enum.GetValues<Ending>()[^1] && depth.Any(computed => computed == at) ? new MappingEnd((Ending)(int)code, (int)at)
            : throw new InvalidInputException(path, $"expected a known ending at a computed depth, or 0 and -1, in '{ResultArrays.Ending}' and '{ResultArrays.EndedAtDepth}', found {code} and {at}"))];
    }

    private static MappingEnd[] ReadDeaths(string path, IArrayCollection archive, int[] depth, Dictionary<string, double[][]> moments)
    {
        var died = Decode(path, archive, DiedAtDepth);
        if (moments.Count > 0 && died.Length != moments.Values.First().Length)
        {
            throw new InvalidInputException(path, $"expected a number for each simulation in '{DiedAtDepth}', found {died.Length}");
        }

        return [.. died.Select(at => at is -1 ? MappingEnd.None
            : depth.Any(computed => computed == at) ? new MappingEnd(Ending.DeadSignal, (int)at)
            : throw new InvalidInputException(path, $"expected a computed depth or -1 in '{DiedAtDepth}', found {at}"))];
    }

    private MappingEnd[] TellEnds()
    {
        var place = LastPlace;
        var (nu2, mu2, noise, chi) = (FindLog($"nu2_signal_loc{place}"), FindLog($"mu2_signal_loc{place}"), FindLog($"mu2_noise_loc{place}"), FindLog($"chi_loc{place}"));
        var reff = Names.Where(name => name.StartsWith("reff_signal_loc", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => Find(name)!).FirstOrDefault(rows => rows.Any(row => row.Any(value => value >= 1)));

        // Over a single point nothing ever varies: that is no ending.
        mu2 = mu2?.All(row => double.IsNegativeInfinity(row[0])) == true ? null : mu2;
        return [.. Enumerable.Range(0, Simulations).Select(i => MappingEnd.Tell(Depth, nu2?[i], mu2?[i], noise?[i], chi?[i], reff?[i]))];
    }

    private static void RequireShapes(string path, IArrayCollection archive, string[] names, int depths)
    {
        NpyHeader? first = null;
        foreach (var name in names)
        {
            var header = archive.Describe(name);
            if (header.Shape is not [var simulations, var columns] || columns != depths || header.ElementType.Kind == 'U')
            {
                throw new InvalidInputException(path, $"expected '{name}' of numbers and of shape (num_sims, {depths}), found {header}");
            }

            first ??= header;
            if (simulations != first.Shape[0])
            {
                throw new InvalidInputException(path, $"expected the same number of simulations in every array, found {first} and {header} in '{name}'");
            }
        }
    }

    /// <summary>Row by row: the whole beside its rows would take twice the memory.</summary>
    private static double[][] Rows(NpyArray array, int depths)
    {
        var rows = new double[array.Shape[0]][];
        for (var i = 0; i < rows.Length; i++)
        {
            array.Decode(i * depths, rows[i] = new double[depths]);
        }

        return rows;
    }

    private static int WholeDepth(string path, double value) =>
        value is >= 1 and <= int.MaxValue && value == Math.Floor(value) ? (int)value : throw new InvalidInputException(path, $"expected positive whole depths, found {value}");

    private static int WholeIndex(string path, double value) =>
        value is >= 0 and < int.MaxValue && value == Math.Floor(value) ? (int)value : throw new InvalidInputException(path, $"expected indices of simulations, found {value}");

    private static int ReadResidualDepth(string path, IArrayCollection archive) =>
        Decode(path, archive, ResultArrays.ResDepth) is [var value] ? WholeDepth(path, value) : throw new InvalidInputException(path, "expected a single number in 'res_depth'");

    private static string? Text(string path, IArrayCollection archive, string name) => archive.Contains(name) ? Read(path, archive, name, array => array.ToText()) : null;

    private static double[] Decode(string path, IArrayCollection archive, string name) => Read(path, archive, name, array => array.ToDoubles());

    private static T Read<T>(string path, IArrayCollection archive, string name, Func<NpyArray, T> decode)
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
