using System.Text.Json;

namespace Wellbehaved.Experiments;

/// <summary>Names of the arrays of a result file that are not moments, and the arrays that state which simulations a file holds.</summary>
internal static class ResultArrays
{
    /// <summary>Depths at which moments were computed.</summary>
    public const string Depth = "depth";

    /// <summary>A text for each place of a neutral file.</summary>
    public const string Place = "place";

    /// <summary>A text for each place of the unit, in a file of a network that is one repeated unit.</summary>
    public const string Locations = "locations";

    /// <summary>A text for each place before the first repetition, in such a file.</summary>
    public const string StemLocations = "stem_locations";

    /// <summary>Which places of a neutral file form the sequence of depths: 1 where a unit ends, 0 elsewhere.</summary>
    public const string EndOfUnit = "end_of_unit";

    /// <summary>What the depths of a neutral file count: <see cref="Units"/> or <see cref="Layers"/>.</summary>
    public const string DepthCounts = "depth_counts";

    /// <summary>Depths count repetitions and residuals.</summary>
    public const string Units = "units";

    /// <summary>Depths count layers with weights.</summary>
    public const string Layers = "layers";

    /// <summary>Channels at each place of a neutral file.</summary>
    public const string Channels = "channels";

    /// <summary>Points at each place of a neutral file: positions times images.</summary>
    public const string Points = "points";

    /// <summary>The axis of the channels at each place of a recording of another program.</summary>
    public const string ChannelAxis = "channel_axis";

    /// <summary>Feedforward layers in a residual branch.</summary>
    public const string ResDepth = "res_depth";

    /// <summary>The options, as JSON.</summary>
    public const string Configuration = "configuration";

    /// <summary>Checksum of the input images.</summary>
    public const string DatasetChecksum = "dataset_checksum";

    /// <summary>The program that computed the file.</summary>
    public const string MadeBy = "made_by";

    /// <summary>Version of the arithmetic; files without it are of version 1.</summary>
    public const string Arithmetic = "arithmetic";

    /// <summary>How each simulation ended: the codes of <see cref="Model.Ending"/>.</summary>
    public const string Ending = "ending";

    /// <summary>The first computed depth at which the simulation had ended; -1 if it did not end.</summary>
    public const string EndedAtDepth = "ended_at_depth";

    /// <summary>Indices of the simulations, where the file does not hold all of them.</summary>
    public const string Simulation = "simulation";

    /// <summary>Indices of the simulations that are missing from the file.</summary>
    public const string MissingSimulations = "missing_simulations";

    /// <summary>Options of training; a file with this array is a result of <c>train</c>.</summary>
    public const string TrainingConfiguration = "training_configuration";

    /// <summary>The learning rates, the last step of each window, and the corruptions, by which results of training have axes.</summary>
    public const string LearningRate = "learning_rate",
        TrainingStep = "training_step",
        Corruption = "corruption";

    /// <summary>Number of the share that the file holds, and number of all shares.</summary>
    public const string Shard = "shard";

    /// <summary>Why an array of another name is left out of a new file.</summary>
    public const string NotPlain = "its name is not a word but a path, or has signs that cannot be seen";

    /// <summary>The greatest length of a name that is written; the longest of ours has 30 letters.</summary>
    private const int LongestName = 200;

    /// <summary>Mean squares of each simulation: that of its input first, and those before its first layer.</summary>
    public static IReadOnlyList<string> MeanSquares { get; } = ["mu2_signal_input", "nu2_signal_depth0", "mu2_signal_depth0", "mu2_noise_depth0"];

    /// <summary>Arrays with one number for each simulation.</summary>
    public static IReadOnlyList<string> PerSimulation { get; } = [.. MeanSquares, "died_at_depth", Ending, EndedAtDepth];

    /// <summary>The greatest number of missing simulations; as numbers of eight bytes they take 32 MiB.</summary>
    private const int MostMissing = 1 << 22;

