using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>
/// Whether the numbers of a network fit single precision together with what they meet, so that its layers can be judged. Theory computes with any numbers that
/// are finite, and runs record where they end.
/// </summary>
internal static class SinglePrecision
{
    /// <summary>
    /// The largest variance, and the largest size of a factor. Stored features are at most 2¹⁶; times 10³⁰, and summed over many, they stay below 2¹²⁸.
    /// </summary>
    private const double Largest = 1e30;

    /// <summary>The smallest variance other than 0, and the smallest size of such a factor: what is drawn with its root keeps its digits.</summary>
    private const double Smallest = 1e-30;

    /// <summary>Refuses a network with a variance, slope or scale that is neither 0 nor of a size from 10⁻³⁰ to 10³⁰.</summary>
    /// <param name="network">The network.</param>
    /// <exception cref="InvalidNetworkException">There is such a number; the exception names its layer.</exception>
    public static void Require(Network network) => Require(network.Layers, LayerPath.Root);

    private static void Require(Layers layers, string list)
    {
        foreach (var (index, layer) in layers.Index())
        {
            var path = LayerPath.Write(list, index, layer);
            foreach (var (name, value) in NumbersOf(layer))
            {
                if (value != 0 && Math.Abs(value) is < Smallest or > Largest)
                {
                    throw new InvalidNetworkException(
                        path,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"expected {name} to be 0 or of a size from {Smallest:0e0} to {Largest:0e0}, which single precision computes with, got {value}"
                        )
                    );
                }
            }

            if (layer is Repeat repeat)
            {
                Require(repeat.Unit, LayerPath.Within(path, "unit"));
            }
            else if (layer is Residual residual)
            {
                Require(residual.Branch, LayerPath.Within(path, "branch"));
                Require(residual.Skip, LayerPath.Within(path, "skip"));
            }
        }
    }

    private static (string Name, double Value)[] NumbersOf(Layer layer) =>
        layer switch
        {
            Convolution convolution => Variances(convolution.Parameters),
            Dense dense => Variances(dense.Parameters),
            Attention attention => Variances(attention.Parameters),
            Norm norm => [("scale", norm.Scale)],
            Activation activation => [("slope", activation.Function.Slope)],
            Scaling scaling => [("scale", scaling.Factor)],
            Residual residual => [("branch_scale", residual.BranchScale.Value), ("skip_scale", residual.SkipScale.Value)],
            Repeat or Pooling or GlobalAveragePool or Flatten or Dropout => [],
            _ => throw new UnknownLayerException(layer),
        };

    private static (string Name, double Value)[] Variances(Initialisation parameters) =>
        [("weight_variance", parameters.WeightVariance), ("bias_variance", parameters.BiasVariance)];
}
