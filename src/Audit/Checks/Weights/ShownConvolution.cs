using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>A convolution whose input and output are known: the subject showed them, or the definition gives them from what it showed.</summary>
/// <param name="Index">Index of the convolution in the network, in the order of propagation.</param>
/// <param name="Shape">The arrangement of its weights.</param>
/// <param name="Stride">Distance between outputs.</param>
/// <param name="InputShape">Shape of its input.</param>
/// <param name="Signal">Signal at its input.</param>
/// <param name="Noise">Noise at its input.</param>
/// <param name="OutputSignal">Signal at its output.</param>
/// <param name="OutputNoise">Noise at its output.</param>
internal sealed record ShownConvolution(
    int Index,
    KernelShape Shape,
    int Stride,
    TensorShape InputShape,
    double[] Signal,
    double[] Noise,
    double[] OutputSignal,
    double[] OutputNoise
)
{
    /// <summary>Bounds of the distance of the subject's own input to <see cref="Signal"/>, element by element; null if it showed the input.</summary>
    public double[]? SignalError { get; init; }

    /// <summary>The same for <see cref="Noise"/>; NaN where rounding may open or close a ReLU.</summary>
    public double[]? NoiseError { get; init; }

    /// <summary>
    /// Bounds of the distance of the subject's own output to <see cref="OutputSignal"/>, beyond the rounding of the convolution; null if it showed the output.
    /// </summary>
    public double[]? OutputSignalError { get; init; }

    /// <summary>The same for <see cref="OutputNoise"/>.</summary>
    public double[]? OutputNoiseError { get; init; }

    /// <summary>All convolutions of a network of at most two layers in a residual branch.</summary>
    /// <param name="trace">What the subject showed.</param>
    /// <param name="unitRoundoff">Unit roundoff of its tensors.</param>
    /// <returns>The convolutions, in the order of propagation.</returns>
    public static IEnumerable<ShownConvolution> AllOf(Trace trace, double unitRoundoff)
    {
        var (network, perUnit) = (trace.Network, trace.Network.Architecture.ConvolutionsPerUnit);
        var inner = new KernelShape(network.KernelSize, network.Channels, network.Channels, VarianceTimesFanIn: 2);
        var first = trace.At(0, 0);
        yield return new ShownConvolution(
            0,
            network.FirstKernel,
            network.FirstStride,
            network.NetworkInput,
            trace.Input.Signal,
            trace.Input.Noise,
            first.Signal,
            first.Noise
        );
        for (var depth = 1; depth <= network.Depth; depth++)
        {
            var (before, after) = (trace.Before(depth, UnitPlaceKind.Convolution), trace.At(depth, UnitPlaceKind.Convolution));
            var index = 1 + ((depth - 1) * perUnit);
            yield return new ShownConvolution(index, inner, 1, network.FeatureShape, before.Signal, before.Noise, after.Signal, after.Noise);
            if (perUnit == 2)
            {
                yield return LastOfBranch(
                    new HiddenInput(network, after, unitRoundoff),
                    index + 1,
                    inner,
                    trace.At(depth, UnitPlaceKind.Before),
                    trace.At(depth, UnitPlaceKind.Addition),
                    unitRoundoff
                );
            }
            else if (perUnit > 2)
            {
                throw new ArgumentException($"expected at most two convolutions in a unit, got {perUnit}", nameof(trace));
            }
        }
    }

    /// <summary>Joins this convolution and one with the same weights into one, over the images of both.</summary>
    /// <param name="other">The other convolution.</param>
    public ShownConvolution Beside(ShownConvolution other)
    {
        return this with
        {
            InputShape = InputShape with { Images = InputShape.Images + other.InputShape.Images },
            Signal = [.. Signal, .. other.Signal],
            Noise = [.. Noise, .. other.Noise],
            OutputSignal = [.. OutputSignal, .. other.OutputSignal],
            OutputNoise = [.. OutputNoise, .. other.OutputNoise],
            SignalError = Both(SignalError, other.SignalError),
            NoiseError = Both(NoiseError, other.NoiseError),
            OutputSignalError = Both(OutputSignalError, other.OutputSignalError),
            OutputNoiseError = Both(OutputNoiseError, other.OutputNoiseError),
        };

        // Both are of one architecture: the subject shows the same tensors of both.
        static double[]? Both(double[]? one, double[]? other) => one is null || other is null ? null : [.. one, .. other];
    }

    /// <summary>
    /// The second convolution of a branch. Its output is the sum minus the unit's input, which cancels except for one rounding of the sum, or two for a subject
    /// that stores the branch first.
    /// </summary>
    private static ShownConvolution LastOfBranch(HiddenInput input, int index, KernelShape shape, Snapshot before, Snapshot sum, double unitRoundoff)
    {
        return new ShownConvolution(index, shape, 1, sum.Shape, input.Signal, input.Noise, Less(sum.Signal, before.Signal), Less(sum.Noise, before.Noise))
        {
            SignalError = input.SignalError,
            NoiseError = input.NoiseError,
            OutputSignalError = Rounding(sum.Signal),
            OutputNoiseError = Rounding(sum.Noise),
        };

        double[] Rounding(double[] values) => Array.ConvertAll(values, value => 2 * unitRoundoff * Math.Abs(value));

        static double[] Less(double[] total, double[] part)
        {
            var difference = new double[total.Length];
            for (var i = 0; i < difference.Length; i++)
            {
                difference[i] = total[i] - part[i];
            }

            return difference;
        }
    }
}
