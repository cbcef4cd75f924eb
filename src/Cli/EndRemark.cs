using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;
using Network = Wellbehaved.Networks.Network;

namespace Wellbehaved.Cli;

/// <summary>
/// Finds out where theory will end before a prediction that takes long. It predicts for two small images of normal numbers: where theory lacks a law, it lacks
/// it for images of every size.
/// </summary>
internal static class EndRemark
{
    private const int Images = 2;

    /// <summary>Two units are enough: the laws of later units are those of the second.</summary>
    private const int Units = 2;

    /// <summary>The greatest number of points; a kernel of more points takes seconds itself.</summary>
    private const int MostPoints = 300;

    private const int Seed = 1;

    /// <summary>Finds where theory will end.</summary>
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
            // An error on small images does not imply one on large images.
            return null;
        }
    }

    private static Matrix<double> Numbers(Shape shape, int seed) => Matrix<double>.Build.Random((int)(Images * shape.Positions), shape.Channels, seed);
}
