using FsCheck;
using FsCheck.Fluent;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>A composed network with the parameters of one mapping and a batch, all determined by a seed.</summary>
public sealed record ComposedCase(Networks.Network Network, int Images, int Seed)
{
    /// <summary>Whether a norm without ε meets features that are all equal: nothing is to be propagated then.</summary>
    internal bool IsConstantSomewhere()
    {
        try
        {
            _ = Mapping().Propagate(Features());
            return false;
        }
        catch (WrittenOutConstantException)
        {
            return true;
        }
    }

    internal WrittenOutMapping Mapping() => new(Network, Parameters());

    internal WrittenOutFeatures Features(double[] signal, double[] noise) =>
        new(Images, Network.Input.Height, Network.Input.Width, Network.Input.Channels, signal, noise);

    internal WrittenOutFeatures Features() => Features(Input(1), Input(2));

    /// <summary>Numbers of unit variance about 0.3: nothing is centred by accident.</summary>
    internal double[] Input(int salt) => [.. Normal(salt, Images * (int)Network.Input.Features).Select(value => value + 0.3)];

    internal List<double[]> Parameters()
    {
        using var positions = PositionsOfMasks(Network.Layers, Network.Input).GetEnumerator();
        return [.. ParameterList.Enumerate(Network).Select((tensor, index) => Draw(tensor, 100 + index, positions))];
    }

    internal double[] Normal(int salt, int count)
    {
        var random = new Random((Seed * 7919) + salt);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
    }

    /// <summary>Positions at each dropout with masks by point, in the order of propagation.</summary>
    private static IEnumerable<int> PositionsOfMasks(Networks.Layers layers, Shape shape)
    {
        foreach (var layer in layers)
        {
            var within = layer switch
            {
                Dropout { Mask: DropoutMask.ByPoint } => [(int)shape.Positions],
                Residual residual => PositionsOfMasks(residual.Branch, shape).Concat(PositionsOfMasks(residual.Skip, shape)),
                Repeat repeat => PositionsOfMasks([.. Enumerable.Repeat(repeat.Unit, repeat.Times).SelectMany(unit => unit)], shape),
                _ => Enumerable.Empty<int>(),
            };
            foreach (var positions in within)
            {
                yield return positions;
            }

            shape = layer.OutputOf(shape);
        }
    }

    private double[] Draw(ParameterTensor tensor, int salt, IEnumerator<int> positions) =>
        tensor.Kind switch
        {
            ParameterKind.Weights or ParameterKind.Biases => [.. Normal(salt, (int)tensor.Length).Select(value => value * Math.Sqrt(tensor.Variance))],
            ParameterKind.Mask when tensor.Length == 0 => positions.MoveNext()
                ? Mask((Dropout)tensor.Layer, salt, Images * positions.Current * tensor.Outputs)
                : throw new InvalidOperationException(),
            ParameterKind.Mask => Mask((Dropout)tensor.Layer, salt, (int)tensor.Length),
            ParameterKind.Survival => [new Random((Seed * 7919) + salt).Next(2)],
            _ => throw new InvalidOperationException($"no numbers for {tensor.Kind}"),
        };

    private double[] Mask(Dropout dropout, int salt, int length)
    {
        var random = new Random((Seed * 7919) + salt);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() < dropout.Keep ? 1 / dropout.Keep : 0)];
    }
}

/// <summary>Composed networks: those of the conformance vectors, and chains of layers in residual units and repeats.</summary>
public static class ComposedCases
{
    private static readonly Shape[] Shapes = [new(4, 4, 4), new(2, 6, 4), new(1, 6, 4), new(1, 1, 4), new(3, 5, 4)];

    private static readonly Layer[] Pieces =
    [
        new Dense(),
        new Dense { Parameters = new(1, 0.5) },
        .. from boundary in Enum.GetValues<Boundary>()
        from groups in new[] { 1, 2, Convolution.EachChannel }
        select new Convolution(3) { Boundary = boundary, Groups = groups },
        new Convolution(2) { Dilation = 2, Parameters = new(1, 0.5) },
        new Convolution(1),
        new Convolution(3) { Dilation = 2, Boundary = Boundary.Symmetric },
        new BatchNorm(),
        new BatchNorm { Epsilon = 0.1, Scale = 0.5 },
        new LayerNorm(),
        new LayerNorm { Over = NormalisedOver.All, Epsilon = 0.1 },
        new RmsNorm(),
        new RmsNorm { Over = NormalisedOver.All, Scale = -2 },
        new GroupNorm(2) { Epsilon = 0.1 },
        new InstanceNorm { Epsilon = 0.1 },
        .. from kind in Enum.GetValues<FunctionKind>() select new Activation(new Function(kind, kind == FunctionKind.LeakyRelu ? 0.2 : 0)),
        new Scaling(0.5),
        new Dropout(0.8),
        new Dropout(0.6) { Mask = DropoutMask.ByPoint },
        new Attention(2),
        new Attention(1) { Causal = true, Parameters = new(1, 0.5) },
    ];

    /// <summary>Norms without ε stand where no features vanish but for rounding: at the beginning.</summary>
    private static readonly Networks.Layers[] Beginnings =
    [
        [],
        [],
        [new BatchNorm { Epsilon = 0 }],
        [new LayerNorm { Epsilon = 0 }],
        [new RmsNorm { Epsilon = 0 }],
        [new LayerNorm { Epsilon = 0, Over = NormalisedOver.All }],
    ];

