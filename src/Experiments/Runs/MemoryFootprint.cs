using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Experiments;

/// <summary>The memory that a simulation and the results of an experiment need, computed before anything is allocated.</summary>
/// <remarks>
/// It is computed in floating point, so that absurd sizes are refused and do not overflow. An array of a result file counts as a buffer of bytes, since it is
/// written from one.
/// </remarks>
internal static class MemoryFootprint
{
    /// <summary>Bytes of one simulation's feature buffers below which its layers are too small to be shared between threads.</summary>
    public const double SmallSimulation = 1 << 24;

    /// <summary>The feature buffers' bytes, all bytes of one simulation with the results, and the elements of the largest buffer.</summary>
    public static (double Features, double Total, double LargestBuffer) Bytes(ExperimentOptions options, ImageSource images) =>
        Bytes(options, images.Height, images.Width, images.Channels, threads: 1);

    /// <summary>The same for images of a given shape.</summary>
    public static (double Features, double Total, double LargestBuffer) Bytes(ExperimentOptions options, int height, int width, int channels, int threads)
    {
        if (options.Network is { } network)
        {
            return Bytes(options, network, threads);
        }

        var kernelArea = (double)options.KernelSize * options.KernelSize;
        var stride = options.KernelSize > 1 ? 2 : 1;
        var pixels = (double)height * width * options.BatchSize;
        var points =
            options.KernelSize == 1 ? options.BatchSize : Math.Ceiling(height / (double)stride) * Math.Ceiling(width / (double)stride) * options.BatchSize;
        var inputElements = pixels * channels;
        var featureElements = points * options.NumChannels;
        var architecture = options.NamedArchitecture;
        var firstFanIn = options.KernelSize == 1 ? (double)height * width * channels : kernelArea * channels;
        var firstKernel = firstFanIn * options.NumChannels;
        var innerKernel = kernelArea * options.NumChannels * options.NumChannels;

        var geometry = new PatchGeometry(stride, options.Boundary);
        var (rows, columns) = options.KernelSize == 1 ? (1, 1) : (Math.Ceiling(height / (double)stride), Math.Ceiling(width / (double)stride));
        var spectra =
            ConvolutionMethods.NumbersOfTransforms(options.BatchSize, (height, width, channels), options.KernelSize, options.NumChannels, geometry)
            + ConvolutionMethods.NumbersOfTransforms(
                options.BatchSize,
                (rows, columns, options.NumChannels),
                options.KernelSize,
                options.NumChannels,
                geometry with
                {
                    Stride = 1,
                }
            );
        var gram = Gram(points, options.NumChannels);
        var table = options.KernelSize == 1 ? 0 : 4 * kernelArea * points;
        var results = (double)options.NumSims * options.NumComputations * architecture.Places.Length * MomentColumns.All.Count;

        var features = 2 * featureElements * sizeof(float);
        results += options.Gradients ? results / MomentColumns.All.Count : 0;
        var gradients =
            options.Gradients && options.Settings(new TensorShape(options.BatchSize, height, width, channels)).Description() is { } description
                ? BackwardMemory.Bytes(description, options.BatchSize, sizeof(float), threads)
                : 0;
        var buffers = architecture.IsResidual ? 3 : 2;
        var total =
            (buffers * features)
            + (inputElements * ((2 * sizeof(float)) + sizeof(double)))
            + ((firstKernel + (2 * innerKernel) + Math.Max(firstKernel, innerKernel)) * sizeof(float))
            + (2 * (gram + LargestEigenvalue.Numbers(Math.Min(points, options.NumChannels))) * sizeof(double))
            + (2 * ChannelStatistics.Numbers(points, options.NumChannels) * sizeof(double))
            + (table * sizeof(int))
            + (spectra * sizeof(float))
            + (results * 2 * sizeof(double))
            + gradients;
        return (
            features,
            total,
            new[]
            {
                2 * featureElements,
                2 * inputElements,
                firstKernel,
                innerKernel,
                table,
                spectra,
                gram,
                results / architecture.Places.Length / MomentColumns.All.Count * sizeof(double),
            }.Max()
        );
    }

    private static (double Features, double Total, double LargestBuffer) Bytes(ExperimentOptions options, Network network, int threads)
    {
        var places = options.RecordedPlaces!;
        var (_, largest) = NetworkMemory.Estimate(options.PreparedNetwork!, options.BatchSize);
        var (layers, _) = NetworkMemory.Estimate(options.PreparedNetwork!, options.BatchSize, threads: threads);
        var features = 2 * sizeof(float) * (double)options.BatchSize * network.Places.Select(place => place.Shape.Features).DefaultIfEmpty(0).Max();
        var pixels = (double)options.BatchSize * network.Input.Features;

        // The computation of effective ranks keeps its matrices, one set for each shape.
        var ranked = Enumerable
            .Range(0, places.Count)
            .Where(i => places.HasRanks[i])
            .Select(i => places.Places[i].Shape)
            .Distinct()
            .Select(shape => (Points: (double)options.BatchSize * shape.Positions, shape.Channels))
            .ToArray();
        var grams = ranked.Select(shape => Gram(shape.Points, shape.Channels)).ToArray();

        // The last eigenvalues' memory may not be free yet; statistics are kept for each shape.
        var eigenvalues = ranked.Select(shape => LargestEigenvalue.Numbers(Math.Min(shape.Points, shape.Channels))).DefaultIfEmpty(0).Max();
        var statistics = places
            .Places.Select(place => place.Shape)
            .Distinct()
            .Sum(shape => ChannelStatistics.Numbers((double)options.BatchSize * shape.Positions, shape.Channels));
        var results = (double)options.NumSims * places.Count * MomentColumns.All.Count;
        var gradients = options.Gradients ? BackwardMemory.Bytes(options.PreparedNetwork!, options.BatchSize, sizeof(float), threads) : 0;
        return (
            features,
            layers + gradients + ((pixels + (2 * (grams.Sum() + eigenvalues)) + statistics + (2 * results)) * sizeof(double)),
            new[] { largest, pixels, grams.DefaultIfEmpty(0).Max(), results / MomentColumns.All.Count * sizeof(double) }.Max()
        );
    }

    /// <summary>
    /// Numbers in double precision that a Gram matrix takes: itself, a chunk of centred points, and the same packed into panels of sixteen columns.
    /// </summary>
    private static double Gram(double points, double channels)
    {
        var (size, chunk) = (Math.Min(points, channels), points <= channels ? points : Math.Min(points, 512.0));
        return (size * size) + (chunk * channels) + (16 * Math.Ceiling(size / 16) * (points <= channels ? channels : chunk));
    }
}
