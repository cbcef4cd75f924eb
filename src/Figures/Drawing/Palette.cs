using ScottPlot;

namespace Wellbehaved.Figures;

/// <summary>Colours that people with any kind of colour vision tell apart, by M. Okabe and K. Ito (2008).</summary>
internal static class Palette
{
    private static readonly string[] Codes = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

    /// <summary>Index of black, for what belongs to no curve in particular.</summary>
    public const int Black = 6;

    /// <summary>A colour; they repeat from the eighth on.</summary>
    public static Color Colour(int index) => Color.FromHex(Codes[index % Codes.Length]);

    /// <summary>The same colour for what is drawn beside plots.</summary>
    public static SkiaSharp.SKColor Of(int index) => SkiaSharp.SKColor.Parse(Codes[index % Codes.Length]);
}
