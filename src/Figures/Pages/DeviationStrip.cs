using System.Globalization;
using System.Text;

namespace Wellbehaved.Figures;

/// <summary>A small picture of the distances between the quantities of a claim and their predictions, one mark each, in the colours of the page.</summary>
internal static class DeviationStrip
{
    private const int Width = 360;
    private const int RowHeight = 34;
    private const double Margin = 14;

    /// <summary>Marks beyond this number of standard errors, or of tolerances, are drawn at the edge, since their exact position no longer matters.</summary>
    private const double Edge = 8,
        EdgeOfTolerances = 1.5;

    /// <summary>Draws the measurements of a claim.</summary>
    /// <param name="claim">Id of the claim.</param>
    /// <param name="measurements">Its measurements on all architectures.</param>
    /// <returns>An SVG element; empty if nothing was measured.</returns>
    public static string Draw(string claim, IReadOnlyList<Measurement> measurements)
    {
        (string Unit, double Range, Measurement[] Measurements)[] rows =
        [
            .. new[]
            {
                ("standard errors", Edge, measurements.Where(measurement => !measurement.IsDeterministic).ToArray()),
                ("tolerances", EdgeOfTolerances, measurements.Where(measurement => measurement.IsDeterministic).ToArray()),
            }.Where(row => row.Item3.Length > 0),
        ];
        if (rows.Length == 0)
        {
            return "";
        }

        var svg = new StringBuilder();
        var words = string.Join(
            "; ",
            rows.Select(row =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{row.Measurements.Length} {(row.Measurements.Length == 1 ? "quantity," : "quantities, the farthest")} "
                        + $"{Magnitude(row.Measurements.Max(Size))} {row.Unit} from its prediction"
                )
            )
        );
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg class=\"strip\" viewBox=\"0 0 {Width} {rows.Length * RowHeight}\" role=\"img\" aria-labelledby=\"strip-{claim}\"><title "
                + $"id=\"strip-{claim}\">{ForeignText.InHtml($"{claim}: {words}")}</title>"
        );
        for (var i = 0; i < rows.Length; i++)
        {
            var (unit, range, marks) = rows[i];
            var middle = (i * RowHeight) + 10;
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"{Margin}\" x2=\"{Width - Margin}\" y1=\"{middle}\" y2=\"{middle}\"/>");
            foreach (var tick in new[] { -range, 0, range })
            {
                var number = tick.ToString("0.#", CultureInfo.InvariantCulture).Replace('-', '−');
                var label = $"{(tick < 0 ? "≤ " : tick > 0 ? "≥ " : "")}{number}";
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<line class=\"axis\" x1=\"{X(tick, range):F1}\" x2=\"{X(tick, range):F1}\" y1=\"{middle - 5}\" y2=\"{middle + 5}\"/>"
                );
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<text x=\"{X(tick, range):F1}\" y=\"{middle + 18}\" "
                        + $"text-anchor=\"{(tick < 0 ? "start" : tick > 0 ? "end" : "middle")}\">{label}{(tick == 0 ? $" {unit}" : "")}</text>"
                );
            }

            foreach (var mark in marks)
            {
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<circle "
                        + $"class=\"{(mark.Verdict == Verdict.Holds ? "holds" : mark.Verdict == Verdict.Rejected ? "rejected" : "inconclusive")}\" "
                        + $"cx=\"{X(mark.Deviation, range):F1}\" cy=\"{middle}\" r=\"{(mark.Verdict == Verdict.Rejected ? 5 : 3.5)}\"/>"
                );
            }
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>Formats a number without the exponent notation of programs.</summary>
    private static string Magnitude(double value) =>
        value is 0 or (>= 0.001 and < 10_000) ? value.ToString("0.###", CultureInfo.InvariantCulture)
        : double.IsFinite(value)
            ? value < 0.001 ? "less than 0.001"
                : "more than 10,000"
        : "infinitely many";

    private static double Size(Measurement measurement) => double.IsNaN(measurement.Deviation) ? double.PositiveInfinity : Math.Abs(measurement.Deviation);

    private static double X(double deviation, double range)
    {
        var clamped = double.IsNaN(deviation) ? range : Math.Clamp(deviation, -range, range);
        return (Width / 2.0) + (clamped / range * ((Width / 2.0) - Margin));
    }
}
