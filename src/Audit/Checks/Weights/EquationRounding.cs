namespace Wellbehaved.Audit;

/// <summary>
/// Bounds how far the output of an equation for weights may be from the exact one, for any algorithm of convolution: <c>c·u·‖x‖₂‖w‖₂</c>, where w are the
/// weights of its output channel.
/// </summary>
/// <remarks>
/// With kernel size 1, x is the point. With a larger one, x is everything that a transform mixes: the image with its border, and one other image beside it.
/// See <see cref="ConvolutionRounding"/>.
/// </remarks>
internal static class EquationRounding
{
    /// <summary>The constant c: the largest of all algorithms.</summary>
    /// <param name="shown">The convolution.</param>
    /// <returns>The constant, in roundings.</returns>
    public static double Constant(ShownConvolution shown)
    {
        var (shape, input) = (shown.Shape, shown.InputShape);
        var direct = shape.FanIn + 2.0;
        if (shape.Size == 1)
        {
            return direct;
        }

        var fourier = FourierRounding.OfConvolution(input.Height, input.Width, shape.InputChannels, shape.Size);
        var winograd = shape.Size == WinogradRounding.Size && shown.Stride == 1 ? WinogradRounding.OfConvolution(shape.InputChannels) : 0;
        return Math.Max(direct, Math.Max(fourier, winograd));
    }

    /// <summary>‖x‖₂ for each image of a convolution whose kernel size is not 1.</summary>
    /// <param name="shown">The convolution.</param>
    /// <param name="values">Signal or noise at its input.</param>
    /// <param name="bias">Square of the input that is multiplied by the bias.</param>
    /// <returns>Norms by image.</returns>
    public static double[] Norms(ShownConvolution shown, double[] values, double bias)
    {
        double[] squares = [.. ExtendedImages.SquaredNorms(shown.InputShape, values, shown.Shape.Size, Boundary.Periodic).Select(channels => channels.Sum())];
        return [.. squares.Select((square, image) => Math.Sqrt(square + bias + squares.Where((_, other) => other != image).DefaultIfEmpty(0).Max()))];
    }
}
