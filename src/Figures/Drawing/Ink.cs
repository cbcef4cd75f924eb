using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>A colour for white pages, and the one that replaces it for readers who prefer dark pages.</summary>
/// <param name="Name">Its name in style sheets.</param>
/// <param name="Light">The colour on white, as in CSS.</param>
/// <param name="Dark">The colour on the dark <see cref="Paper"/>.</param>
internal readonly record struct Ink(string Name, string Light, string Dark)
{
    /// <summary>Colours that people with any kind of colour vision can distinguish, after M. Okabe and K. Ito (2008). They are darker on white and lighter
    /// on black than the original colours where those have a contrast below 3:1, which WCAG 2 requires of lines.</summary>
    private static readonly (string Light, string Dark)[] Codes =
    [
        ("#0072B2", "#56B4E9"),
        ("#C85200", "#FF8C42"),
        ("#00805C", "#2DC79A"),
        ("#A8488A", "#E79AC4"),
        ("#8F6400", "#E6B23C"),
        ("#5B5BD0", "#ABABFF"),
        ("#1A1A1A", "#ECECEC"),
    ];

    /// <summary>Index of the text's colour, for elements that belong to no particular curve.</summary>
    public const int Neutral = 6;

    /// <summary>The background.</summary>
    public static Ink Paper { get; } = new("paper", "#FFFFFF", "#16181C");

    /// <summary>Titles and labels.</summary>
    public static Ink Text { get; } = new("text", "#1A1A1A", "#ECECEC");

    /// <summary>Less important text.</summary>
    public static Ink Quiet { get; } = new("quiet", "#595959", "#B3B3B3");

    /// <summary>Axes and reference lines.</summary>
    public static Ink Frame { get; } = new("frame", "#767676", "#8C8F96");

    /// <summary>The grid, which must be less visible than the curves.</summary>
    public static Ink Grid { get; } = new("grid", "#E6E6E6", "#2D3036");

    /// <summary>The colour of a curve; they repeat from the eighth on.</summary>
    public static Ink OfCurve(int index) =>
        new(string.Create(CultureInfo.InvariantCulture, $"c{index % Codes.Length}"), Codes[index % Codes.Length].Light, Codes[index % Codes.Length].Dark);
}
