using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>P5 without batch norm: ln ν₂ of a signal that collapses is a sum of gains whose law is the same in each stretch of layers.</summary>
internal static class WalkChecks
{
    internal const int Width = 32;
    internal const int Stretch = 14;

    /// <summary>δ of the drift, relative to the drift of two stretches by W1, 2.3.</summary>
    internal const double DriftDiscrepancy = 0.4;

    /// <summary>δ of the correlation, relative to the variance of the gain in a stretch by W1.</summary>
    internal const double CorrelationDiscrepancy = 0.45;

    /// <summary>
    /// The gain that stands for a signal that died. All ReLUs of a layer are off with probability 2⁻³², in the sampler as well. This is far below every gain of
    /// a living signal, whose standard deviation over 28 layers is 2.2.
    /// </summary>
    private const double OfDead = -40;

    /// <summary>Compares the gain from layer 28 to 56, and the product of the gains of its two halves, with the exact sampler's.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <returns>The measurements.</returns>
    public static IEnumerable<Measurement> Gains(CheckContext context, Architecture architecture)
    {
        var network = new NetworkSettings(architecture, new TensorShape(4, 1, 1, 16), 4 * Stretch, Width);
        var walk = new Theory.RandomWalk(Width);
        var (drift, variance) = (Stretch * walk.Drift, Stretch * walk.Variance);
        var rates = context.Rates.SharedBy(2);

        // Two stretches deviate by √(2·variance), the product of two gains by the variance; a difference of two networks by √2 times as much.
        var gain = new TwinTest(rates, context.Discrepancy(DriftDiscrepancy) * Math.Abs(2 * drift), Math.Sqrt(4 * variance), context.SampleShare);
        var product = new TwinTest(rates, context.Discrepancy(CorrelationDiscrepancy), Math.Sqrt(2), context.SampleShare);
        var simulation = 0L;
        foreach (var trace in context.SimulateUntilDecided(network, 0, Math.Max(gain.Planned, product.Planned), [gain, product]))
        {
            var twin = SampledTwin.Sample(context, 0, simulation++, trace, 2 * Stretch, 3 * Stretch, 4 * Stretch);
            var subject = Gain([
                .. Enumerable.Range(2, 3).Select(i => Math.Log(WrittenOutLayers.MeanSquare(trace.At(i * Stretch, UnitPlaceKind.Relu).Signal))),
            ]);
            var sampled = Gain([.. twin.Select(moments => moments.LogNu2Signal)]);
            gain.Add(subject.First + subject.Second, sampled.First + sampled.Second);
            product.Add(Product(subject), Product(sampled));
        }

        yield return gain.Conclude($"gain of ln ν₂ from layer {2 * Stretch} to {4 * Stretch}, N = {Width}, against sampled networks");
        yield return product.Conclude("correlation of the gains of both stretches, against sampled networks");

        double Product((double First, double Second) gains) => (gains.First - drift) * (gains.Second - drift) / variance;
    }

    private static (double First, double Second) Gain(double[] logNu2)
    {
        return (Gain(logNu2[0], logNu2[1]), Gain(logNu2[1], logNu2[2]));

        static double Gain(double before, double after) => double.IsNegativeInfinity(after) ? OfDead : after - before;
    }
}
