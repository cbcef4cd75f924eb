using System.Numerics.Tensors;
using Boundary = Wellbehaved.Networks.Boundary;

namespace Wellbehaved.Examples;

/// <summary>The steps of a network, on signal and noise.</summary>
public static class Layers
{
    /// <summary>y(p) = Σ over taps and channels of w·x(p + tap).</summary>
    /// <param name="kernel">Kernel row, kernel column, input channel, output channel.</param>
    public static Features Convolve(Features x, double[] kernel, int extent, int channels, int stride, Boundary boundary)
    {
        var (height, width) = ((x.Height + stride - 1) / stride, (x.Width + stride - 1) / stride);
        var y = new Features(x.Images, height, width, channels, new double[x.Images * height * width * channels]);
        Parallel.For(
            0,
            y.Points,
            point =>
            {
                var (image, row, column) = (point / (height * width), point / width % height, point % width);
                var sum = y.Point(point);
                for (var tap = 0; tap < extent * extent; tap++)
                {
                    var fromRow = Source((row * stride) + (tap / extent) - ((extent - 1) / 2), x.Height, boundary);
                    var fromColumn = Source((column * stride) + (tap % extent) - ((extent - 1) / 2), x.Width, boundary);
                    if (fromRow >= 0 && fromColumn >= 0)
                    {
                        var from = x.Point((((image * x.Height) + fromRow) * x.Width) + fromColumn);
                        for (var input = 0; input < from.Length; input++)
                        {
                            TensorPrimitives.MultiplyAdd(kernel.AsSpan(((tap * from.Length) + input) * channels, channels), from[input], sum, sum);
                        }
                    }
                }
            }
        );
        return y;
    }

    /// <summary>Normalises over all points; the noise is divided, not centred.</summary>
    public static (Features Signal, Features Noise) BatchNorm(Features signal, Features noise, double epsilon)
    {
        var mean = Mean(signal);
        var factor = new double[signal.Channels];
        var centred = Centred(signal, mean);
        for (var point = 0; point < signal.Points; point++)
        {
            TensorPrimitives.MultiplyAdd(centred.Point(point), centred.Point(point), factor, factor);
        }

        TensorPrimitives.Divide(factor, signal.Points, factor);
        TensorPrimitives.Add(factor, epsilon, factor);
        TensorPrimitives.ReciprocalSqrt(factor, factor);
        var divided = noise.Like([.. noise.Values]);
        for (var point = 0; point < signal.Points; point++)
        {
            TensorPrimitives.Multiply(centred.Point(point), factor, centred.Point(point));
            TensorPrimitives.Multiply(divided.Point(point), factor, divided.Point(point));
        }

        return (centred, divided);
    }

    /// <summary>The noise passes where the signal is positive.</summary>
    public static (Features Signal, Features Noise) Relu(Features signal, Features noise) =>
        (signal.Like([.. signal.Values.Select(value => Math.Max(value, 0))]), noise.Like([.. noise.Values.Zip(signal.Values, (dx, x) => x > 0 ? dx : 0)]));

    public static Features Add(Features one, Features other)
    {
        var sum = new double[one.Values.Length];
        TensorPrimitives.Add<double>(one.Values, other.Values, sum);
        return one.Like(sum);
    }

    /// <summary>The mean of each channel over all points.</summary>
    public static double[] Mean(Features x)
    {
        var mean = new double[x.Channels];
        for (var point = 0; point < x.Points; point++)
        {
            TensorPrimitives.Add(mean, x.Point(point), mean);
        }

        TensorPrimitives.Divide(mean, x.Points, mean);
        return mean;
    }

    public static Features Centred(Features x, double[] mean)
    {
        var centred = x.Like(new double[x.Values.Length]);
        for (var point = 0; point < x.Points; point++)
        {
            TensorPrimitives.Subtract(x.Point(point), mean, centred.Point(point));
        }

        return centred;
    }

    /// <summary>The part of a tensor that a border continues it with; -1 where that is zero.</summary>
    private static int Source(int position, int extent, Boundary boundary) =>
        boundary switch
        {
            _ when position >= 0 && position < extent => position,
            Boundary.Periodic => ((position % extent) + extent) % extent,

            // Mirrored again and again where the image is smaller than the kernel.
            Boundary.Symmetric => (((position % (2 * extent)) + (2 * extent)) % (2 * extent)) is var image && image < extent ? image : (2 * extent) - 1 - image,
            Boundary.ZeroPadding => -1,
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "expected one of the three boundaries"),
        };
}
