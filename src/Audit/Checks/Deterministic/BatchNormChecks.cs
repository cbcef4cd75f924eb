using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>D3, D4 and S7: what batch norm makes of signal and noise, given its input.</summary>
internal static class BatchNormChecks
{
    /// <summary>
    /// Three values of ε: one as large as the variance, which shows its place in the formula; the package's default; and 0. 0 comes last, because layers in a
    /// wrong order may then give batch norm constant channels.
    /// </summary>
    private static readonly double[] Epsilons = [0.5, 0.001, 0];

    /// <summary>D3: with ε = 0 no channel's fourth moment exceeds the kurtosis of one point far from the others.</summary>
    public static IEnumerable<Measurement> Kurtosis(CheckContext context, Architecture architecture)
    {
        var comparison = new ExactComparison();
        foreach (var given in GivenCase.All(context, architecture, 0).SelectMany(given => new[] { given, given.WithOutlier() }))
        {
            ForEachNorm(
                context,
                given,
                (before, after) =>
                {
                    var (points, channels) = (after.Shape.Points, after.Shape.Channels);
                    var bounds = BatchNormRounding
                        .Enclose(Enclosure.Exactly(before.Signal, before.Noise), channels, given.Network.Epsilon, context.UnitRoundoff)
                        .SignalBound;
                    var fourths = WrittenOutLayers.OverPoints(after.Signal, channels, (value, _) => Math.Pow(value, 4));
                    var errors = WrittenOutLayers.OverPoints(bounds, channels, (value, _) => Math.Pow(value, 4));
                    var largest = Bounds.LargestKurtosis(points);
                    for (var channel = 0; channel < channels; channel++)
                    {
                        // The fourth root of a mean fourth power is a norm: it grows by at most the norm of the error.
                        var rounding = Math.Pow(Math.Pow(largest, 0.25) + Math.Pow(errors[channel], 0.25), 4) - largest;
                        comparison.AddBetween(
                            new Observed(fourths[channel]),
                            new Expected(0),
                            new Expected(largest),
                            rounding,
                            $"{after.Where}, {given.Description}"
                        );
                    }
                }
            );
        }

        yield return comparison.Conclude("μ₄ of a channel");
    }

    /// <summary>
    /// D4: each channel loses its mean over all points and is divided by sqrt(σ² + ε). So its variance becomes σ²/(σ² + ε), and its positive and negative parts
    /// have the same mean.
    /// </summary>
    public static IEnumerable<Measurement> Normalisation(CheckContext context, Architecture architecture)
    {
        foreach (var epsilon in Epsilons.Select(epsilon => context.EpsilonFor(epsilon)).Distinct())
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
            ForEachNorm(
                context,
                given,
                (before, after) =>
                {
                    var (channels, epsilon) = (after.Shape.Channels, given.Network.Epsilon);
                    var variances = WrittenOutLayers.Variances(before.Signal, channels);
                    var right = BatchNormRounding.Enclose(Enclosure.Exactly(before.Signal, before.Noise), channels, epsilon, context.UnitRoundoff);
                    var where = $"{after.Where}, {given.Description}";
                    definition.AddTensor(after.Signal, right.Signal, right.SignalBound, $"signal, {where}");
                    definition.AddTensor(after.Noise, right.Noise, right.NoiseBound, $"noise, {where}");

                    var afterwards = WrittenOutLayers.Variances(after.Signal, channels);
                    var positive = WrittenOutLayers.OverPoints(after.Signal, channels, (value, _) => Math.Max(value, 0));
                    var absolute = WrittenOutLayers.OverPoints(after.Signal, channels, (value, _) => Math.Abs(value));
                    var (squares, means) = (WrittenOutLayers.MeanSquares(right.SignalBound, channels), WrittenOutLayers.Means(right.SignalBound, channels));
                    for (var channel = 0; channel < channels; channel++)
                    {
                        // A standard deviation changes by at most the root mean square of the error; ν₁(z⁺) - ½ν₁(|z|) is half the mean, which is the mean of
                        // the error.
                        var expected = Bounds.VarianceAfterBatchNorm(variances[channel], epsilon);
                        variance.Add(
                            new Observed(afterwards[channel]),
                            new Expected(expected),
                            (2 * Math.Sqrt(expected * squares[channel])) + squares[channel],
                            where
                        );
                        halves.Add(new Observed(positive[channel]), new Expected(0.5 * absolute[channel]), 0.5 * means[channel], where);
                    }
                }
            );
        }
    }

    /// <summary>S7: the increment of χ in batch norm follows from the divisors of the noise, channel by channel.</summary>
    public static IEnumerable<Measurement> NoiseIncrement(CheckContext context, Architecture architecture)
    {
        var comparison = new ExactComparison();
        foreach (var given in GivenCase.All(context, architecture, 0))
        {
            ForEachNorm(
                context,
                given,
                (before, after) =>
                {
                    var channels = after.Shape.Channels;
                    var (squares, variances) = (WrittenOutLayers.MeanSquares(before.Noise, channels), WrittenOutLayers.Variances(before.Signal, channels));
                    var epsilon = given.Network.Epsilon;
                    var ratio = squares.Zip(variances, (noise, signal) => noise / (signal + epsilon)).Average();
                    var (signalBefore, noiseBefore) = (variances.Average(), squares.Average());

                    // With a positive ε, the remaining variance is below 1.
                    var increment = MeasuredTheorems.BatchNormIncrement(ratio, signalBefore, noiseBefore);
                    increment = epsilon == 0 ? increment : increment / Math.Sqrt(variances.Average(signal => signal / (signal + epsilon)));
                    var observed = Math.Sqrt(
                        WrittenOutLayers.MeanSquares(after.Noise, channels).Average()
                            / WrittenOutLayers.Variances(after.Signal, channels).Average()
                            * signalBefore
                            / noiseBefore
                    );

                    // Both are norms of the output: of the noise, and of the signal's deviations. Each changes by at most the norm of the error.
                    var right = BatchNormRounding.Enclose(Enclosure.Exactly(before.Signal, before.Noise), channels, epsilon, context.UnitRoundoff);
                    var rounding = right.RelativeNoise + MomentRounding.Relatively(right.RelativeSignal(channels)) * (1 + right.RelativeNoise);
                    comparison.Add(new Observed(observed), new Expected(increment), increment * rounding, $"{after.Where}, {given.Description}");
                }
            );
        }

        yield return comparison.Conclude("δ_BN χ");
    }

    private static void ForEachNorm(CheckContext context, GivenCase given, Action<Snapshot, Snapshot> look)
    {
        var trace = given.Trace(context.Subject);
        for (var depth = 1; depth <= given.Network.Depth; depth++)
        {
            look(trace.Before(depth, UnitPlaceKind.BatchNorm), trace.At(depth, UnitPlaceKind.BatchNorm));
        }
    }
}
