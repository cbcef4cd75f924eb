using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>
/// Random well-formed networks of all layers and all options, small enough for the definition written out, and smaller networks for one that fails.
/// </summary>
/// <remarks>
/// A property takes a <see cref="Network"/> as parameter and is marked <c>[Law]</c>: it gets some, and shrinks those that fail. Without FsCheck, in benches and
/// studies, <c>GeneratedNetworks.Number(seed, i)</c> is network i of a seed. Extents are 1 to 11, channels 1 to 12 (more after a flatten), at most 60 layers
/// with all repetitions and <see cref="MostProducts"/> products for one input. What may end in zeros is rare: ε is 0 only where at least three features share a
/// statistic, γ is 0 only in branches, and no weights have variance 0.
/// </remarks>
public static class GeneratedNetworks
{
    /// <summary>Most products of one input with weights, and of attention.</summary>
    public const long MostProducts = 60_000;

    private const int MostLayers = 60;

    /// <summary>Network number <paramref name="index"/> of a seed: the same one always, and none depends on others.</summary>
    public static Network Number(int seed, int index) => Draw(new Random(unchecked((seed * 1_000_003) + index)), $"generated_{seed}_{index}");

    /// <summary>Networks of a seed.</summary>
    public static IEnumerable<Network> Take(int seed, int count) => Enumerable.Range(0, count).Select(index => Number(seed, index));

    /// <summary>A network that is determined by random numbers.</summary>
    public static Network Draw(Random random, string name)
    {
        while (true)
        {
            var network = new NetworkDraw(random).Network(name);
            if (LayerCount(network.Layers) <= MostLayers && Products(network.Layers, network.Input) <= MostProducts)
            {
                return network;
            }
        }
    }

    /// <summary>Smaller well-formed networks: layers left out, residuals and repeats unwrapped, options at their defaults, sizes reduced.</summary>
    public static IEnumerable<Network> Shrink(Network network) => NetworkShrink.Shrink(network);

    /// <summary>Layers that propagation meets.</summary>
    public static int LayerCount(Layers layers) =>
        layers.Sum(layer =>
            layer switch
            {
                Repeat repeat => repeat.Times * LayerCount(repeat.Unit),
                Residual residual => 1 + LayerCount(residual.Branch) + LayerCount(residual.Skip),
                _ => 1,
            }
        );

    private static long Products(Layers layers, Shape input)
    {
        var (sum, shape) = (0L, input);
        foreach (var layer in layers)
        {
            var output = layer.OutputOf(shape);
            sum += layer switch
            {
                Convolution convolution => output.Features * convolution.FanInOf(shape.Channels),
                Dense => output.Features * shape.Channels,
                Attention => (4 * shape.Features * shape.Channels) + (2 * shape.Positions * shape.Features),
                Residual residual => Products(residual.Branch, shape) + Products(residual.Skip, shape),
                Repeat repeat => Products([.. Enumerable.Repeat(repeat.Unit, repeat.Times).SelectMany(unit => unit)], shape),
                _ => 0,
            };
            shape = output;
        }

        return sum;
    }
}
