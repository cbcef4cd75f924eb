namespace Wellbehaved.Experiments;

/// <summary>The content of a result file of this program, of the author's, or of another program in the neutral layout.</summary>
/// <remarks>See docs/file-formats.md for the arrays. The arrays that a file lacks are absent, not empty.</remarks>
public sealed class ResultFile
{
    private readonly ResultConfiguration? _configuration;
    private readonly Dictionary<string, double[][]> _moments;
    private readonly Lazy<IReadOnlyList<MappingEnd>> _ends;

    /// <summary>For each column of the neutral layout, its index in the sequence.</summary>
    private readonly Lazy<int[]> _sequenceIndices;

    private readonly PlaceSequence? _sequence;

    internal ResultFile(
        int[] depth,
        string[]? places,
        PlaceSequence? sequence,
        int? residualDepth,
        string? configuration,
        ResultConfiguration? said,
        string? checksum,
        IReadOnlyList<int> missing,
        Dictionary<string, double[][]> moments,
        MappingEnd[]? ends
    )
    {
        RecordedEnds = ends;
        _ends = new(() => RecordedEnds ?? TellEnds());
        _sequenceIndices = new(() => SequenceIndices(depth.Length, sequence!.Ends));
        Depth = depth;
        Places = places;
        _sequence = sequence;
        ResidualDepth = residualDepth;
        Configuration = configuration;
        _configuration = said;
        DatasetChecksum = checksum;
        Missing = missing;
        _moments = moments;
        LastPlace = Names.Select(name => MomentColumns.PlaceOf(name) ?? 0).DefaultIfEmpty(0).Max();
    }

    /// <summary>Increasing depths at which moments were computed; in the neutral layout, the depth of each place, which does not decrease.</summary>
    public IReadOnlyList<int> Depth { get; }

    /// <summary>
    /// In the neutral layout, which has a column for each place, a text for each place; null in the author's layout, which has arrays <c>locK</c> for the
    /// places of a unit.
    /// </summary>
    public IReadOnlyList<string>? Places { get; }

    /// <summary>The network's name in the file; null if the file does not state it, or states an empty one.</summary>
    public string? NetworkName => string.IsNullOrWhiteSpace(_configuration?.Name) ? null : _configuration.Name;

    /// <summary>The name of its architecture; null if the file states none.</summary>
    internal string? Architecture => _configuration?.Architecture;

    /// <summary>The options without a default that the file's configuration leaves out; all of them where it has none.</summary>
    internal IReadOnlyList<string> OptionsLeftOut => (_configuration ?? new()).LeftOut;

    /// <summary>The mapping whose derivative the noise is, if the file states it.</summary>
    internal NoiseKind? Noise => _configuration?.Noise;

    /// <summary>The network, where the file describes it by its layers.</summary>
    public Networks.Network? Network => _configuration?.Network;

    /// <summary>The depths of one sequence of places of the same kind: those of the file, or in the neutral layout those of the ends of units.</summary>
    internal IReadOnlyList<int> SequenceDepths => _sequence?.Depths ?? Depth;

    /// <summary>
    /// The index in the sequence for a column: the first end of a unit at or after the column, or the last end. In the author's layout it is the column itself.
    /// </summary>
    internal int SequenceIndexOf(int column) => _sequence is null ? column : _sequenceIndices.Value[column];

    /// <summary>Whether a column of the neutral layout belongs to the sequence that diagnoses and figures use.</summary>
    internal bool EndsUnit(int column) => _sequence is null || _sequence.Ends[SequenceIndexOf(column)] == column;

    /// <summary>The name of the array with a moment at a place. In the neutral layout one array holds all places, as its columns.</summary>
    internal string NameOf(string moment, int place) => Places is null ? $"{moment}_loc{place}" : moment;

    /// <summary>Feedforward layers in a residual branch, if the file states it.</summary>
    public int? ResidualDepth { get; }

    /// <summary>
    /// H, the number of layers in a branch, for a network of residual units with identity skips; null for all others, and where it is not known.
    /// </summary>
    internal int? BranchLayers =>
        Options is not { } options ? ResidualDepth
        : options.RecordedPlaces is { } places ? places.ResidualDepth(options.Network!)
        : options.NamedArchitecture.IsResidual ? ResidualDepth
        : null;

    /// <summary>The options that the file was made with, as JSON, if the file states them.</summary>
    public string? Configuration { get; }

    /// <summary>The validated options; null if the file omits one that has no default.</summary>
    /// <remarks>Paths among the options belong to another machine; they must not be opened.</remarks>
    public ExperimentOptions? Options => _configuration?.Options;

    /// <summary>The program that made the file, if it is in the neutral layout and states it.</summary>
    internal string? MadeBy { get; init; }

