using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The page that shows every network of data/networks: its verdict, what theory says, its moments by depth and its layers.</summary>
public static partial class Gallery
{
    /// <summary>The page, within its folder.</summary>
    public const string Page = "README.md";

    private const string Start = """
        # Gallery of networks

        Every network that comes with the command, judged and drawn by it. The pictures follow your wish for dark pages. `dotnet run -c Release --project bench -- gallery docs/gallery` makes this page anew; a test looks whether it is today's.

        """;

    /// <summary>Sizes of networks that read images as vectors; none of them takes more than seconds.</summary>
    private const string OfVectors = "--total-depth 50 --num-channels 128 --batch-size 32 --num-sims 24";

    /// <summary>Sizes of networks over images, which take minutes.</summary>
    private static readonly Dictionary<string, string> OfImages = new()
    {
        ["conv_ln_gelu"] = "--total-depth 6 --batch-size 8 --num-sims 24",
        ["post_ln_transformer"] = "--total-depth 24 --batch-size 8 --num-sims 24",
        ["pre_ln_transformer"] = "--total-depth 24 --batch-size 8 --num-sims 24",
        ["resnet_v1"] = "--total-depth 6 --batch-size 8 --num-sims 24",
        ["resnet_v2"] = "--total-depth 6 --batch-size 8 --num-sims 24",
    };

    /// <summary>Names of the networks, by name.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "data", "networks"), "*.json")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Writes page and pictures anew.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="said">Told which network is done.</param>
    public static void Write(string folder, Action<string> said)
    {
        Directory.CreateDirectory(folder);
        var page = new StringBuilder(Start).Append('\n');
        foreach (var name in Names)
        {
            page.Append(Entry(name, folder));
            said(name);
        }

        File.WriteAllText(Path.Combine(folder, Page), page.ToString().TrimEnd() + "\n");
    }

    /// <summary>Runs a network, and writes its pictures.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="folder">Where to.</param>
    /// <returns>Its section of the page.</returns>
    public static string Entry(string name, string folder)
    {
        var work = Directory.CreateTempSubdirectory("wellbehaved").FullName;
        try
        {
            var (result, json, options) = (
                Path.Combine(work, $"{name}.npz"),
                Path.Combine(work, "diagnosis.json"),
                OfImages.GetValueOrDefault(name, OfVectors)
            );
            Run([0, 3], ["diagnose", name, .. options.Split(' '), "--out", result, "--json", json]);
            Run([0], ["plot", result, "--out", Path.Combine(folder, $"{name}.svg")]);
            string[] sizes =
            [
                .. options.Split(' ').Chunk(2).Where(pair => pair[0] is "--total-depth" or "--num-channels").SelectMany(pair => pair),
                .. OfImages.ContainsKey(name) ? Array.Empty<string>() : ["--input-shape", "32x32x3"],
            ];
            Run([0], ["network", name, .. sizes, "--out", Path.Combine(folder, $"{name}_layers.svg")]);
            return Section(name, JsonNode.Parse(File.ReadAllText(json))!);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>The section of a network on a page.</summary>
    /// <param name="page">The page.</param>
    /// <param name="name">Name of the network.</param>
    /// <returns>From its heading to the next; null where there is none.</returns>
    public static string? SectionOn(string page, string name)
    {
        var at = page.IndexOf($"\n## {name}\n", StringComparison.Ordinal);
        return at < 0
            ? null
            : page[(at + 1)..(page.IndexOf("\n## ", at + 4, StringComparison.Ordinal) is > 0 and var end ? end + 1 : page.Length)].TrimEnd() + "\n";
    }

    /// <summary>What differs between two pictures beyond the rounding of a coordinate, on which processors may differ.</summary>
    /// <param name="one">A picture.</param>
    /// <param name="other">Another.</param>
    /// <returns>The first piece that differs; null if none does.</returns>
    public static string? Difference(string one, string other)
    {
        const double Rounding = 0.15;
        string[] pieces = NumberPattern().Split(one),
            others = NumberPattern().Split(other);
        if (pieces.Length != others.Length)
        {
            return $"{pieces.Length} pieces and {others.Length}";
        }

        return
            pieces
                .Zip(others)
                .FirstOrDefault(pair =>
                    pair.First != pair.Second
                    && !(
                        double.TryParse(pair.First, CultureInfo.InvariantCulture, out var a)
                        && double.TryParse(pair.Second, CultureInfo.InvariantCulture, out var b)
                        && Math.Abs(a - b) < Rounding
                    )
                )
                is { First: not null } found
            ? $"{found.First} and {found.Second}"
            : null;
    }

    private static string Section(string name, JsonNode diagnosis)
    {
        var description = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "data", "networks", $"{name}.json")))![
            "description"
        ]!.GetValue<string>();
        var text = new StringBuilder($"## {name}\n\n{description}\n\n");
        var sentence = diagnosis["sentence"]!.GetValue<string>();
        text.Append(
            diagnosis["answer"]?.GetValue<string>() is { } answer
                ? $"**{Plain(answer)}** "
                    + $"{Plain(sentence[(sentence.IndexOf(": ", StringComparison.Ordinal) + 2)..] is var rest ? char.ToUpperInvariant(rest[0]) + rest[1..] : "")}\n\n"
                : $"**Undecided**{Plain(sentence["Undecided".Length..])}\n\n"
        );
        text.Append("![Signal and noise by depth: ").Append(name).Append("](").Append(name).Append(".svg)\n\n");
        foreach (var said in diagnosis["theory"]!["said"]!.AsArray())
        {
            text.Append("- Theory: ").Append(Plain(said!.GetValue<string>())).Append('\n');
        }

        foreach (var change in diagnosis["changes"]!.AsArray())
        {
            text.Append("- What would change it: ").Append(Plain(change!.GetValue<string>())).Append('\n');
        }

        return text.Append("- [Its layers](")
            .Append(name)
            .Append("_layers.svg), [its file](../../data/networks/")
            .Append(name)
            .Append(".json)\n- Again: `")
            .Append(diagnosis["repeat"]!.GetValue<string>())
            .Append("`\n\n")
            .ToString();
    }

    /// <summary>Signs that mean something in Markdown stand for themselves.</summary>
    private static string Plain(string text) => SignPattern().Replace(text, @"\$0");

    private static void Run(int[] expected, string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);
        if (!expected.Contains(outcome.ExitStatus))
        {
            throw new InvalidOperationException($"wellbehaved {string.Join(' ', arguments)}: {outcome.Error}");
        }
    }

    [GeneratedRegex(@"(-?\d+(?:\.\d+)?)")]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"[\\*_\[\]<>|`]")]
    private static partial Regex SignPattern();
}
