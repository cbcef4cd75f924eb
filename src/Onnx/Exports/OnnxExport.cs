using Google.Protobuf;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Writes described networks as ONNX files: the mapping that the model draws for a seed and a simulation.</summary>
public static class OnnxExport
{
    /// <summary>The version of ONNX's operators that is written.</summary>
    internal const int Opset = 20;

    /// <summary>Greatest number of elements of four bytes that fit the 2 GiB of a file together with names and shapes.</summary>
    private const int MostElements = 500_000_000;

    /// <summary>
    /// Greatest number of layers: each becomes nodes with names, of which ONNX Runtime takes minutes to load this many.
    /// </summary>
    private const int MostLayers = 1 << 16;

    /// <summary>The key of a file's metadata for the name of the value at a place; the number of the place follows it.</summary>
    internal const string PlaceKey = "wellbehaved.place.";

    private const string Producer = "wellbehaved";

    /// <summary>Whether a file is a model that <see cref="Write(Network, string, ulong, uint)"/> wrote, as its name of the producer says.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">It cannot be read.</exception>
    internal static bool IsOurs(string path) => ModelFile.Producer(path) == Producer;

    /// <summary>Writes a network.</summary>
    /// <param name="network">Its description.</param>
    /// <param name="path">The file, which is replaced if it exists.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="simulation">Number of the mapping.</param>
    /// <remarks>
    /// The input <c>x</c> holds images (batch, channels, rows, columns); the output is <c>y</c>. Batch normalisation stores mean 0 and variance 1, as in an
    /// untrained network.
    /// Masks of channels and survivals are drawn like weights, and stored in the file as numbers.
    /// </remarks>
    /// <exception cref="InvalidInputException">A layer draws numbers for each image of a batch, which a file cannot do, or the file cannot be
    /// written.</exception>
    public static void Write(Network network, string path, ulong seed, uint simulation = 0)
    {
        ArgumentNullException.ThrowIfNull(path);
        using var content = new MemoryStream();
        Write(network, content, seed, simulation);
        try
        {
            File.WriteAllBytes(path, content.ToArray());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException(path, $"expected a file that can be written ({error.Message})", error);
        }
    }

    /// <summary>Writes a network.</summary>
    /// <param name="network">Its description.</param>
    /// <param name="stream">The stream to write.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="simulation">Number of the mapping.</param>
    /// <exception cref="InvalidInputException">A layer draws numbers for each image of a batch, which a file cannot do, or there are more parameters than a
    /// file can hold.</exception>
    public static void Write(Network network, Stream stream, ulong seed, uint simulation = 0)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            Structure.RequireAtMost(network.Layers, MostLayers, "layers with all repetitions in an ONNX file");
        }
        catch (InvalidNetworkException many)
        {
            throw new InvalidInputException(many.Path, many.Expectation, many);
        }

        var elements = ParameterList.Enumerate(network).Aggregate(0.0, (sum, tensor) => sum + tensor.Length);
        if (elements > MostElements)
        {
            throw new InvalidInputException(network.Name, $"expected at most {MostElements} parameters, which 2 GiB hold, got {elements:G4}");
        }

        Model(network, seed, simulation).WriteTo(stream);
    }

    /// <summary>The model of a network. Its metadata has, under <see cref="PlaceKey"/> and the number of each place, the name of the value there.</summary>
    internal static ModelProto Model(Network network, ulong seed, uint simulation)
    {
        ArgumentNullException.ThrowIfNull(network);
        var walk = new ExportWalk(network, new RandomParameters<float>(seed, simulation));
        var (graph, places) = walk.Run();
        var model = new ModelProto
        {
            IrVersion = 8,
            ProducerName = Producer,
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        for (var i = 0; i < places.Count; i++)
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = $"{PlaceKey}{i}", Value = places[i] });
        }

        return model;
    }
}
