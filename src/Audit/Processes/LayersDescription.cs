using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>What a subject of protocol 2 offers, and which of the four architectures that makes.</summary>
internal static class LayersDescription
{
    /// <summary>Words of layers other than activations, as they are sent: a repeat never is.</summary>
    public static readonly string[] AllLayers =
    [
        "conv",
        "dense",
        "batch_norm",
        "layer_norm",
        "rms_norm",
        "group_norm",
        "instance_norm",
        "scale",
        "average_pool",
        "max_pool",
        "global_average_pool",
        "flatten",
        "dropout",
        "attention",
        "residual",
    ];

    /// <summary>Reads it.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="line">The line that it came in, for messages.</param>
    /// <exception cref="AdapterException">It is not what the protocol asks for.</exception>
    public static SubjectDescription Read(Protocol.LayersAnswer answer, string line)
    {
        var operations = Protocol.Known("operations", answer.Operations, ["propagate", "simulate"]);
        var offer = OfferOf(answer, operations, line);
        return new SubjectDescription(Protocol.Named(answer.Name))
        {
            Version = answer.Version is { } version ? Protocol.Named(version) : null,
            UnitRoundoff = Protocol.UnitRoundoffOf(answer.Dtype),
            Architectures = [.. SettingsInLayers.Offered(offer)],
            Boundaries = offer.Layers!.Contains("conv")
                ? [.. Enum.GetValues<Boundary>().Where(boundary => offer.Boundaries!.Contains(Words.Spell(boundary)))]
                : [],
            Epsilons = offer.Epsilons,
            Moments = [.. Protocol.Known("moments", answer.Moments, ReportedMoments.Names)],
            TakesWeights = offer.TakesParameters,
            DrawsWeights = offer.DrawsParameters && offer.WeightLaws!.Contains(Words.Spell(WeightLaw.Normal)),
            NetworkOffer = offer,
        };
    }

    private static NetworkOffer OfferOf(Protocol.LayersAnswer answer, IReadOnlyList<string> operations, string line) =>
        new()
        {
            Layers = Protocol.Known("layers", answer.Layers, AllLayers),
            Functions = Protocol.Known("functions", answer.Functions, Function.Words),
            Options = Protocol.Known("options", answer.Options, NetworkNeeds.AllOptions),
            Boundaries = Protocol.Known("boundaries", answer.Boundaries, [.. Enum.GetValues<Boundary>().Select(Words.Spell)]),
            WeightLaws = Protocol.Known("weights", answer.Weights, [.. Enum.GetValues<WeightLaw>().Select(Words.Spell)]),
            Noises =
            [
                .. Protocol
                    .Known("noises", answer.Noises, [.. Enum.GetValues<NoiseKind>().Select(Words.Spell)])
                    .Select(word => Enum.GetValues<NoiseKind>().Single(noise => Words.Spell(noise) == word)),
            ],
            KernelSizes =
                answer.KernelSizes is { } sizes && sizes.Any(size => size < 1)
                    ? throw new AdapterException($"expected positive kernel_sizes, got '{Protocol.Short(line)}'")
                    : answer.KernelSizes,
            Epsilons = Protocol.EpsilonsOf(answer.Epsilons, line),
            MostImages = answer.MostImages,
            MostFeatures = answer.MostFeatures,
            MostPlaces = answer.MostPlaces,
            TakesParameters = operations.Contains("propagate"),
            DrawsParameters = operations.Contains("simulate"),
        };
}
