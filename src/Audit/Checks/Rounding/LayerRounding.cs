using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Applies a layer of a described network by its definition, and bounds how far a correct subject may be from the result.</summary>
internal static class LayerRounding
{
    /// <summary>Applies a layer.</summary>
    /// <param name="layer">The layer, neither a repeat nor a residual.</param>
    /// <param name="input">Exact tensors and bounds before it.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <returns>Exact tensors and bounds after it; null where the layer cannot carry the input's rounding, or a norm divides by zero.</returns>
    /// <exception cref="UnknownLayerException">The layer's rounding has not been bounded.</exception>
    public static SiteState? Apply(Layer layer, SiteState input, IReadOnlyList<double[]> parameters, WrittenOutNoise noise, double unitRoundoff) =>
        Relatively(layer, input, parameters, noise, unitRoundoff) is { } after ? Underflow.After(layer, input, after, parameters, unitRoundoff) : null;

    private static SiteState? Relatively(Layer layer, SiteState input, IReadOnlyList<double[]> parameters, WrittenOutNoise noise, double unitRoundoff) =>
        layer switch
        {
            Convolution convolution => LinearRounding.Apply(convolution, input, parameters, unitRoundoff),
            Dense dense => LinearRounding.Apply(dense, input, parameters, unitRoundoff),
            Activation activation => FunctionRounding.Apply(activation, input, unitRoundoff),
            BatchNorm norm when noise == WrittenOutNoise.Mapping => HeldBatchNorm(norm, input, unitRoundoff),
            BatchNorm norm => Norm(norm, input, PerChannel, centred: true, unitRoundoff),
            LayerNorm norm => Norm(norm, input, values => WrittenOutLayerNorm.Sets(norm.Over, values), centred: true, unitRoundoff),
            RmsNorm norm => Norm(norm, input, values => WrittenOutLayerNorm.Sets(norm.Over, values), centred: false, unitRoundoff),
            GroupNorm norm => Norm(norm, input, values => WrittenOutGroupNorm.Sets(values, norm.Groups), centred: true, unitRoundoff),
            InstanceNorm norm => Norm(norm, input, values => WrittenOutGroupNorm.Sets(values, values.Channels), centred: true, unitRoundoff),
            Attention attention => input.IsExact ? AttentionRounding.Apply(attention, input, parameters, unitRoundoff) : null,
            Scaling scaling => Linear(
                input,
                values => WrittenOutScaling.Propagate(scaling, values),
                values => WrittenOutScaling.Propagate(new Scaling(Math.Abs(scaling.Factor)), values),
                3,
                unitRoundoff
            ),
            AveragePool pool => Linear(input, values => WrittenOutAveragePool.Propagate(pool, values), null, (pool.Size * pool.Size) + 2, unitRoundoff),
            GlobalAveragePool => Linear(input, WrittenOutGlobalAveragePool.Propagate, null, input.Values.Positions + 2, unitRoundoff),
            MaxPool pool => input.IsExact
                ? Linear(input, values => WrittenOutMaxPool.Propagate(pool, values), null, 2, unitRoundoff, relativeToResult: true)
                : null,
            Flatten => input.Arranged(WrittenOutFlatten.Propagate),
            Dropout dropout => Linear(
                input,
                values => WrittenOutDropout.Propagate(dropout, values, new WrittenOutParameters(parameters)),
                null,
                3,
                unitRoundoff
            ),
            _ => throw new UnknownLayerException(layer),
        };

    /// <summary>The sum of a residual unit. Its rounding: two products with given factors, an addition, and scales beside tensors.</summary>
    public static SiteState Sum(Residual layer, SiteState branch, SiteState skip, bool survives, (int Unit, int Units)? stack, double unitRoundoff)
    {
        var magnitudes = layer with { BranchScale = Magnitude(layer.BranchScale), SkipScale = Magnitude(layer.SkipScale) };
        var (largest, carried) = (Add(magnitudes, branch.Magnitudes, skip.Magnitudes), Add(magnitudes, branch.Bounds, skip.Bounds));
        var sum = new SiteState(Add(layer, branch.Values, skip.Values), Plus(carried, largest, Roundings.Gamma(4, unitRoundoff)));
        var flushed = 8 * Underflow.Threshold(unitRoundoff, branch.Values, skip.Values, largest);
        return Underflow.Added(sum, flushed, flushed);

        WrittenOutFeatures Add(Residual scales, WrittenOutFeatures ofBranch, WrittenOutFeatures ofSkip) =>
            WrittenOutResidual.Add(scales, ofBranch, ofSkip, survives, stack);

        static ResidualScale Magnitude(ResidualScale scale) => scale.Rule == ScaleRule.Constant ? Math.Abs(scale.Value) : scale;
    }

