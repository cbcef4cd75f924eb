using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;
using Network = Wellbehaved.Networks.Network;

namespace Wellbehaved.Cli;

/// <summary>
/// Where theory will end, before a prediction that takes long: found on two small images of normal numbers, since a law that is lacking is lacking at every
/// size.
/// </summary>
internal static class EndRemark
{
    private const int Images = 2;

    /// <summary>Units beyond the second have the laws of the second.</summary>
    private const int Units = 2;

    /// <summary>A kernel of more points takes seconds itself.</summary>
    private const int MostPoints = 300;

    private const int Seed = 1;

    /// <summary>Foresees it.</summary>
    /// <param name="network">The network.</param>
    /// <returns>The end; null where none is foreseen, or small images do not fit.</returns>
    public static TheoryEnd? Foresee(Network network)
    {
        try
        {
            var small = SmallImages.Shrink(network);
            var cut = new Network(
                small.Name,
                small.Input,
                [.. small.Layers.Select(layer => layer is Repeat repeat ? repeat with { Times = Math.Min(repeat.Times, Units) } : layer)]
            );
            var shape = cut.Layers[0] is Flatten ? cut.Layers[0].OutputOf(cut.Input) : cut.Input;
            if (Images * (long)shape.Positions > MostPoints)
            {
                return null;
            }

            var (features, noise) = (Numbers(shape, Seed), Numbers(shape, Seed + 1));
            var end = NetworkPrediction.Make(cut, shape, features, noise, mu2Input: 1, isWanted: _ => false).End;
            return end is { Kind: NoTheoryKind.Law } ? end : null;
        }
        catch (Exception exception) when (exception is InvalidNetworkException or ArgumentException or ArithmeticException)
        {
            // What small images do not allow says nothing of large ones.
            return null;
        }
    }

    private static Matrix<double> Numbers(Shape shape, int seed) => Matrix<double>.Build.Random((int)(Images * shape.Positions), shape.Channels, seed);
}
