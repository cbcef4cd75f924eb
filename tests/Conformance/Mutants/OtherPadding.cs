using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The reference, but that its convolutions read other positions.</summary>
/// <param name="Name">What is wrong.</param>
/// <param name="Shift">How many positions later than the definition a convolution begins to read, from the extent of an axis, the size of the kernel and the
/// stride.</param>
/// <param name="ReflectsSymmetric">Whether symmetric padding leaves the edge out.</param>
/// <param name="Border">Where a position beyond the border is read, from the boundary, the position, the extent of its axis and the smaller extent of the
/// image; by default where it should.</param>
internal sealed class OtherPadding(
    string Name,
    Func<int, int, int, int>? Shift = null,
    bool ReflectsSymmetric = false,
    Func<Boundary, int, int, int, int>? Border = null
) : ReferenceSubject
{
    public override SubjectDescription Description { get; } = new(Name);

    public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
    {
        var (source, kernels) = (Kernels(weights), network.Kernels.ToArray());
        new ConvolvingOtherwise(network, Convolve) { Stored = InSingle }.Propagate(input, observe);

        (double[] Signal, double[] Noise) Convolve(int convolution, (double[] Signal, double[] Noise) values, TensorShape shape, int stride)
        {
            var kernel = new float[kernels[convolution].Length];
            source.Fill(convolution, kernels[convolution], kernel);
            return (Read(values.Signal), Read(values.Noise));

            double[] Read(double[] x) => InSingle(Convolution(network, shape, x, kernel, stride));
        }
    }

    private static double[] InSingle(double[] values) => Array.ConvertAll(values, value => (double)(float)value);

    private double[] Convolution(NetworkSettings network, TensorShape shape, double[] values, float[] kernel, int stride)
    {
        var (size, outputs) = (network.KernelSize, network.Channels);
        var (height, width) = ((shape.Height + stride - 1) / stride, (shape.Width + stride - 1) / stride);
        var result = new double[shape.Images * height * width * outputs];
        for (var element = 0; element < result.Length; element++)
        {
            var (output, point) = (element % outputs, element / outputs);
            var (column, row, image) = (point % width, point / width % height, point / width / height);
            for (var offset = 0; offset < size * size; offset++)
            {
                var i = Source((stride * row) + (offset / size) - ((size - 1) / 2), shape.Height);
                var j = Source((stride * column) + (offset % size) - ((size - 1) / 2), shape.Width);
                for (var input = 0; i >= 0 && j >= 0 && input < shape.Channels; input++)
                {
                    result[element] +=
                        values[((((image * shape.Height) + i) * shape.Width) + j) * shape.Channels + input]
                        * kernel[(((offset * shape.Channels) + input) * outputs) + output];
                }
            }
        }

        return result;

        int Source(int position, int extent)
        {
            var read = position + (Shift?.Invoke(extent, size, stride) ?? 0);
            return read >= 0 && read < extent ? read
                : Border is not null ? Math.Clamp(Border(network.Boundary, read, extent, Math.Min(shape.Height, shape.Width)), -1, extent - 1)
                : network.Boundary switch
                {
                    Boundary.ZeroPadding => -1,
                    Boundary.Periodic => ((read % extent) + extent) % extent,
                    Boundary.Symmetric when ReflectsSymmetric => read < 0 ? -read : (2 * extent) - 2 - read,
                    Boundary.Symmetric => read < 0 ? -1 - read : (2 * extent) - 1 - read,
                    _ => throw new InvalidOperationException($"expected a boundary, got {network.Boundary}"),
                };
        }
    }
}