    /// <summary>Of a result of training, the number of images from the beginning of the data set; null for all of them, and for other results.</summary>
    internal int? TrainImages { get; init; }

    /// <summary>The sizes of the signal at each place of the neutral layout, if the file states them.</summary>
    internal PlaceSizes? PlaceSizes { get; init; }

    /// <summary>Whether depths count units, as a file in the neutral layout says; null for others.</summary>
    internal bool? CountsUnits { get; init; }

    /// <summary>Checksum of the input images, if the file states it.</summary>
    internal string? DatasetChecksum { get; }

    /// <summary>Channels of every layer, if the file states it.</summary>
    public int? NumChannels => _configuration?.NumChannels;

    /// <summary>Images in a batch, if the file states it.</summary>
    public int? BatchSize => _configuration?.BatchSize;

    /// <summary>Kernel size, if the file states it.</summary>
    public int? KernelSize => _configuration?.KernelSize;

    /// <summary>What a convolution reads beyond the border of the image, if the file states it.</summary>
    public Boundary? Boundary => _configuration?.Boundary;

    /// <summary>Indices of the experiment's simulations that are missing from the file according to its own arrays.</summary>
    public IReadOnlyList<int> Missing { get; }

    /// <summary>How each simulation ended: as the file states it, or else as the moments at its last place show.</summary>
    public IReadOnlyList<MappingEnd> Ends => _ends.Value;

    /// <summary>How each simulation ended, if the file states it. Files of other programs and of earlier versions do not.</summary>
    internal IReadOnlyList<MappingEnd>? RecordedEnds { get; }

    /// <summary>A sentence on the simulations that the file lacks; null if it lacks none.</summary>
    internal string? WhatIsMissing =>
        Missing.Count == 0 ? null : $"holds {Simulations} of {Simulations + Missing.Count} simulations, without {IndexRanges.Spell(Missing)}";

    /// <summary>Names of the moments in the file, with the suffix of the place.</summary>
    public IReadOnlyCollection<string> Names => _moments.Keys;

    /// <summary>Number of the last place with a moment; 0 if the file holds no moments.</summary>
    internal int LastPlace { get; }

    /// <summary>Number of simulations; 0 if the file holds no moments.</summary>
    public int Simulations => _moments.Count == 0 ? 0 : _moments.Values.First().Length;

    /// <summary>A moment.</summary>
    /// <param name="name">Name with suffix, for example <c>chi_loc4</c>.</param>
    /// <returns>Values (simulations × depths), or null if the file does not hold them.</returns>
    public IReadOnlyList<double[]>? Find(string name) => _moments.GetValueOrDefault(name);

    /// <summary>A number that the file states once of each simulation: the variance of its input, or a moment before its first layer.</summary>
    /// <param name="name">One of <see cref="ResultArrays.MeanSquares"/>.</param>
    /// <returns>A number for each simulation; null if the file does not state them.</returns>
    internal IReadOnlyList<double>? FindAtStart(string name) => AtStart.GetValueOrDefault(name);

    internal Dictionary<string, double[]> AtStart { get; init; } = [];

    /// <summary>A moment at the end of each unit.</summary>
    /// <param name="moment">Name without suffix, for example <c>chi</c>.</param>
    /// <returns>Values (simulations × <see cref="SequenceDepths"/>), or null if the file does not hold them.</returns>
    internal IReadOnlyList<double[]>? FindAtEnds(string moment) => _sequence is null ? Find($"{moment}_loc{LastPlace}") : Columns(moment, _sequence.Ends);

    /// <summary>Natural logarithms of a moment at the end of each unit.</summary>
    /// <param name="moment">Name without suffix, for example <c>chi</c>.</param>
    /// <returns>Values (simulations × <see cref="SequenceDepths"/>), or null if the file holds neither them nor the moment.</returns>
    internal IReadOnlyList<double[]>? FindLogAtEnds(string moment) =>
        FindAtEnds($"log_{moment}") ?? FindAtEnds(moment)?.Select(row => row.Select(value => Math.Log(value)).ToArray()).ToArray();

    /// <summary>
    /// Whether depths count units, such as the repetitions of a network and its residuals; otherwise they count layers. Where a recorder does not say, they do
    /// if it marks the places that end a unit.
    /// </summary>
    internal bool DepthsCountUnits => Options?.RecordedPlaces?.CountsUnits ?? CountsUnits ?? BranchLayers is not null;

    /// <summary>
    /// The depths of the residual branches whose ends are recorded; empty where the file does not describe its network, or there are no branches.
    /// </summary>
    internal IReadOnlyList<int> BranchDepths => Options?.RecordedPlaces is { } places ? [.. places.Branches.Select(branch => places.Depths[branch])] : [];

