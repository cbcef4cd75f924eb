using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A network of the four architectures as protocol 2 asks for it: in layers.</summary>
internal sealed class SettingsInLayers
{
    private SettingsInLayers(SpelledOutNetwork network, IReadOnlyList<(int Depth, Model.Place Place, int Number)> shown, bool isDense) =>
        (Network, Shown, IsDense) = (network, shown, isDense);

    /// <summary>The network.</summary>
    public SpelledOutNetwork Network { get; }

    /// <summary>Every place of the architecture, with the number that it has in the network, in the order of protocol 1.</summary>
    public IReadOnlyList<(int Depth, Model.Place Place, int Number)> Shown { get; }

    private bool IsDense { get; }

    /// <summary>Spells out a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="hasDense">Whether fully connected layers are asked for as such; otherwise as convolutions of single positions.</param>
    /// <returns>The network in layers.</returns>
    public static SettingsInLayers Of(NetworkSettings network, bool hasDense)
    {
        var isDense = network.KernelSize == 1 && hasDense;
        Layer Linear(int? channels, int stride, Initialisation parameters) => isDense
            ? new Dense { Channels = channels, Parameters = parameters }
            : new Networks.Convolution(network.KernelSize) { Channels = channels, Stride = stride, Boundary = Enum.Parse<Networks.Boundary>(network.Boundary.ToString()), Parameters = parameters };
        var weights = Linear(null, 1, Initialisation.He);
        var norm = new Networks.BatchNorm { Epsilon = network.Epsilon };
        var relu = new Networks.Activation(Function.Relu);
        var (residualDepth, places) = (network.Architecture.ResidualDepth, network.Architecture.Places);
        Networks.Layers unit = network.Architecture.Name switch
        {
            "vanilla" => [weights, relu],
            "bn_ff" => [weights, norm, relu],
            "vanilla_res" => [Branch([relu, weights])],
            "bn_res" => [Branch([norm, relu, weights])],
            var other => throw new ArgumentException($"expected one of {string.Join(", ", Architecture.Names)}, got {other}", nameof(network)),
        };
        var input = network.NetworkInput;
        var spelled = SpelledOutNetwork.Of(
            [Linear(network.Channels, network.FirstStride, Initialisation.LeCun), new Repeat(network.Depth, unit)],
            new Shape(input.Height, input.Width, input.Channels));

        // A branch of several layers has a place for its end, which architectures do not have.
        var shown = new List<(int, Model.Place, int)> { (0, new Model.Place(0, Model.PlaceKind.Convolution), spelled.NumbersOfPlaces[0]) };
        var ofUnit = places.Length + (network.Architecture.IsResidual && residualDepth > 1 ? 1 : 0);
        for (var depth = 1; depth <= network.Depth; depth++)
        {
            for (var i = 0; i < places.Length; i++)
            {
                var within = i == places.Length - 1 ? ofUnit - 1 : i;
                shown.Add((depth, places[i], spelled.NumbersOfPlaces[1 + ((depth - 1) * ofUnit) + within]));
            }
        }

        return new(spelled, shown, isDense);

        Residual Branch(Networks.Layers once) => new(residualDepth == 1 ? once : [new Repeat(residualDepth, once)]);
    }

    /// <summary>Given weights as parameters.</summary>
    public LayerParameter[] Parameters(NetworkSettings network, Weights.Given given) =>
    [
        .. network.Kernels.Select((kernel, i) => new LayerParameter(
            IsDense ? [kernel.InputChannels, kernel.OutputChannels] : [kernel.Size, kernel.Size, kernel.InputChannels, kernel.OutputChannels],
            given.Kernels[i])),
    ];
}
