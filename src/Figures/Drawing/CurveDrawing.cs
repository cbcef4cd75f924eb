namespace Wellbehaved.Figures;

/// <summary>Draws curves into a frame; bands are drawn first, so that they do not hide lines.</summary>
internal static class CurveDrawing
{
    /// <summary>Thickness of a curve.</summary>
    public const double Thickness = 2;

    /// <summary>Opacity of the area below a histogram.</summary>
    public const double OpacityOfHistogram = 0.25;

    private const double OpacityOfBand = 0.2;

    /// <summary>Radius of the dot that stands for a curve of one point.</summary>
    public const double RadiusOfDot = 4;

    /// <summary>Whether a curve is drawn as a dot: it has one point.</summary>
    public static bool IsDot(Curve curve) => curve.X.Length == 1;

    /// <summary>The dash pattern of a kind of curve.</summary>
    public static Dash DashOf(CurveKind kind) =>
        kind switch
        {
            CurveKind.Measured or CurveKind.Histogram => Dash.Solid,
            CurveKind.Theory => Dash.Dashed,
            CurveKind.Fit => Dash.Dotted,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a kind of curve"),
        };

    /// <summary>Draws the curves of a panel.</summary>
    public static void Draw(ISurface surface, IReadOnlyList<Curve> curves, Axis x, Axis y)
    {
        foreach (var curve in curves)
        {
            var ink = Ink.OfCurve(curve.Colour);
            if (curve is { Low: { } low, High: { } high })
            {
                (double, double)[] edge = [.. Points(curve.X, low, x, y), .. Points(curve.X, high, x, y).Reverse()];
                if (curve.X.Length == 1)
                {
                    surface.Line(edge, ink, Thickness);
                }
                else
                {
                    surface.Area(edge, ink, OpacityOfBand);
                }
            }
            else if (curve.Kind == CurveKind.Histogram)
            {
                surface.Area(Steps(curve, x, y), ink, OpacityOfHistogram);
            }
        }

        foreach (var curve in curves)
        {
            var ink = Ink.OfCurve(curve.Colour);
            if (IsDot(curve))
            {
                surface.Dot(x.At(curve.X[0]), y.At(curve.Y[0]), RadiusOfDot, ink);
            }
            else
            {
                surface.Line(curve.Kind == CurveKind.Histogram ? Steps(curve, x, y) : [.. Points(curve.X, curve.Y, x, y)], ink, Thickness, DashOf(curve.Kind));
            }
        }
    }

    private static IEnumerable<(double X, double Y)> Points(double[] horizontal, double[] vertical, Axis x, Axis y) =>
        horizontal.Zip(vertical, (a, b) => (x.At(a), y.At(b)));

    private static List<(double X, double Y)> Steps(Curve curve, Axis x, Axis y)
    {
        var points = new List<(double X, double Y)> { (x.At(curve.X[0]), y.At(0)) };
        for (var i = 0; i < curve.X.Length - 1; i++)
        {
            points.AddRange([(x.At(curve.X[i]), y.At(curve.Y[i])), (x.At(curve.X[i + 1]), y.At(curve.Y[i]))]);
        }

        points.Add((x.At(curve.X[^1]), y.At(0)));
        return points;
    }
}
