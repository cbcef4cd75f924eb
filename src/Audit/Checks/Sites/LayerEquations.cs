using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>
/// What a group of channels of a convolution or dense layer shows of its weights: at each output position y = Wx + b of the signal and dy = W dx of the noise,
/// over the norm of the patch. A patch of zeros says nothing and is left out.
/// </summary>
/// <remarks>
/// Equations of thousands of mappings are written down in a run, so they stand in arrays that are filled once. Sums run in the order of the numbers: what comes
/// out is the same to the last bit as of sums that are written as such.
/// </remarks>
/// <param name="fanIn">Weights of an output.</param>
/// <param name="outputs">Outputs of the group.</param>
/// <param name="most">The greatest number of equations.</param>
internal sealed class LayerEquations(int fanIn, int outputs, int most)
{
    private readonly double[] _left = new double[most * (fanIn + 1)];
    private readonly double[] _right = new double[most * outputs];

    /// <summary>Of each equation the sum of squares of its left side, and the norm of the image that it was read from.</summary>
    private readonly (double Square, double Image)[] _norms = new (double, double)[most];

    /// <summary>Number of equations.</summary>
    public int Count { get; private set; }

    /// <summary>Whether all numbers are finite.</summary>
    public bool AreFinite => VectorMath.AreFinite(_left.AsSpan(0, Count * (fanIn + 1))) && VectorMath.AreFinite(_right.AsSpan(0, Count * outputs));

    /// <summary>Norm of all left sides, the column of the bias included.</summary>
    public double Norm
    {
        get
        {
            var sum = 0.0;
            for (var row = 0; row < Count; row++)
            {
                sum += _norms[row].Square;
            }

            return Math.Sqrt(sum);
        }
    }

    /// <summary>Norm of the errors of all equations: a part goes with the norm of an equation, a part with that of its image.</summary>
    /// <param name="direct">The first part.</param>
    /// <param name="transformed">The second part.</param>
    public double NormOfErrors(double direct, double transformed)
    {
        var sum = 0.0;
        for (var row = 0; row < Count; row++)
        {
            sum += Math.Pow((direct * Math.Sqrt(_norms[row].Square)) + (transformed * _norms[row].Image), 2);
        }

        return Math.Sqrt(sum);
    }

    /// <summary>The columns of the weights, of the bias and of the outputs, one after the other.</summary>
    public double[] ToColumns()
    {
        var columns = new double[Count * (fanIn + 1 + outputs)];
        for (var row = 0; row < Count; row++)
        {
            for (var i = 0; i <= fanIn; i++)
            {
                columns[(i * Count) + row] = _left[(row * (fanIn + 1)) + i];
            }

            for (var i = 0; i < outputs; i++)
            {
                columns[((fanIn + 1 + i) * Count) + row] = _right[(row * outputs) + i];
            }
        }

        return columns;
    }

    /// <summary>Adds the equations of a propagation.</summary>
    /// <param name="geometry">How patches are read.</param>
    /// <param name="input">What the layer reads.</param>
    /// <param name="output">What it writes.</param>
    /// <param name="read">Channels that the group reads: the first, and their number.</param>
    /// <param name="written">Channels that it writes.</param>
    public void Add(Convolution geometry, WrittenOutFeatures input, WrittenOutFeatures output, (int First, int Count) read, (int First, int Count) written)
    {
        var (rows, columns) = (Sources(geometry, output.Height, input.Height), Sources(geometry, output.Width, input.Width));
        var features = input.Positions * input.Channels;
        for (var image = 0; image < output.Images; image++)
        {
            // The image with its border: no position is read more often than a kernel has taps.
            var ofSignal = geometry.Kernel * Length(input.Signal.AsSpan(image * features, features));
            var ofNoise = geometry.Kernel * Length(input.Noise.AsSpan(image * features, features));
            for (var row = 0; row < output.Height; row++)
            {
                for (var column = 0; column < output.Width; column++)
                {
                    var readRows = rows.AsSpan(row * geometry.Kernel, geometry.Kernel);
                    var readColumns = columns.AsSpan(column * geometry.Kernel, geometry.Kernel);
                    var at = output.At(image, row, column, written.First);
                    ReadPatch(input, input.Signal, image, readRows, readColumns, read);
                    Scale(output.Signal.AsSpan(at, written.Count), bias: 1, ofSignal);
                    ReadPatch(input, input.Noise, image, readRows, readColumns, read);
                    Scale(output.Noise.AsSpan(at, written.Count), bias: 0, ofNoise);
                }
            }
        }
    }

    /// <summary>The position that each tap reads at each position of an axis (positions × taps); -1 where zeros lie.</summary>
    private static int[] Sources(Convolution geometry, int written, int read)
    {
        var (before, sources) = ((geometry.Kernel - 1) / 2 * geometry.Dilation, new int[written * geometry.Kernel]);
        for (var i = 0; i < sources.Length; i++)
        {
            var (position, tap) = (i / geometry.Kernel, i % geometry.Kernel);
            sources[i] = WrittenOutBoundary.Source(geometry.Boundary, (position * geometry.Stride) - before + (tap * geometry.Dilation), read) ?? -1;
        }

        return sources;
    }

    /// <summary>Writes a patch where the next equation stands.</summary>
    private void ReadPatch(WrittenOutFeatures input, double[] values, int image, ReadOnlySpan<int> rows, ReadOnlySpan<int> columns, (int First, int Count) read)
    {
        var patch = _left.AsSpan(Count * (fanIn + 1), fanIn + 1);
        patch.Clear();
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < columns.Length; j++)
            {
                if (rows[i] >= 0 && columns[j] >= 0)
                {
                    values
                        .AsSpan(input.At(image, rows[i], columns[j], read.First), read.Count)
                        .CopyTo(patch.Slice(((i * rows.Length) + j) * read.Count, read.Count));
                }
            }
        }
    }

    /// <summary>Divides the equation that was read by the norm of its patch, and keeps it unless the patch is zero.</summary>
    private void Scale(ReadOnlySpan<double> outputsThere, double bias, double image)
    {
        var left = _left.AsSpan(Count * (fanIn + 1), fanIn + 1);
        var size = Length(left[..fanIn]);
        if (!(size > 0))
        {
            return;
        }

        left[fanIn] = bias;
        var square = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            left[i] /= size;
            square += left[i] * left[i];
        }

        var right = _right.AsSpan(Count * outputs, outputs);
        for (var i = 0; i < right.Length; i++)
        {
            right[i] = outputsThere[i] / size;
        }

        _norms[Count++] = (square, image / size);
    }

    private static double Length(ReadOnlySpan<double> numbers)
    {
        var sum = 0.0;
        foreach (var number in numbers)
        {
            sum += number * number;
        }

        return Math.Sqrt(sum);
    }
}
