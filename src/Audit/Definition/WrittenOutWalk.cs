using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>One propagation of signal and noise through the layers of a network.</summary>
/// <param name="parameters">The parameters of the mapping.</param>
/// <param name="noise">The mapping whose derivative the noise passes through.</param>
/// <param name="held">Statistics that batch norms use instead of measuring.</param>
internal sealed class WrittenOutWalk(WrittenOutParameters parameters, WrittenOutNoise noise, WrittenOutStatistics? held)
{
    private readonly WrittenOutPlaces _places = new();
    private readonly WrittenOutStatistics _measured = new();
    private int _norms;
    private Layer? _last;

    /// <summary>Propagates through all layers.</summary>
    public WrittenOutPropagation Propagate(Networks.Layers layers, WrittenOutFeatures input)
    {
        var output = Stack(layers, input, null);
        parameters.End();
        return new(_places.All, output, held ?? _measured);
    }

    /// <summary>Propagates through layers outside of every unit.</summary>
    private WrittenOutFeatures Stack(Networks.Layers layers, WrittenOutFeatures features, (int Unit, int Units)? stack)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        features = Repetition(repeat.Unit, features, (repetition, repeat.Times));
                    }

                    break;
                case Residual:
                    _places.Enter(features);
                    features = Unit([layer], features, stack, shown: true);
                    break;
                default:
                    _places.Precede(layer);
                    features = Apply(layer, features);
                    _places.Pass(layer, features, shown: true);
                    break;
            }
        }

        return features;
    }

    /// <summary>Propagates through one repetition of a stack: a unit, unless it contains a repeat itself.</summary>
    private WrittenOutFeatures Repetition(Networks.Layers unit, WrittenOutFeatures features, (int Unit, int Units) stack)
    {
        if (unit.Any(layer => layer is Repeat))
        {
            return Stack(unit, features, stack);
        }

        _places.Enter(features);
        return Unit(unit, features, stack, shown: true);
    }

    /// <summary>Propagates through layers of a unit, of a branch or of a skip connection.</summary>
    private WrittenOutFeatures Unit(Networks.Layers layers, WrittenOutFeatures features, (int Unit, int Units)? stack, bool shown)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        features = Unit(repeat.Unit, features, (repetition, repeat.Times), shown && repetition == 0);
                    }

                    break;
                case Residual residual:
                    features = Branches(residual, features, stack, shown);
                    _places.Pass(layer, features, shown);
                    _last = layer;
                    break;
                default:
                    features = Apply(layer, features);
                    _places.Pass(layer, features, shown);
                    break;
            }
        }

        return features;
    }

    private WrittenOutFeatures Branches(Residual residual, WrittenOutFeatures input, (int Unit, int Units)? stack, bool shown)
    {
        var survives =
            residual.Survival >= 1
            || parameters.Take("the survival of a branch", 1)[0] switch
            {
                1 => true,
                0 => false,
                var other => throw new ArgumentException($"expected 1 or 0 for the survival of a branch, got {other}"),
            };
        var branch = Unit(residual.Branch, input, stack, shown);
        if (shown)
        {
            _places.EndBranch(input, _last, branch);
        }

        return WrittenOutResidual.Add(residual, branch, Unit(residual.Skip, input, stack, shown), survives, stack);
    }

    private WrittenOutFeatures Apply(Layer layer, WrittenOutFeatures input)
    {
        if (layer is not Flatten)
        {
            _last = layer;
        }

        return layer switch
        {
            Convolution convolution => WrittenOutConvolution.Propagate(convolution, input, parameters),
            Dense dense => WrittenOutDense.Propagate(dense, input, parameters),
            Attention attention => WrittenOutAttention.Propagate(attention, input, parameters),
            Dropout dropout => WrittenOutDropout.Propagate(dropout, input, parameters),
            BatchNorm norm => Normalise(norm, input),
            LayerNorm norm => WrittenOutLayerNorm.Propagate(norm, input),
            RmsNorm norm => WrittenOutRmsNorm.Propagate(norm, input),
            GroupNorm norm => WrittenOutGroupNorm.Propagate(norm, input),
            InstanceNorm norm => WrittenOutInstanceNorm.Propagate(norm, input),
            Activation activation => WrittenOutActivation.Propagate(activation, input),
            Scaling scaling => WrittenOutScaling.Propagate(scaling, input),
            AveragePool pool => WrittenOutAveragePool.Propagate(pool, input),
            MaxPool pool => WrittenOutMaxPool.Propagate(pool, input),
            GlobalAveragePool => WrittenOutGlobalAveragePool.Propagate(input),
            Flatten => WrittenOutFlatten.Propagate(input),
            _ => throw new UnknownLayerException(layer),
        };
    }

    private WrittenOutFeatures Normalise(BatchNorm norm, WrittenOutFeatures input)
    {
        if (held is not null)
        {
            var (means, deviations) = held.Read(_norms++);
            return WrittenOutBatchNorm.Held(norm, input, means, deviations);
        }

        var measured = WrittenOutBatchNorm.Measure(norm, input);
        _measured.Add(measured.Means, measured.Deviations);
        return noise switch
        {
            WrittenOutNoise.Mapping => WrittenOutBatchNorm.Held(norm, input, measured.Means, measured.Deviations),
            WrittenOutNoise.Full => WrittenOutBatchNorm.Differentiated(norm, input),
            _ => throw new InvalidOperationException($"expected a noise that has been written out, got {noise}"),
        };
    }
}
