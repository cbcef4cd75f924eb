using System.Diagnostics;
using System.Globalization;
using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Bench;

/// <summary>Whether the cost model chooses the faster way to convolve, on sizes from small to the paper's.</summary>
internal static class MethodTable
{
    /// <summary>The sizes, including some at which the two methods cost about the same.</summary>
    private static readonly (int Images, int Extent, int Channels, int KernelSize)[] Sizes =
    [
        (1, 16, 16, 3),
        (4, 16, 16, 3),
        (2, 16, 64, 3),
        (16, 16, 32, 3),
        (16, 16, 64, 2),
        (16, 8, 128, 3),
        (64, 7, 128, 3),
        (8, 28, 64, 3),
        (64, 16, 128, 3),
        (64, 16, 128, 5),
        (64, 16, 512, 2),
        (64, 16, 512, 3),
    ];

    /// <summary>Measures on one thread, and writes the table line by line.</summary>
    public static void Write(Action<string> write, TimeSpan duration)
    {
        write("| size | direct, ms | spectral, ms | taken | slower than the other by |");
        write("|---|---|---|---|---|");
        foreach (var (size, direct, spectral, chosen) in Measure(threads: 1, duration))
        {
            var taken = chosen == ConvolutionMethod.Spectral ? spectral : direct;
            var word = chosen == ConvolutionMethod.Spectral ? "spectral" : "direct";
            write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {size} | {direct:G3} | {spectral:G3} | {word} | {Math.Max(0, (taken / Math.Min(direct, spectral)) - 1):P0} |"
                )
            );
        }
    }

    /// <summary>Milliseconds of each method, and which one the cost model takes.</summary>
    /// <param name="threads">Number of threads.</param>
    /// <param name="duration">Time for interleaved rounds at each size, of which the fastest counts.</param>
    private static IEnumerable<(string Size, double Direct, double Spectral, ConvolutionMethod Chosen)> Measure(int threads, TimeSpan duration)
    {
        foreach (var (images, extent, channels, kernelSize) in Sizes)
        {
            var shape = new TensorShape(images, extent, extent, channels);
            var kernelShape = new KernelShape(kernelSize, channels, channels, VarianceTimesFanIn: 2);
            var kernel = new float[kernelShape.Length];
            new RandomKernels<float>(1, 0).Fill(0, kernelShape, kernel);
            using var product = new MatrixProduct<float>(threads);
            using var direct = new Convolution<float>(shape, kernelShape, 1, Boundary.Periodic, product, ConvolutionMethod.Direct);
            using var spectral = new Convolution<float>(shape, kernelShape, 1, Boundary.Periodic, product, ConvolutionMethod.Spectral);
            using var state = new PropagationState<float>(shape);
            new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(state.Current.Signal, 1);
            new RandomNumbers(1, 0, 1, RandomPurpose.InputNoise).FillNormal(state.Current.Noise, 1);
            var (directly, spectrally) = (double.PositiveInfinity, double.PositiveInfinity);
            for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < duration; )
            {
                directly = Math.Min(directly, Once(direct));
                spectrally = Math.Min(spectrally, Once(spectral));
            }

            yield return (
                $"{channels} channels, {kernelSize}×{kernelSize}, {extent}×{extent}, batch {images}",
                1e3 * directly,
                1e3 * spectrally,
                ConvolutionMethods.Cheaper<float>(shape, kernelShape, new(1, Boundary.Periodic))
            );

            double Once(Convolution<float> convolution) =>
                Roofline.Seconds(() =>
                {
                    state.Start(new GivenKernels<float>([kernel]), null);
                    convolution.Propagate(state);
                });
        }
    }
}
