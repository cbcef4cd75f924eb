namespace Wellbehaved.Networks;

/// <summary>Facts about a network that follow from its description alone.</summary>
internal static class Facts
{
    /// <summary>The points of a batch on which the output of layers depends.</summary>
    /// <param name="layers">The layers.</param>
    /// <returns>The widest coupling of any layer.</returns>
    public static Coupling CouplingOf(Layers layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers.Select(CouplingOf).DefaultIfEmpty(Coupling.None).Max();
    }

    /// <summary>The degree of homogeneity: the power of c by which the output is multiplied when the input is multiplied by c > 0.</summary>
    /// <param name="layers">The layers.</param>
    /// <returns>1 for homogeneous layers; 0 where the output does not depend on c (after a norm without ε); null where there is no such power.</returns>
    public static int? DegreeOf(Layers layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return DegreeOf(layers, 1);
    }

    /// <summary>The smallest cyclic shift of the input's positions for which the output is cyclically shifted, too.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="input">Shape of the features of one input.</param>
    /// <returns>Number of positions, along both axes: the product of all strides; null where no shift of the input shifts the output.</returns>
    public static long? ShiftOf(Layers layers, Shape input)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var (shift, shape) = (1L, input);
        foreach (var layer in layers)
        {
            if (StrideOf(layer, shape) is not { } stride)
            {
                return null;
            }

            shift *= stride;
            shape = layer.OutputOf(shape);
        }

        return shift;
    }

    private static Coupling CouplingOf(Layer layer) =>
        layer switch
        {
            Convolution convolution => convolution.Kernel == 1 ? Coupling.None : Coupling.Positions,
            Dense or Activation or Scaling or Dropout => Coupling.None,
            BatchNorm => Coupling.Batch,
            LayerNorm norm => norm.Over == NormalisedOver.Channels ? Coupling.None : Coupling.Positions,
            RmsNorm norm => norm.Over == NormalisedOver.Channels ? Coupling.None : Coupling.Positions,
            GroupNorm or InstanceNorm or Pooling or GlobalAveragePool or Flatten or Attention => Coupling.Positions,
            Residual residual => (Coupling)Math.Max((int)CouplingOf(residual.Branch), (int)CouplingOf(residual.Skip)),
            Repeat repeat => CouplingOf(repeat.Unit),
            _ => throw new UnknownLayerException(layer),
        };

    private static int? DegreeOf(Layers layers, int? degree)
    {
        foreach (var layer in layers)
        {
            degree = DegreeOf(layer, degree);
        }

        return degree;
    }

    private static int? DegreeOf(Layer layer, int? degree)
    {
        // After a layer that is not homogeneous, the output is still independent of the factor if the layer's input is.
        var lost = degree == 0 ? 0 : (int?)null;
        return layer switch
        {
            Convolution convolution => convolution.Parameters.BiasVariance == 0 ? degree : lost,
            Dense dense => dense.Parameters.BiasVariance == 0 ? degree : lost,
            Activation activation => IsHomogeneous(activation.Function.Kind) ? degree : lost,
            Norm norm => norm.Epsilon == 0 && degree is not null ? 0 : lost,
            Attention => lost,
            Pooling or GlobalAveragePool or Flatten or Dropout or Scaling => degree,
            Residual residual => DegreeOf(residual.Branch, degree) is var branch && branch == DegreeOf(residual.Skip, degree) ? branch : null,
            Repeat repeat => DegreeOf(repeat, degree),
            _ => throw new UnknownLayerException(layer),
        };
    }

    /// <summary>
    /// The degree after a repeat. If the second repetition begins with the same degree as the first, it also ends with the same; so nested repeats do not
    /// double the work.
    /// </summary>
    private static int? DegreeOf(Repeat repeat, int? degree)
    {
        var once = DegreeOf(repeat.Unit, degree);
        return repeat.Times > 1 && once != degree ? DegreeOf(repeat.Unit, once) : once;
    }

    /// <summary>Whether f(cu) = c f(u) for every positive c.</summary>
    private static bool IsHomogeneous(FunctionKind kind) =>
        kind switch
        {
            FunctionKind.Linear or FunctionKind.Relu or FunctionKind.LeakyRelu or FunctionKind.Abs => true,
            FunctionKind.Tanh
            or FunctionKind.Erf
            or FunctionKind.Sine
            or FunctionKind.Gelu
            or FunctionKind.GeluTanh
            or FunctionKind.Silu
            or FunctionKind.Elu
            or FunctionKind.Sigmoid
            or FunctionKind.Softplus
            or FunctionKind.HardSwish => false,
            _ => throw new InvalidOperationException($"no fact about the function {kind}"),
        };

    /// <summary>By how many positions the input must be shifted so that the output is shifted by one; null where there is no such number.</summary>
    private static long? StrideOf(Layer layer, Shape input) =>
        layer switch
        {
            Convolution convolution => StrideOf(convolution, input),
            Dense or Activation or Scaling or Norm => 1,
            Pooling pooling => pooling.Size,
            GlobalAveragePool => 1,
            Dropout dropout => dropout.Mask == DropoutMask.Shared ? 1 : null,
            Flatten => input.Positions == 1 ? 1 : null,
            Attention attention => attention.Causal ? null : 1,
            Residual residual => ShiftOf(residual.Branch, input) is { } branch && branch == ShiftOf(residual.Skip, input) ? branch : null,
            Repeat repeat => StrideOf(repeat, input),
            _ => throw new UnknownLayerException(layer),
        };

    /// <summary>
    /// The stride must divide the extents: otherwise the distance between the last and the first window of a row is less than the stride. So the product of all
    /// strides is at most the larger extent. A single position is shifted to itself.
    /// </summary>
    private static long? StrideOf(Convolution convolution, Shape input)
    {
        var divides = Divides(convolution.Stride, input.Height) && Divides(convolution.Stride, input.Width);
        return !divides || (convolution.Boundary != Boundary.Periodic && convolution.Kernel != 1) ? null
            : input.Positions == 1 ? 1
            : convolution.Stride;
    }

    private static bool Divides(int stride, int extent) => extent == 1 || extent % stride == 0;

    private static long? StrideOf(Repeat repeat, Shape input)
    {
        var (shift, shape) = (1L, input);
        for (var repetition = 0; repetition < repeat.Times; repetition++)
        {
            if (ShiftOf(repeat.Unit, shape) is not { } once)
            {
                return null;
            }

            var next = repeat.Unit.OutputOf(shape, repeat.Word);
            if (once == 1 && next == shape)
            {
                break;
            }

            (shift, shape) = (shift * once, next);
        }

        return shift;
    }
}
