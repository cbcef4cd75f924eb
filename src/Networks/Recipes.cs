namespace Wellbehaved.Networks;

/// <summary>The sizes that the paper's recipes leave open.</summary>
/// <param name="Input">Shape of an image.</param>
/// <param name="Depth">Layers or residual units, L.</param>
/// <param name="Channels">Channels N of every layer.</param>
/// <param name="KernelSize">Kernel size k; 1 means fully connected.</param>
/// <param name="Boundary">What a convolution reads beyond the border of the image.</param>
/// <param name="Epsilon">ε of batch norm.</param>
/// <param name="ResidualDepth">Layers of a residual branch, H.</param>
public sealed record RecipeSizes(
    Shape Input,
    int Depth,
    int Channels,
    int KernelSize = 1,
    Boundary Boundary = Boundary.Periodic,
    double Epsilon = 0.001,
    int ResidualDepth = 2
);

/// <summary>The four networks of the paper (Labatie 2019), composed of the same layers as any other network.</summary>
/// <remarks>
/// Fully connected networks have whole images in one position. Convolutional networks halve images in the first convolution, whose weights have
/// variance 1/fan-in because no ReLU precedes it. All other weights have variance 2/fan-in. There are no biases.
/// </remarks>
public static class Recipes
{
    /// <summary>Names of the four networks.</summary>
    public static IReadOnlyList<string> Names { get; } = ["vanilla", "vanilla_res", "bn_ff", "bn_res"];

    /// <summary>Convolution, ReLU.</summary>
    /// <param name="sizes">Sizes.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidNetworkException">A size is out of range.</exception>
    public static Network Vanilla(RecipeSizes sizes) => Stack("vanilla", sizes, weights => [weights, new Activation(Function.Relu)]);

    /// <summary>[ReLU, convolution] × H, added to their input.</summary>
    /// <param name="sizes">Sizes.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidNetworkException">A size is out of range.</exception>
    public static Network VanillaRes(RecipeSizes sizes) => Stack("vanilla_res", sizes, weights => Unit(sizes, [new Activation(Function.Relu), weights]));

    /// <summary>Convolution, batch norm, ReLU.</summary>
    /// <param name="sizes">Sizes.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidNetworkException">A size is out of range.</exception>
    public static Network BnFf(RecipeSizes sizes) => Stack("bn_ff", sizes, weights => [weights, Norm(sizes), new Activation(Function.Relu)]);

    /// <summary>[Batch norm, ReLU, convolution] × H, added to their input.</summary>
    /// <param name="sizes">Sizes.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidNetworkException">A size is out of range.</exception>
    public static Network BnRes(RecipeSizes sizes) => Stack("bn_res", sizes, weights => Unit(sizes, [Norm(sizes), new Activation(Function.Relu), weights]));

    /// <summary>One of the four networks, by its name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="sizes">Sizes.</param>
    /// <returns>The network; null if no recipe has that name.</returns>
    /// <exception cref="InvalidNetworkException">A size is out of range.</exception>
    public static Network? Find(string name, RecipeSizes sizes) =>
        name switch
        {
            "vanilla" => Vanilla(sizes),
            "vanilla_res" => VanillaRes(sizes),
            "bn_ff" => BnFf(sizes),
            "bn_res" => BnRes(sizes),
            _ => null,
        };

    private static Network Stack(string name, RecipeSizes sizes, Func<Layer, Layers> unit)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        Layers layers =
            sizes.KernelSize == 1
                ? [new Flatten(), new Dense { Channels = sizes.Channels, Parameters = Initialisation.LeCun }, new Repeat(sizes.Depth, unit(new Dense()))]
                :
                [
                    new Convolution(sizes.KernelSize)
                    {
                        Channels = sizes.Channels,
                        Stride = 2,
                        Boundary = sizes.Boundary,
                        Parameters = Initialisation.LeCun,
                    },
                    new Repeat(sizes.Depth, unit(new Convolution(sizes.KernelSize) { Boundary = sizes.Boundary })),
                ];
        return new Network(name, sizes.Input, layers);
    }

    private static BatchNorm Norm(RecipeSizes sizes) => new() { Epsilon = sizes.Epsilon };

    private static Layers Unit(RecipeSizes sizes, Layers once) => [new Residual(sizes.ResidualDepth == 1 ? once : [new Repeat(sizes.ResidualDepth, once)])];
}
