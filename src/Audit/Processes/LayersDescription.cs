using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What a subject of protocol 2 offers, and which of the four architectures that makes.</summary>
internal static class LayersDescription
{
    /// <summary>Reads it.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="line">The line that it came in, for messages.</param>
    /// <exception cref="AdapterException">It is not what the protocol asks for.</exception>
    public static SubjectDescription Of(Protocol.LayersAnswer answer, string line)
    {
        var offer = OfferOf(answer);
        var operations = Protocol.Known("operations", answer.Operations, ["propagate", "simulate"]);
        return new SubjectDescription(Protocol.Named(answer.Name))
        {
            Version = answer.Version is { } version ? Protocol.Named(version) : null,
            UnitRoundoff = Protocol.UnitRoundoffOf(answer.Dtype),
            Architectures = [.. Architecture.Names.Where(name => Makes(offer, name))],
            Boundaries = offer.Layers.Contains("conv") ? [.. Enum.GetValues<Boundary>().Where(boundary => offer.Boundaries.Contains(Words.Of(boundary)))] : [],
            Epsilons = EpsilonsOf(offer, line),
            Moments = [.. Protocol.Known("moments", answer.Moments, ReportedMoments.Names)],
            TakesWeights = operations.Contains("propagate"),
            DrawsWeights = operations.Contains("simulate"),
            Offer = offer,
        };
    }

    private static NetworkOffer OfferOf(Protocol.LayersAnswer answer)
    {
        var only = answer.Only ?? ImmutableDictionary<string, IReadOnlyList<JsonElement>>.Empty;
        var most = answer.Most ?? ImmutableDictionary<string, long>.Empty;
        Protocol.Known("options in only", [.. only.Keys], NetworkOffer.AllOptions);
        Protocol.Known("sizes in most", [.. most.Keys], NetworkOffer.AllSizes);
        foreach (var (option, values) in only)
        {
            if (values.Any(value => value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)))
            {
                throw new AdapterException($"expected numbers, words and truth values as values of {option} in only, got '{Protocol.Short(JsonSerializer.Serialize(values))}'");
            }
        }

        return new NetworkOffer
        {
            Layers = [.. Protocol.Known("layers", answer.Layers, NetworkOffer.AllLayers)],
            Functions = [.. Protocol.Known("functions", answer.Functions, Networks.Function.Words)],
            Boundaries = [.. Protocol.Known("boundaries", answer.Boundaries, [.. Enum.GetValues<Boundary>().Select(Words.Of)])],
            Noises = [.. Protocol.Known("noises", answer.Noises, ["mapping", "full"])],
            Only = only.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.Select(value => JsonValue.Create(value)!).ToImmutableArray()),
            Most = most.ToImmutableDictionary(),
        };
    }

    /// <summary>Whether what is offered makes an architecture.</summary>
    private static bool Makes(NetworkOffer offer, string architecture)
    {
        var hasNorm = architecture is "bn_ff" or "bn_res";
        return (offer.Layers.Contains("conv") || offer.Layers.Contains("dense"))
            && offer.Functions.Contains("relu")
            && (architecture is "vanilla" or "bn_ff" || offer.Layers.Contains("residual"))
            && (!hasNorm || (offer.Layers.Contains("batch_norm") && offer.Noises.Contains("mapping")))
            && offer.Noises.Count > 0;
    }

    private static double[]? EpsilonsOf(NetworkOffer offer, string line)
    {
        if (!offer.Only.TryGetValue("batch_norm.epsilon", out var values))
        {
            return null;
        }

        return values.All(value => value.TryGetValue<double>(out var epsilon) && double.IsFinite(epsilon) && epsilon >= 0)
            ? [.. values.Select(value => value.GetValue<double>())]
            : throw new AdapterException($"expected finite epsilons of at least 0, got '{Protocol.Short(line)}'");
    }
}
