using MathNet.Numerics;

namespace Wellbehaved.Audit;

/// <summary>
/// A theorem about the mean of a recorded quantity, besides Student's asymptotic test: how improbable a mean at least this far away is, for any number of
/// simulations and any skewness.
/// </summary>
/// <remarks>
/// <para>
/// Why it is needed: <see cref="CorrectedTail"/> pays <c>exp(ct³)</c> for skewness, <c>c = (|γ| + 3√(6/n))/(3√n)</c>, so it never falls below
/// <c>exp(-1/(54c²))</c>. With 48 simulations, or a skewness of 2 in 300, it rejects no distance at all, not even 209 standard errors. This is not a weakness
/// of the correction. The sample alone cannot exclude a rare, huge value that would bring the mean back (R. Bahadur and L. Savage, Ann. Math. Stat. 1956).
/// The law itself excludes it, because it says more about the quantity than its mean.
/// </para>
/// <para>All bounds are of Chernoff's kind: <c>P(S ≥ s) ≤ E exp(λS) exp(-λs)</c>. Each uses a bound of the moment-generating function conditional on the layers
/// before, so that the depths of a simulation multiply in the same way as simulations.</para>
/// </remarks>
/// <param name="FalseAlarm">
/// A bound of the probability that the mean of a true claim is at least as far from its expectation as a given mean, on either side; it falls with the
/// distance.
/// </param>
/// <param name="Interval">
/// The means of the law that an observed mean does not exclude, from that mean and a rate; null if the theorem speaks only about the claimed mean.
/// </param>
internal sealed record ExactTail(Func<double, double> FalseAlarm, Func<double, double, (double Lower, double Upper)>? Interval = null)
{
    private const int Bisections = 60;

    /// <summary>S2, S3: a mean square after a fresh convolution divided by its value before.</summary>
    /// <remarks>
    /// Given the layer before, the N output channels are independent Gaussian vectors over the points. So the ratio, divided by its mean, is an average of N
    /// weighted sums <c>Σ w_i z_i²</c>, w ≥ 0, Σw = 1. Its logarithmic moment-generating function <c>-½Σ ln(1 - 2sw_i)</c> is convex in w, so it is largest if
    /// one weight is 1, which gives χ²₁. Therefore the average over depths and simulations has the Chernoff bounds of χ²_M/M, M = N × depths × simulations:
    /// <c>P ≤ exp(-½M(r - 1 - ln r))</c> on each side.
    /// </remarks>
    /// <param name="expected">The mean.</param>
    /// <param name="freedom">M.</param>
    public static ExactTail OfConvolution(double expected, double freedom)
    {
        return new ExactTail(mean => Bound(mean / expected), (mean, rate) => (mean / End(rate, above: true), mean / End(rate, above: false)));

        double Bound(double ratio) => ratio <= 0 ? 0 : Math.Min(1, 2 * Math.Exp(-0.5 * freedom * (ratio - 1 - Math.Log(ratio))));

        // The ratio at which the bound crosses the rate, rounded away from 1.
        double End(double rate, bool above)
        {
            var (inside, outside) = (1.0, above ? 2.0 : 0.0);
            while (above && Bound(outside) > rate)
            {
                outside *= 2;
            }

            for (var i = 0; i < Bisections; i++)
            {
                var middle = 0.5 * (inside + outside);
                (inside, outside) = Bound(middle) > rate ? (middle, outside) : (inside, middle);
            }

            return outside;
        }
    }

    /// <summary>
    /// S2, S3: a mean square after the ReLU divided by its value before. It lies between 0 and 1 with a conditional mean of one half. Hoeffding's inequality.
    /// </summary>
    /// <param name="expected">The mean.</param>
    /// <param name="terms">Depths × simulations.</param>
    public static ExactTail OfActivation(double expected, double terms) =>
        new(
            mean => Math.Min(1, 2 * Math.Exp(-2 * terms * Math.Pow(mean - expected, 2))),
            (mean, rate) => Math.Sqrt(Math.Log(2 / rate) / (2 * terms)) is var half ? (mean - half, mean + half) : default
        );

