using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The description of a subject of protocol 2, and which of the four architectures its offer can build.</summary>
internal static class LayersDescription
{
    /// <summary>The words for layers other than activations in requests; a repeat is never sent.</summary>
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

    /// <summary>Reads the description.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="line">The whole line of the answer, for messages.</param>
    /// <exception cref="AdapterException">The description does not follow the protocol.</exception>
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
                ? [.. Enum.GetValues<Boundary>().Where(boundary => offer.Boundaries!.Contains(EnumWords.Spell(boundary)))]
                : [],
            Epsilons = offer.Epsilons,
            Moments = [.. Protocol.Known("moments", answer.Moments, ReportedMoments.Names)],
            TakesWeights = offer.TakesParameters,
            DrawsWeights = offer.DrawsParameters && offer.WeightLaws!.Contains(EnumWords.Spell(WeightLaw.Normal)),
            NetworkOffer = offer,
        };
    }

    private static NetworkOffer OfferOf(Protocol.LayersAnswer answer, IReadOnlyList<string> operations, string line) =>
        new()
        {
            Layers = Protocol.Known("layers", answer.Layers, AllLayers),
            Functions = Protocol.Known("functions", answer.Functions, Function.Words),
            Options = Protocol.Known("options", answer.Options, NetworkNeeds.AllOptions),
            Boundaries = Protocol.Known("boundaries", answer.Boundaries, [.. Enum.GetValues<Boundary>().Select(EnumWords.Spell)]),
            WeightLaws = Protocol.Known("weights", answer.Weights, [.. Enum.GetValues<WeightLaw>().Select(EnumWords.Spell)]),
            Noises =
            [
                .. Protocol
                    .Known("noises", answer.Noises, [.. Enum.GetValues<NoiseKind>().Select(EnumWords.Spell)])
                    .Select(word => Enum.GetValues<NoiseKind>().Single(noise => EnumWords.Spell(noise) == word)),
            ],
            KernelSizes =
                answer.KernelSizes is { } sizes && sizes.Any(size => size < 1)
                    ? throw new AdapterException($"expected positive kernel_sizes, got '{Protocol.Short(line)}'")
                    : answer.KernelSizes,
            Epsilons = Protocol.EpsilonsOf(answer.Epsilons, line),
            MostImages = Limit(answer.MostImages, "most_images"),
            MostFeatures = Limit(answer.MostFeatures, "most_features"),
            MostPlaces = Limit(answer.MostPlaces, "most_places"),
            TakesParameters = operations.Contains("propagate"),
            DrawsParameters = operations.Contains("simulate"),
        };

    /// <summary>A limit that a program states: with less than one image, feature or place there is nothing to ask it.</summary>
    private static T? Limit<T>(T? most, string name)
        where T : struct, System.Numerics.INumber<T> =>
        most is { } number && number < T.One ? throw new AdapterException($"expected a positive {name}, got {number}") : most;
}
