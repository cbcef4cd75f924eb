using System.Text.Json.Nodes;
using Wellbehaved.Audit;
using Wellbehaved.Figures;
using Wellbehaved.Networks;
using Layers = Wellbehaved.Networks.Layers;
using Network = Wellbehaved.Networks.Network;

namespace Wellbehaved.Cli;

/// <summary>One line of the table of layers.</summary>
/// <param name="Path">Where the layer stands in the JSON form.</param>
/// <param name="Level">Number of layers that enclose it.</param>
/// <param name="Text">The layer with its options, or the name of a list of layers.</param>
/// <param name="Output">Shape of its output, in the first repetition; null for a line that computes nothing.</param>
/// <param name="Parameters">Weights and biases of one mapping, for a repeat of all repetitions; null where the lines below state them.</param>
/// <param name="MultiplyAdds">Multiply-adds for one image, counted in the same way.</param>
internal sealed record LayerLine(string Path, int Level, string Text, Shape? Output, double? Parameters, double? MultiplyAdds);

/// <summary>Counts layers, shapes, parameters and memory of a network before it is run.</summary>
internal sealed class NetworkSummary
{
    /// <summary>Counts for a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batchSize">Images in a batch.</param>
    public NetworkSummary(Network network, int batchSize)
    {
        (Network, BatchSize) = (network, batchSize);
        Lines = [.. LinesOf(network.Layers, "layers", network.Input, 0)];
        Parameters = ParametersOf(network.Layers, network.Input);
        MultiplyAdds = Operations.MultiplyAdds(network.Layers, network.Input);
    }

    /// <summary>The network.</summary>
    public Network Network { get; }

    /// <summary>Images in a batch.</summary>
    public int BatchSize { get; }

    /// <summary>The lines of the table: one for each layer, a repeat only once, a residual layer with its branch and its skip connection.</summary>
    public IReadOnlyList<LayerLine> Lines { get; }

    /// <summary>Weights and biases that one mapping draws.</summary>
    public double Parameters { get; }

    /// <summary>Multiply-adds of one image.</summary>
    public double MultiplyAdds { get; }

    /// <summary>Bytes of the weights and biases of one mapping.</summary>
    public double ParameterBytes => Parameters * sizeof(float);

    /// <summary>Bytes of signal and noise of the batch at the place where they are largest.</summary>
    public double LargestBytes => Network.Places.Select(place => BytesAt(place.Shape)).Append(BytesAt(Network.Input)).Max();

    /// <summary>Bytes of signal and noise of the batch, in single precision.</summary>
    /// <param name="shape">Shape of the features of one image.</param>
    public double BytesAt(Shape shape) => 2.0 * sizeof(float) * BatchSize * shape.Features;

    /// <summary>Most places that are listed: a few words describe a network of a million, of which a list takes gigabytes.</summary>
    private const int MostPlaces = 1 << 16;

    /// <summary>All of it as JSON; null in the place of a list of more than 65,536 places.</summary>
    public string ToJson() =>
        Json.TextOf(
            new JsonObject
            {
                ["network"] = Json.Parse(NetworkText.Write(Network)),
                ["output"] = ToJson(Network.Output),
                ["units"] = Network.Depth,
                ["parameters"] = Parameters,
                ["parameter_bytes"] = ParameterBytes,
                ["multiply_adds"] = MultiplyAdds,
                ["batch_size"] = BatchSize,
                ["largest_bytes"] = LargestBytes,
                ["layers"] = new JsonArray([
                    .. Lines
                        .Where(line => line.Output is not null)
                        .Select(line => new JsonObject
                        {
                            ["path"] = line.Path,
                            ["layer"] = line.Text,
                            ["output"] = ToJson(line.Output!.Value),
                            ["parameters"] = line.Parameters,
                            ["multiply_adds"] = line.MultiplyAdds,
                        }),
                ]),
                ["places"] =
                    Network.NumberOfPlaces > MostPlaces
                        ? null
                        : new JsonArray([
                            .. Network.Places.Select(place => new JsonObject
                            {
                                ["depth"] = place.Depth,
                                ["place"] = place.Number,
                                ["shows"] = PlaceText(place),
                                ["ends_branch"] = place.EndsBranch,
                                ["shape"] = ToJson(place.Shape),
                                ["bytes"] = BytesAt(place.Shape),
                            }),
                        ]),
                ["number_of_places"] = Network.NumberOfPlaces,
            }
        ) + "\n";

    /// <summary>The text of a place without its depth and number.</summary>
    public static string PlaceText(Place place) => place.ToString() is var text ? text[(text.IndexOf(' ', StringComparison.Ordinal) + 1)..] : string.Empty;

    private static JsonArray ToJson(Shape shape) => [shape.Height, shape.Width, shape.Channels];

    private static IEnumerable<LayerLine> LinesOf(Layers layers, string path, Shape input, int level)
    {
        var shape = input;
        for (var i = 0; i < layers.Count; i++)
        {
            foreach (var line in LinesOf(layers[i], $"{path}[{i}]", shape, level))
            {
                yield return line;
            }

            shape = layers[i].OutputOf(shape);
        }
    }

    private static IEnumerable<LayerLine> LinesOf(Layer layer, string path, Shape input, int level)
    {
        var text = LayerText.Write(layer, input);
        var output = layer.OutputOf(input);
        switch (layer)
        {
            case Repeat repeat:
                return LinesOf(repeat.Unit, $"{path}.repeat.unit", input, level + 1)
                    .Prepend(new(path, level, text, output, ParametersOf([layer], input), Operations.MultiplyAdds(layer, input)));
            case Residual residual:
                var branch = LinesOf(residual.Branch, $"{path}.residual.branch", input, level + 2)
                    .Prepend(new(path, level + 1, residual.Branch.Count == 0 ? "branch: identity" : "branch", null, null, null));
                var skip = LinesOf(residual.Skip, $"{path}.residual.skip", input, level + 2)
                    .Prepend(new(path, level + 1, residual.Skip.Count == 0 ? "skip: identity" : "skip", null, null, null));
                return [new(path, level, text, output, null, null), .. branch, .. skip];
            default:
                return [new(path, level, text, output, ParametersOf([layer], input), Operations.MultiplyAdds(layer, input))];
        }
    }

    /// <summary>Number of parameters; a double, since a description may ask for more than 64 bits can count.</summary>
    private static double ParametersOf(Layers layers, Shape input)
    {
        var (sum, shape) = (0.0, input);
        foreach (var layer in layers)
        {
            sum += layer switch
            {
                Repeat repeat => ParametersOf(repeat, shape),
                Residual residual => ParametersOf(residual.Branch, shape) + ParametersOf(residual.Skip, shape),
                _ => ParameterList
                    .Enumerate(Network.PartOf(layer.Word, shape, [layer]))
                    .Where(tensor => tensor.Kind is ParameterKind.Weights or ParameterKind.Biases)
                    .Sum(tensor => (double)tensor.Length),
            };
            shape = layer.OutputOf(shape);
        }

        return sum;
    }

    private static double ParametersOf(Repeat repeat, Shape input)
    {
        var (sum, shape) = (0.0, input);
        for (var repetition = 0; repetition < repeat.Times; repetition++)
        {
            var (once, next) = (ParametersOf(repeat.Unit, shape), new Repeat(1, repeat.Unit).OutputOf(shape));
            if (next == shape)
            {
                return sum + (once * (repeat.Times - repetition));
            }

            (sum, shape) = (sum + once, next);
        }

        return sum;
    }
}
