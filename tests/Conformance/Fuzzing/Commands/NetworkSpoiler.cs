using System.Text.Json.Nodes;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Spoils the description of a network at any depth: a number, a word, a layer, a list.</summary>
internal static class NetworkSpoiler
{
    private const string Hole = "a value to be put here";

    private static readonly string[] Sound =
    [
        """{"name":"a","input":[4,4,3],"layers":[{"conv":{"kernel":3,"channels":"N","boundary":"zero_padding"}},{"repeat":{"times":"L","unit":[{"residual":{"branch":["layer_norm","gelu",{"conv":{"kernel":1}}],"branch_scale":"1/sqrt(L)"}}]}},"global_average_pool"]}""",
        """{"name":"b","layers":["flatten",{"dense":{"channels":"N"}},{"repeat":{"times":"L","unit":[{"dense":{"weight_variance":2,"bias_variance":0.1}},{"batch_norm":{"epsilon":0.001}},{"leaky_relu":{"slope":0.1}}]}}]}""",
        """{"name":"c","input":[1,4,6],"layers":[{"repeat":{"times":2,"unit":[{"residual":{"branch":["layer_norm",{"attention":{"heads":2,"causal":true}}],"survival":0.9}},{"dropout":{"keep":0.9,"mask":"shared"}}]}}]}""",
        """{"name":"d","input":[8,8,3],"layers":[{"conv":{"kernel":3,"channels":4,"stride":2,"groups":1,"dilation":1,"weights":"normal"}},{"group_norm":{"groups":2}},"tanh",{"max_pool":2},{"residual":{"branch":["rms_norm","silu"],"skip":["instance_norm"],"skip_scale":0.5}},{"average_pool":2}]}""",
    ];

    private static readonly string[] Values =
    [
        .. ForeignWords.JsonValues,
        "\"N\"",
        "\"L\"",
        "\"1/sqrt(l+1)\"",
        "\"1/sqrt(0)\"",
        "\"relu\"",
        "\"sine\"",
        "\"elu\"",
        "\"batch_norm\"",
        "\"flatten\"",
        "\"attention\"",
        "\"\\u001b[2J\"",
        "{\"repeat\":{\"times\":100000,\"unit\":[\"relu\"]}}",
        "{\"repeat\":{\"times\":1000,\"unit\":[{\"repeat\":{\"times\":1000,\"unit\":[{\"repeat\":{\"times\":1000,\"unit\":[\"relu\"]}}]}}]}}",
        "{\"conv\":{\"kernel\":65535,\"channels\":65535}}",
        "{\"scale\":1e300}",
        "1e-400",
        "1e308",
    ];

    /// <summary>The description of a network, spoilt in one to three places.</summary>
    public static string Spoil(Random random)
    {
        var root = JsonNode.Parse(random.Pick(Sound))!.AsObject();
        var put = new List<string>();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var places = new List<JsonNode>();
            Collect(root, places);
            var place = random.Pick(places);
            var other = random.Pick(places).ToJsonString();
            switch (random.Next(8))
            {
                case 0 when place.Parent is JsonArray list:
                    list.Remove(place);
                    break;
                case 1 when place.Parent is JsonArray list:
                    list.Insert(0, JsonNode.Parse(other));
                    break;
                case 2 when place is JsonObject pairs:
                    pairs[random.Pick(["kernel", "groups", "heads", "times", "unit", "survival", "\u202e", "layers", "epsilon"])] = Mark();
                    break;
                case 3:
                    place.ReplaceWith(JsonNode.Parse(other));
                    break;
                default:
                    place.ReplaceWith(Mark());
                    break;
            }
        }

        var text = root.ToJsonString();
        foreach (var value in put)
        {
            var at = text.IndexOf($"\"{Hole}\"", StringComparison.Ordinal);
            text = at < 0 ? text : string.Concat(text.AsSpan(0, at), value, text.AsSpan(at + Hole.Length + 2));
        }

        return random.Next(30) == 0 ? text[..random.Next(text.Length)] : text;

        string Mark()
        {
            put.Add(random.Pick(Values));
            return Hole;
        }
    }

    private static void Collect(JsonNode? node, List<JsonNode> places)
    {
        foreach (
            var child in node switch
            {
                JsonObject pairs => pairs.Select(pair => pair.Value),
                JsonArray items => items,
                _ => [],
            }
        )
        {
            if (child is not null)
            {
                places.Add(child);
                Collect(child, places);
            }
        }

        if (places.Count == 0 && node is JsonObject empty)
        {
            empty["layers"] = new JsonArray("relu");
            places.Add(empty["layers"]!);
        }
    }
}
