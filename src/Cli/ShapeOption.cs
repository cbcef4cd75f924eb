using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Wellbehaved.Networks;

namespace Wellbehaved.Cli;

/// <summary>The option that takes the shape of an image: <c>32x32x3</c>.</summary>
internal static class ShapeOption
{
    private const string Name = "--input-shape";

    /// <summary>Describes the option.</summary>
    public static Option<Shape?> Create() =>
        new(Name)
        {
            Description = "Shape of an image, where the network leaves it open",
            HelpName = "HxWxC",
            CustomParser = Parse,
        };

    /// <summary>Describes the option for commands that take ONNX files, whose inputs may be named too.</summary>
    public static Option<InputShapes?> CreateForFiles() =>
        new(Name)
        {
            Description =
                "Shape of an image, where the network leaves it open; of another input of an ONNX file its name and all of its lengths, as in "
                + "ids=8x128; may be given more than once",
            HelpName = "HxWxC|NAME=AxB…",
            CustomParser = ParseAll,
            Arity = ArgumentArity.OneOrMore,
        };

    /// <summary>A shape in the form that the option takes.</summary>
    public static string Spell(Shape shape) => string.Create(CultureInfo.InvariantCulture, $"{shape.Height}x{shape.Width}x{shape.Channels}");

    private static InputShapes? ParseAll(ArgumentResult result)
    {
        var (image, named) = ((Shape?)null, new Dictionary<string, long[]>());
        foreach (var token in result.Tokens)
        {
            if (token.Value.LastIndexOf('=') is >= 0 and var end)
            {
                var lengths = token
                    .Value[(end + 1)..]
                    .Split('x', 'X', '×')
                    .Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : 0)
                    .ToArray();
                if (end == 0 || !Array.TrueForAll(lengths, length => length is > 0 and <= 1L << 40) || !named.TryAdd(token.Value[..end], lengths))
                {
                    result.AddError($"{Name}: expected the name of an input, once, and its lengths, as in ids=8x128, got '{token.Value}'");
                    return null;
                }
            }
            else if (image is not null)
            {
                result.AddError($"{Name}: expected one shape of images, got '{token.Value}' as another; inputs are named as in ids=8x128");
                return null;
            }
            else
            {
                image = Parse(result, token.Value);
            }
        }

        return new InputShapes(image, named);
    }

    private static Shape? Parse(ArgumentResult result) => Parse(result, result.Tokens[0].Value);

    private static Shape? Parse(ArgumentResult result, string word)
    {
        var extents = word.Split('x', 'X', '×')
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var extent) ? extent : 0)
            .ToArray();
        if (extents is [>= 1 and <= Limits.Extent and var height, >= 1 and <= Limits.Extent and var width, >= 1 and <= Limits.Channels and var channels])
        {
            return new(height, width, channels);
        }

        result.AddError(
            $"{Name}: expected height, width and channels such as 32x32x3, each from 1 to {Limits.Extent.ToString(CultureInfo.InvariantCulture)}, got '{word}'"
        );
        return null;
    }
}
