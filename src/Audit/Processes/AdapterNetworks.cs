using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Small networks with which an adapter of protocol 2 is tested: one for each layer, function and boundary that it offers.</summary>
internal static class AdapterNetworks
{
    private const int Channels = 4;

    /// <summary>Kernel size that is asked for where it is offered.</summary>
    private const int UsualKernel = 3;

    /// <summary>
    /// The largest kernel with which an adapter is tested; larger ones need images for which a subject in an interpreted language takes minutes.
    /// </summary>
    private const int LargestKernel = 32;

    /// <summary>The networks that the subject can be asked for, each with a noise that it offers.</summary>
    /// <param name="offer">The subject's offer.</param>
    /// <param name="given">Whether parameters are given.</param>
    public static IEnumerable<(Network Network, NoiseKind Noise)> Offered(NetworkOffer offer, bool given) =>
        from network in All(offer)
        from noise in offer.Noises.Take(1)
        where offer.WhyNot(network, Images, noise, given) is null
        select (network, noise);

    /// <summary>Number of images in a batch.</summary>
    public const int Images = 2;

    /// <summary>What the subject offers and is not tested with; null if there is nothing.</summary>
    public static string? NotAsked(NetworkOffer offer) =>
        offer.KernelSizes is { Count: > 0 } sizes && (offer.Layers?.Contains("conv") ?? true) && KernelOf(offer) is null
            ? FormattableString.Invariant(
                $"conv, since the smallest kernel size that it offers is {sizes.Min()}, and {LargestKernel} is the largest that is tested"
            )
            : null;

    private static IEnumerable<Network> All(NetworkOffer offer)
    {
        foreach (var network in KernelOf(offer) is { } kernel ? Convolutions(kernel) : [])
        {
            yield return network;
        }

        foreach (var layers in OtherLayers(offer.Epsilons is { Count: > 0 } epsilons ? epsilons.Max() : 0.1))
        {
            yield return Around(layers, 1);
        }
    }

    /// <summary>The usual kernel size if it is offered, otherwise the smallest that is; null if no offered one can be tested.</summary>
    private static int? KernelOf(NetworkOffer offer) =>
        offer.KernelSizes is not { } sizes || sizes.Contains(UsualKernel) ? UsualKernel
        : sizes.Count > 0 && sizes.Min() is var least and <= LargestKernel ? least
        : null;

    private static IEnumerable<Network> Convolutions(int kernel) =>
        from boundary in Enum.GetValues<Boundary>()
        where boundary != Boundary.Symmetric || kernel % 2 == 1
        select Around([new Networks.Convolution(kernel) { Boundary = boundary }], kernel);

    /// <summary>A network for images that are as large as a kernel at least.</summary>
    private static Network Around(Networks.Layers layers, int kernel) =>
        new("adapter", new Shape(Math.Max(4, kernel), Math.Max(6, kernel + 2), Channels), layers);

    private static IEnumerable<Networks.Layers> OtherLayers(double epsilon)
    {
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
