using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Networks of drawn sizes, each with an input. They cover sizes that the fixed networks of other checks leave out.</summary>
/// <remarks>
/// Every kernel size from 1 to 7 occurs once with every kind of network: many images, a deep network, images smaller than the kernel, many channels. The
/// boundaries alternate, so that each kernel size occurs with every boundary that it is defined for. Inputs have a mean, and scales far from 1.
/// </remarks>
internal static class DrawnSizes
{
    private const int KernelSizes = 7;
    private const int Kinds = 4;

    /// <summary>With kernels of this size or larger, a network of many channels has fewer channels, so that it has some ten thousand weights at most.</summary>
    private const int LargeKernel = 4;

    /// <summary>The boundaries; even kernels are defined for the last two only.</summary>
    private static readonly Boundary[] Boundaries = [Boundary.Symmetric, Boundary.Periodic, Boundary.ZeroPadding];

    private static readonly double[] Epsilons = [0.5, 0.1, 0.001];
    private static readonly double[] Scales = [1, 100, 0.01];

    /// <summary>Draws the networks that a subject offers.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <param name="given">
    /// Whether weights are given. If not, branches have one layer: the last layers of deeper branches can be checked only with their weights.
    /// </param>
    /// <returns>Networks and inputs.</returns>
    public static IEnumerable<(NetworkSettings Network, Batch Input)> Draw(CheckContext context, Architecture architecture, bool given)
    {
        for (var index = 0; index < KernelSizes * Kinds; index++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var draw = new Draws(context.SeedOf(index));
            var kernelSize = 1 + (index % KernelSizes);
            var (shape, depth, channels) = Sizes(index % Kinds, kernelSize, draw);
            var branch = given ? draw.Between(1, 3) : 1;
            var network = context.Fitted(
                new NetworkSettings(
                    architecture.WithResidualDepth(branch),
                    shape,
                    depth,
                    channels,
                    kernelSize,
                    BoundaryOf(kernelSize, index / KernelSizes),
                    Epsilons[index % Epsilons.Length]
                ),
                zeroWillDo: true
            );
            if (context.Offers(network, given))
            {
                yield return (network, Input(network, context.SeedOf(~index), draw.Between(-3, 3), Scales[draw.Between(0, Scales.Length - 1)]));
            }
        }
    }

    /// <summary>The network in words, for messages.</summary>
    /// <param name="network">The network.</param>
    public static string Describe(NetworkSettings network)
    {
        var input = network.NetworkInput;
        var kernel = network.KernelSize == 1 ? "fully connected" : $"{network.KernelSize}×{network.KernelSize} {EnumWords.Spell(network.Boundary)}";
        return $"{kernel}, {Files.Counted.Spell(input.Images, "image")} of {input.Height}×{input.Width}×{input.Channels}, {network.Channels} "
            + $"channels, depth {network.Depth}";
    }

    private static Boundary BoundaryOf(int kernelSize, int turn)
    {
        var defined = kernelSize % 2 == 0 ? Boundaries[1..] : Boundaries;
        return defined[turn % defined.Length];
    }

    private static (TensorShape Shape, int Depth, int Channels) Sizes(int kind, int kernelSize, Draws draw) =>
        kind switch
        {
            0 => (new(draw.Between(33, 64), draw.Between(1, 4), draw.Between(1, 4), draw.Between(1, 3)), draw.Between(1, 2), draw.Between(3, 8)),
            1 => (new(draw.Between(3, 5), draw.Between(2, 3), draw.Between(2, 5), draw.Between(1, 3)), draw.Between(25, 40), draw.Between(8, 12)),
            2 => (new(draw.Between(4, 7), draw.Between(1, 3), draw.Between(1, 3), draw.Between(1, 5)), draw.Between(1, 3), draw.Between(1, 5)),
            3 => (
                new(draw.Between(2, 3), draw.Between(4, 9), draw.Between(4, 9), draw.Between(1, 3)),
                draw.Between(1, 2),
                kernelSize < LargeKernel ? draw.Between(17, 32) : draw.Between(9, 16)
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, $"expected a kind below {Kinds}"),
        };

    private static Batch Input(NetworkSettings network, ulong seed, double mean, double scale)
    {
        var normal = Batch.Gaussian(network, seed, 0);
        return normal with { Signal = InSingle(normal.Signal, value => scale * (value + mean)), Noise = InSingle(normal.Noise, value => value / scale) };

        // Every subject gets the same numbers.
        static double[] InSingle(double[] values, Func<double, double> of) => Array.ConvertAll(values, value => (double)(float)of(value));
    }

    /// <summary>Whole numbers from a seed.</summary>
    private sealed class Draws(ulong seed)
    {
        private ulong _state = seed;

        /// <summary>A number from low to high, both included. The probabilities of two numbers differ by 10⁻¹⁷, which is negligible.</summary>
        public int Between(int low, int high)
        {
            _state = Mixing.Mix(_state);
            return low + (int)(_state % (ulong)(high - low + 1));
        }
    }
}
