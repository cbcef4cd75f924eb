using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>D3, D4 and S7: what batch norm does to signal and noise, given what comes in.</summary>
internal static class BatchNormChecks
{
    /// <summary>One as large as the variance itself, where its place in the formula shows; the package's default; and none, which comes last since a wrong order of layers may meet constant channels there.</summary>
    private static readonly double[] Epsilons = [0.5, 0.001, 0];

    /// <summary>D3: with ε = 0 no channel's fourth moment exceeds the kurtosis of one point far from the others.</summary>
    public static IEnumerable<Measurement> Kurtosis(CheckContext context, string architecture)
    {
        var comparison = new ExactComparison();
        foreach (var given in GivenCase.All(context, architecture, 0).SelectMany(given => new[] { given, given.WithOutlier() }))
        {
            ForEachNorm(context, given, (before, after) =>
            {
                var (points, channels) = (after.Shape.Points, after.Shape.Channels);
                var (means, variances) = (WrittenOutLayers.Means(before.Signal, channels), WrittenOutLayers.Variances(before.Signal, channels));
                var fourths = WrittenOutLayers.OverPoints(after.Signal, channels, (value, _) => Math.Pow(value, 4));
                for (var channel = 0; channel < channels; channel++)
                {
                    // As in D4 z is good to δ = (P + 16)·u·(1 + mean²/σ²)·(|y| + |mean|)/σ, and |y|/σ is √P + |mean|/σ at most. Mean z⁴ then changes by
                    // 4δ mean |z|³ at most, and mean |z|³ ≤ √P since mean z² = 1.
                    var offset = Math.Abs(means[channel]) / Math.Sqrt(variances[channel]);
                    var rounding = (points + 16) * context.UnitRoundoff * (1 + (offset * offset)) * (Math.Sqrt(points) + (2 * offset));
                    comparison.AddBetween(new Observed(fourths[channel]), new Expected(0), new Expected(Bounds.LargestKurtosis(points)), 4 * Math.Sqrt(points) * rounding, $"{after.Where}, {given.Description}");
                }
            });
        }

        yield return comparison.Conclude("μ₄ of a channel");
    }

    /// <summary>D4: each channel loses its mean over all points and is divided by sqrt(σ² + ε), so its variance becomes σ²/(σ² + ε), and its positive and negative parts weigh the same.</summary>
    public static IEnumerable<Measurement> Normalisation(CheckContext context, string architecture)
    {
        foreach (var epsilon in Epsilons)
        {
            var (definition, variance, halves) = (new ExactComparison(), new ExactComparison(), new ExactComparison());
            foreach (var given in GivenCase.All(context, architecture, epsilon))
            {
                Compare(given, definition, variance, halves);
            }

            yield return definition.Conclude(FormattableString.Invariant($"batch norm against its definition, ε = {epsilon}"));
            yield return variance.Conclude(FormattableString.Invariant($"variance of a channel, ε = {epsilon}"));
            yield return halves.Conclude(FormattableString.Invariant($"ν₁(z⁺) = ½ν₁(|z|), ε = {epsilon}"));
        }

        void Compare(GivenCase given, ExactComparison definition, ExactComparison variance, ExactComparison halves)
        {
            ForEachNorm(context, given, (before, after) =>
            {
                var (points, channels, epsilon) = (after.Shape.Points, after.Shape.Channels, given.Network.Epsilon);
                var (means, variances) = (WrittenOutLayers.Means(before.Signal, channels), WrittenOutLayers.Variances(before.Signal, channels));
                var deviations = variances.Select(value => Math.Sqrt(value + epsilon)).ToArray();
                var (signal, noise) = WrittenOutLayers.Normalise(before.Signal, before.Noise, means, deviations);
                var where = $"{after.Where}, {given.Description}";

                // Mean and variance of P numbers are good to P·u relative to their magnitudes, the division to a few u more.
                var rounding = (points + 16) * context.UnitRoundoff;
                for (var i = 0; i < signal.Length; i++)
                {
                    var channel = i % channels;
                    var condition = 1 + (means[channel] * means[channel] / (variances[channel] + epsilon));
                    definition.Add(new Observed(after.Signal[i]), new Expected(signal[i]), rounding * condition * (Math.Abs(before.Signal[i]) + Math.Abs(means[channel])) / deviations[channel], $"signal, {where}");
                    definition.Add(new Observed(after.Noise[i]), new Expected(noise[i]), rounding * condition * Math.Abs(noise[i]), $"noise, {where}");
                }

                var afterwards = WrittenOutLayers.Variances(after.Signal, channels);
                var positive = WrittenOutLayers.OverPoints(after.Signal, channels, (value, _) => Math.Max(value, 0));
                var absolute = WrittenOutLayers.OverPoints(after.Signal, channels, (value, _) => Math.Abs(value));
                for (var channel = 0; channel < channels; channel++)
                {
                    var condition = 1 + (means[channel] * means[channel] / (variances[channel] + epsilon));
                    variance.Add(new Observed(afterwards[channel]), new Expected(Bounds.VarianceAfterBatchNorm(variances[channel], epsilon)), 4 * rounding * condition, where);
                    halves.Add(new Observed(positive[channel]), new Expected(0.5 * absolute[channel]), 4 * rounding * condition, where);
                }
            });
        }
    }

    /// <summary>S7: the increment of χ in batch norm is given by what it divides the noise by, channel for channel.</summary>
    public static IEnumerable<Measurement> NoiseIncrement(CheckContext context, string architecture)
    {
        var comparison = new ExactComparison();
        foreach (var given in GivenCase.All(context, architecture, 0))
        {
            ForEachNorm(context, given, (before, after) =>
            {
                var channels = after.Shape.Channels;
                var (squares, variances) = (WrittenOutLayers.MeanSquares(before.Noise, channels), WrittenOutLayers.Variances(before.Signal, channels));
                var ratio = squares.Zip(variances, (noise, signal) => noise / signal).Average();
                var (signalBefore, noiseBefore) = (variances.Average(), squares.Average());
                var increment = MeasuredTheorems.BatchNormIncrement(ratio, signalBefore, noiseBefore);
                var observed = Math.Sqrt(WrittenOutLayers.MeanSquares(after.Noise, channels).Average() / WrittenOutLayers.Variances(after.Signal, channels).Average() * signalBefore / noiseBefore);
                comparison.Add(new Observed(observed), new Expected(increment), increment * given.Amplification * given.Amplification * 8 * (after.Shape.Points + 16) * context.UnitRoundoff, $"{after.Where}, {given.Description}");
            });
        }

        yield return comparison.Conclude("δ_BN χ");
    }

    private static void ForEachNorm(CheckContext context, GivenCase given, Action<Snapshot, Snapshot> look)
    {
        var trace = given.Trace(context.Subject);
        for (var depth = 1; depth <= given.Network.Depth; depth++)
        {
            look(trace.Before(depth, PlaceKind.BatchNorm), trace.At(depth, PlaceKind.BatchNorm));
        }
    }
}
