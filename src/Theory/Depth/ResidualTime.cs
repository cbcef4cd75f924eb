namespace Wellbehaved.Theory;

/// <summary>Z2: a residual network acts as its branch does as a stack, at a time that depends on its scales.</summary>
internal static class ResidualTime
{
    /// <summary>T(l) of normalised branches with a fixed scale: ln(1 + l/l₀).</summary>
    /// <param name="units">l ≥ 0.</param>
    /// <param name="onset">l₀ = ν₂(y⁰)/(α²g): the number of units whose branches weigh as much as the skip connection does at the start.</param>
    /// <returns>The time.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The units are negative, or the onset is not positive.</exception>
    public static double NormalisedBranches(double units, double onset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(onset);
        return Math.Log(1 + (units / onset));
    }

    /// <summary>Growth of χ² in a unit whose branch has the share w of the sum: <c>(1-w) + w κᴴ</c>.</summary>
    /// <param name="share">w in [0, 1].</param>
    /// <param name="gain">κ of a layer of the branch.</param>
    /// <param name="layers">H ≥ 1.</param>
    /// <returns>δχ².</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside [0, 1], or there is no layer.</exception>
    public static double SquaredIncrement(double share, double gain, int layers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        return share is >= 0 and <= 1
            ? 1 - share + (share * Math.Pow(gain, layers))
            : throw new ArgumentOutOfRangeException(nameof(share), share, "expected a share in [0, 1]");
    }

    /// <summary>
    /// Z3: ln χ after l batch-normalised branches, <c>½ Σ ln((s_k + α²A)/(s_k + α²b))</c>, <c>s_k = s₀ + α²bk</c>. Large batch and infinite width.
    /// </summary>
    /// <param name="units">l ≥ 0.</param>
    /// <param name="layers">H ≥ 1, the number of layers in a branch.</param>
    /// <param name="gain">κ_BN.</param>
    /// <param name="variance">α²b, with b = σ_w² Var s(z): what a branch adds to the variance of the centred signal.</param>
    /// <param name="start">s₀, the variance of the centred signal before the first unit.</param>
    /// <returns>ln χ.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static double LogChi(int units, int layers, double gain, double variance, double start = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(start);
        ArgumentOutOfRangeException.ThrowIfNegative(variance);
        var (sum, added) = (0.0, variance * Math.Pow(gain, layers));
        for (var k = 0; k < units; k++)
        {
            var signal = start + (variance * k);
            sum += Math.Log((signal + added) / (signal + variance));
        }

        return 0.5 * sum;
    }

    /// <summary>The correlation of two points after a time T, from <c>dc/dT = f(c) - c</c>, by the classical Runge–Kutta method of fourth order.</summary>
    /// <param name="map">f, the map of a correlation by the branch as a stack.</param>
    /// <param name="correlation">c at the start.</param>
    /// <param name="time">T ≥ 0.</param>
    /// <returns>c(T).</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative or not finite.</exception>
    public static double Correlation(Func<double, double> map, double correlation, double time)
    {
        ArgumentNullException.ThrowIfNull(map);
        if (!double.IsFinite(time) || time < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(time), time, "expected a finite time of at least 0");
        }

        var steps = Math.Max(1, (int)Math.Ceiling(200 * time));
        var h = time / steps;
        var c = correlation;
        double Speed(double at) => map(Math.Min(1, at)) - at;
        for (var step = 0; step < steps; step++)
        {
            var k1 = Speed(c);
            var k2 = Speed(c + (0.5 * h * k1));
            var k3 = Speed(c + (0.5 * h * k2));
            var k4 = Speed(c + (h * k3));
            c += h / 6 * (k1 + (2 * k2) + (2 * k3) + k4);
        }

        return c;
    }

    /// <summary>
    /// Z4: mean and mean square over channels after l units <c>x ← relu(x + branch)</c> with batch-normalised branches: a walk reflected at 0, by Spitzer's
    /// identity.
    /// </summary>
    /// <param name="units">l ≥ 0; the start is the ReLU of one batch norm.</param>
    /// <returns>ν₁ and ν₂.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The units are negative.</exception>
    public static (double Nu1, double Nu2) ReflectedWalk(int units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        var n = units + 1;
        var (sums, nu2) = (new double[n + 1], 0.5 * n);
        for (var k = 1; k <= n; k++)
        {
            sums[k] = sums[k - 1] + (1 / Math.Sqrt(2 * Math.PI * k));
        }

        for (var j = 1; j < n; j++)
        {
            nu2 += (sums[j] - sums[j - 1]) * sums[n - j];
        }

        return (sums[n], nu2);
    }
}
