using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Convolutions in single precision, by the algorithms that libraries use; every operation is rounded.</summary>
/// <param name="shape">Shape of the input.</param>
/// <param name="size">Extent k of the weights.</param>
/// <param name="boundary">What lies beyond the border.</param>
internal sealed class SinglePrecisionConvolution(TensorShape shape, int size, Boundary boundary)
{
    /// <summary>Sums the products of each output in the order in which they are given.</summary>
    /// <param name="values">Input (points × channels).</param>
    /// <param name="weights">Weights (row, column, input channel, output channel).</param>
    /// <param name="sum">Sums products.</param>
    /// <returns>Output (points × output channels).</returns>
    public double[] Direct(double[] values, double[] weights, Func<float[], float[], float> sum)
    {
        var (images, outputs) = (Extended(values), weights.Length / (size * size * shape.Channels));
        return Each(
            outputs,
            (image, row, column, output) =>
            {
                var (x, w) = (new List<float>(), new List<float>());
                for (var offset = 0; offset < size * size; offset++)
                {
                    for (var channel = 0; channel < shape.Channels; channel++)
                    {
                        x.Add(images[image][channel][row + (offset / size), column + (offset % size)]);
                        w.Add(Weight(weights, outputs, offset, channel, output));
                    }
                }

                return sum([.. x], [.. w]);
            }
        );
    }

    /// <summary>By transforms of radix 2 of an image that is padded to a length; two images may be the real and the imaginary part of one.</summary>
    public double[] Fourier(double[] values, double[] weights, int length, bool packed)
    {
        var (images, outputs) = (Extended(values), weights.Length / (size * size * shape.Channels));
        var spectra = Enumerable
            .Range(0, shape.Images)
            .Select(image =>
                packed && image % 2 == 1
                    ? null
                    : Enumerable
                        .Range(0, shape.Channels)
                        .Select(channel =>
                        {
                            var padded = new Complex32[length, length];
                            Fill(padded, images[image][channel], packed && image + 1 < shape.Images ? images[image + 1][channel] : null);
                            return Transformed(padded, inverse: false);
                        })
                        .ToArray()
            )
            .ToArray();
        var results = new Dictionary<(int, int), Complex32[,]>();
        return Each(
            outputs,
            (image, row, column, output) =>
            {
                var source = packed ? image / 2 * 2 : image;
                if (!results.TryGetValue((source, output), out var result))
                {
                    var product = new Complex32[length, length];
                    for (var channel = 0; channel < shape.Channels; channel++)
                    {
                        var taps = new Complex32[length, length];
                        for (var offset = 0; offset < size * size; offset++)
                        {
                            taps[offset / size, offset % size] = new Complex32(Weight(weights, outputs, offset, channel, output), 0);
                        }

                        var spectrum = Transformed(taps, inverse: false);
                        for (var i = 0; i < length * length; i++)
                        {
                            product[i / length, i % length] += spectra[source]![channel][i / length, i % length] * spectrum[i / length, i % length].Conjugate();
                        }
                    }

                    results[(source, output)] = result = Transformed(product, inverse: true);
                }

                var value = result[row, column];
                return (image == source ? value.Re : value.Im) / (length * length);
            }
        );
    }

    /// <summary>By Winograd's tiles at given points.</summary>
    public double[] Winograd(double[] values, double[] weights, double[] points)
    {
        var (images, outputs, tile) = (Extended(values), weights.Length / (size * size * shape.Channels), WinogradRounding.Tile.FromPoints(points));
        var (a, g, b) = (Single(tile.Output), Single(tile.Weights), Single(tile.Input));
        var (m, t) = (a.GetLength(1), b.GetLength(0));
        return Each(
            outputs,
            (image, row, column, output) =>
            {
                var sum = new float[t, t];
                for (var channel = 0; channel < shape.Channels; channel++)
                {
                    var (data, taps) = (new float[t, t], new float[size, size]);
                    for (var i = 0; i < t * t; i++)
                    {
                        var (y, x) = ((row / m * m) + (i / t), (column / m * m) + (i % t));
                        data[i / t, i % t] =
                            y < images[image][channel].GetLength(0) && x < images[image][channel].GetLength(1) ? images[image][channel][y, x] : 0;
                    }

                    for (var offset = 0; offset < size * size; offset++)
                    {
                        taps[offset / size, offset % size] = Weight(weights, outputs, offset, channel, output);
                    }

                    var (u, v) = (Product(Product(g, taps), Transposed(g)), Product(Product(b, data), Transposed(b)));
                    for (var i = 0; i < t * t; i++)
                    {
                        sum[i / t, i % t] += u[i / t, i % t] * v[i / t, i % t];
                    }
                }

                return Product(Product(Transposed(a), sum), a)[row % m, column % m];
            }
        );
    }

