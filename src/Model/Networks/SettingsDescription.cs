using System.Collections.Immutable;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Describes settings as a network of layers.</summary>
internal static class SettingsDescription
{
    /// <summary>The network that settings describe.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>The network; null where a step is not one of the model's own, or where a description refuses the settings, as a kernel size that exceeds the
    /// extent of the input.</returns>
    public static Network? Description(this NetworkSettings settings) => Describe(settings).Network;

    /// <summary>Why no network describes the settings: what a description expects and what it found; null where there is one.</summary>
    /// <param name="settings">The settings.</param>
    public static string? WhyUndescribed(this NetworkSettings settings) => Describe(settings).Reason;

    private static (Network? Network, string? Reason) Describe(NetworkSettings settings)
    {
        if (LayersOf(settings.Architecture.Unit, settings) is not { } unit)
        {
            return (null, "expected steps of the model's own, got another one");
        }

        try
        {
            var input = settings.NetworkInput;
            Layer first =
                settings.KernelSize == 1
                    ? new Dense { Channels = settings.Channels, Parameters = Initialisation.LeCun }
                    : new Convolution(settings.KernelSize)
                    {
                        Channels = settings.Channels,
                        Stride = settings.FirstStride,
                        Boundary = settings.Boundary,
                        Parameters = Initialisation.LeCun,
                    };
            var network = new Network(
                settings.Architecture.Name,
                new(input.Height, input.Width, input.Channels),
                settings.Depth == 0 || unit.Count == 0 ? [first] : [first, new Repeat(settings.Depth, unit)]
            );
            return (network, null);
        }
        catch (InvalidNetworkException exception)
        {
            return (null, exception.Expectation);
        }
    }

    private static Layers? LayersOf(ImmutableArray<Step> steps, NetworkSettings settings)
    {
        var layers = new List<Layer>();
        foreach (var step in steps)
        {
            if (LayerOf(step, settings) is not { } layer)
            {
                return null;
            }

            layers.Add(layer);
        }

        return [.. layers];
    }

    private static Layer? LayerOf(Step step, NetworkSettings settings) =>
        step switch
        {
            ConvolutionStep => settings.KernelSize == 1 ? new Dense() : new Convolution(settings.KernelSize) { Boundary = settings.Boundary },
            BatchNormStep => new BatchNorm { Epsilon = settings.Epsilon },
            ReluStep => new Activation(Function.Relu),
            ResidualStep residual => LayersOf(residual.Branch, settings) is not { } branch
                ? null
                : new Residual(residual.Repetitions == 1 ? branch : [new Repeat(residual.Repetitions, branch)]),
            _ => null,
        };
}
