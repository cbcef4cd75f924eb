using Wellbehaved.Model;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>The rule of batch normalisation, with the statistics of the batch or with stored ones.</summary>
internal static class BatchNormRule
{
    /// <summary>Refuses values that have no axis of channels beside that of the batch.</summary>
    /// <exception cref="InvalidInputException">The input has fewer than two axes.</exception>
    public static void RequireChannels(NodeProto node, string subject, IReadOnlyDictionary<string, TensorType> types)
    {
        if (types[node.Input[0]].Shape is not { Length: >= 2 })
        {
            throw new InvalidInputException(
                subject,
                $"expected batch and channels as axes of the input of {node.Called()}, got [{string.Join(", ", types[node.Input[0]].Shape ?? [])}]"
            );
        }
    }

    /// <summary>Makes a node use the statistics of its batch, which preceding nodes compute.</summary>
    /// <returns>The input minus its mean. The node may use it as its input after its rule has been applied: see <see cref="TakeCentred"/>.</returns>
    public static string TakeStatistics(NodeProto node, Emitter emitter, IReadOnlyDictionary<string, TensorType> types)
    {
        // In training mode ONNX itself normalises by the batch, which the nodes written here do instead.
        node.Take("training_mode");
        while (node.Output.Count > 1)
        {
            node.Output.RemoveAt(node.Output.Count - 1);
        }

        var type = types[node.Input[0]];
        var x = new Expression(emitter, node.Input[0], type.Element);
        var mean = Mean(x, type.Shape!);
        node.Input[3] = mean.Reshape(-1).Name;
        var centred = x - mean;
        node.Input[4] = Mean(centred.Square(), type.Shape!).Reshape(-1).Name;
        return centred.Name;
    }

    /// <summary>
    /// Makes a node normalise values that already have mean zero. ONNX Runtime multiplies before it subtracts, which loses digits where the mean is large
    /// relative to the standard deviation.
    /// </summary>
    public static void TakeCentred(NodeProto node, string centred, Emitter emitter, TensorType type)
    {
        node.Input[0] = centred;
        node.Input[3] = emitter.Constant(Tensors.FromReals((TensorProto.Types.DataType)type.Element, [type.Shape![1]], new double[type.Shape[1]]));
    }

    public static void Apply(RuleContext context)
    {
        var node = context.Node;
        if (
            context.Tangent(0) is not { } dx
            || Enumerable.Range(1, 4).Any(input => context.Tangent(input) is not null)
            || node.Integer("training_mode", 0) != 0
        )
        {
            throw context.NotKnown("with constant scales, shifts and stored statistics, or with the statistics of the batch");
        }

        var shape = context.Shape(0);
        var zeros = context.Emitter.Constant(Tensors.FromReals((TensorProto.Types.DataType)dx.Type, [shape[1]], new double[shape[1]]));
        var centre = zeros;
        if (context.Options is not { BatchNorm: OnnxBatchNorm.Batch, Noise: NoiseKind.Full })
        {
            context.SetTangent(dx with { Name = context.Emitter.Node(node, dx.Name, node.Input[1], zeros, centre, node.Input[4]) });
            return;
        }

        // y = γ(x - m)/s + β with s² = v + ε: dy = γ(dx - dm)/s - γ(x - m)/s·E[(x - m)/s·(dx - dm)/s].
        centre = Mean(dx, shape).Reshape(-1).Name;
        var ones = context.Emitter.Constant(Tensors.FromReals((TensorProto.Types.DataType)dx.Type, [shape[1]], [.. Enumerable.Repeat(1.0, (int)shape[1])]));
        var direct = dx with { Name = context.Emitter.Node(node, dx.Name, ones, zeros, centre, node.Input[4]) };
        var normed = dx with { Name = context.Emitter.Node(node, node.Input[0], ones, zeros, node.Input[3], node.Input[4]) };
        var tangent = direct - (normed * Mean(normed * direct, shape));
        context.SetTangent(tangent * context.Input(1).Unsqueeze(Enumerable.Range(1, shape.Length - 2).Select(axis => (long)axis)));
    }

    /// <summary>The mean of each channel; the channels remain the second axis.</summary>
    private static Expression Mean(Expression value, long[] shape)
    {
        long[] axes = [0, .. Enumerable.Range(2, shape.Length - 2).Select(axis => (long)axis)];
        return value.Sum(axes) / axes.Aggregate(1.0, (count, axis) => count * shape[axis]);
    }
}
