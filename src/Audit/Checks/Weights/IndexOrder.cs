using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The order in which the weights of a convolution are compared with others.</summary>
internal enum IndexOrder
{
    /// <summary>As they are.</summary>
    Same,

    /// <summary>Input and output channels exchanged.</summary>
    Transposed,

    /// <summary>From the last to the first.</summary>
    Flipped,

    /// <summary>The kernel's rows and columns in reverse; channels stay.</summary>
    Mirrored,
}

/// <summary>Orders of weights.</summary>
internal static class IndexOrders
{
    /// <summary>All orders except the original one that weights of a shape can be put in.</summary>
    /// <param name="shape">The shape.</param>
    public static IEnumerable<IndexOrder> Others(KernelShape shape)
    {
        if (shape.InputChannels == shape.OutputChannels)
        {
            yield return IndexOrder.Transposed;
        }

        yield return IndexOrder.Flipped;
        if (shape.Size > 1)
        {
            yield return IndexOrder.Mirrored;
        }
    }

    /// <summary>The order in words, for messages.</summary>
    /// <param name="order">The order.</param>
    public static string InWords(this IndexOrder order) =>
        order switch
        {
            IndexOrder.Same => "",
            IndexOrder.Transposed => ", transposed",
            IndexOrder.Flipped => ", in reverse",
            IndexOrder.Mirrored => ", mirrored",
            _ => throw new InvalidOperationException($"expected an order of weights, got {order}"),
        };

    /// <summary>The index of the weight that comes at each place; the permutation is its own inverse.</summary>
    /// <param name="order">The order.</param>
    /// <param name="shape">The shape; square for <see cref="IndexOrder.Transposed"/>.</param>
    public static int[] Permutation(this IndexOrder order, KernelShape shape)
    {
        var (inputs, outputs, area) = (shape.InputChannels, shape.OutputChannels, shape.Size * shape.Size);
        return [.. Enumerable.Range(0, shape.Length).Select(Source)];

        int Source(int i)
        {
            var (offset, input, output) = (i / (inputs * outputs), i / outputs % inputs, i % outputs);
            return order switch
            {
                IndexOrder.Same => i,
                IndexOrder.Transposed => (((offset * inputs) + output) * outputs) + input,
                IndexOrder.Flipped => shape.Length - 1 - i,
                IndexOrder.Mirrored => ((((area - 1 - offset) * inputs) + input) * outputs) + output,
                _ => throw new InvalidOperationException($"expected an order of weights, got {order}"),
            };
        }
    }
}
