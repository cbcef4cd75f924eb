using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Looks for the smallest network that still fails, by asking about smaller ones.</summary>
/// <param name="fails">Whether a case fails in the same way.</param>
/// <param name="offers">Whether the subject can be asked for a case.</param>
internal sealed class Shrinker(Func<GeneratedCase, bool> fails, Func<GeneratedCase, bool> offers)
{
    /// <summary>The most cases that are asked about.</summary>
    private const int MostTrials = 400;

    private int _trials;

    /// <summary>The smallest failing case that was found.</summary>
    /// <param name="failing">A case that fails.</param>
    public GeneratedCase Smallest(GeneratedCase failing)
    {
        for (var smaller = failing; smaller is not null; )
        {
            failing = smaller;
            smaller = Smaller(failing).FirstOrDefault(candidate => offers(candidate) && _trials++ < MostTrials && fails(candidate));
        }

        return failing;
    }

    /// <summary>Cases that are smaller in one respect, the largest steps first.</summary>
    private static IEnumerable<GeneratedCase> Smaller(GeneratedCase drawn)
    {
        foreach (var layers in Shorter(drawn.Network.Layers).Where(layers => layers.Count > 0))
        {
            if (With(drawn, drawn.Network.Input, layers) is { } smaller)
            {
                yield return smaller;
            }
        }

        var input = drawn.Network.Input;
        Shape[] shapes =
        [
            .. Less(input.Height).Select(height => input with { Height = height }),
            .. Less(input.Width).Select(width => input with { Width = width }),
            .. Less(input.Channels).Select(channels => input with { Channels = channels }),
        ];
        foreach (var shape in shapes)
        {
            if (With(drawn, shape, drawn.Network.Layers) is { } smaller)
            {
                yield return smaller;
            }
        }

        foreach (var images in Less(drawn.Images))
        {
            yield return drawn with
            {
                Images = images,
            };
        }

        if (drawn.Scale != 1)
        {
            yield return drawn with
            {
                Scale = 1,
            };
        }

        if (drawn.Input != GeneratedInput.Gaussian)
        {
            yield return drawn with
            {
                Input = GeneratedInput.Gaussian,
            };
        }

        if (drawn.Noise != NoiseKind.Mapping)
        {
            yield return drawn with
            {
                Noise = NoiseKind.Mapping,
            };
        }

        foreach (var layers in Plainer(drawn.Network.Layers))
        {
            if (With(drawn, input, layers) is { } smaller)
            {
                yield return smaller;
            }
        }
    }

    private static GeneratedCase? With(GeneratedCase drawn, Shape input, Networks.Layers layers)
    {
        try
        {
            return drawn with { Network = new Network(drawn.Network.Name, input, layers) };
        }
        catch (InvalidNetworkException)
        {
            return null;
        }
    }

    /// <summary>Smaller numbers: one, half, and one less.</summary>
    private static IEnumerable<int> Less(int number) => new[] { 1, number / 2, number - 1 }.Where(less => less >= 1 && less < number).Distinct();

    /// <summary>Lists without one layer, with the inner layers of a layer in its place, or with fewer repetitions.</summary>
    private static IEnumerable<Networks.Layers> Shorter(Networks.Layers layers)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            yield return Replaced(layers, i);
            var inner = layers[i] switch
            {
                Repeat repeat => repeat.Unit,
                Residual residual => residual.Branch,
                _ => null,
            };
            if (inner is not null)
            {
                yield return Replaced(layers, i, [.. inner]);
            }

            if (layers[i] is Residual { Skip.Count: > 0 } projected)
            {
                yield return Replaced(layers, i, [.. projected.Skip]);
                yield return Replaced(layers, i, projected with { Skip = Networks.Layers.None });
            }

            foreach (var within in Within(layers[i], Shorter))
            {
                yield return Replaced(layers, i, within);
            }
        }
    }

    /// <summary>Lists in which one number or word of one layer is smaller or simpler.</summary>
    private static IEnumerable<Networks.Layers> Plainer(Networks.Layers layers)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            foreach (var plainer in Plainer(layers[i]).Concat(Within(layers[i], Plainer)).Where(plainer => plainer != layers[i]))
            {
                yield return Replaced(layers, i, plainer);
            }
        }
    }

    private static IEnumerable<Layer> Within(Layer layer, Func<Networks.Layers, IEnumerable<Networks.Layers>> change) =>
        layer switch
        {
            Repeat repeat =>
            [
                .. Less(repeat.Times).Select(times => repeat with { Times = times }),
                .. change(repeat.Unit).Where(unit => unit.Count > 0).Select(unit => repeat with { Unit = unit }),
            ],
            Residual residual =>
            [
                .. change(residual.Branch).Select(branch => residual with { Branch = branch }),
                .. change(residual.Skip).Select(skip => residual with { Skip = skip }),
            ],
            _ => [],
        };

    private static IEnumerable<Layer> Plainer(Layer layer) =>
        layer switch
        {
            Networks.Convolution convolution =>
            [
                .. Less(convolution.Kernel).Select(kernel => convolution with { Kernel = kernel }),
                .. convolution.Channels is { } channels ? Less(channels).Select(fewer => convolution with { Channels = fewer }) : [],
                .. Less(convolution.Stride).Select(stride => convolution with { Stride = stride }),
                .. Less(convolution.Dilation).Select(dilation => convolution with { Dilation = dilation }),
                .. convolution.Groups == 1 ? Array.Empty<Layer>() : [convolution with { Groups = 1 }],
                convolution with
                {
                    Boundary = Boundary.Periodic,
                },
                convolution with
                {
                    Parameters = Plain(convolution.Parameters),
                },
            ],
            Dense dense =>
            [
                .. dense.Channels is { } channels ? Less(channels).Select(fewer => dense with { Channels = fewer }) : [],
                dense with
                {
                    Parameters = Plain(dense.Parameters),
                },
            ],
            Attention attention =>
            [
                .. Less(attention.Heads).Select(heads => attention with { Heads = heads }),
                attention with
                {
                    Causal = false,
                },
                attention with
                {
                    Parameters = Plain(attention.Parameters),
                },
            ],
            LayerNorm norm => [norm with { Scale = 1 }, norm with { Over = NormalisedOver.Channels }],
            RmsNorm norm => [norm with { Scale = 1 }, norm with { Over = NormalisedOver.Channels }],
            GroupNorm norm => [norm with { Scale = 1 }, .. Less(norm.Groups).Select(groups => norm with { Groups = groups })],
            Norm norm => [norm with { Scale = 1 }],
            Pooling pooling => Less(pooling.Size).Where(size => size > 1).Select(size => pooling with { Size = size }),
            Dropout dropout => [dropout with { Mask = DropoutMask.Shared }],
            Residual residual => [residual with { BranchScale = 1 }, residual with { SkipScale = 1 }, residual with { Survival = 1 }],
            Networks.Activation or Scaling or GlobalAveragePool or Flatten or Repeat => [],
            _ => throw new UnknownLayerException(layer),
        };

    private static Initialisation Plain(Initialisation parameters) => parameters with { BiasVariance = 0, Law = WeightLaw.Normal };

    private static Networks.Layers Replaced(Networks.Layers layers, int index, params IEnumerable<Layer> instead) =>
        [.. layers.Take(index), .. instead, .. layers.Skip(index + 1)];
}
