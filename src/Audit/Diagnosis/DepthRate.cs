using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>The mean effect of a stretch of depth on signal and noise, over the mappings.</summary>
/// <param name="From">Depth at which it begins; 0 is the input of the first layer, where χ is 1.</param>
/// <param name="To">Depth at which it ends.</param>
/// <param name="LogChi">Gain of ln χ over the stretch; null without χ.</param>
/// <param name="LogExcess">Gain of ln(r_eff - 1) over the stretch, negative where directions are lost; null without effective ranks at both ends.</param>
internal sealed record DepthRate(int From, int To, Estimate? LogChi, Estimate? LogExcess)
{
    /// <summary>The most stretches: each additional one makes all intervals wider.</summary>
    private const int Most = 5;

    private const double FalseRate = 0.05;

    /// <summary>
    /// Gain of ln(μ₂/ν₂) over the stretch, negative where the share of the signal that varies falls; null where it is not recorded at both ends.
    /// </summary>
    internal Estimate? LogShare { get; init; }

    /// <summary>Gain of ln χ per layer of the stretch.</summary>
    public Estimate? LogChiPerLayer => LogChi?.Per(To - From);

    /// <summary>d ln χ/d ln l over the stretch; null for the stretch that begins at depth 0.</summary>
    public Estimate? ChiPower => From == 0 ? null : LogChi?.Per(Math.Log((double)To / From));

    /// <summary>
    /// The rates of a table, stretch by stretch: the last one from half of the depth to all of it, each earlier one at half the depth of the next; then the
    /// whole depth, as the last of the list.
    /// </summary>
    /// <param name="table">Moments; every number is finite.</param>
    /// <returns>
    /// The stretches in order of depth, then the whole depth from 0; empty without mappings. Intervals are simultaneous over depth: the balanced bootstrap of
    /// t, asymptotic.
    /// </returns>
    public static IReadOnlyList<DepthRate> Measure(MomentTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Simulations == 0)
        {
            return [];
        }

        var knots = Knots(table.Depths);
        (int? From, int To)[] stretches = [(null, knots[0]), .. knots.Zip(knots.Skip(1), (from, to) => ((int?)from, to)), (null, knots[^1])];
        if (knots.Count == 1)
        {
            stretches = stretches[..1];
        }

        var logShare = table.ShareByDepth();
        double[]?[] chi = [.. stretches.Select(stretch => table.LogChi?.Select(row => row[stretch.To] - (stretch.From is { } from ? row[from] : 0)).ToArray())];
        double[]?[] excess =
        [
            .. stretches.Select(stretch =>
                stretch.From is { } from
                    ? table.Reff?.Select(row => DepthContrasts.LogExcess(row[stretch.To]) - DepthContrasts.LogExcess(row[from])).ToArray()
                    : null
            ),
        ];
        double[]?[] share = [.. stretches.Select(stretch => stretch.From is { } from ? logShare?.Select(row => row[stretch.To] - row[from]).ToArray() : null)];
        double[][] family = [.. chi.Concat(excess).Concat(share).OfType<double[]>()];
        var bands = table.Simulations > 1 && family.Length > 0 ? SimultaneousBands.Compute(family, FalseRate) : null;
        var next = 0;
        Estimate?[] estimates = [.. chi.Concat(excess).Concat(share).Select(column => column is null ? null : (Estimate?)Estimated(column))];
        return
        [
            .. stretches.Select(
                (stretch, i) =>
                    new DepthRate(stretch.From is { } from ? table.Depths[from] : 0, table.Depths[stretch.To], estimates[i], estimates[stretches.Length + i])
                    {
                        LogShare = estimates[(2 * stretches.Length) + i],
                    }
            ),
        ];

        Estimate Estimated(double[] column) =>
            bands?.Interval(next++) is var (mean, lower, upper) ? new Estimate(mean, lower, upper) : new Estimate(column.Mean(), double.NaN, double.NaN);
    }

    /// <summary>Indices of recorded depths, each near half of the next.</summary>
    private static List<int> Knots(IReadOnlyList<int> depths)
    {
        List<int> knots = [depths.Count - 1];
        while (knots[0] > 0 && knots.Count < Most)
        {
            knots.Insert(0, DepthContrasts.Nearest(depths, depths[knots[0]] / 2.0, knots[0] - 1));
        }

        return knots;
    }
}
