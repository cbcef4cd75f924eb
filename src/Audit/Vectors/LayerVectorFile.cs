using System.Globalization;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Writes the conformance vectors of layers as NumPy archives. docs/conformance-vectors.md describes them.</summary>
internal static class LayerVectorFile
{
    /// <summary>Writes all vectors.</summary>
    /// <param name="folder">An existing folder.</param>
    /// <returns>Names of the files.</returns>
    public static IReadOnlyList<string> WriteAll(string folder)
    {
        var names = new List<string>();
        foreach (var vector in LayerVectorCase.All)
        {
            names.Add(vector.Network.Name + ".npz");
            NpzArchive.Write(Path.Combine(folder, names[^1]), [.. ArraysOf(vector)]);
        }

        return names;
    }

    /// <summary>The name of a place in a vector, as in result files; the end of a branch that no other place shows has a name of its own.</summary>
    public static string NameOf(WrittenOutPlace place) =>
        string.Create(CultureInfo.InvariantCulture, $"depth{place.Depth}_{(place.Kind == Networks.PlaceKind.BranchEnd ? "end" : "loc")}{place.Number}");

    private static IEnumerable<KeyValuePair<string, NpyArray>> ArraysOf(LayerVectorCase vector)
    {
        yield return new("network", NpyArray.From(NetworkText.Write(vector.Network)));
        yield return new("input_signal", Tensor(vector.Input, vector.Input.Signal));
        yield return new("input_noise", Tensor(vector.Input, vector.Input.Noise));
        foreach (var (i, (tensor, values)) in vector.Parameters.Index())
        {
            yield return new(
                string.Create(CultureInfo.InvariantCulture, $"parameter_{i}"),
                NpyArray.From(values, LayerParameter.ShapeOf(tensor, values.Length))
            );
        }

        var (mapping, full) = (vector.Propagate(WrittenOutNoise.Mapping).Places, vector.Propagate(WrittenOutNoise.Full).Places);
        foreach (var (place, same) in mapping.Zip(full))
        {
            yield return new($"signal_{NameOf(place)}", Tensor(place.Features, place.Features.Signal));
            yield return new($"noise_mapping_{NameOf(place)}", Tensor(place.Features, place.Features.Noise));
            yield return new($"noise_full_{NameOf(place)}", Tensor(place.Features, same.Features.Noise));
        }
    }

    private static NpyArray Tensor(WrittenOutFeatures features, double[] values) =>
        NpyArray.From(values, features.Images, features.Height, features.Width, features.Channels);
}
