using System.Buffers;

namespace Wellbehaved.Audit;

/// <summary>Equations for the weights of a convolution: for each output position one of the signal, with a bias, and one of the noise, without one.</summary>
/// <remarks>
/// Each equation is divided by the bound of its error, for an output whose weights have norm 1. So no equation counts for more than its rounding allows, and
/// small noise counts as much as a large signal.
/// </remarks>
internal sealed class Equations : IDisposable
{
    /// <summary>
    /// The least scale of an equation, relative to the others. An equation of zeros has no rounding, and would otherwise count without limit.
    /// </summary>
    private const double SmallestScale = 1e-3;

    private readonly ShownConvolution _shown;
    private readonly int[] _kept;
    private readonly double[] _scales;

    /// <summary>Sets up the equations.</summary>
    /// <param name="shown">The convolution.</param>
    /// <param name="unitRoundoff">Unit roundoff of the subject.</param>
    public Equations(ShownConvolution shown, double unitRoundoff)
    {
        _shown = shown;
        var shape = shown.Shape;
        var (area, covered) = (shape.Size * shape.Size, Covered(shown));
        var positions = covered.Length / area;
        _kept = [.. Enumerable.Range(0, 2 * positions).Where(row => row < positions || IsCertain(covered.AsSpan(row % positions * area, area)))];
        Rows = _kept.Length;
        var (squares, errors, rounding) = (new double[Rows], new double[Rows], EquationRounding.Constant(shown) * unitRoundoff);
        var (signalScale, noiseScale) =
            shape.Size == 1 ? ([], []) : (EquationRounding.Norms(shown, shown.Signal, 1), EquationRounding.Norms(shown, shown.Noise, 0));
        for (var row = 0; row < Rows; row++)
        {
            var isSignal = _kept[row] < positions;
            var position = _kept[row] % positions;
            var (values, inputErrors) = isSignal ? (shown.Signal, shown.SignalError) : (shown.Noise, shown.NoiseError);
            var (patchError, patch) = (0.0, isSignal ? 1.0 : 0);
            for (var offset = 0; offset < area; offset++)
            {
                var source = covered[(position * area) + offset] * shape.InputChannels;
                for (var input = 0; input < shape.InputChannels; input++)
                {
                    var value = values[source + input];
                    patch += value * value;
                    patchError += inputErrors is null ? 0 : inputErrors[source + input] * inputErrors[source + input];
                }
            }

            squares[row] = patch;
            var norm = shape.Size == 1 ? Math.Sqrt(patch) : (isSignal ? signalScale : noiseScale)[position * shown.InputShape.Images / positions];
            errors[row] = (rounding * norm) + Math.Sqrt(patchError);
        }

        var least = SmallestScale * Math.Sqrt(Numerics.VectorMath.Dot(errors, errors) / Rows);
        _scales = [.. errors.Select(error => Math.Max(error, least))];
        var (scaledSquares, scaledErrors) = (0.0, 0.0);
        for (var row = 0; row < Rows; row++)
        {
            scaledSquares += squares[row] / (_scales[row] * _scales[row]);
            scaledErrors += errors[row] / _scales[row] * (errors[row] / _scales[row]);
        }

        (InputNorm, InputRounding) = (Math.Sqrt(scaledSquares), Math.Sqrt(scaledErrors));
        Columns = ArrayPool<double>.Shared.Rent((shape.FanIn + 1 + shape.OutputChannels) * Rows);
        Seen = FillInputs(covered, positions);
        for (var row = 0; row < Rows; row++)
        {
            Columns[(Seen.Length * Rows) + row] = _kept[row] < positions ? 1 / _scales[row] : 0;
        }

        OutputErrors = new double[shape.OutputChannels];
        FillOutputs(positions);
        IsFinite = AreFinite(Columns.AsSpan(0, (Seen.Length + 1 + shape.OutputChannels) * Rows));
    }

    /// <summary>Number of equations.</summary>
    public int Rows { get; }

    /// <summary>The inputs of the fan-in that are not zero everywhere; the weights of the other inputs cannot be determined.</summary>
    public int[] Seen { get; }

    /// <summary>
    /// Columns of the seen inputs, the column of the bias, and the outputs, each equation divided by its scale. The array may be longer; the rest is unused. It
    /// is valid until disposed.
    /// </summary>
    public double[] Columns { get; }

