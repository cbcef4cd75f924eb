using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Bounds how far a convolution may be from its definition, for any of the usual algorithms: direct, blocked and fused sums in any order, fast Fourier
/// transforms, Winograd's tiles.
/// </summary>
/// <remarks>
/// A sum of n products errs by γ_n Σ|x||w|, in every order and with fused multiply-adds (Higham section 3.1). Algorithms that transform images mix their terms:
/// they err by a multiple of Σ_c ‖x_c‖₂‖w_c‖₂, the norms of a channel of the image with its border and of its weights. Not covered: Strassen's products, and
/// Winograd's tiles beyond 4 × 4.
/// </remarks>
internal static class ConvolutionRounding
{
    /// <summary>
    /// The largest rounding that is allowed for. An algorithm with more keeps no digit in the subject's numbers, so nobody uses it with them.
    /// </summary>
    private const double MostRounding = 0.5;

    /// <summary>Bounds for each element of the output.</summary>
    /// <param name="shape">Shape of the input.</param>
    /// <param name="magnitudes">Magnitudes of the input (points × channels).</param>
    /// <param name="weights">Weights ordered (row, column, input channel, output channel).</param>
    /// <param name="size">Extent k of the weights.</param>
    /// <param name="stride">Distance between outputs.</param>
    /// <param name="boundary">What lies beyond the border.</param>
    /// <param name="unitRoundoff">u of the subject's tensors.</param>
    /// <returns>Bounds (output points × output channels).</returns>
    public static double[] Bound(TensorShape shape, double[] magnitudes, double[] weights, int size, int stride, Boundary boundary, double unitRoundoff)
    {
        // Weights and the network's input are given in doubles: converting them to the subject's numbers takes two more roundings.
        var direct = Roundings.Gamma((size * size * shape.Channels) + 2, unitRoundoff);
        if (size == 1)
        {
            var sums = WrittenOutLayers.Convolve(shape, magnitudes, Array.ConvertAll(weights, Math.Abs), size, stride, boundary);
            return Array.ConvertAll(sums, sum => direct * sum);
        }

        var outputs = weights.Length / (size * size * shape.Channels);
        var norms = WeightNorms(weights, size * size, shape.Channels, outputs);
        var squares = ExtendedImages.SquaredNorms(shape, magnitudes, size, boundary);
        var roundings = WinogradRounding.OfConvolution(shape.Channels);
        var winograd = size == WinogradRounding.Size && stride == 1 ? Admitted(roundings, unitRoundoff) : 0;
        var isSparse = weights.Count(weight => weight != 0) <= shape.Channels * outputs;
        var elements = winograd > 0 && isSparse ? WinogradRounding.OfElements(shape, magnitudes, weights, boundary) : null;
        var paired = Admitted(FourierRounding.OfConvolution(shape.Height, shape.Width, shape.Channels, size), unitRoundoff);
        var points = ((shape.Height + stride - 1) / stride) * ((shape.Width + stride - 1) / stride);
        var bounds = new double[shape.Images * points * outputs];
        var (alone, together, ofOutputs, inTiles) = (new double[outputs], new double[outputs], new double[outputs], new double[outputs]);
        for (var image = 0; image < shape.Images; image++)
        {
            Sum(image, image, alone);
            for (var other = 0; other < shape.Images; other++)
            {
                // An algorithm may transform two images as the real and the imaginary part of one: then each errs by the norm of both.
                Sum(image, other, together);
                for (var output = 0; output < outputs; output++)
                {
                    // Magnitudes without end times weights of zero are not numbers, and no bound.
                    ofOutputs[output] =
                        other > 0 && !(together[output] > ofOutputs[output]) && !double.IsNaN(ofOutputs[output]) ? ofOutputs[output] : together[output];
                }
            }

            for (var output = 0; output < outputs; output++)
            {
                ofOutputs[output] = Math.Max(direct * alone[output], paired * ofOutputs[output]);
                inTiles[output] = winograd * alone[output];
            }

            for (var i = 0; i < points * outputs; i++)
            {
                var (element, output) = ((image * points * outputs) + i, i % outputs);
                var ofTiles = elements is null ? inTiles[output] : Math.Min(inTiles[output], elements[element] * winograd / roundings);
                bounds[element] = Math.Max(ofOutputs[output], ofTiles);
            }
        }

        return bounds;

        // Σ_c ‖x_c‖₂‖w_c‖₂ for each output, of one image or of two.
        void Sum(int image, int other, double[] sums)
        {
            Array.Clear(sums);
            for (var channel = 0; channel < shape.Channels; channel++)
            {
                var norm = Math.Sqrt(squares[image][channel] + (other == image ? 0 : squares[other][channel]));
                for (var output = 0; output < outputs; output++)
                {
                    sums[output] += norm * norms[(channel * outputs) + output];
                }
            }
        }
    }

    private static double Admitted(double roundings, double unitRoundoff) =>
        roundings * unitRoundoff <= MostRounding ? Roundings.Gamma(roundings, unitRoundoff) : 0;

    /// <summary>‖w‖₂ over the offsets, by input and output channel.</summary>
    private static double[] WeightNorms(double[] weights, int offsets, int channels, int outputs)
    {
        var norms = new double[channels * outputs];
        for (var i = 0; i < norms.Length; i++)
        {
            var square = 0.0;
            for (var offset = 0; offset < offsets; offset++)
            {
                var weight = weights[(offset * norms.Length) + i];
                square += weight * weight;
            }

            norms[i] = Math.Sqrt(square);
        }

        return norms;
    }
}
