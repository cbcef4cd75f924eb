using System.Text.Json;
using System.Text.Json.Nodes;
using Wellbehaved.Model;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>The moments of the mappings of a network in an ONNX file, as a result in the neutral layout.</summary>
internal sealed class OnnxResult
{
    /// <summary>The option that only results of ONNX files have.</summary>
    private const string Sha256 = "model_sha256";

    private static readonly string Program = $"wellbehaved {typeof(OnnxResult).Assembly.GetName().Version!.ToString(3)}";

    private readonly OnnxRequest _request;
    private readonly int[] _order;

    /// <summary>Makes a result of what was recorded.</summary>
    /// <param name="request">The options of the call.</param>
    /// <param name="network">The network.</param>
    /// <param name="record">Its mappings.</param>
    public OnnxResult(OnnxRequest request, OnnxDescription network, OnnxRecord record)
    {
        (_request, Network, Record) = (request, network, record);

        // In a file, depths must not decrease. In the order of the graph they may, since one branch is computed after the other.
        _order = [.. Enumerable.Range(0, network.Places.Count).OrderBy(i => network.Places[i].Depth)];
        Sequence = SequenceOf(network.Places);
        File = ResultFile.FromArrays(request.Path, new ArraysInMemory(Arrays()));
    }

    /// <summary>The network.</summary>
    public OnnxDescription Network { get; }

    /// <summary>Its mappings.</summary>
    public OnnxRecord Record { get; }

    /// <summary>
    /// The places that form one sequence of increasing depth, as indices of the network's places: at each depth the last place that all paths pass, up to where
    /// an image or a sequence has become a single point.
    /// </summary>
    public IReadOnlyList<int> Sequence { get; }

    /// <summary>The result as somebody who reads the file has it.</summary>
    public ResultFile File { get; }

    /// <summary>Number of the mappings that have a number that is not finite at some place.</summary>
    public int NotFinite => Record.Mappings.Count(mapping => mapping.FirstNotFinite is not null);

    /// <summary>The first place, in the order of the graph, with a number that is not finite.</summary>
    public OnnxPlace? FirstNotFinite => Record.Mappings.Select(mapping => mapping.FirstNotFinite).OfType<int>().Select(i => Network.Places[i]).FirstOrDefault();

    /// <summary>What a run is, as its journal says it.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="network">The network.</param>
    public static OnnxRunIdentity Identify(OnnxRequest request, OnnxDescription network) =>
        new(
            new ExperimentIdentity(Configure(request, network), network.InputChecksum, Program),
            network.Places.Count,
            request.NumSims,
            request.ReffSignal,
            request.ReffNoise,
            request.Device
        );

    /// <summary>Says how the run of a result file differs from another one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="run">The other one.</param>
    /// <returns>The first difference, in a few words; null if there is none.</returns>
    public static string? DifferenceFrom(string path, OnnxRunIdentity run)
    {
        try
        {
            using var arrays = IArrayCollection.Open(path);
            ReadingAllowance.Require(
                path,
                arrays,
                ((string[])[ResultArrays.Configuration, ResultArrays.DatasetChecksum, ResultArrays.MadeBy, ResultArrays.Depth]).Where(arrays.Contains)
            );
            string TextOf(string name) => arrays.Contains(name) ? arrays.Read(name).ToText() : string.Empty;
            var identity = new ExperimentIdentity(TextOf(ResultArrays.Configuration), TextOf(ResultArrays.DatasetChecksum), TextOf(ResultArrays.MadeBy));
            return new OnnxRunIdentity(
                identity,
                arrays.Contains(ResultArrays.Depth) ? arrays.Read(ResultArrays.Depth).Count : 0,
                run.Simulations,
                arrays.Contains(MomentColumns.ReffSignal),
                arrays.Contains(MomentColumns.ReffNoise),
                run.Device
            ).DifferenceFrom(run);
        }
        catch (Exception exception) when (exception is InvalidInputException or FormatException)
        {
            return $"another file ({exception.Message})";
        }
    }

    /// <summary>Says what a result file of an ONNX file holds.</summary>
    /// <param name="path">The result file.</param>
    /// <returns>What is finished; null for a file of another kind.</returns>
    /// <exception cref="InvalidInputException">The file is not an archive, or it is damaged.</exception>
    public static JournalSummary? Summarise(string path)
    {
        using (var archive = IArrayCollection.Open(path))
        {
            if (!archive.Contains(ResultArrays.Place) || !archive.Contains(ResultArrays.Configuration))
            {
                return null;
            }
        }

        var file = ResultFile.Read(path);
        return file.Configuration?.Contains($"\"{Sha256}\"", StringComparison.Ordinal) == true
            ? JournalSummary.OfOnnx(file.NetworkName ?? "a network", file.Depth.Count, file.Simulations, file.Simulations)
            : null;
    }

    /// <summary>Writes the file.</summary>
    public void Write(string path) => NpzArchive.Write(path, Arrays());

    /// <summary>What was run and with which options, as pairs of a name and a value to be read by people.</summary>
    public IEnumerable<(string Name, string Value)> Said()
    {
        yield return ("SHA-256", Network.Sha256);
        foreach (var (name, value) in JsonNode.Parse(Configure(_request, Network))!.AsObject().Where(pair => pair.Key is not ("network" or Sha256)))
        {
            var text = value switch
            {
                JsonArray array => string.Join(", ", array),
                JsonObject shapes => string.Join(", ", shapes.Select(shape => $"{shape.Key} {string.Join('×', shape.Value!.AsArray())}")),
                _ => $"{value}",
            };
            yield return (
                name switch
                {
                    "num_sims" => "mappings",
                    _ => name.Replace('_', ' '),
                },
                text.Length == 0 ? "none" : text
            );
        }

        yield return ("made by", Program);
    }

