using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Lists smaller networks. Each has fewer layers, smaller numbers or more options at their defaults, so that no chain of them is endless.</summary>
internal static class NetworkShrink
{
    public static IEnumerable<Network> Shrink(Network network)
    {
        foreach (var layers in Smaller(network.Layers).Where(layers => layers.Count > 0))
        {
            if (TryCompose(network.Name, network.Input, layers) is { } smaller)
            {
                yield return smaller;
            }
        }

        foreach (var input in Smaller(network.Input))
        {
            if (TryCompose(network.Name, input, network.Layers) is { } smaller)
            {
                yield return smaller;
            }
        }
    }

    private static Network? TryCompose(string name, Shape input, Layers layers)
    {
        try
        {
            return new(name, input, layers);
        }
        catch (InvalidNetworkException)
        {
            // What no longer fits is no smaller network.
            return null;
        }
    }

    private static IEnumerable<Shape> Smaller(Shape shape) =>
        [
            .. Smaller(shape.Height, 1).Select(height => shape with { Height = height }),
            .. Smaller(shape.Width, 1).Select(width => shape with { Width = width }),
            .. Smaller(shape.Height, 1).Where(extent => extent < shape.Width).Select(extent => shape with { Height = extent, Width = extent }),
            .. Smaller(shape.Channels, 1).Select(channels => shape with { Channels = channels }),
        ];

    private static IEnumerable<Layers> Smaller(Layers layers)
    {
        if (layers.Count > 3)
        {
            yield return [.. layers.Take(layers.Count / 2)];
            yield return [.. layers.Skip(layers.Count / 2)];
        }

        for (var i = 0; i < layers.Count; i++)
        {
            yield return Replaced(layers, i, []);
        }

        for (var i = 0; i < layers.Count; i++)
        {
            foreach (var content in Contents(layers[i]))
            {
                yield return Replaced(layers, i, content);
            }
        }

        for (var i = 0; i < layers.Count; i++)
        {
            foreach (var smaller in Smaller(layers[i]))
            {
                yield return Replaced(layers, i, [smaller]);
            }
        }
    }

    private static Layers Replaced(Layers layers, int index, Layers by) => [.. layers.Take(index), .. by, .. layers.Skip(index + 1)];

    private static IEnumerable<Layers> Contents(Layer layer) =>
        layer switch
        {
            Residual residual => [residual.Branch, residual.Skip],
            Repeat repeat => [repeat.Unit],
            _ => [],
        };

    private static IEnumerable<Layer> Smaller(Layer layer) =>
        layer switch
        {
            Convolution convolution => Smaller(convolution),
            Dense dense =>
            [
                .. Smaller(dense.Channels).Select(channels => dense with { Channels = channels }),
                .. Smaller(dense.Parameters).Select(parameters => dense with { Parameters = parameters }),
            ],
            Attention attention =>
            [
                .. Smaller(attention.Heads, 1).Select(heads => attention with { Heads = heads }),
                .. attention.Causal ? new[] { attention with { Causal = false } } : [],
                .. Smaller(attention.Parameters).Select(parameters => attention with { Parameters = parameters }),
                new Activation(new Function(FunctionKind.Linear)),
            ],
            Norm norm => Smaller(norm),
            Activation { Function.Kind: not (FunctionKind.Linear or FunctionKind.Relu) } => [new Activation(Function.Relu)],
            Activation { Function.Kind: FunctionKind.Relu } => [new Activation(new Function(FunctionKind.Linear))],
            Scaling { Factor: not 1 } => [new Scaling(1)],
            AveragePool pool => Smaller(pool.Size, 1).Select(size => new AveragePool(size)),
            MaxPool pool => Smaller(pool.Size, 1).Select(size => new MaxPool(size)),
            Dropout dropout =>
            [
                .. dropout.Keep == 1 ? Array.Empty<Layer>() : [dropout with { Keep = 1 }],
                .. dropout.Mask == DropoutMask.Shared ? Array.Empty<Layer>() : [dropout with { Mask = DropoutMask.Shared }],
            ],
            Residual residual => Smaller(residual),
            Repeat repeat =>
            [
                .. Smaller(repeat.Times, 1).Select(times => repeat with { Times = times }),
                .. Smaller(repeat.Unit).Select(unit => repeat with { Unit = unit }),
            ],
            _ => [],
        };

