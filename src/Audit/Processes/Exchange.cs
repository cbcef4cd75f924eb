using System.Text.Json.Nodes;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The two files of one request: what goes in, and where the answer's tensors and moments must be.</summary>
/// <param name="Input">Path of the input archive.</param>
/// <param name="Output">Path of the output archive.</param>
/// <param name="Depths">Depths whose places are to be shown, beside depth 0.</param>
/// <param name="Tensors">Whether tensors are wanted.</param>
/// <param name="Moments">Whether moments are wanted.</param>
internal sealed record Exchange(string Input, string Output, IReadOnlyList<int> Depths, bool Tensors, bool Moments)
{
    /// <summary>Bytes that the archive may take beside its numbers, for each array.</summary>
    private const long Overhead = 4096;

    /// <summary>The widest numbers that are read.</summary>
    private const int LargestElement = 16;

    /// <summary>Adds it to a request.</summary>
    public JsonObject AddTo(JsonObject request)
    {
        request["input"] = Input;
        request["depths"] = new JsonArray([.. Depths.Select(depth => (JsonNode)depth)]);
        request["tensors"] = Tensors;
        request["moments"] = Moments;
        request["output"] = Output;
        return request;
    }

    /// <summary>Writes the input: arrays <c>signal</c> and <c>noise</c> of shape (simulations, images, height, width, channels), and <c>kernel_0</c>, … where weights are given.</summary>
    public void Write(NetworkSettings network, IReadOnlyList<Propagation> propagations)
    {
        var shape = network.NetworkInput;
        var arrays = new List<KeyValuePair<string, NpyArray>>
        {
            new("signal", Stack(batch => batch.Signal)),
            new("noise", Stack(batch => batch.Noise)),
        };
        if (propagations[0].Weights is Weights.Given given)
        {
            arrays.AddRange(network.Kernels.Select((kernel, i) => KeyValuePair.Create($"kernel_{i}", NpyArray.Of(given.Kernels[i], kernel.Size, kernel.Size, kernel.InputChannels, kernel.OutputChannels))));
        }

        NpzArchive.Write(Input, arrays);

        NpyArray Stack(Func<Batch, double[]> tensor) =>
            NpyArray.Of([.. propagations.SelectMany(propagation => tensor(propagation.Input))], propagations.Count, shape.Images, shape.Height, shape.Width, shape.Channels);
    }

    /// <summary>Reads the output.</summary>
    /// <param name="network">The network.</param>
    /// <param name="simulations">Number of propagations.</param>
    /// <param name="momentNames">Moments that the subject reports.</param>
    /// <param name="observe">Called with each snapshot, simulation by simulation; its tensors are empty if none were wanted.</param>
    /// <exception cref="AdapterException">The file is missing, damaged, too large, or holds other arrays or shapes than expected.</exception>
    public void Read(NetworkSettings network, int simulations, IReadOnlyList<string> momentNames, Action<int, Snapshot> observe)
    {
        var places = Shown(network);
        var shape = network.FeatureShape;
        var arrays = ReadArrays(Expected(network, simulations, momentNames));
        for (var simulation = 0; simulation < simulations; simulation++)
        {
            for (var i = 0; i < places.Count; i++)
            {
                var (depth, place) = places[i];
                var row = (simulation * places.Count) + i;
                observe(simulation, new Snapshot(depth, place, shape, Slice("signal", row), Slice("noise", row), () => ReportedMoments.Of(name => arrays.TryGetValue(name, out var values) ? values[row] : double.NaN)));
            }
        }

        double[] Slice(string name, int row) => Tensors ? arrays[name][(row * shape.Elements)..((row + 1) * shape.Elements)] : [];
    }

    /// <summary>Says what is wrong with the output file as it stands, while the subject may still be writing it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="simulations">Number of propagations.</param>
    /// <param name="momentNames">Moments that the subject reports.</param>
    /// <returns>That it is larger than an answer can be; null if it is not.</returns>
    public string? Excess(NetworkSettings network, int simulations, IReadOnlyList<string> momentNames) =>
        new FileInfo(Output) is { Exists: true } file && file.LinkTarget is null ? Excess(LengthOf(file), MostBytes(Expected(network, simulations, momentNames))) : null;

    /// <summary>Removes its files.</summary>
    /// <returns>What is still there, and why; null if nothing is.</returns>
    public string? Remove() => new[] { Input, Output }
        .Select(path => ExchangeFolder.Remove(path) is { } reason ? $"expected files that can be removed, but {Path.GetFileName(path)} stays ({reason})" : null)
        .ToArray().FirstOrDefault(left => left is not null);

    private static string? Excess(long length, long most) => length > most ? $"expected an output file of at most {most} bytes, found {length}" : null;

    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has gone since.
            return 0;
        }
    }

    private static long MostBytes(Dictionary<string, int[]> expected) =>
        expected.Values.Sum(shape => (LargestElement * shape.Aggregate(1L, (product, extent) => product * extent)) + Overhead) + Overhead;

    /// <summary>Shapes of the arrays that the output must hold.</summary>
    private Dictionary<string, int[]> Expected(NetworkSettings network, int simulations, IReadOnlyList<string> momentNames)
    {
        var places = Shown(network).Count;
        var shape = network.FeatureShape;
        var expected = new Dictionary<string, int[]>();
        foreach (var name in Tensors ? ["signal", "noise"] : Array.Empty<string>())
        {
            expected[name] = [simulations, places, shape.Images, shape.Height, shape.Width, shape.Channels];
        }

        foreach (var name in Moments ? momentNames : [])
        {
            expected[name] = [simulations, places];
        }

        return expected;
    }

    private Dictionary<string, double[]> ReadArrays(Dictionary<string, int[]> expected)
    {
        try
        {
            using var file = OutputFile.Open(Output);
            if (Excess(file.Length, MostBytes(expected)) is { } excess)
            {
                throw new AdapterException(excess);
            }

            using var archive = NpzArchive.Open(file, "output file");
            if (archive.Names.FirstOrDefault(name => !expected.ContainsKey(name)) is { } unknown)
            {
                throw new AdapterException($"expected the arrays {string.Join(", ", expected.Keys)} in the output file, found '{unknown}' beside them");
            }

            // A small file may hold large arrays: those that were not asked for are not read.
            foreach (var (name, shape) in expected)
            {
                var header = archive.Describe(name);
                if (!header.Shape.SequenceEqual(shape))
                {
                    throw new AdapterException($"expected '{name}' of shape ({string.Join(", ", shape)}) in the output file, found ({string.Join(", ", header.Shape)})");
                }

                if (header.ElementType.Kind != 'f')
                {
                    throw new AdapterException($"expected floating point numbers in '{name}' in the output file, found {NameOf(header.ElementType)}");
                }
            }

            return expected.Keys.ToDictionary(name => name, name => archive.Read(name).ToDoubles());
        }
        catch (Exception exception) when (exception is InvalidInputException or FormatException)
        {
            throw new AdapterException(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AdapterException($"expected an output file that can be read ({exception.Message})");
        }
    }

    private static string NameOf(NpyElementType type) => type.Kind switch
    {
        'U' => "text",
        'b' => "truth values",
        _ => "whole numbers",
    };

    private List<(int Depth, Place Place)> Shown(NetworkSettings network) =>
        [(0, new Place(0, PlaceKind.Convolution)), .. Depths.SelectMany(depth => network.Architecture.Places.Select(place => (depth, place)))];
}
