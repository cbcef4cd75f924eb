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
    public static Option<Shape?> Create() => new(Name) { Description = "Shape of an image, where the network leaves it open", HelpName = "HxWxC", CustomParser = Parse };

    /// <summary>A shape as the option takes it.</summary>
    public static string Spell(Shape shape) => string.Create(CultureInfo.InvariantCulture, $"{shape.Height}x{shape.Width}x{shape.Channels}");

    private static Shape? Parse(ArgumentResult result)
    {
        var word = result.Tokens[0].Value;
        var extents = word.Split('x', 'X', '×').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var extent) ? extent : 0).ToArray();
        if (extents is [>= 1 and <= Limits.Extent and var height, >= 1 and <= Limits.Extent and var width, >= 1 and <= Limits.Channels and var channels])
        {
            return new(height, width, channels);
        }

        result.AddError($"{Name}: expected height, width and channels such as 32x32x3, each from 1 to {Limits.Extent.ToString(CultureInfo.InvariantCulture)}, got '{word}'");
        return null;
    }
}
