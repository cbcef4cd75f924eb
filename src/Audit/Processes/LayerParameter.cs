using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>One parameter of a mapping in the form in which it is sent to a subject: weights, biases, a mask or a survival.</summary>
/// <param name="Shape">Its shape as an array.</param>
/// <param name="Values">Its numbers, the last axis fastest.</param>
internal sealed record LayerParameter(int[] Shape, double[] Values)
{
    /// <summary>All parameters of a network in the order of propagation.</summary>
    /// <exception cref="ArgumentException">There are more or fewer than the network has.</exception>
    public static LayerParameter[] Collect(Network network, Weights.Given given)
    {
        var tensors = ParameterList.Enumerate(network).ToArray();
        return tensors.Length == given.Kernels.Count
            ? [.. tensors.Zip(given.Kernels, (tensor, values) => new LayerParameter(ShapeOf(tensor, values.Length), values))]
            : throw new ArgumentException($"expected {tensors.Length} arrays of parameters for {network.Name}, got {given.Kernels.Count}", nameof(given));
    }

    /// <summary>The shape of a parameter as an array.</summary>
    /// <param name="tensor">The parameter.</param>
    /// <param name="length">Number of its values, which for a mask by point depends on the batch.</param>
    public static int[] ShapeOf(ParameterTensor tensor, int length) =>
        tensor switch
        {
            { Kind: ParameterKind.Weights, Layer: Networks.Convolution { Kernel: var kernel } } =>
            [
                kernel,
                kernel,
                (int)tensor.FanIn / (kernel * kernel),
                tensor.Outputs,
            ],
            { Kind: ParameterKind.Weights } => [(int)tensor.FanIn, tensor.Outputs],
            { Kind: ParameterKind.Mask, Length: 0 } => [length / tensor.Outputs, tensor.Outputs],
            { Kind: ParameterKind.Biases or ParameterKind.Mask or ParameterKind.Survival } => [length],
            _ => throw new ArgumentOutOfRangeException(nameof(tensor), tensor.Kind, "expected a kind of parameter whose shape is known"),
        };
}