    /// <summary>Natural logarithms of a moment at the end of each residual branch, before it is scaled and added.</summary>
    /// <param name="moment">Name without suffix, for example <c>mu2_signal</c>.</param>
    /// <returns>Values (simulations × <see cref="BranchDepths"/>), or null if the file does not hold them.</returns>
    internal IReadOnlyList<double[]>? FindLogAtBranchEnds(string moment) =>
        Options?.RecordedPlaces is { Branches.Count: > 0 } places ? Columns($"log_{moment}", places.Branches) : null;

    /// <summary>Effective ranks where they were computed: at one place of each unit.</summary>
    /// <param name="moment"><c>reff_signal</c> or <c>reff_noise</c>.</param>
    /// <returns>Values (simulations × <see cref="SequenceDepths"/>), -1 where a signal had died; null if the file does not hold them.</returns>
    internal IReadOnlyList<double[]>? FindRanks(string moment)
    {
        if (_sequence is not null)
        {
            return _sequence.Ranks is { } ranks && Columns(moment, ranks) is { } rows && rows.Any(row => row.Any(value => value != EffectiveRank.NotComputed))
                ? rows
                : null;
        }

        double[][][] found =
        [
            .. Names
                .Where(name => name.StartsWith($"{moment}_loc", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => Find(name)!.ToArray()),
        ];
        return Array.Find(found, rows => rows.Any(row => row.Any(value => value >= 1)))
            ?? Array.Find(found, rows => rows.Any(row => row.Any(value => value != EffectiveRank.NotComputed)));
    }

    /// <summary>Natural logarithms of a moment: those in the file, or else those computed from the moment.</summary>
    /// <param name="name">Name with suffix, for example <c>chi_loc4</c>.</param>
    /// <returns>Values (simulations × depths), or null if the file holds neither.</returns>
    internal IReadOnlyList<double[]>? FindLog(string name) =>
        Find($"log_{name}") ?? Find(name)?.Select(row => row.Select(value => Math.Log(value)).ToArray()).ToArray();

    /// <summary>Writes the result of an experiment, either completely or not at all.</summary>
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
    /// <exception cref="InvalidInputException">The file is missing or damaged, its arrays do not fit each other, or they would take far more memory than
    /// the file.</exception>
    public static ResultFile Read(string path)
    {
        using var archive = IArrayCollection.Open(path);
        return FromArrays(path, archive);
    }

    /// <summary>Reads arrays from any source.</summary>
    /// <param name="path">The source's name in messages.</param>
    /// <param name="archive">The arrays.</param>
    /// <returns>Their content.</returns>
    /// <exception cref="InvalidInputException">The arrays are damaged, do not fit each other, or would take far more memory than they take now.</exception>
    internal static ResultFile FromArrays(string path, IArrayCollection archive) => ResultReader.Read(path, archive);

    private double[][]? Columns(string name, IReadOnlyList<int> places) =>
        MomentColumns.NeedVariance.Contains(name) && (Options?.RecordedPlaces?.Varies == false || HaveOnePoint(places))
            ? null
            : Find(name)?.Select(row => places.Select(place => row[place]).ToArray()).ToArray();

    /// <summary>Whether all these places have a single point. Then nothing varies over points, and moments that need a variance are NaN.</summary>
    private bool HaveOnePoint(IReadOnlyList<int> places) =>
        Places is not null
        && Simulations > 0
        && Find("mu2_signal") is { } variances
        && variances.All(row => places.All(place => row[place] == 0))
        && MomentColumns.NeedVariance.All(name => Find(name)?.All(row => places.All(place => double.IsNaN(row[place]))) != false);

    private static int[] SequenceIndices(int columns, IReadOnlyList<int> ends)
    {
        var (indices, next) = (new int[columns], 0);
        for (var column = 0; column < columns; column++)
        {
            // After the last end there is no other.
            next += next < ends.Count - 1 && ends[next] < column ? 1 : 0;
            indices[column] = next;
        }

        return indices;
    }

    private MappingEnd[] TellEnds()
    {
        var (nu2, mu2, noise, chi) = (FindLogAtEnds("nu2_signal"), FindLogAtEnds("mu2_signal"), FindLogAtEnds("mu2_noise"), FindLogAtEnds("chi"));
        var reff = FindRanks(MomentColumns.ReffSignal) is { } ranks && ranks.Any(row => row.Any(value => value >= 1)) ? ranks : null;

        // Over a single point the variance is always 0; that is not an ending.
        mu2 = mu2?.All(row => double.IsNegativeInfinity(row[0])) == true ? null : mu2;
        return [.. Enumerable.Range(0, Simulations).Select(i => MappingEnd.Tell(SequenceDepths, nu2?[i], mu2?[i], noise?[i], chi?[i], reff?[i]))];
    }
}
