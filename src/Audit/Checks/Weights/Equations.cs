namespace Wellbehaved.Audit;

/// <summary>What a convolution says of its weights: an equation for each output position, of the signal with a bias and of the noise without one.</summary>
internal sealed class Equations
{
    private readonly ShownConvolution _shown;
    private readonly int[] _kept;

    /// <summary>Writes the equations down.</summary>
    /// <param name="shown">The convolution.</param>
    /// <param name="unitRoundoff">Unit roundoff of the subject.</param>
    public Equations(ShownConvolution shown, double unitRoundoff)
    {
        _shown = shown;
        var shape = shown.Shape;
        var positions = Positions(shown);
        _kept = [.. Enumerable.Range(0, 2 * positions.Length).Where(row => IsCertain(row < positions.Length ? null : shown.NoiseError, positions[row % positions.Length]))];
        Rows = _kept.Length;
        var patches = new double[shape.FanIn * Rows];
        var (squares, error, all) = (0.0, 0.0, ConvolutionRounding.Constant(shape) * unitRoundoff);
        var (signalScale, noiseScale) = (Norms(shown.Signal, 1), Norms(shown.Noise, 0));
        for (var row = 0; row < Rows; row++)
        {
            var isSignal = _kept[row] < positions.Length;
            var position = _kept[row] % positions.Length;
            var (values, errors) = isSignal ? (shown.Signal, shown.SignalError) : (shown.Noise, shown.NoiseError);
            var (patchError, patch) = (0.0, isSignal ? 1.0 : 0);
            for (var offset = 0; offset < positions[position].Length; offset++)
            {
                var source = positions[position][offset] * shape.InputChannels;
                for (var input = 0; input < shape.InputChannels; input++)
                {
                    var value = values[source + input];
                    patches[(((offset * shape.InputChannels) + input) * Rows) + row] = value;
                    patch += value * value;
                    patchError += errors is null ? 0 : errors[source + input] * errors[source + input];
                }
            }

            squares += patch;
            var scale = shape.Size == 1 ? Math.Sqrt(patch) : (isSignal ? signalScale : noiseScale)[position * shown.InputShape.Images / positions.Length];
            error += Math.Pow((all * scale) + Math.Sqrt(patchError), 2);
        }

        (InputNorm, InputRounding) = (Math.Sqrt(squares), Math.Sqrt(error));
        Seen = [.. Enumerable.Range(0, shape.FanIn).Where(input => patches.AsSpan(input * Rows, Rows).ContainsAnyExcept(0.0))];
        Columns = new double[(Seen.Length + 1 + shape.OutputChannels) * Rows];
        for (var i = 0; i < Seen.Length; i++)
        {
            patches.AsSpan(Seen[i] * Rows, Rows).CopyTo(Columns.AsSpan(i * Rows));
        }

        for (var row = 0; row < Rows; row++)
        {
            Columns[(Seen.Length * Rows) + row] = _kept[row] < positions.Length ? 1 : 0;
        }

        OutputErrors = new double[shape.OutputChannels];
        FillOutputs(positions.Length);
        IsFinite = Array.TrueForAll(Columns, double.IsFinite);
    }

    /// <summary>Number of equations.</summary>
    public int Rows { get; }

    /// <summary>Which of the fan-in's inputs are not zero everywhere; of the weights of the others nothing can be said.</summary>
    public int[] Seen { get; }

    /// <summary>Columns of the seen inputs, the column of the bias, and the outputs.</summary>
    public double[] Columns { get; }

    /// <summary>Frobenius norm of the inputs, the column of the bias included.</summary>
    public double InputNorm { get; }

    /// <summary>Bound of the error of a channel's outputs relative to the norm of its weights.</summary>
    public double InputRounding { get; }

    /// <summary>Bound of the error of each channel's outputs that does not go with its weights.</summary>
    public double[] OutputErrors { get; }

    /// <summary>Whether all numbers are finite.</summary>
    public bool IsFinite { get; }

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
                Columns[((Seen.Length + 1 + output) * Rows) + row] = values[i];
                OutputErrors[output] += errors is null ? 0 : errors[i] * errors[i];
            }
        }

        for (var output = 0; output < outputs; output++)
        {
            OutputErrors[output] = Math.Sqrt(OutputErrors[output]);
        }
    }

    /// <summary>Norm of each image, with the input 1 of a bias where there is one.</summary>
    private double[] Norms(double[] values, double bias) =>
        [.. values.Chunk(values.Length / _shown.InputShape.Images).Select(image => Math.Sqrt(Numerics.VectorMath.Dot(image, image) + bias))];

    private bool IsCertain(double[]? errors, int[] points) =>
        errors is null || Array.TrueForAll(points, point => !new ArraySegment<double>(errors, point * _shown.Shape.InputChannels, _shown.Shape.InputChannels).Any(double.IsNaN));

    /// <summary>For each output position the points of the input that its patch covers, periodic boundary.</summary>
    private static int[][] Positions(ShownConvolution shown)
    {
        var (shape, stride, size) = (shown.InputShape, shown.Stride, shown.Shape.Size);
        var (height, width) = ((shape.Height + stride - 1) / stride, (shape.Width + stride - 1) / stride);
        return [.. from image in Enumerable.Range(0, shape.Images) from row in Enumerable.Range(0, height) from column in Enumerable.Range(0, width) select Patch(image, row, column)];

        int[] Patch(int image, int row, int column) => [.. Enumerable.Range(0, size * size).Select(offset =>
            (((image * shape.Height) + Periodic((stride * row) + (offset / size) - ((size - 1) / 2), shape.Height)) * shape.Width) + Periodic((stride * column) + (offset % size) - ((size - 1) / 2), shape.Width))];

        static int Periodic(int position, int extent) => ((position % extent) + extent) % extent;
    }
}
