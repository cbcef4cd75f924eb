using System.Text.Json.Nodes;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The two files of one request: the input, and the file in which the answer's tensors and moments must be.</summary>
/// <param name="Input">Path of the input archive.</param>
/// <param name="Output">Path of the output archive.</param>
/// <param name="Depths">Depths whose places are to be shown, besides depth 0.</param>
/// <param name="Tensors">Whether tensors are wanted.</param>
/// <param name="Moments">Whether moments are wanted.</param>
internal sealed record Exchange(string Input, string Output, IReadOnlyList<int> Depths, bool Tensors, bool Moments)
{
    /// <summary>Adds the two files to a request.</summary>
    public JsonObject AddTo(JsonObject request)
    {
        request["input"] = Input;
        request["depths"] = new JsonArray([.. Depths.Select(depth => (JsonNode)depth)]);
        request["tensors"] = Tensors;
        request["moments"] = Moments;
        request["output"] = Output;
        return request;
    }

    /// <summary>
    /// Writes the input: arrays <c>signal</c> and <c>noise</c> of shape (simulations, images, height, width, channels), and <c>kernel_0</c>, … if weights are
    /// given.
    /// </summary>
    public void Write(NetworkSettings network, IReadOnlyList<Propagation> propagations)
    {
        var shape = network.NetworkInput;
        var arrays = new List<KeyValuePair<string, NpyArray>> { new("signal", Stack(batch => batch.Signal)), new("noise", Stack(batch => batch.Noise)) };
        if (propagations[0].Weights is Weights.Given given)
        {
            arrays.AddRange(
                network.Kernels.Select(
                    (kernel, i) =>
                        KeyValuePair.Create(
                            $"kernel_{i}",
                            NpyArray.From(given.Kernels[i], kernel.Size, kernel.Size, kernel.InputChannels, kernel.OutputChannels)
                        )
                )
            );
        }

        NpzArchive.Write(Input, arrays);

        NpyArray Stack(Func<Batch, double[]> tensor) =>
            NpyArray.From(
                [.. propagations.SelectMany(propagation => tensor(propagation.Input))],
                propagations.Count,
                shape.Images,
                shape.Height,
                shape.Width,
                shape.Channels
            );
    }

    /// <summary>Reads the output.</summary>
    /// <param name="network">The network.</param>
    /// <param name="simulations">Number of propagations.</param>
    /// <param name="momentNames">Moments that the subject reports.</param>
    /// <param name="observe">Called with each snapshot, simulation by simulation; its tensors are empty if none were wanted.</param>
    /// <exception cref="AdapterException">The file is missing, damaged or too large, or holds other arrays or shapes than expected.</exception>
    public void Read(NetworkSettings network, int simulations, IReadOnlyList<string> momentNames, Action<int, Snapshot> observe)
    {
        var places = Shown(network);
        var shape = network.FeatureShape;
        var arrays = OutputArrays.Read(Output, Expected(network, simulations, momentNames));
        for (var simulation = 0; simulation < simulations; simulation++)
        {
            for (var i = 0; i < places.Count; i++)
            {
                var (depth, place) = places[i];
                var row = (simulation * places.Count) + i;
                observe(
                    simulation,
                    new Snapshot(
                        depth,
                        place,
                        shape,
                        Slice("signal", row),
                        Slice("noise", row),
                        () => ReportedMoments.Read(name => arrays.TryGetValue(name, out var values) ? values[row] : double.NaN)
                    )
                );
            }
        }

        double[] Slice(string name, int row) => Tensors ? arrays[name][(row * shape.Elements)..((row + 1) * shape.Elements)] : [];
    }

    /// <summary>Checks the size of the output file, while the subject may still be writing it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="simulations">Number of propagations.</param>
    /// <param name="momentNames">Moments that the subject reports.</param>
    /// <returns>A message if the file is larger than an answer can be; otherwise null.</returns>
    public string? Excess(NetworkSettings network, int simulations, IReadOnlyList<string> momentNames) =>
        OutputArrays.Excess(Output, Expected(network, simulations, momentNames));

    /// <summary>Removes both files.</summary>
    /// <returns>A message about files that are still there, with the reason; null if there are none.</returns>
    public string? Remove() => ExchangeFolder.RemoveAll(Input, Output);

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

    private List<(int Depth, UnitPlace Place)> Shown(NetworkSettings network) =>
        [(0, new UnitPlace(0, UnitPlaceKind.Convolution)), .. Depths.SelectMany(depth => network.Architecture.Places.Select(place => (depth, place)))];
}
