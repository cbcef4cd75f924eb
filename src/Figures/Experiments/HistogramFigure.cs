using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Figures;

/// <summary>Distributions of ln ν₂ and ln μ₂(dx) over the simulations at four depths, as in the paper's figure 2, with the density of W1, which is exact for a single point.</summary>
internal static class HistogramFigure
{
    private const int MostDepths = 4;

    /// <summary>
    /// The greatest number of channels for which the exact density is computed. With more it takes too long, and it looks like a normal density anyway.
    /// </summary>
    private const int MostChannels = 4096;

    /// <summary>The range in which the density is drawn: a number of standard deviations from the mean, and an addition for its exponential tails.</summary>
    private const double Deviations = 12,
        Tail = 60;

    /// <summary>Draws a recording of <c>vanilla</c>.</summary>
    /// <param name="recording">The recording.</param>
    /// <returns>The figure; panels whose moments are missing say so.</returns>
    public static Figure Draw(Recording recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        var walk = recording.Width is { } width and <= MostChannels ? new RandomWalk(width) : null;
        var isOnePoint = recording.File.Options is { BatchSize: 1, KernelSize: 1 };
        return new Figure(
            $"{recording.Title}: spread of signal and noise over {recording.File.Simulations} simulations",
            [
                Panel(recording, "nu2_signal", "Signal", "ln ν₂(*x*)", walk),
                // W1 is about the noise of a single point only, because the noise of a batch never becomes one-dimensional.
                Panel(recording, "mu2_noise", "Noise", "ln μ₂(d*x*)", isOnePoint ? walk : null),
            ],
            2
        )
        {
            Notes =
            [
                .. Provenance.Describe([recording]),
                .. walk is null ? Array.Empty<string>()
                : isOnePoint ? ["Dashed: the exact density of W1."]
                :
                [
                    "Dashed: the density of W1 for a single point without a boundary. ν₂ is a mean over several points here, and spreads less until they are one.",
                ],
            ],
        };
    }

    private static Panel Panel(Recording recording, string moment, string title, string label, RandomWalk? walk)
    {
        var rows = recording.Log(moment, recording.NumberOf(UnitPlaceKind.Relu));
        var curves = new List<Curve>();
        var columns = rows is null ? [] : Chosen(recording.Depths);
        foreach (var (column, colour) in columns.Select((column, colour) => (column, colour)))
        {
            var values = rows!.Select(row => row[column]).Where(double.IsFinite).Order().ToArray();
            if (values.Length < 2 || values[^1] == values[0])
            {
                continue;
            }

            var (edges, densities) = Bins(values);
            var depth = (int)recording.Depths[column];
            curves.AddRange(new[] { Curve.Through($"depth {depth}", CurveKind.Histogram, colour, edges, densities) }.OfType<Curve>());
            if (walk is not null)
            {
                // The range is limited: for a damaged number far outside of it, the inversion would not terminate.
                var reach = (Deviations * Math.Sqrt(depth * walk.Variance)) + Tail;
                var (from, to) = (Math.Max(values[0], (depth * walk.Drift) - reach), Math.Min(values[^1], (depth * walk.Drift) + reach));
                double[] points = from < to ? [.. Enumerable.Range(0, 201).Select(i => from + ((to - from) * i / 200))] : [];
                curves.AddRange(new[] { Curve.Through($"depth {depth}, W1", CurveKind.Theory, colour, points, walk.Density(depth, points)) }.OfType<Curve>());
            }
        }

        return new Panel(title, label, "density", curves)
        {
            BeginsAtZero = true,
            Missing =
                rows is null ? $"{moment} is not in the file"
                : columns.All(column => !rows!.Any(row => double.IsFinite(row[column])))
                    ? $"{moment} {Absence.Explain(recording.File, isRead: true, recording.File.Depth[0])} the file"
                : curves.Count == 0 ? $"{moment} does not vary: a histogram needs two simulations"
                : null,
        };
    }

    /// <summary>The last depth, and the depths nearest to three quarters, half and a quarter of it; all depths if there are few.</summary>
    private static int[] Chosen(IReadOnlyList<double> depths) =>
        [
            .. Enumerable
                .Range(1, MostDepths)
                .Select(i => depths[^1] * i / MostDepths)
                .Select(target => depths.Index().MinBy(pair => Math.Abs(pair.Item - target)).Index)
                .Distinct(),
        ];

    /// <summary>The left edges and densities of bins of the width of Freedman and Diaconis, and the last right edge.</summary>
    private static (double[] Edges, double[] Densities) Bins(double[] sorted)
    {
        var spread = sorted[(int)(0.75 * (sorted.Length - 1))] - sorted[(int)(0.25 * (sorted.Length - 1))];
        var range = sorted[^1] - sorted[0];
        var width = spread > 0 ? 2 * spread / Math.Cbrt(sorted.Length) : range;
        var bins = (int)Math.Clamp(Math.Ceiling(range / width), 1, 200);
        var counts = new int[bins];
        foreach (var value in sorted)
        {
            counts[Math.Min(bins - 1, (int)((value - sorted[0]) / range * bins))]++;
        }

        return (
            [.. Enumerable.Range(0, bins + 1).Select(i => sorted[0] + (range * i / bins))],
            [.. counts.Select(count => count * bins / (range * sorted.Length)), 0]
        );
    }
}
