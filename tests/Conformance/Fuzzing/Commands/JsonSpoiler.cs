using System.Text;
using System.Text.Json;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Spoils a JSON object where it means something: in a key, in a value, in the order of both.</summary>
internal static class JsonSpoiler
{
    /// <summary>Spoils an object in one to three places.</summary>
    public static string Spoil(string text, Random random)
    {
        List<(string Key, string Value)> members;
        using (var json = JsonDocument.Parse(text))
        {
            members = [.. json.RootElement.EnumerateObject().Select(member => (member.Name, member.Value.GetRawText()))];
        }

        for (var i = random.Next(1, 4); i > 0 && members.Count > 0; i--)
        {
            var at = random.Next(members.Count);
            var (key, value) = members[at];
            switch (random.Next(9))
            {
                case 0:
                    members.RemoveAt(at);
                    break;
                case 1:
                    members.Insert(random.Next(members.Count + 1), (key, random.Pick(ForeignWords.JsonValues)));
                    break;
                case 2:
                    members.Add((random.Pick(["more", "", "\\u202e", key.ToUpperInvariant(), key + " "]), random.Pick(ForeignWords.JsonValues)));
                    break;
                case 3:
                    members[at] = (key, $"[{value}]");
                    break;
                case 4:
                    members[at] = (key, value.StartsWith('"') ? value.Trim('"') : $"\"{value}\"");
                    break;
                case 5:
                    members[at] = (members[random.Next(members.Count)].Key, value);
                    break;
                default:
                    members[at] = (key, random.Pick(ForeignWords.JsonValues));
                    break;
            }
        }

        var spoilt = new StringBuilder("{").AppendJoin(',', members.Select(member => $"\"{member.Key}\":{member.Value}")).Append('}').ToString();
        return random.Next(24) switch
        {
            0 => spoilt[..random.Next(spoilt.Length)],
            1 => spoilt + random.Pick(["}", " \n", "{}", "\0", "// more"]),
            2 => new string('[', 2000),
            3 => $"\ufeff{spoilt}",
            4 => random.Pick(ForeignWords.JsonValues),
            5 => $"{{\"x\":{new string('[', 60)}{new string(']', 60)},{spoilt[1..]}",
            _ => spoilt,
        };
    }
}