    /// <summary>The images with what lies beyond their borders, by image and channel.</summary>
    private float[][][,] Extended(double[] values)
    {
        var images = Enumerable
            .Range(0, shape.Images)
            .Select(_ => Enumerable.Range(0, shape.Channels).Select(_ => new float[shape.Height + size - 1, shape.Width + size - 1]).ToArray())
            .ToArray();
        foreach (var (image, row, column, source) in ExtendedImages.Positions(shape, size, boundary))
        {
            for (var channel = 0; channel < shape.Channels; channel++)
            {
                images[image][channel][row, column] = (float)values[source + channel];
            }
        }

        return images;
    }

    private double[] Each(int outputs, Func<int, int, int, int, float> compute) =>
        [
            .. from image in Enumerable.Range(0, shape.Images)
            from row in Enumerable.Range(0, shape.Height)
            from column in Enumerable.Range(0, shape.Width)
            from output in Enumerable.Range(0, outputs)
            select (double)compute(image, row, column, output),
        ];

    private float Weight(double[] weights, int outputs, int offset, int channel, int output) =>
        (float)weights[(((offset * shape.Channels) + channel) * outputs) + output];

    private static void Fill(Complex32[,] target, float[,] re, float[,]? im)
    {
        for (var row = 0; row < re.GetLength(0); row++)
        {
            for (var column = 0; column < re.GetLength(1); column++)
            {
                target[row, column] = new Complex32(re[row, column], im?[row, column] ?? 0);
            }
        }
    }

    private static Complex32[,] Transformed(Complex32[,] values, bool inverse)
    {
        var length = values.GetLength(0);
        var result = (Complex32[,])values.Clone();
        for (var axis = 0; axis < 2; axis++)
        {
            for (var line = 0; line < length; line++)
            {
                var transformed = Transformed([.. Enumerable.Range(0, length).Select(i => axis == 0 ? result[line, i] : result[i, line])], inverse);
                for (var i = 0; i < length; i++)
                {
                    result[axis == 0 ? line : i, axis == 0 ? i : line] = transformed[i];
                }
            }
        }

        return result;
    }

    private static Complex32[] Transformed(Complex32[] values, bool inverse)
    {
        if (values.Length == 1)
        {
            return values;
        }

        var half = values.Length / 2;
        var even = Transformed([.. Enumerable.Range(0, half).Select(i => values[2 * i])], inverse);
        var odd = Transformed([.. Enumerable.Range(0, half).Select(i => values[(2 * i) + 1])], inverse);
        var result = new Complex32[values.Length];
        for (var i = 0; i < half; i++)
        {
            var (sine, cosine) = Math.SinCos((inverse ? 2 : -2) * Math.PI * i / values.Length);
            var turned = odd[i] * new Complex32((float)cosine, (float)sine);
            (result[i], result[i + half]) = (even[i] + turned, even[i] + turned.Negative());
        }

        return result;
    }

    private static float[,] Single(double[][] rows)
    {
        var result = new float[rows.Length, rows[0].Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i / rows[0].Length, i % rows[0].Length] = (float)rows[i / rows[0].Length][i % rows[0].Length];
        }

        return result;
    }

    private static float[,] Transposed(float[,] matrix)
    {
        var result = new float[matrix.GetLength(1), matrix.GetLength(0)];
        for (var i = 0; i < matrix.Length; i++)
        {
            result[i % matrix.GetLength(1), i / matrix.GetLength(1)] = matrix[i / matrix.GetLength(1), i % matrix.GetLength(1)];
        }

        return result;
    }

    private static float[,] Product(float[,] left, float[,] right)
    {
        var result = new float[left.GetLength(0), right.GetLength(1)];
        for (var row = 0; row < left.GetLength(0); row++)
        {
            for (var column = 0; column < right.GetLength(1); column++)
            {
                for (var i = 0; i < left.GetLength(1); i++)
                {
                    result[row, column] += left[row, i] * right[i, column];
                }
            }
        }

        return result;
    }

    private readonly record struct Complex32(float Re, float Im)
    {
        public static Complex32 operator +(Complex32 a, Complex32 b) => new(a.Re + b.Re, a.Im + b.Im);

        public static Complex32 operator *(Complex32 a, Complex32 b) => new((a.Re * b.Re) - (a.Im * b.Im), (a.Re * b.Im) + (a.Im * b.Re));

        public Complex32 Conjugate() => new(Re, -Im);

        public Complex32 Negative() => new(-Re, -Im);
    }
}
