using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Small networks with which an adapter of protocol 2 is tested: one for each layer, function and boundary that it offers.</summary>
internal static class AdapterNetworks
{
    private static readonly Shape Image = new(4, 6, 4);

    /// <summary>The networks that the subject can be asked for, each with a noise that it offers.</summary>
    /// <param name="offer">The subject's offer.</param>
    /// <param name="given">Whether parameters are given.</param>
    public static IEnumerable<(Network Network, NoiseKind Noise)> Offered(NetworkOffer offer, bool given) =>
        from layers in All(offer)
        let network = new Network("adapter", Image, layers)
        from noise in offer.Noises.Take(1)
        where offer.WhyNot(network, Images, noise, given) is null
        select (network, noise);

    /// <summary>Number of images in a batch.</summary>
    public const int Images = 2;

    private static IEnumerable<Networks.Layers> All(NetworkOffer offer)
    {
        var kernel = offer.KernelSizes is not { Count: > 0 } sizes || sizes.Contains(3) ? 3 : sizes.Min();
        var epsilon = offer.Epsilons is { Count: > 0 } epsilons ? epsilons.Max() : 0.1;
        foreach (var boundary in Enum.GetValues<Boundary>().Where(boundary => boundary != Boundary.Symmetric || kernel % 2 == 1))
        {
            yield return [new Networks.Convolution(kernel) { Boundary = boundary }];
        }

        yield return [new Dense()];
        yield return [new Networks.BatchNorm { Epsilon = epsilon }];
        yield return [new LayerNorm { Epsilon = epsilon }];
        yield return [new RmsNorm { Epsilon = epsilon }];
        yield return [new GroupNorm(2) { Epsilon = epsilon }];
        yield return [new InstanceNorm { Epsilon = epsilon }];
        yield return [new Scaling(0.5)];
        yield return [new AveragePool(2)];
        yield return [new MaxPool(2)];
        yield return [new GlobalAveragePool()];
        yield return [new Flatten(), new Dense { Channels = 3 }];
        yield return [new Dropout(0.5)];
        yield return [new Attention(2)];
        yield return [new Residual([new Dense()])];
        foreach (var kind in Enum.GetValues<FunctionKind>())
        {
            yield return [new Networks.Activation(new Function(kind, kind == FunctionKind.LeakyRelu ? 0.1 : 0))];
        }
    }
}
