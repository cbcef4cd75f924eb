using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A network of the four architectures in the form that protocol 2 uses: as layers.</summary>
internal sealed class SettingsInLayers
{
    private SettingsInLayers(SpelledOutNetwork network, IReadOnlyList<(int Depth, Model.UnitPlace Place, int Number)> shown, bool isDense) =>
        (Network, Shown, IsDense) = (network, shown, isDense);

    /// <summary>The network.</summary>
    public SpelledOutNetwork Network { get; }

    /// <summary>Every place of the architecture, with its number in the network, in the order of protocol 1.</summary>
    public IReadOnlyList<(int Depth, Model.UnitPlace Place, int Number)> Shown { get; }

    private bool IsDense { get; }

    /// <summary>Spells out a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="offer">
    /// The subject's offer: fully connected layers are written as dense layers if it has them, otherwise as convolutions of single positions.
    /// </param>
    /// <returns>The network in layers.</returns>
    public static SettingsInLayers SpellOut(NetworkSettings network, NetworkOffer offer)
    {
        var isDense = IsInDenseLayers(network, offer);
        var (residualDepth, places) = (network.Architecture.ResidualDepth, network.Architecture.Places);
        var input = network.NetworkInput;
        var spelled = SpelledOutNetwork.SpellOut(LayersOf(network, isDense), new Shape(input.Height, input.Width, input.Channels));

        // A branch of several layers has a place for its end, which architectures do not have.
        var shown = new List<(int, Model.UnitPlace, int)> { (0, new Model.UnitPlace(0, Model.UnitPlaceKind.Convolution), spelled.NumbersOfPlaces[0]) };
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
    }

    private static bool IsInDenseLayers(NetworkSettings network, NetworkOffer offer) => network.KernelSize == 1 && Has(offer.Layers, "dense");

    private static Networks.Layers LayersOf(NetworkSettings network, bool isDense)
    {
        Layer Linear(int? channels, int stride, Initialisation parameters) =>
            isDense
                ? new Dense { Channels = channels, Parameters = parameters }
                : new Networks.Convolution(network.KernelSize)
                {
                    Channels = channels,
                    Stride = stride,
                    Boundary = network.Boundary,
                    Parameters = parameters,
                };
        var weights = Linear(null, 1, Initialisation.He);
        var norm = new Networks.BatchNorm { Epsilon = network.Epsilon };
        var relu = new Networks.Activation(Function.Relu);
        var residualDepth = network.Architecture.ResidualDepth;
        Networks.Layers unit = network.Architecture.Name switch
        {
            "vanilla" => [weights, relu],
            "bn_ff" => [weights, norm, relu],
            "vanilla_res" => [Branch([relu, weights])],
            "bn_res" => [Branch([norm, relu, weights])],
            var other => throw new ArgumentException($"expected one of {string.Join(", ", Architecture.Names)}, got {other}", nameof(network)),
        };
        return [Linear(network.Channels, network.FirstStride, Initialisation.LeCun), new Repeat(network.Depth, unit)];

        Residual Branch(Networks.Layers once) => new(residualDepth == 1 ? once : [new Repeat(residualDepth, once)]);
    }

    /// <summary>The architectures that can be built from the offer.</summary>
    public static IEnumerable<string> Offered(NetworkOffer offer) =>
        Architecture.Names.Where(name =>
            (Has(offer.Layers, "conv") || Has(offer.Layers, "dense"))
            && Has(offer.Functions, "relu")
            && (name is "vanilla" or "bn_ff" || Has(offer.Layers, "residual"))
            && (name is "vanilla" or "vanilla_res" || (Has(offer.Layers, "batch_norm") && offer.Noises.Contains(NoiseKind.Mapping)))
            && offer.Noises.Count > 0
        );

    /// <summary>Why a network cannot be asked for although its architecture, boundary and ε are offered.</summary>
    public static string? WhyNot(NetworkSettings network, NetworkOffer offer)
    {
        var shape = network.FeatureShape;
        var features = Math.Max(network.NetworkInput.Elements, shape.Elements) / network.Input.Images;
        return network.KernelSize > 1 && !Has(offer.Layers, "conv") ? "layer conv"
            : network.KernelSize == 1 && !Has(offer.Layers, "dense") && offer.KernelSizes?.Contains(1) == false ? "layer dense"
            : network.KernelSize > 1 && offer.KernelSizes?.Contains(network.KernelSize) == false ? $"kernel size {network.KernelSize}"
            : network.FirstStride > 1 && !Has(offer.Options, NetworkNeeds.Stride) ? $"option {NetworkNeeds.Stride}"
            : network.Input.Images > offer.MostImages ? $"{network.Input.Images} images"
            : features > offer.MostFeatures ? $"{features} features of an input"
            : offer.MostPlaces is { } most && NetworkNeeds.NumberOfLayers(LayersOf(network, IsInDenseLayers(network, offer))) is var layers && layers > most
                ? $"{layers} layers"
            : null;
    }

    /// <summary>
    /// The noise that is asked for: that of the mapping. If it is not offered, there is no batch norm, and without batch norm both noises are the same.
    /// </summary>
    public static string NoiseOf(NetworkOffer offer) => EnumWords.Spell(offer.Noises.Contains(NoiseKind.Mapping) ? NoiseKind.Mapping : offer.Noises[0]);

    private static bool Has<T>(IReadOnlyList<T>? offered, T one) => offered?.Contains(one) ?? true;

    /// <summary>Given weights in the form of parameters.</summary>
    public LayerParameter[] Parameters(NetworkSettings network, Weights.Given given) =>
        [
            .. network.Kernels.Select(
                (kernel, i) =>
                    new LayerParameter(
                        IsDense ? [kernel.InputChannels, kernel.OutputChannels] : [kernel.Size, kernel.Size, kernel.InputChannels, kernel.OutputChannels],
                        given.Kernels[i]
                    )
            ),
        ];
}