    /// <summary>Frobenius norm of the inputs, including the column of the bias.</summary>
    public double InputNorm { get; }

    /// <summary>Bound of the error of a channel's outputs relative to the norm of its weights.</summary>
    public double InputRounding { get; }

    /// <summary>Bound of the part of the error of each channel's outputs that is not proportional to its weights.</summary>
    public double[] OutputErrors { get; }

    /// <summary>Whether all numbers are finite.</summary>
    public bool IsFinite { get; }

    /// <summary>Returns the columns to the pool for reuse: otherwise, thousands of convolutions would allocate a large array each.</summary>
    public void Dispose() => ArrayPool<double>.Shared.Return(Columns);

    /// <summary>Fills the columns of the inputs that are not zero everywhere, and returns these inputs.</summary>
    private int[] FillInputs(int[] covered, int positions)
    {
        var (inputs, area, seen) = (_shown.Shape.InputChannels, _shown.Shape.Size * _shown.Shape.Size, new List<int>(_shown.Shape.FanIn));
        for (var i = 0; i < _shown.Shape.FanIn; i++)
        {
            var (offset, input, isSeen) = (i / inputs, i % inputs, false);
            var column = Columns.AsSpan(seen.Count * Rows, Rows);
            for (var row = 0; row < Rows; row++)
            {
                var (values, position) = _kept[row] < positions ? (_shown.Signal, _kept[row]) : (_shown.Noise, _kept[row] - positions);
                var value = values[(covered[(position * area) + offset] * inputs) + input];
                isSeen |= value != 0;
                column[row] = value / _scales[row];
            }

            if (isSeen)
            {
                seen.Add(i);
            }
        }

        return [.. seen];
    }

    private void FillOutputs(int positions)
    {
        var outputs = _shown.Shape.OutputChannels;
        for (var row = 0; row < Rows; row++)
        {
            var isSignal = _kept[row] < positions;
            var (values, errors) = isSignal ? (_shown.OutputSignal, _shown.OutputSignalError) : (_shown.OutputNoise, _shown.OutputNoiseError);
            for (var output = 0; output < outputs; output++)
            {
                var i = (_kept[row] % positions * outputs) + output;
                Columns[((Seen.Length + 1 + output) * Rows) + row] = values[i] / _scales[row];
                if (errors is not null)
                {
                    var error = errors[i] / _scales[row];
                    OutputErrors[output] += error * error;
                }
            }
        }

        for (var output = 0; output < outputs; output++)
        {
            OutputErrors[output] = Math.Sqrt(OutputErrors[output]);
        }
    }

    private static bool AreFinite(ReadOnlySpan<double> numbers)
    {
        foreach (var number in numbers)
        {
            if (!double.IsFinite(number))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsCertain(ReadOnlySpan<int> points)
    {
        if (_shown.NoiseError is { } errors)
        {
            foreach (var point in points)
            {
                for (var channel = 0; channel < _shown.Shape.InputChannels; channel++)
                {
                    if (double.IsNaN(errors[(point * _shown.Shape.InputChannels) + channel]))
                    {
                        return false;
                    }
                }
            }
        }

        return true;
    }

    /// <summary>For each output position the points of the input that its patch covers (positions × offsets), with the periodic boundary.</summary>
    private static int[] Covered(ShownConvolution shown)
    {
        var (shape, stride, size) = (shown.InputShape, shown.Stride, shown.Shape.Size);
        var (height, width) = ((shape.Height + stride - 1) / stride, (shape.Width + stride - 1) / stride);
        var covered = new int[shape.Images * height * width * size * size];
        for (var i = 0; i < covered.Length; i++)
        {
            var (position, offset) = (i / (size * size), i % (size * size));
            var (image, row, column) = (position / (height * width), position / width % height, position % width);
            var y = Periodic((stride * row) + (offset / size) - ((size - 1) / 2), shape.Height);
            var x = Periodic((stride * column) + (offset % size) - ((size - 1) / 2), shape.Width);
            covered[i] = (((image * shape.Height) + y) * shape.Width) + x;
        }

        return covered;

        static int Periodic(int position, int extent) => ((position % extent) + extent) % extent;
    }
}
