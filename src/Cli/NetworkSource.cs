using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary>A network that a user named: a recipe that comes with the command, or a file.</summary>
/// <param name="Name">Its name in messages: the recipe's name or the path.</param>
/// <param name="IsRecipe">Whether it is a recipe.</param>
/// <param name="Text">Its JSON form.</param>
/// <param name="Template">The network that the JSON form describes; sizes may be open.</param>
internal sealed record NetworkSource(string Name, bool IsRecipe, string Text, NetworkTemplate Template)
{
    private const string Prefix = "networks/";
    private const string Ending = ".json";

    /// <summary>The greatest length of a file that is read; a longer file is not a network, and would fill memory.</summary>
    private const long MostBytes = 1 << 26;

    /// <summary>The greatest number of places of a network whose layers are judged, each by several checks.</summary>
    private const int MostPlacesToJudge = 1 << 14;

    /// <summary>Names of the recipes, the paper's first.</summary>
    public static IReadOnlyList<string> RecipeNames { get; } =
    [
        .. typeof(NetworkSource)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Ending.Length])
            .OrderBy(name => Recipes.Names.Contains(name) ? Recipes.Names.TakeWhile(other => other != name).Count() : Recipes.Names.Count)
            .ThenBy(name => name, StringComparer.Ordinal),
    ];

    /// <summary>Whether a word is the name of a recipe, or can only be meant as one: it has no folder and no ending.</summary>
    public static bool IsName(string name) => RecipeNames.Contains(name) || name.AsSpan().IndexOfAny('/', '\\', '.') < 0;

    /// <summary>Finds a recipe or reads a file.</summary>
    /// <param name="name">A recipe's name, or a path. A file with the name of a recipe needs its folder before it: <c>./vanilla</c>.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidInputException">There is no such recipe or file, or the file does not describe a network.</exception>
    public static NetworkSource Open(string name)
    {
        if (RecipeNames.Contains(name))
        {
            return Recipe(name);
        }

        if (IsName(name) && !File.Exists(name) && !Directory.Exists(name))
        {
            throw new InvalidInputException(
                name.Length == 0 ? "NAME" : name,
                $"expected a file, or a recipe that wellbehaved network lists{Spelling.Hint(name, RecipeNames)}"
            );
        }

        var text = Read(name);
        return new(name, false, text, Named(name, () => NetworkTemplate.Parse(text)));
    }

    /// <summary>A recipe.</summary>
    /// <param name="name">One of <see cref="RecipeNames"/>.</param>
    /// <returns>The recipe.</returns>
    public static NetworkSource Recipe(string name)
    {
        using var reader = new StreamReader(typeof(NetworkSource).Assembly.GetManifestResourceStream(Prefix + name + Ending)!);
        var text = reader.ReadToEnd();
        return new(name, true, text, NetworkTemplate.Parse(text));
    }

    /// <summary>Fills in the sizes that the network leaves open.</summary>
    /// <param name="sizes">The sizes that the options give.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidInputException">A size is lacking, has no place in the network or contradicts it, or the layers do not fit each
    /// other.</exception>
    public Networks.Network With(NetworkSizes sizes)
    {
        RequireAll(sizes);
        Require("--num-channels", sizes.Channels, Template.LeavesChannelsOpen, "channels", "N");
        Require("--total-depth", sizes.Depth, Template.LeavesDepthOpen, "repetitions", "L");
        if (sizes.Input is { } given && Template.Input is { } own && given != own)
        {
            throw new InvalidInputException("--input-shape", $"expected {ShapeOption.Spell(own)}, which {Name} fixes, got {ShapeOption.Spell(given)}");
        }

        return Named(Name, () => Template.With(sizes.Input, sizes.Channels, sizes.Depth));
    }

    /// <summary>The same for a network whose layers are judged: it is not endless, and its numbers must fit single precision.</summary>
    /// <param name="sizes">The sizes that the options give.</param>
    /// <returns>The network.</returns>
    /// <exception cref="InvalidInputException">As for <see cref="With"/>; or there are too many places, or a number is too large or too small to be computed
    /// with.</exception>
    public Networks.Network ToJudge(NetworkSizes sizes)
    {
        var network = With(sizes);
        return Named(
            Name,
            () =>
            {
                PlaceCount.RequireAtMost(network, MostPlacesToJudge, "in a network whose layers are judged");
                SinglePrecision.Require(network);
                return network;
            }
        );
    }

    /// <summary>Requires every size that the network leaves open; the message names all missing sizes at once.</summary>
    private void RequireAll(NetworkSizes sizes)
    {
        (string Option, string Size)[] missing =
        [
            .. Template.LeavesChannelsOpen && sizes.Channels is null
                ? [("--num-channels", "a number of channels, which {0} leaves open as \"N\"")]
                : Array.Empty<(string, string)>(),
            .. Template.LeavesDepthOpen && sizes.Depth is null
                ? [("--total-depth", "a number of repetitions, which {0} leaves open as \"L\"")]
                : Array.Empty<(string, string)>(),
            .. Template.Input is null && sizes.Input is null
                ? [("--input-shape", "the shape of an image, such as 32x32x3, which {0} leaves open")]
                : Array.Empty<(string, string)>(),
        ];
        if (missing.Length > 0)
        {
            var sentence = string.Join(", and ", missing.Select((one, i) => one.Size.Replace("{0}", i == 0 ? Name : "it", StringComparison.Ordinal)));
            throw new InvalidInputException(string.Join(", ", missing.Select(one => one.Option)), $"expected {sentence}");
        }
    }

    private void Require(string option, int? value, bool isOpen, string what, string letter)
    {
        if (!isOpen && value is not null)
        {
            throw new InvalidInputException(option, $"expected only for a network that leaves {what} open as \"{letter}\", which {Name} does not");
        }
    }

    /// <summary>Reads a network; an error names the file, and suggests the word that was probably meant.</summary>
    private static T Named<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidNetworkException exception)
        {
            var hint = exception.Word is { } word ? Spelling.Hint(word, exception.Words) : string.Empty;
            throw new InvalidInputException(name, exception.Message + hint, exception);
        }
    }

    private static string Read(string path)
    {
        // A device reports no length and has no end, so the bytes that are read are counted.
        using var stream = RegularFile.Open(path, "file of a network");
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; content.Length <= MostBytes && (read = stream.Read(buffer)) > 0; )
        {
            content.Write(buffer.AsSpan(0, read));
        }

        if (content.Length > MostBytes)
        {
            throw new InvalidInputException(path, $"expected the JSON form of a network, at most {ByteCount.Spell(MostBytes)}");
        }

        var text = StrictText.Decode(content.GetBuffer().AsSpan(0, (int)content.Length), path);
        return string.IsNullOrWhiteSpace(text) ? throw new InvalidInputException(path, "expected the JSON form of a network, found an empty file") : text;
    }
}