    private static SiteState Linear(
        SiteState input,
        Func<WrittenOutFeatures, WrittenOutFeatures> layer,
        Func<WrittenOutFeatures, WrittenOutFeatures>? ofMagnitudes,
        int roundings,
        double unitRoundoff,
        bool relativeToResult = false
    )
    {
        var (values, enlarge) = (layer(input.Values), ofMagnitudes ?? layer);
        var largest = relativeToResult ? values.With([.. values.Signal.Select(Math.Abs)], [.. values.Noise.Select(Math.Abs)]) : enlarge(input.Magnitudes);
        return new(values, Plus(enlarge(input.Bounds), largest, Roundings.Gamma(roundings, unitRoundoff)));
    }

    private static WrittenOutFeatures Plus(WrittenOutFeatures carried, WrittenOutFeatures largest, double gamma) =>
        carried.With(
            [.. carried.Signal.Zip(largest.Signal, (bound, value) => bound + (gamma * value))],
            [.. carried.Noise.Zip(largest.Noise, (bound, value) => bound + (gamma * value))]
        );

    private static SiteState? HeldBatchNorm(BatchNorm norm, SiteState input, double unitRoundoff)
    {
        if (Statistics(norm, input.Values, PerChannel(input.Values), centred: true) is null)
        {
            return null;
        }

        var (values, bounds) = (input.Values, input.Bounds);
        var after = BatchNormRounding.Enclose(
            new Enclosure(values.Signal, values.Noise, bounds.Signal, bounds.Noise),
            values.Channels,
            norm.Epsilon,
            unitRoundoff
        );
        var flushed = Underflow.Threshold(unitRoundoff, values);
        var largestNoise = values.Noise.Length == 0 ? 0 : values.Noise.Max(Math.Abs);
        var deviations = WrittenOutLayers.Variances(values.Signal, values.Channels).Select(variance => Math.Sqrt(variance + norm.Epsilon)).ToArray();
        var lost = after.Signal.Select((z, i) => Underflow.AfterNorm(flushed, 1, deviations[i % values.Channels], Math.Abs(z), largestNoise)).ToArray();
        return Linear(
            new(
                values.With(after.Signal, after.Noise),
                values.With(
                    [.. after.SignalBound.Select((bound, i) => bound == 0 ? 0 : bound + lost[i].Signal)],
                    [.. after.NoiseBound.Select((bound, i) => bound == 0 ? 0 : bound + lost[i].Noise)]
                )
            ),
            features => WrittenOutScaling.Propagate(new Scaling(norm.Scale), features),
            features => WrittenOutScaling.Propagate(new Scaling(Math.Abs(norm.Scale)), features),
            2,
            unitRoundoff
        );
    }

    private static SiteState? Norm(
        Norm norm,
        SiteState input,
        Func<WrittenOutFeatures, IEnumerable<IReadOnlyList<int>>> setsOf,
        bool centred,
        double unitRoundoff
    )
    {
        IReadOnlyList<int>[] sets = [.. setsOf(input.Values)];
        return input.IsExact && Statistics(norm, input.Values, sets, centred) is not null
            ? NormRounding.Apply(norm, input.Values, WrittenOutNormalisation.Propagate(norm, input.Values, sets, centred), sets, centred, unitRoundoff)
            : null;
    }

    private static (double, double)[]? Statistics(Norm norm, WrittenOutFeatures input, IEnumerable<IReadOnlyList<int>> sets, bool centred)
    {
        try
        {
            return [.. sets.Select(set => WrittenOutNormalisation.Statistics(norm, input, set, centred))];
        }
        catch (WrittenOutConstantException)
        {
            return null;
        }
    }

    private static IEnumerable<IReadOnlyList<int>> PerChannel(WrittenOutFeatures input) =>
        Enumerable
            .Range(0, input.Channels)
            .Select(channel => (IReadOnlyList<int>)[.. Enumerable.Range(0, input.Points).Select(point => input.At(point, channel))]);
}
