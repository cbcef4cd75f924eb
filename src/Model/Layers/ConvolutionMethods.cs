using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>How a convolution is computed.</summary>
internal enum ConvolutionMethod
{
    /// <summary>As one matrix product over the gathered images: any kernel, stride and boundary.</summary>
    Direct,

    /// <summary>By Fourier transforms: periodic boundaries only.</summary>
    Spectral,
}

/// <summary>Chooses how to compute a convolution.</summary>
internal static class ConvolutionMethods
{
    /// <summary>Tile of the matrix product, in whose multiples rows and columns are paid for. Fixed, since the choice must not depend on the processor.</summary>
    private const double TileRows = 12, TileColumns = 32;

    /// <summary>Multiply-adds in the time in which one number is transformed there and back; measured on one thread: 150 within the caches, 240 beyond.</summary>
    private const double TransformCost = 200;

    /// <summary>Multiply-adds in the time in which one number is gathered for the direct product: about a cycle.</summary>
    private const double GatheringCost = 16;

    /// <summary>The cheaper method.</summary>
    /// <typeparam name="T">Precision; doubles are convolved directly.</typeparam>
    /// <param name="input">Shape of the signal.</param>
    /// <param name="kernel">Arrangement of the weights.</param>
    /// <param name="stride">Distance between neighbouring outputs.</param>
    /// <param name="boundary">What lies beyond the border.</param>
    /// <param name="dilation">Distance between two inputs of one patch.</param>
    /// <returns>The method with fewer multiply-adds, a function of the sizes alone.</returns>
    public static ConvolutionMethod Cheaper<T>(TensorShape input, KernelShape kernel, int stride, Boundary boundary, int dilation = 1)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var applicable = typeof(T) == typeof(float) && stride == 1 && dilation == 1 && boundary == Boundary.Periodic && kernel.InputChannels == kernel.OutputChannels && SpectralConvolution.Supports(input);
        return applicable && SpectralCost(input, kernel) < DirectCost(input, kernel) ? ConvolutionMethod.Spectral : ConvolutionMethod.Direct;
    }

    private static double DirectCost(TensorShape input, KernelShape kernel) =>
        RoundUp(2.0 * input.Points, TileRows) * kernel.FanIn * (RoundUp(kernel.OutputChannels, TileColumns) + GatheringCost);

    private static double SpectralCost(TensorShape input, KernelShape kernel)
    {
        var positions = (double)input.Height * input.Width;
        var weights = kernel.InputChannels * RoundUp(kernel.OutputChannels, TileColumns);
        var rows = 4 * Math.Ceiling(input.Images / 2.0);

        // Half of the frequencies, the others being their opposites, each with three real products; the kernel costs up to a complex multiply-add per weight.
        var products = positions / 2 * ((3 * RoundUp(rows, TileRows)) + (2.0 * kernel.Size * kernel.Size)) * weights;
        return products + (TransformCost * positions * rows * kernel.InputChannels);
    }

    private static double RoundUp(double value, double multiple) => Math.Ceiling(value / multiple) * multiple;
}
