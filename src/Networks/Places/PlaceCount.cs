using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>
/// Counts the places and units of a network from its description, without listing them: a few words describe a network of millions of places.
/// </summary>
/// <remarks>The rules are those by which <see cref="PlaceWalk"/> lists places; listing them compares the two numbers.</remarks>
internal static class PlaceCount
{
    /// <summary>The number of places of layers outside of every unit.</summary>
    public static long Outside(Layers layers) => layers.Sum(Outside);

    /// <summary>The number of places of one repetition of a stack.</summary>
    public static long InRepetition(Repeat stack) => 1 + Within(stack.Unit);

    /// <summary>The number of units of a network: the depth of its last place.</summary>
    public static int Units(Network network) => (int)UnitsAfter(network.Layers, hasWeights: false).Units;

    /// <summary>Refuses more places than something can take, and names the layer with which there are more.</summary>
    /// <param name="network">The network.</param>
    /// <param name="most">The greatest number of places.</param>
    /// <param name="what">What the limit is of, for the message.</param>
    /// <exception cref="InvalidNetworkException">There are more.</exception>
    public static void RequireAtMost(Network network, int most, string what)
    {
        var count = 0L;
        foreach (var (index, layer) in network.Layers.Index())
        {
            count += Outside(layer);
            if (count > most)
            {
                throw new InvalidNetworkException(
                    LayerPath.Write(LayerPath.Root, index, layer),
                    string.Create(CultureInfo.InvariantCulture, $"expected at most {most} places {what}, got {network.NumberOfPlaces}")
                );
            }
        }
    }

    private static long Outside(Layer layer) =>
        layer switch
        {
            Repeat repeat when PlaceWalk.IsNested(repeat) => repeat.Times * Outside(repeat.Unit),
            Repeat repeat => repeat.Times * InRepetition(repeat),
            Residual => 1 + Within(layer),
            _ => Within(layer),
        };

    private static long Within(Layers layers) => layers.Sum(Within);

    private static long Within(Layer layer) =>
        layer switch
        {
            // Only the first repetition has places.
            Repeat repeat => Within(repeat.Unit),
            Residual residual => Within(residual.Branch) + (PlaceWalk.EndsInRepetition(residual.Branch) ? 1 : 0) + Within(residual.Skip) + 1,
            Flatten => 0,
            _ => 1,
        };

    /// <summary>The units of layers outside of every unit, and whether there are weights in them or before them.</summary>
    private static (long Units, bool HasWeights) UnitsAfter(Layers layers, bool hasWeights)
    {
        var units = 0L;
        foreach (var layer in layers)
        {
            var drawsWeights = DrawsWeights(layer);
            units += layer switch
            {
                Repeat repeat when PlaceWalk.IsNested(repeat) => UnitsOf(repeat, hasWeights),
                Repeat repeat => repeat.Times,
                Residual => 1,
                _ => drawsWeights && hasWeights ? 1 : 0,
            };
            hasWeights |= drawsWeights;
        }

        return (units, hasWeights);
    }

    /// <summary>The first layer with weights begins no unit, so that the first repetition may have one unit less than the others.</summary>
    private static long UnitsOf(Repeat repeat, bool hasWeights)
    {
        var (first, hadWeights) = UnitsAfter(repeat.Unit, hasWeights);
        return repeat.Times == 1 ? first : first + ((repeat.Times - 1) * (hadWeights == hasWeights ? first : UnitsAfter(repeat.Unit, hadWeights).Units));
    }

    private static bool DrawsWeights(Layer layer) =>
        layer switch
        {
            Repeat repeat => repeat.Unit.Any(DrawsWeights),
            Residual residual => residual.Branch.Any(DrawsWeights) || residual.Skip.Any(DrawsWeights),
            _ => PlaceWalk.DrawsWeights(layer),
        };
}
