using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// The operations of theory.md section 1, written as plainly as their definitions, in double precision. They serve as an oracle and share no code with the
/// model.
/// </summary>
internal static class WrittenOutLayers
{
    /// <summary>A convolution with given weights, which signal and noise both pass through.</summary>
    /// <param name="shape">Shape of the input.</param>
    /// <param name="values">Input (points × channels).</param>
    /// <param name="kernel">Weights ordered (kernel row, kernel column, input channel, output channel).</param>
    /// <param name="kernelSize">Kernel extent k; its offsets are centred on zero, from -(k-1)/2 on, rounded towards zero.</param>
    /// <param name="stride">Distance between outputs.</param>
    /// <param name="boundary">What lies beyond the border.</param>
    /// <returns>Output (output points × output channels).</returns>
    public static double[] Convolve(TensorShape shape, double[] values, double[] kernel, int kernelSize, int stride, Boundary boundary)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(kernel);
        var (height, width) = ((shape.Height + stride - 1) / stride, (shape.Width + stride - 1) / stride);
        var outputs = kernel.Length / (kernelSize * kernelSize * shape.Channels);
        var result = new double[shape.Images * height * width * outputs];
        var point = 0;
        for (var image = 0; image < shape.Images; image++)
        {
            for (var row = 0; row < height; row++)
            {
                for (var column = 0; column < width; column++, point++)
                {
                    for (var offset = 0; offset < kernelSize * kernelSize; offset++)
                    {
                        var i = Beyond((stride * row) + (offset / kernelSize) - ((kernelSize - 1) / 2), shape.Height, boundary);
                        var j = Beyond((stride * column) + (offset % kernelSize) - ((kernelSize - 1) / 2), shape.Width, boundary);
                        if (i is null || j is null)
                        {
                            continue;
                        }

                        var source = ((((image * shape.Height) + i.Value) * shape.Width) + j.Value) * shape.Channels;
                        var sums = result.AsSpan(point * outputs, outputs);
                        for (var input = 0; input < shape.Channels; input++)
                        {
                            var (value, weights) = (values[source + input], ((offset * shape.Channels) + input) * outputs);
                            for (var output = 0; output < sums.Length; output++)
                            {
                                sums[output] += value * kernel[weights + output];
                            }
                        }
                    }
                }
            }
        }

        return result;
    }

    /// <summary>Mean over the points of each channel.</summary>
    /// <param name="values">Values (points × channels).</param>
    /// <param name="channels">Number of channels.</param>
    /// <returns>Means by channel.</returns>
    public static double[] Means(double[] values, int channels)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sums = new double[channels];
        for (var start = 0; start < values.Length; start += channels)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                sums[channel] += values[start + channel];
            }
        }

        return OverPoints(sums, values.Length / channels);
    }

    /// <summary>Variance over the points of each channel, with P in the denominator.</summary>
    /// <param name="values">Values (points × channels).</param>
    /// <param name="channels">Number of channels.</param>
    /// <returns>Variances by channel.</returns>
    public static double[] Variances(double[] values, int channels)
    {
        var (means, sums) = (Means(values, channels), new double[channels]);
        for (var start = 0; start < values.Length; start += channels)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                var centred = values[start + channel] - means[channel];
                sums[channel] += centred * centred;
            }
        }

        return OverPoints(sums, values.Length / channels);
    }

    /// <summary>Mean square over the points of each channel.</summary>
    /// <param name="values">Values (points × channels).</param>
    /// <param name="channels">Number of channels.</param>
    /// <returns>Mean squares by channel.</returns>
    public static double[] MeanSquares(double[] values, int channels)
    {
        ArgumentNullException.ThrowIfNull(values);
        var sums = new double[channels];
        for (var start = 0; start < values.Length; start += channels)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                sums[channel] += values[start + channel] * values[start + channel];
            }
        }

        return OverPoints(sums, values.Length / channels);
    }

    /// <summary>ν₂: the mean square over points and channels.</summary>
    /// <param name="values">Values.</param>
    /// <returns>The mean square.</returns>
    public static double MeanSquare(double[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return Numerics.VectorMath.Dot(values, values) / values.Length;
    }

    /// <summary>Batch norm: subtracts the mean from the signal and divides signal and noise by sqrt(σ² + ε).</summary>
    /// <param name="signal">Signal (points × channels).</param>
    /// <param name="noise">Noise (points × channels).</param>
    /// <param name="means">Batch mean of each channel.</param>
    /// <param name="deviations">sqrt(σ² + ε) of each channel.</param>
    /// <returns>Normalised signal and noise.</returns>
    public static (double[] Signal, double[] Noise) Normalise(double[] signal, double[] noise, double[] means, double[] deviations) =>
        (
            [.. signal.Select((value, i) => (value - means[i % means.Length]) / deviations[i % means.Length])],
            [.. noise.Select((value, i) => value / deviations[i % means.Length])]
        );

    /// <summary>The ReLU: the signal's positive part, and the noise where the signal is positive.</summary>
    /// <param name="signal">Signal.</param>
    /// <param name="noise">Noise.</param>
    /// <returns>Signal and noise after the ReLU.</returns>
    public static (double[] Signal, double[] Noise) Rectify(double[] signal, double[] noise) =>
        ([.. signal.Select(value => Math.Max(value, 0))], [.. noise.Zip(signal, (value, gate) => gate > 0 ? value : 0)]);

    /// <summary>Averages a function over the points of each channel.</summary>
    /// <param name="values">Values (points × channels).</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="function">Takes a value and its channel.</param>
    /// <returns>Averages by channel.</returns>
    public static double[] OverPoints(double[] values, int channels, Func<double, int, double> function)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(function);
        var sums = new double[channels];
        for (var start = 0; start < values.Length; start += channels)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                sums[channel] += function(values[start + channel], channel);
            }
        }

        return OverPoints(sums, values.Length / channels);
    }

    private static double[] OverPoints(double[] sums, int points)
    {
        for (var channel = 0; channel < sums.Length; channel++)
        {
            sums[channel] /= points;
        }

        return sums;
    }

    /// <summary>The position within an axis that is read for a position beyond its border; null for a zero.</summary>
    internal static int? Beyond(int position, int extent, Boundary boundary)
    {
        return position >= 0 && position < extent
            ? position
            : boundary switch
            {
                Boundary.ZeroPadding => null,
                Boundary.Periodic => Modulo(position, extent),
                Boundary.Symmetric => Modulo(position, 2 * extent) is var folded && folded < extent ? folded : (2 * extent) - 1 - folded,
                _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "expected a boundary that has been written out"),
            };

        static int Modulo(int dividend, int divisor) => ((dividend % divisor) + divisor) % divisor;
    }
}