    private static int[] SequenceOf(IReadOnlyList<OnnxPlace> places)
    {
        var trunk = Enumerable.Range(0, places.Count).Where(i => places[i].IsOnTrunk && places[i].Depth > 0 && places[i].Points > 1).ToList();
        if (trunk.Count == 0)
        {
            trunk = [.. Enumerable.Range(0, places.Count).Where(i => places[i].Depth > 0)];
        }

        // After global pooling the head of a network has one point for each image, which are too few points to count directions.
        int Batch(int i) => (int)places[i].Shape[0];
        var beforeHead = trunk.Where(i => places[i].Points > Batch(i)).ToList();
        return [.. (beforeHead.Count > 0 ? beforeHead : trunk).GroupBy(i => places[i].Depth).OrderBy(group => group.Key).Select(group => group.Max())];
    }

    private IEnumerable<KeyValuePair<string, NpyArray>> Arrays()
    {
        var (places, mappings) = (_order.Select(i => Network.Places[i]).ToArray(), Record.Mappings);
        yield return new(ResultArrays.Depth, NpyArray.From([.. places.Select(place => (long)place.Depth)], places.Length));
        yield return new(ResultArrays.Place, NpyArray.From([.. places.Select(place => ForeignText.OnOneLine(place.Name))]));
        yield return new(ResultArrays.EndOfUnit, NpyArray.From([.. _order.Select(i => Sequence.Contains(i) ? 1L : 0)], places.Length));
        yield return new(ResultArrays.DepthCounts, NpyArray.From(ResultArrays.Layers));
        yield return new(ResultArrays.Channels, NpyArray.From([.. places.Select(place => (long)place.Channels)], places.Length));
        yield return new(ResultArrays.Points, NpyArray.From([.. places.Select(place => (long)place.Points)], places.Length));
        yield return new(ResultArrays.Configuration, NpyArray.From(Configure(_request, Network)));
        yield return new(ResultArrays.DatasetChecksum, NpyArray.From(Network.InputChecksum));
        yield return new(ResultArrays.MadeBy, NpyArray.From(Program));
        yield return new("mu2_signal_input", NpyArray.From([.. mappings.Select(mapping => mapping.Mu2InputSignal)], mappings.Count));
        var ends = mappings.Select(EndOf).ToArray();
        yield return new(ResultArrays.Ending, NpyArray.From([.. ends.Select(end => (long)end.Ending)], ends.Length));
        yield return new(ResultArrays.EndedAtDepth, NpyArray.From([.. ends.Select(end => (long)end.Depth)], ends.Length));
        foreach (
            var column in MomentColumns.All.Where(column =>
                column.Name switch
                {
                    MomentColumns.ReffSignal => _request.ReffSignal,
                    MomentColumns.ReffNoise => _request.ReffNoise,
                    _ => true,
                }
            )
        )
        {
            var needsVariance = MomentColumns.NeedVariance.Contains(column.Name);
            double ValueAt(OnnxMapping mapping, int i) =>
                mapping.Moments[i] is { } moments && !(needsVariance && Network.Places[i].Points == 1)
                    ? column.Select(moments, mapping.Mu2InputSignal)
                    : double.NaN;

            var values = mappings.SelectMany(mapping => _order.Select(i => ValueAt(mapping, i))).ToArray();
            yield return new(column.Name, NpyArray.From(values, mappings.Count, places.Length));
        }
    }

    private MappingEnd EndOf(OnnxMapping mapping) =>
        MappingEnd.Find(
            [.. Sequence.Select(i => Network.Places[i].Depth)],
            [
                .. Sequence.Select(i =>
                    mapping.Moments[i] is { } moments ? moments.State(Network.Places[i].Points > 1)
                    : mapping.IsNotANumber ? Ending.NotANumber
                    : Ending.Overflow
                ),
            ]
        );

    private static string Configure(OnnxRequest request, OnnxDescription network)
    {
        var said = new JsonObject
        {
            ["network"] = network.Name,
            [Sha256] = network.Sha256,
            ["batch_size"] = network.Inputs[0].Shape.Count > 0 ? network.Inputs[0].Shape[0] : 1,
            ["num_sims"] = request.NumSims,
            ["seed"] = request.Seed,
            ["noise"] = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{request.Noise}"),
            ["batch_norm"] = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{request.BatchNorm}"),
            ["weights"] = JsonNamingPolicy.SnakeCaseLower.ConvertName($"{request.Weights}"),
            ["keep"] = new JsonArray([.. request.Keep.Select(pattern => (JsonNode)pattern)]),
            ["dataset"] = request.Dataset ?? GaussianImages.Name,
            ["normalize"] = request.Dataset is null ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName($"{request.Normalize}"),
            ["tokens"] = request.Tokens,

            // Other devices give other digits.
            ["device"] = request.Device == OnnxRequest.Cpu ? null : request.Device,
            ["input_shapes"] = new JsonObject([
                .. network.Inputs.Select(input =>
                    KeyValuePair.Create(input.Name, (JsonNode?)new JsonArray([.. input.Shape.Select(length => (JsonNode)length)]))
                ),
            ]),
        };
        foreach (var (key, _) in said.Where(pair => pair.Value is null).ToList())
        {
            said.Remove(key);
        }

        return said.ToJsonString();
    }
}