    private static readonly Layer[] Ends =
    [
        new AveragePool(2),
        new MaxPool(2),
        new MaxPool(3),
        new GlobalAveragePool(),
        new Flatten(),
        new Convolution(3) { Stride = 2, Channels = 6 },
    ];

    public static Arbitrary<ComposedCase> All() => That(_ => true);

    /// <summary>
    /// Cases whose network has a property and whose features are equal before no norm without ε: what a law speaks of is drawn, not passed over.
    /// </summary>
    /// <param name="isMeant">Whether a law speaks of a network.</param>
    internal static Arbitrary<ComposedCase> That(Func<Networks.Network, bool> isMeant) =>
        Arb.From(
            (
                from network in Gen.OneOf(Gen.Elements<Networks.Network>([.. LayerVectorNetworks.All.Where(isMeant)]), Chains().Where(isMeant))
                from images in Gen.Choose(2, 3)
                from seed in Gen.Choose(0, 100_000)
                select new ComposedCase(network, images, seed)
            ).Where(composed => !composed.IsConstantSomewhere()),
            composed => Shrink(composed).Where(smaller => isMeant(smaller.Network) && !smaller.IsConstantSomewhere())
        );

    private static Gen<Networks.Network> Chains() =>
        (
            from shape in Gen.Elements(Shapes)
            from first in Gen.Elements(Beginnings)
            from layers in Chain(2)
            from ends in Gen.Elements(0, 1, 2)
            from last in Gen.ArrayOf(Gen.Elements(Ends), ends)
            from more in Chain(0)
            select Composed(shape, [.. first, .. layers, .. last, .. more])
        )
            .Where(network => network is not null)
            .Select(network => network!);

    private static Gen<Networks.Layers> Chain(int levels) =>
        from count in Gen.Choose(1, 4)
        from layers in Gen.ArrayOf(Piece(levels), count)
        select Networks.Layers.Create(layers);

    private static Gen<Layer> Piece(int levels)
    {
        var piece = Gen.Elements(Pieces);
        if (levels == 0)
        {
            return piece;
        }

        var scale = Gen.Elements<ResidualScale>(1, 0.5, Math.Sqrt(0.5), 0);
        var repeat = from times in Gen.Choose(1, 3) from unit in Chain(levels - 1) select (Layer)new Repeat(times, unit);
        var residual =
            from branch in Chain(levels - 1)
            from skip in Gen.OneOf(Gen.Constant(Networks.Layers.None), Chain(0))
            from branchScale in scale
            from skipScale in scale
            from survival in Gen.Elements(1, 0.5)
            select (Layer)
                new Residual(branch)
                {
                    Skip = skip,
                    BranchScale = branchScale,
                    SkipScale = skipScale,
                    Survival = survival,
                };
        var stack =
            from times in Gen.Choose(1, 3)
            from branch in Chain(levels - 1)
            from branchScale in Gen.Elements(ResidualScale.ByDepth, ResidualScale.ByUnit, ResidualScale.One)
            select (Layer)new Repeat(times, [new Residual(branch) { BranchScale = branchScale }]);
        return Gen.Frequency((6, piece), (1, repeat), (2, residual), (1, stack));
    }

    /// <summary>The network; null if its layers do not fit each other.</summary>
    private static Networks.Network? Composed(Shape input, Networks.Layers layers)
    {
        try
        {
            return new("chain", input, layers);
        }
        catch (InvalidNetworkException)
        {
            return null;
        }
    }

    private static IEnumerable<ComposedCase> Shrink(ComposedCase composed)
    {
        var layers = composed.Network.Layers;
        for (var i = 0; i < layers.Count && layers.Count > 1; i++)
        {
            if (Composed(composed.Network.Input, [.. layers.Where((_, index) => index != i)]) is { } shorter)
            {
                yield return composed with
                {
                    Network = shorter,
                };
            }
        }

        for (var i = 0; i < layers.Count; i++)
        {
            var inner = layers[i] switch
            {
                Repeat repeat => repeat.Unit,
                Residual residual => residual.Branch,
                _ => Networks.Layers.None,
            };
            if (inner.Count > 0 && Composed(composed.Network.Input, [.. layers.Take(i), .. inner, .. layers.Skip(i + 1)]) is { } flatter)
            {
                yield return composed with
                {
                    Network = flatter,
                };
            }
        }
    }
}

/// <summary>Composed networks that multiply a factor at their input by a power of it.</summary>
public static class HomogeneousCases
{
    public static Arbitrary<ComposedCase> All() => ComposedCases.That(network => Facts.DegreeOf(network.Layers) is not null);
}

/// <summary>Composed networks that answer a shift by a shift.</summary>
public static class ShiftedCases
{
    public static Arbitrary<ComposedCase> All() => ComposedCases.That(network => Facts.ShiftOf(network.Layers, network.Input) is not null);
}

/// <summary>Composed networks in which inputs do not see each other.</summary>
public static class UncoupledCases
{
    public static Arbitrary<ComposedCase> All() => ComposedCases.That(network => Facts.CouplingOf(network.Layers) != Coupling.Batch);
}
