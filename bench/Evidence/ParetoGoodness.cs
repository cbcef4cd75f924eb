using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>
/// Whether excesses look like the generalised Pareto law that was fitted to them: the statistic of Anderson and Darling, with a simulated critical value.
/// </summary>
/// <remarks>
/// The statistic weighs the tail, which is what is extrapolated. Its law depends on the shape and on both parameters' being estimated (Choulakian and
/// Stephens, Technometrics 2001), so samples of the fitted law are fitted and compared in the same way.
/// </remarks>
internal static class ParetoGoodness
{
    /// <summary>
    /// A law that is true is refused in one of ten samples. It is then fitted to fewer and larger excesses, which makes the result less precise but not wrong.
    /// </summary>
    private const int RefusedInTwenty = 2;

    /// <summary>Whether the law is not refused.</summary>
    /// <param name="excesses">Positive numbers.</param>
    /// <param name="simulations">Simulated samples: one less than a multiple of 20.</param>
    public static bool Accepts(double[] excesses, int simulations)
    {
        var (shape, scale, _) = new ParetoLikelihood(excesses).Maximum();
        if (shape <= ParetoLikelihood.LeastShape)
        {
            // The data ask for a tail that ends sooner than the tail of any law in the search: this misfit is taken to be on the safe
            // side, and the page says so.
            return true;
        }

        var observed = Statistic(excesses, shape, scale);

        // Different data use different random numbers.
        var seed = Mixing.Mix(BitConverter.DoubleToUInt64Bits(excesses.Sum()));
        var larger = new bool[simulations];
        Parallel.For(
            0,
            simulations,
            i =>
            {
                var random = new Random((int)Mixing.Mix(Mixing.Mix(seed) ^ (ulong)i));
                double[] sample = [.. excesses.Select(_ => ParetoLikelihood.Excess(shape, scale, random.NextDouble()))];
                var (sampleShape, sampleScale, _) = new ParetoLikelihood(sample).Maximum();
                larger[i] = Statistic(sample, sampleShape, sampleScale) >= observed;
            }
        );
        return 20 * (1 + larger.Count(isLarger => isLarger)) > RefusedInTwenty * (simulations + 1);
    }

    /// <summary>A² of Anderson and Darling.</summary>
    internal static double Statistic(double[] excesses, double shape, double scale)
    {
        // ln(1 - F) and ln F of each excess, in increasing order; with the constrained shape -½ the largest may lie at the end of the law's tail.
        double[] beyond = [.. excesses.Order().Select(excess => Math.Max(ParetoLikelihood.LogBeyond(shape, scale, excess), Math.Log(ParetoTail.Floor)))];
        var (sum, count) = (0.0, beyond.Length);
        for (var i = 0; i < count; i++)
        {
            var below = Math.Log(-ParetoLikelihood.ExpMinus1(Math.Min(beyond[i], -ParetoTail.Floor)));
            sum += ((2 * i) + 1) * (below + beyond[count - 1 - i]);
        }

        return -count - (sum / count);
    }
}