    /// <summary>W3: the gain of ν₂ in a unit of <c>bn_res</c>, of mean 1.</summary>
    /// <remarks>
    /// Let y be the unit's input, and K the covariance over the P points of the branch b that is added, given everything but the last convolution of the
    /// branch; q is K's mean diagonal. After batch norm q lies in [0, 2] and has the mean 1 (change the sign of a channel), so by Hoeffding's lemma <c>E
    /// exp(λ(q - 1)) ≤ exp(λ²/2)</c>. The gain is <c>Σ_c(|b_c|² + 2⟨y_c, b_c⟩)/(NP)</c> with independent Gaussian b_c, and the largest eigenvalue of K is at
    /// most its trace Pq ≤ 2P. With s = |λ|/(NP), the determinant and the exponent of the Gaussian integral give <c>ln E exp(λ(gain - 1)) ≤ λ²(½ + c(1 +
    /// ν₂(y))/N)</c>: c = 4 for λ &lt; 0, from <c>-ln(1 + 2sk) ≤ -2sk + 2s²k²</c>, and c = 8 for 0 &lt; λ ≤ N/8, from <c>-ln(1 - 2sk) ≤ 2sk + 4s²k²</c> where
    /// 2sk ≤ ½. ν₂(y) is recorded, so the process that uses it is a supermartingale; it is mixed over a grid of λ.
    /// </remarks>
    /// <param name="channels">N.</param>
    /// <param name="terms">Depths × simulations.</param>
    /// <param name="meanNu2">Mean of ν₂ before the units, over the same depths and simulations.</param>
    public static ExactTail OfDilution(int channels, double terms, double meanNu2)
    {
        const int bets = 20;
        return new ExactTail(mean =>
        {
            var energy = terms * (0.5 + ((mean < 1 ? 4 : 8) * (1 + meanNu2) / channels));
            var sum = terms * Math.Abs(mean - 1);
            var largest = Enumerable.Range(0, bets).Select(k => Math.ScaleB(channels / 8.0, -k)).Max(bet => (bet * sum) - (bet * bet * energy));

            // The largest term of the mixture is a lower bound of the mixture; the factor 2 is for both sides.
            return Math.Min(1, 2 * bets * Math.Exp(-largest));
        });
    }

    /// <summary>S6: δ_φ⁻² = (χ before/χ after)² of a ReLU after batch norm; the theorem bounds it only from below.</summary>
    /// <remarks>
    /// <para>Given everything except the signs of the N channels, these are N independent random signs (change the sign of a row of weights), and δ_φ⁻² = B/A.
    /// A is the share of μ₂(dx) that the ReLU keeps, B that of μ₂(x). Both are sums over channels of a number between 0 and the channel's share w_c or v_c of
    /// the whole, since the ReLU is 1-Lipschitz. The two values of a channel's part of A add up to w_c, so A has the mean ½. B has the mean β = ½(1 - ½E_c
    /// ν₁²/μ₂) ≥ ½(1 - ½m/μ₂), where m is the recorded ν₁(|z|), because E_c ν₁² ≤ m if ν₁ ≤ 1.</para>
    /// <para>1/A is convex, so B/A ≥ 4B(1 - A) by its tangent at ½. exp(-4λBh) is convex in h = 1 - A, 0 ≤ h ≤ 1, so below its chord 1 - h + h exp(-4λB).
    /// A channel's part of h is independent of the other channels' parts of B, and its own part of B is not negative; Hoeffding's lemma for the others, with
    /// v_c ≤ 1/(Nμ₂), gives <c>E exp(-λδ⁻²) ≤ ½ + ½exp(-2λ(2β - (1 + λ)/(Nμ₂)))</c>. Its logarithm is convex in β, so below its chord over 0 ≤ m ≤ 1, which is
    /// linear in the recorded m: depths and simulations multiply. The process is mixed over a grid of λ.</para>
    /// <para>From above there is no such theorem: A can be arbitrarily near to 0.</para>
    /// </remarks>
    /// <param name="channels">N.</param>
    /// <param name="terms">Depths × simulations.</param>
    /// <param name="meanNu1">Mean of ν₁(|z|) before the ReLU, over the same depths and simulations.</param>
    /// <param name="leastMu2">The least μ₂ there; 1 where ε is 0.</param>
    public static ExactTail OfSquaredChiRatio(int channels, double terms, double meanNu1, double leastMu2)
    {
        double[] bets = [.. Enumerable.Range(0, 20).Select(k => 4 * Math.Pow(2, -0.5 * k))];
        var cumulants = bets.Select(bet => (Bet: bet, Cumulant: ((1 - meanNu1) * Cumulant(bet, 1)) + (meanNu1 * Cumulant(bet, 1 - (0.5 / leastMu2)))))
            .ToArray();
        return new ExactTail(mean =>
        {
            // The largest term of the mixture is a lower bound of the mixture.
            var exponent = cumulants.Max(pair => (-pair.Bet * mean) - pair.Cumulant);
            return Math.Min(1, bets.Length * Math.Exp(-terms * Math.Max(0, exponent)));
        });

        double Cumulant(double bet, double least) => Math.Log(0.5 + (0.5 * Math.Exp(-2 * bet * (least - ((1 + bet) / (channels * leastMu2))))));
    }