    /// <summary>The arrays that state which simulations a file holds; none if it holds all.</summary>
    /// <param name="indices">Simulations that it holds, increasing.</param>
    /// <param name="simulations">Simulations of the experiment.</param>
    /// <param name="shard">The share that the file holds.</param>
    /// <exception cref="InvalidInputException">More simulations are missing than a file can list.</exception>
    public static IEnumerable<KeyValuePair<string, NpyArray>> Extent(IReadOnlyList<int> indices, int simulations, Shard shard)
    {
        if (indices.Count == simulations)
        {
            yield break;
        }

        RequireListable(simulations - indices.Count);
        yield return new(Simulation, ToArray(indices));
        yield return new(
            MissingSimulations,
            ToArray([.. IndexRanges.Missing(indices, 0, simulations - 1).SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1))])
        );
        if (!shard.IsWhole)
        {
            yield return new(Shard, ToArray([shard.Number, shard.Count]));
        }
    }

    /// <summary>The version of the arithmetic that a file states.</summary>
    /// <param name="path">The file's name in messages.</param>
    /// <param name="archive">Its arrays.</param>
    /// <exception cref="InvalidInputException">The array does not hold a version.</exception>
    public static int ArithmeticOf(string path, IArrayCollection archive)
    {
        if (!archive.Contains(Arithmetic))
        {
            return ArithmeticVersion.First;
        }

        try
        {
            return
                archive.Read(Arithmetic).ToDoubles() is [var version]
                && version is >= ArithmeticVersion.First and <= int.MaxValue
                && version == Math.Truncate(version)
                ? (int)version
                : throw new FormatException("expected the version of the arithmetic, a positive integer");
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(path, $"{exception.Message} in '{Arithmetic}'", exception);
        }
    }

    /// <summary>Arrays of results of training that name the entries of an axis, and have no row for each mapping.</summary>
    public static IReadOnlyList<string> AxesOfTraining { get; } = [LearningRate, TrainingStep, Corruption];

    /// <summary>
    /// Whether an array of somebody's file may keep its name in a file of ours: programs that unpack an archive write files of these names.
    /// </summary>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= LongestName && name[0] != '.' && name.AsSpan().IndexOfAny('/', '\\', ':') < 0 && ForeignText.OnOneLine(name) == name;

    /// <summary>The number of images that training took from the beginning of the data set; null for all of them, and for files of other commands.</summary>
    /// <param name="path">The file's name in messages.</param>
    /// <param name="archive">Its arrays.</param>
    /// <exception cref="InvalidInputException">The options of training are no JSON object, or the number is not positive.</exception>
    public static int? TrainImagesOf(string path, IArrayCollection archive)
    {
        const string key = "train_images";
        if (!archive.Contains(TrainingConfiguration))
        {
            return null;
        }

        try
        {
            using var said = JsonDocument.Parse(archive.Read(TrainingConfiguration).ToText(), new JsonDocumentOptions { AllowDuplicateProperties = false });
            return said.RootElement.ValueKind != JsonValueKind.Object ? throw new FormatException("expected a JSON object")
                : !said.RootElement.TryGetProperty(key, out var images) || images.ValueKind == JsonValueKind.Null ? null
                : images.ValueKind == JsonValueKind.Number && images.TryGetInt32(out var number) && number > 0 ? number
                : throw new FormatException($"expected a positive whole number or null as '{key}'");
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            var words = exception is JsonException ? "expected a JSON object" : exception.Message;
            throw new InvalidInputException(path, $"{words} in '{TrainingConfiguration}'", exception);
        }
    }

    /// <summary>Refuses a part of an experiment with so many missing simulations that a file cannot list them.</summary>
    /// <exception cref="InvalidInputException">There are too many of them.</exception>
    public static void RequireListable(int missing)
    {
        if (missing > MostMissing)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.NumSims)),
                $"expected at most {MostMissing} simulations that a file lacks, since it names each; found {missing}"
            );
        }
    }

    private static NpyArray ToArray(IReadOnlyList<int> numbers) => NpyArray.From([.. numbers.Select(number => (long)number)], numbers.Count);
}
