namespace Wellbehaved.Audit;

/// <summary>The random walk of ln χ in a network of finite width, as the mappings of an experiment show it.</summary>
/// <remarks>
/// <para>
/// A layer of N units multiplies the squared size of a signal by a mean of N terms, so ln χ makes a random step whose variance is O(1/N). Take a rectifier net
/// whose signal has collapsed to one direction. Given the layer below, the factors are A = (2/N) Σ y² 1[y &gt; 0] for the signal, of variance 5/N, and for
/// noise of many directions under the same mask B = (2/N) Σ 1[y &gt; 0], of variance 1/N; their covariance is 1/N. So ln χ = ½(ln B - ln A) steps with variance
/// ¼(5 + 1 - 2)/N = 1/N and, by the second order of the logarithm, with mean ½(-½ + 5/2)/N = 1/N. Noise of a single direction has variance 5/N as well: the
/// variance of the step is then ¼(5 + 5 - 2)/N = 2/N and its mean 0.
/// </para>
/// <para>
/// So chance explains a drift of about the variance per layer, which can be measured without knowing N. Over some N layers the noise aligns with the signal,
/// and both drift and variance become smaller. Measured in <c>vanilla</c> and <c>vanilla_res</c> of widths 64 and 128, the ratio of drift to variance is 0.8
/// to 1.6 from depth 50 on. Up to depth 50 it is 2 to 3, because χ still tends to its limit at infinite width, with a rate that falls with depth. A drift is
/// called a rate of the architecture only if it exceeds twice the variance: a margin over what was derived, not a theorem about every net.
/// </para>
/// <para>
/// The variance is that of a mapping's successive steps about its own mean rate. Mappings with different rates are not a walk: over n layers a walk spreads
/// the mappings in proportion to the root of n, different rates in proportion to n.
/// </para>
/// </remarks>
/// <param name="Variance">Mean over the mappings of the variance of ln χ that a layer adds by chance; 0 with fewer than two mappings.</param>
internal sealed record FiniteWidthWalk(double Variance)
{
    /// <summary>
    /// The largest ratio of the variance within mappings to that between them that is put down to chance; for 24 mappings it is exceeded by chance once in
    /// fifty times.
    /// </summary>
    private const double MostByChance = 2;

    /// <summary>The variance that a layer adds to a mapping's number, by mapping.</summary>
    /// <remarks>
    /// It is the variance of successive steps within a mapping. If this is certainly larger than the variance between mappings over the whole stretch, the
    /// numbers have errors of their own at each depth, which do not add up with depth and look like steps. Then the variance between mappings is used, which
    /// contains fewer of these errors.
    /// </remarks>
    /// <param name="rows">The numbers of each mapping, by recorded depth.</param>
    /// <param name="depths">Recorded depths.</param>
    /// <param name="knots">Indices of the depths between which steps are taken: at least two stretches.</param>
    /// <param name="from">Index of the depth where the whole stretch begins.</param>
    /// <param name="to">Index of the depth where it ends.</param>
    /// <returns>One number for each mapping. Their mean is the estimate and their scatter its error; zeros with fewer than two mappings.</returns>
    public static double[] ByMapping(IReadOnlyList<double[]> rows, IReadOnlyList<int> depths, IReadOnlyList<int> knots, int from, int to)
    {
        var within = Within(rows, depths, knots);
        double[] gains = [.. rows.Select(row => row[to] - row[from])];
        var (mappings, mean, layers) = (gains.Length, gains.Average(), depths[to] - depths[from]);
        double[] between = [.. gains.Select(gain => mappings < 2 ? 0 : (gain - mean) * (gain - mean) * mappings / (mappings - 1) / layers)];
        return within.Average() > MostByChance * between.Average() ? between : within;
    }

    /// <summary>The variance that a layer adds to a mapping's number, by mapping, from its gains over successive stretches.</summary>
    /// <remarks>
    /// A gain over n layers is modelled as a mean over all mappings, plus n times a rate of the mapping's own, plus an independent step of variance nv. The
    /// square of what remains without the first two, divided by n and summed over m stretches, has the mean v(m - 1)(1 - 1/mappings).
    /// </remarks>
    /// <param name="rows">The numbers of each mapping, by recorded depth.</param>
    /// <param name="depths">Recorded depths.</param>
    /// <param name="knots">Indices of the depths between which gains are taken: at least two stretches.</param>
    /// <returns>One number for each mapping. Their mean is the estimate and their scatter its error; zeros with fewer than two mappings.</returns>
    public static double[] Within(IReadOnlyList<double[]> rows, IReadOnlyList<int> depths, IReadOnlyList<int> knots)
    {
        var (mappings, stretches) = (rows.Count, knots.Count - 1);
        var variances = new double[mappings];
        if (mappings < 2)
        {
            return variances;
        }

        double Gain(double[] row, int stretch) => row[knots[stretch + 1]] - row[knots[stretch]];
        double[] layers = [.. Enumerable.Range(0, stretches).Select(stretch => (double)(depths[knots[stretch + 1]] - depths[knots[stretch]]))];
        double[] means = [.. Enumerable.Range(0, stretches).Select(stretch => rows.Average(row => Gain(row, stretch)))];
        var freedom = (stretches - 1) * (mappings - 1.0) / mappings;
        for (var mapping = 0; mapping < mappings; mapping++)
        {
            double[] apart = [.. means.Select((mean, stretch) => Gain(rows[mapping], stretch) - mean)];
            var rate = apart.Sum() / layers.Sum();
            variances[mapping] = apart.Zip(layers, (gain, n) => (gain - (rate * n)) * (gain - (rate * n)) / n).Sum() / freedom;
        }

        return variances;
    }
}