    /// <summary>S6: the share of μ₂(x) that a ReLU after batch norm keeps: B of <see cref="OfSquaredChiRatio"/>. Azuma's inequality.</summary>
    /// <remarks>
    /// Given everything except the channels' signs, B is a sum of independent numbers in intervals of lengths v_c ≤ 1/(Nμ₂), Σv_c = 1, so Σv_c² ≤ 1/(Nμ₂). For
    /// a mean over n layers that is t beyond what the recorded ν₁ allows, <c>P ≤ exp(-2nNμ₂t²)</c> on each side.
    /// </remarks>
    /// <param name="lower">The least mean that ν₁ allows.</param>
    /// <param name="upper">The largest mean that ν₁ allows.</param>
    /// <param name="channels">N.</param>
    /// <param name="terms">Depths × simulations.</param>
    /// <param name="leastMu2">The least μ₂ before the ReLU; 1 where ε is 0.</param>
    public static ExactTail OfNormalisedVariance(double lower, double upper, int channels, double terms, double leastMu2)
    {
        var freedom = 2 * terms * channels * leastMu2;
        return new ExactTail(
            mean => Math.Min(1, 2 * Math.Exp(-freedom * Math.Pow(mean - Math.Clamp(mean, lower, upper), 2))),
            (mean, rate) => Math.Sqrt(Math.Log(2 / rate) / freedom) is var half ? (mean - half, mean + half) : default
        );
    }

    /// <summary>W1: the gain of ln ν₂ of a collapsed signal over some layers, each a copy of <c>ln((2/N)χ²_K)</c>, K binomial and at least 1.</summary>
    /// <remarks>Its logarithmic moment-generating function is <c>ln Σ_K w_K (4/N)^s Γ(K/2 + s)/Γ(K/2)</c> for s above -½.</remarks>
    /// <param name="channels">N.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="simulations">Number of simulations.</param>
    /// <param name="drift">Mean of the gain.</param>
    /// <param name="allowance">The largest distance of the mean from the drift, since a collapsed batch keeps some variance.</param>
    public static ExactTail OfWalk(int channels, double layers, double simulations, double drift, double allowance)
    {
        double[] bets = [.. Enumerable.Range(0, 40).Select(k => 0.4 * Math.Pow(0.8, k))];
        var up = bets.Select(bet => (Bet: bet, Cumulant: Cumulant(channels, bet))).ToArray();
        var down = bets.Select(bet => (Bet: -bet, Cumulant: Cumulant(channels, -bet))).ToArray();
        return new ExactTail(mean =>
        {
            var near = mean > drift ? Math.Max(drift, mean - allowance) : Math.Min(drift, mean + allowance);
            var exponent = (near > drift ? up : down).Max(pair => (pair.Bet * near) - (layers * pair.Cumulant));
            return Math.Min(1, 2 * Math.Exp(-simulations * Math.Max(0, exponent)));
        });
    }

    private static double Cumulant(int channels, double s)
    {
        double[] logarithms =
        [
            .. Enumerable
                .Range(1, channels)
                .Select(k => SpecialFunctions.BinomialLn(channels, k) + SpecialFunctions.GammaLn((0.5 * k) + s) - SpecialFunctions.GammaLn(0.5 * k)),
        ];
        var largest = logarithms.Max();

        // Σ_K≥1 C(N, K) = 2^N - 1.
        var total = (channels * Math.Log(2)) + Math.Log(1 - Math.ScaleB(1, -channels));
        return largest + Math.Log(logarithms.Sum(logarithm => Math.Exp(logarithm - largest))) - total + (s * Math.Log(4.0 / channels));
    }

    /// <summary>
    /// The relative distance from the claimed mean at which the bound has fallen to a rate on both sides; infinite if it has not at a distance of the mean
    /// itself.
    /// </summary>
    /// <param name="expected">The claimed mean.</param>
    /// <param name="rate">The rate.</param>
    public double Reach(double expected, double rate)
    {
        if (!Rejects(1))
        {
            return double.PositiveInfinity;
        }

        var (inside, outside) = (0.0, 1.0);
        for (var i = 0; i < Bisections; i++)
        {
            var middle = 0.5 * (inside + outside);
            (inside, outside) = Rejects(middle) ? (inside, middle) : (middle, outside);
        }

        return outside;

        bool Rejects(double distance) => FalseAlarm(expected * (1 + distance)) <= rate && FalseAlarm(expected * (1 - distance)) <= rate;
    }
}
