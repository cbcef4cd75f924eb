using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>How a convolution is computed.</summary>
internal enum ConvolutionMethod
{
    /// <summary>As one matrix product over the gathered images.</summary>
    Direct,

    /// <summary>By Fourier transforms of tiles, in single precision.</summary>
    Spectral,
}

/// <summary>Chooses how to compute a convolution.</summary>
internal static class ConvolutionMethods
{
    /// <summary>
    /// Size of the tiles of the matrix product; rows and columns cost as much as the next multiples. It is fixed, because the choice must not depend on the
    /// processor.
    /// </summary>
    private const double TileRows = 12,
        TileColumns = 32;

    /// <summary>
    /// The cost of transforming one number forward and back, in multiply-adds, where a group of tiles fits a second-level cache, a third-level one, and
    /// neither. Measured with one thread on two processors, the second of which multiplies twice as fast but transforms no faster: 150 and 200, 200 and 340,
    /// 240 and 450.
    /// </summary>
    private const double NearTransformCost = 250,
        OwnTransformCost = 350,
        SharedTransformCost = 450;

    /// <summary>The cost of gathering one number for the direct product, in multiply-adds: about a cycle.</summary>
    private const double GatheringCost = 16;

    /// <summary>
    /// The columns of one vector, and the cost of a term that is multiplied by no more than these: it is read where it lies, which was measured on one thread.
    /// Only convolutions of at least so many multiply-adds have that price. Another method gives other last digits, and a smaller convolution would save a tenth
    /// of a millisecond at most, so it keeps the method of version 2.
    /// </summary>
    private const double VectorColumns = TileColumns / 2,
        NarrowTermCost = 28,
        LeastNarrowWork = 1 << 26;

    /// <summary>The cheaper method.</summary>
    /// <typeparam name="T">Precision; doubles are convolved directly.</typeparam>
    /// <param name="input">Shape of the signal.</param>
    /// <param name="kernel">Arrangement of the weights.</param>
    /// <param name="geometry">Stride, boundary and dilation.</param>
    /// <returns>The method with fewer multiply-adds; it depends only on the sizes.</returns>
    public static ConvolutionMethod Cheaper<T>(TensorShape input, KernelShape kernel, PatchGeometry geometry)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        CheaperTiling<T>(input, kernel, geometry) is null ? ConvolutionMethod.Direct : ConvolutionMethod.Spectral;

    /// <summary>How images are cut for Fourier transforms, if these are cheaper.</summary>
    /// <returns>The tiling; null if the direct product is cheaper.</returns>
    /// <inheritdoc cref="Cheaper{T}"/>
    public static SpectralTiling? CheaperTiling<T>(TensorShape input, KernelShape kernel, PatchGeometry geometry)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float) || kernel.Size == 1)
        {
            return null;
        }

        return Cheapest(input, kernel, geometry) is ({ } tiling, var cost) && cost < DirectCost(input, kernel, geometry) ? tiling : null;
    }

    /// <summary>The cheapest way to cut images for Fourier transforms.</summary>
    /// <returns>The tiling and its cost in multiply-adds; null if no transforms fit memory.</returns>
    /// <inheritdoc cref="Cheaper{T}"/>
    public static (SpectralTiling Tiling, double Cost)? Cheapest(TensorShape input, KernelShape kernel, PatchGeometry geometry)
    {
        (SpectralTiling Tiling, double Cost)? best = null;
        var columns = TileAxis.Candidates(geometry.Along(input.Width, kernel.Size)).ToArray();
        foreach (var rows in TileAxis.Candidates(geometry.Along(input.Height, kernel.Size)))
        {
            foreach (var across in columns)
            {
                var tiling = SpectralTiling.Cut(rows, across, input.Images, Math.Max(RoundUp(kernel.InputChannels, 16), RoundUp(kernel.OutputChannels, 16)));
                if (
                    tiling.FitsMemory(kernel.InputChannels, kernel.OutputChannels)
                    && SpectralCost(tiling, kernel) is var cost
                    && cost < (best?.Cost ?? double.PositiveInfinity)
                )
                {
                    best = (tiling, cost);
                }
            }
        }

        return best;
    }

    /// <summary>Number of numbers in the buffers of Fourier transforms, if these are cheaper; sizes may be absurdly large.</summary>
    /// <param name="images">Inputs in the batch.</param>
    /// <param name="input">Height, width and channels of one input.</param>
    /// <param name="kernelSize">Kernel size k.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="geometry">Stride, boundary and dilation.</param>
    /// <param name="threads">Number of threads.</param>
    public static double NumbersOfTransforms(
        double images,
        (double Height, double Width, double Channels) input,
        int kernelSize,
        double outputs,
        PatchGeometry geometry,
        double threads = 1
    )
    {
        var weights = (double)kernelSize * kernelSize * input.Channels * outputs;
        if (Math.Max(images * input.Height * input.Width, weights) > int.MaxValue)
        {
            return 0;
        }

        var shape = new TensorShape((int)images, (int)input.Height, (int)input.Width, (int)input.Channels);
        return CheaperTiling<float>(shape, new KernelShape(kernelSize, shape.Channels, (int)outputs, 1), geometry) is { } tiling
            ? tiling.Numbers(shape.Channels, (int)outputs, (int)threads) + weights
            : 0;
    }

    private static double DirectCost(TensorShape input, KernelShape kernel, PatchGeometry geometry)
    {
        var outputs = (double)input.Images * geometry.Along(input.Height, kernel.Size).Outputs * geometry.Along(input.Width, kernel.Size).Outputs;
        var terms = RoundUp(2 * outputs, TileRows) * kernel.FanIn;
        var isNarrow = kernel.OutputChannels <= VectorColumns && terms * VectorColumns >= LeastNarrowWork;
        return terms * (isNarrow ? NarrowTermCost : RoundUp(kernel.OutputChannels, TileColumns) + GatheringCost);
    }

    private static double SpectralCost(SpectralTiling tiling, KernelShape kernel)
    {
        var weights = kernel.InputChannels * RoundUp(kernel.OutputChannels, TileColumns);

        // Only half of the frequencies are computed, with three real products each. The kernel costs up to one complex multiply-add for each weight.
        var products = tiling.Positions / 2.0 * tiling.Groups * ((3 * RoundUp(2 * tiling.GroupRows, TileRows)) + (2.0 * kernel.Size * kernel.Size)) * weights;
        var transform =
            tiling.IsShared ? SharedTransformCost
            : tiling.IsNear(Math.Max(kernel.InputChannels, kernel.OutputChannels)) ? NearTransformCost
            : OwnTransformCost;
        return products + (transform * tiling.Positions * 4 * tiling.Pairs * (kernel.InputChannels + kernel.OutputChannels) / 2.0);
    }

    private static double RoundUp(double value, double multiple) => Math.Ceiling(value / multiple) * multiple;
}
