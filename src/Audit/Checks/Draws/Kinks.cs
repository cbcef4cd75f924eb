using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Where slopes jump. Beside such a place a rounding of the signal changes the noise by more than rounding.</summary>
internal static class Kinks
{
    /// <summary>Whether the slope of a layer jumps somewhere.</summary>
    /// <exception cref="UnknownLayerException">It is not known of the layer.</exception>
    public static bool Has(Layer layer) =>
        layer switch
        {
            Activation activation => Of(activation.Function).Length > 0,
            MaxPool => true,
            Convolution or Dense or Attention or Norm or AveragePool or GlobalAveragePool or Scaling or Flatten or Dropout or Residual => false,
            _ => throw new UnknownLayerException(layer),
        };

    /// <summary>Whether a layer's input is so near to a jump of its slope that an error could carry it across.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Its input.</param>
    /// <param name="error">The error, relative to the root mean square of the input.</param>
    public static bool IsNear(Layer layer, WrittenOutFeatures input, double error)
    {
        var reach = error * Math.Sqrt(WrittenOutLayers.MeanSquare(input.Signal));
        return layer switch
        {
            Activation activation => Of(activation.Function).Any(kink => Array.Exists(input.Signal, value => Math.Abs(value - kink) <= reach)),
            MaxPool pool => Enumerable.Range(0, input.Images).Any(image => HasTie(pool, input, image, reach)),
            _ => false,
        };
    }

    private static double[] Of(Function function) =>
        function.Kind switch
        {
            FunctionKind.Relu or FunctionKind.LeakyRelu or FunctionKind.Abs => [0],
            FunctionKind.HardSwish => [-3, 3],
            FunctionKind.Linear
            or FunctionKind.Tanh
            or FunctionKind.Erf
            or FunctionKind.Sine
            or FunctionKind.Gelu
            or FunctionKind.GeluTanh
            or FunctionKind.Silu
            or FunctionKind.Elu
            or FunctionKind.Sigmoid
            or FunctionKind.Softplus => [],
            _ => throw new InvalidOperationException($"expected a function whose kinks are known, got {function}"),
        };

    private static bool HasTie(MaxPool pool, WrittenOutFeatures input, int image, double reach)
    {
        // An axis of one position is not pooled.
        var (rows, columns) = (input.Height == 1 ? 1 : pool.Size, input.Width == 1 ? 1 : pool.Size);
        for (var row = 0; row + rows <= input.Height; row += rows)
        {
            for (var column = 0; column + columns <= input.Width; column += columns)
            {
                for (var channel = 0; channel < input.Channels; channel++)
                {
                    var (largest, second) = (double.NegativeInfinity, double.NegativeInfinity);
                    for (var i = 0; i < rows * columns; i++)
                    {
                        var value = input.Signal[input.At(image, row + (i / columns), column + (i % columns), channel)];
                        (largest, second) = value > largest ? (value, largest) : (largest, Math.Max(second, value));
                    }

                    if (largest - second <= reach)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }
}
