using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Made-up ensembles of known law: what depth does to each mapping on average, with chance of the kinds that networks have.</summary>
/// <param name="Reff">Effective rank by depth.</param>
/// <param name="LogChi">Mean of ln χ by depth.</param>
internal sealed record MadeUpTables(Func<double, double> Reff, Func<double, double> LogChi)
{
    /// <summary>Depth; depths 1 to this are recorded in steps of <see cref="Step"/>.</summary>
    public int Depth { get; init; } = 200;

    /// <summary>Layers between two records.</summary>
    public int Step { get; init; } = 2;

    /// <summary>The depths that are recorded, if not evenly spaced.</summary>
    public int[]? Depths { get; init; }

    /// <summary>Share of the signal that varies, by depth; null for tables that do not tell.</summary>
    public Func<double, double>? Share { get; init; }

    /// <summary>Whether errors have tails as Student's t with three degrees of freedom, of the same deviation.</summary>
    public bool HasOutliers { get; init; }

    /// <summary>Mappings.</summary>
    public int Mappings { get; init; } = 24;

    /// <summary>Variance of the random walk of ln χ, per layer.</summary>
    public double Walk { get; init; }

    /// <summary>How far the factor by which a mapping's ln χ differs from the mean lies from 1 at most; evenly distributed.</summary>
    public double RateSpread { get; init; }

    /// <summary>Standard deviation of an error of ln χ and of ln(r_eff - 1) at each depth, independent between depths.</summary>
    public double Scatter { get; init; } = 0.02;

    /// <summary>Standard deviation of an error of ln(r_eff - 1) at each depth, if not that of ln χ.</summary>
    public double? RankScatter { get; init; }

    /// <summary>Standard deviation of a factor of r_eff - 1 that a mapping keeps.</summary>
    public double Spread { get; init; } = 0.01;

    /// <summary>Draws a table.</summary>
    /// <param name="seed">The seed.</param>
    public MomentTable Draw(int seed)
    {
        var random = new Random(seed);
        var depths = Depths ?? [.. Enumerable.Range(1, Depth / Step).Select(i => i * Step)];
        var (ranks, gains, shares) = (new List<double[]>(), new List<double[]>(), new List<double[]>());
        for (var i = 0; i < Mappings; i++)
        {
            var (walk, kept, before) = (0.0, Spread * Error(), 0);
            var own = RateSpread > 0 ? 1 + (RateSpread * ((2 * random.NextDouble()) - 1)) : 1;
            var (rank, gain, share) = (new double[depths.Length], new double[depths.Length], new double[depths.Length]);
            foreach (var (index, depth) in depths.Index())
            {
                walk += Math.Sqrt(Walk * (depth - before)) * Error();
                before = depth;
                gain[index] = (own * LogChi(depth)) + walk + (Scatter * Error());
                rank[index] = 1 + ((Reff(depth) - 1) * Math.Exp(kept + ((RankScatter ?? Scatter) * Error())));
                share[index] = Share is null ? 0 : Math.Log(Share(depth)) + kept + (Scatter * Error());
            }

            ranks.Add(rank);
            gains.Add(gain);
            shares.Add(share);
        }

        var table = new MomentTable(depths, Mappings, ranks, gains, null, null, 0);
        return Share is null ? table : table with { LogNu2 = [.. shares.Select(row => new double[row.Length])], LogMu2 = shares };

        double Error() => HasOutliers ? StudentT.Sample(random, 0, 1, 3) / Math.Sqrt(3) : Normal.Sample(random, 0, 1);
    }

    /// <summary>Diagnoses a table.</summary>
    /// <param name="seed">The seed.</param>
    public Diagnosis Diagnose(int seed = 5) => Diagnosis.Diagnose(Draw(seed));
}
