using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wellbehaved.Figures;

/// <summary>Results of one network at several widths, narrowest first.</summary>
internal sealed class WidthSeries
{
    /// <summary>The parameter by which figures are drawn against the width.</summary>
    private const string Against = "against";

    /// <summary>
    /// Options in which the experiments of a series may differ besides the width: how many mappings there are, which ones, and what the file leaves out.
    /// </summary>
    private static readonly string[] Free =
    [
        "num_sims",
        "seed",
        "data_dir",
        "reff_signal",
        "reff_noise",
        "gradients",
        "depths",
        "num_computations",
        "num_channels",
    ];

    /// <summary>Keys of a network that do not affect what it computes.</summary>
    private static readonly string[] Names = ["name", "description"];

    private WidthSeries(IReadOnlyList<(int Width, ResultFile File)> results, IReadOnlyList<int> depths) => (Results, Depths) = (results, depths);

    /// <summary>
    /// The width and the result at that width. The width is N, or the first number of channels that changes, where layers have different numbers.
    /// </summary>
    public IReadOnlyList<(int Width, ResultFile File)> Results { get; }

    /// <summary>Depths that all results have, increasing.</summary>
    public IReadOnlyList<int> Depths { get; }

    /// <summary>Orders results by width.</summary>
    /// <param name="files">Names and contents of the files.</param>
    /// <returns>The series.</returns>
    /// <exception cref="InvalidInputException">There are fewer than two files, a file does not state how it was made, two have the same width, or they differ
    /// in more than the width.</exception>
    public static WidthSeries Read(IReadOnlyList<(string Name, ResultFile File)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count < 2)
        {
            throw Refusal("expected at least two result files with width, got one");
        }

        if (files.FirstOrDefault(one => one.File.Options is null) is { File: not null } silent)
        {
            throw Refusal($"expected files that state their network and options; {silent.Name} does not");
        }

        Experiment[] experiments = [.. files.Select(one => new Experiment(one.Name, one.File))];
        foreach (var other in experiments.Skip(1))
        {
            RequireAlike(experiments[0], other);
        }

        var widths = WidthsOf(experiments);
        var ordered = experiments.Zip(widths, (experiment, width) => (Width: width, experiment.File, experiment.Name)).OrderBy(one => one.Width).ToArray();
        if (ordered.Zip(ordered.Skip(1)).FirstOrDefault(pair => pair.First.Width == pair.Second.Width) is { First.Name: not null } twice)
        {
            throw Refusal($"expected files of different widths, found width {twice.First.Width} in {twice.First.Name} and in {twice.Second.Name}");
        }

        int[] depths = [.. files.Select(one => one.File.SequenceDepths.AsEnumerable()).Aggregate((common, own) => common.Intersect(own))];
        return depths.Length > 0
            ? new([.. ordered.Select(one => (one.Width, one.File))], depths)
            : throw Refusal("expected files with a depth in common, found none");
    }

    private static void RequireAlike(Experiment first, Experiment other)
    {
        foreach (var option in first.Options.Keys.Union(other.Options.Keys).Order(StringComparer.Ordinal))
        {
            var (one, two) = (first.Options.GetValueOrDefault(option), other.Options.GetValueOrDefault(option));
            if (one != two)
            {
                throw Refusal(
                    $"expected files that differ only in width, found {option.Replace('_', ' ')} {one ?? "not stated"} in {first.Name} "
                        + $"and {two ?? "not stated"} in {other.Name}"
                );
            }
        }

        if (first.Structure != other.Structure || first.Channels.Count != other.Channels.Count)
        {
            throw Refusal($"expected networks that differ only in width, found other layers in {first.Name} than in {other.Name}");
        }
    }

    /// <summary>The width of each experiment; all numbers of channels that change must change by the same factor.</summary>
    private static int[] WidthsOf(Experiment[] experiments)
    {
        var first = experiments[0];
        int[] changing = [.. Enumerable.Range(0, first.Channels.Count).Where(i => experiments.Any(other => other.Channels[i] != first.Channels[i]))];
        if (changing.Length == 0)
        {
            return [.. experiments.Select(experiment => experiment.Channels.DefaultIfEmpty(0).First())];
        }

        var lead = changing[0];
        foreach (var other in experiments)
        {
            foreach (var i in changing.Where(i => (long)other.Channels[i] * first.Channels[lead] != (long)first.Channels[i] * other.Channels[lead]))
            {
                throw Refusal(
                    $"expected networks whose channels all change by one factor, found {first.Channels[lead]} and {first.Channels[i]} in {first.Name}, "
                        + $"{other.Channels[lead]} and {other.Channels[i]} in {other.Name}"
                );
            }
        }

        return [.. experiments.Select(experiment => experiment.Channels[lead])];
    }

    private static InvalidInputException Refusal(string expectation) => new(ParameterName.Spell(Against), expectation);

    /// <summary>The experiment of a file, with the width separated from its options.</summary>
    private sealed class Experiment
    {
        public Experiment(string name, ResultFile file)
        {
            (Name, File) = (name, file);
            var options = JsonNode
                .Parse(ResultConfiguration.Write(file.Options!), documentOptions: new JsonDocumentOptions { MaxDepth = ResultConfiguration.MostLevels })!
                .AsObject();
            var network = options["network"] as JsonObject;
            options.Remove("network");
            Options = options
                .Where(option => !Free.Contains(option.Key))
                .ToDictionary(option => option.Key, option => option.Value?.ToJsonString() ?? "unsaid");
            var channels = new List<int>();
            if (network is null)
            {
                channels.Add(file.Options!.NumChannels);
            }
            else
            {
                foreach (var word in Names)
                {
                    network.Remove(word);
                }

                TakeChannels(network, channels);
            }

            (Channels, Structure) = (channels, network?.ToJsonString());
        }

        /// <summary>The name of the file in messages.</summary>
        public string Name { get; }

        /// <summary>The file.</summary>
        public ResultFile File { get; }

        /// <summary>Its options by name, as they are written in the file.</summary>
        public IReadOnlyDictionary<string, string> Options { get; }

        /// <summary>All numbers of channels, in the order of the layers.</summary>
        public IReadOnlyList<int> Channels { get; }

        /// <summary>The layers without their numbers of channels; null for an architecture.</summary>
        public string? Structure { get; }

        private static void TakeChannels(JsonNode? node, List<int> channels)
        {
            switch (node)
            {
                case JsonObject layer:
                    foreach (var (key, value) in layer.ToArray())
                    {
                        if (key == "channels" && value is JsonValue number && number.TryGetValue<int>(out var count))
                        {
                            channels.Add(count);
                            layer[key] = "N";
                        }
                        else
                        {
                            TakeChannels(value, channels);
                        }
                    }

                    break;
                case JsonArray layers:
                    foreach (var layer in layers)
                    {
                        TakeChannels(layer, channels);
                    }

                    break;
            }
        }
    }
}