    private static IEnumerable<Layer> Smaller(Convolution convolution) =>
        [
            .. Smaller(convolution.Kernel, 1).Select(kernel => convolution with { Kernel = kernel }),
            .. Smaller(convolution.Channels).Select(channels => convolution with { Channels = channels }),
            .. Smaller(convolution.Stride, 1).Select(stride => convolution with { Stride = stride }),
            .. Smaller(convolution.Dilation, 1).Select(dilation => convolution with { Dilation = dilation }),
            .. convolution.Groups == 1 ? Array.Empty<Layer>() : [convolution with { Groups = 1 }],
            .. convolution.Boundary == Boundary.Periodic ? Array.Empty<Layer>() : [convolution with { Boundary = Boundary.Periodic }],
            .. Smaller(convolution.Parameters).Select(parameters => convolution with { Parameters = parameters }),
        ];

    private static IEnumerable<Layer> Smaller(Norm norm) =>
        [
            .. norm is BatchNorm or InstanceNorm ? Array.Empty<Layer>() : [new InstanceNorm { Epsilon = norm.Epsilon, Scale = norm.Scale }],
            .. norm.Epsilon == 1 ? Array.Empty<Layer>() : [norm with { Epsilon = 1 }],
            .. norm.Scale == 1 ? Array.Empty<Layer>() : [norm with { Scale = 1 }],
            .. norm is LayerNorm { Over: NormalisedOver.All } layer ? new Layer[] { layer with { Over = NormalisedOver.Channels } } : [],
            .. norm is RmsNorm { Over: NormalisedOver.All } rms ? new Layer[] { rms with { Over = NormalisedOver.Channels } } : [],
            .. norm is GroupNorm group ? Smaller(group.Groups, 1).Select(groups => group with { Groups = groups }) : [],
        ];

    private static IEnumerable<Layer> Smaller(Residual residual) =>
        [
            .. residual.BranchScale == ResidualScale.One ? Array.Empty<Layer>() : [residual with { BranchScale = ResidualScale.One }],
            .. residual.SkipScale == ResidualScale.One ? Array.Empty<Layer>() : [residual with { SkipScale = ResidualScale.One }],
            .. residual.Survival == 1 ? Array.Empty<Layer>() : [residual with { Survival = 1 }],
            .. residual.Skip.Count == 0 ? Array.Empty<Layer>() : [residual with { Skip = Layers.None }],
            .. Smaller(residual.Branch).Select(branch => residual with { Branch = branch }),
            .. Smaller(residual.Skip).Select(skip => residual with { Skip = skip }),
            // A projection fits no other branch: both shrink together, to one layer.
            .. residual
                .Branch.Where(layer => residual.Skip.Count > 0 && layer is not (Residual or Repeat) && GeneratedNetworks.LayerCount([residual]) > 3)
                .Select(layer => residual with { Branch = [layer], Skip = [layer] }),
            .. residual.Skip.Count > 0 && residual.Branch.Count > 0 && residual.Branch != residual.Skip
                ? [residual with { Branch = [new GlobalAveragePool()], Skip = [new GlobalAveragePool()] }]
                : Array.Empty<Layer>(),
        ];

    private static IEnumerable<Initialisation> Smaller(Initialisation parameters) =>
        [
            .. parameters.WeightVariance == 1 ? Array.Empty<Initialisation>() : [parameters with { WeightVariance = 1 }],
            .. parameters.BiasVariance == 0 ? Array.Empty<Initialisation>() : [parameters with { BiasVariance = 0 }],
            .. parameters.Law == WeightLaw.Normal ? Array.Empty<Initialisation>() : [parameters with { Law = WeightLaw.Normal }],
        ];

    private static IEnumerable<int?> Smaller(int? channels) => channels is { } count ? [null, .. Smaller(count, 1)] : [];

    private static IEnumerable<int> Smaller(int value, int least) =>
        new[] { least, (value + least) / 2, value - 1 }.Where(smaller => smaller >= least && smaller < value).Distinct();
}
