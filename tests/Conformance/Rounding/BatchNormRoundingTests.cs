using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>D3, D4, S7: the bound of batch norm holds for the formulas that implementations use, in single precision.</summary>
public class BatchNormRoundingTests
{
    private const int Channels = 2;
    private const int Points = 24;
    private static readonly double Single = Math.ScaleB(1, -24);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 0.5)]
    [InlineData(3, 0.001)]
    [InlineData(30, 0)]
    public void The_rounding_error_of_batch_norm_stays_within_the_bound_for_all_formulas(double mean, double epsilon)
    {
        var largest = 0.0;
        for (var seed = 0; seed < 50; seed++)
        {
            var (signal, noise) = (Drawn(seed, mean), Drawn(seed + 1000, 0));
            var right = BatchNormRounding.Enclose(Enclosure.Exactly(signal, noise), Channels, epsilon, Single);
            foreach (var (expanded, shifted) in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                var (z, dz) = Normalised(signal, noise, epsilon, expanded, shifted);
                largest = Math.Max(largest, Ratio(z, right.Signal, right.SignalBound));
                largest = Math.Max(largest, Ratio(dz, right.Noise, right.NoiseBound));
            }
        }

        largest.Should().BeInRange(0.02, 1, "worst cases are above random ones, though not by orders");
    }

    /// <summary>What came in with an error comes out with no more than the bound says, whatever the error's signs.</summary>
    [Fact]
    public void Errors_of_the_input_of_batch_norm_stay_within_the_bound_of_the_output()
    {
        var largest = 0.0;
        for (var seed = 0; seed < 200; seed++)
        {
            var (random, signal, noise) = (new Random(seed), Drawn(seed, 1), Drawn(seed + 1000, 0));
            var (ofSignal, ofNoise) = (signal.Select(_ => 0.05 * random.NextDouble()).ToArray(), noise.Select(_ => 0.05 * random.NextDouble()).ToArray());
            var bound = BatchNormRounding.Enclose(new Enclosure(signal, noise, ofSignal, ofNoise), Channels, 0.01, 0);
            double[] Moved(double[] values, double[] errors) =>
                [
                    .. values.Zip(
                        errors,
                        (value, error) =>
                            value
                            + (
                                error
                                * (
                                    seed % 2 == 0
                                        ? random.Next(2) == 0
                                            ? -1
                                            : 1
                                        : Math.Sign(value)
                                )
                            )
                    ),
                ];
            var (moved, movedNoise) = (Moved(signal, ofSignal), Moved(noise, ofNoise));
            var after = BatchNormRounding.Enclose(Enclosure.Exactly(moved, movedNoise), Channels, 0.01, 0);
            largest = Math.Max(largest, Math.Max(Ratio(after.Signal, bound.Signal, bound.SignalBound), Ratio(after.Noise, bound.Noise, bound.NoiseBound)));
        }

        largest.Should().BeInRange(0.2, 1);
    }

    [Fact]
    public void A_standard_deviation_lost_to_errors_gives_infinite_bounds()
    {
        double[] constant = [1, 2, 1, 2, 1, 2];
        var bounds = BatchNormRounding.Enclose(new Enclosure(constant, constant, [.. constant.Select(_ => 1.0)], new double[6]), 2, 0.5, Single);

        bounds.SignalBound.Should().OnlyContain(bound => double.IsPositiveInfinity(bound));
        bounds.NoiseBound.Should().OnlyContain(bound => double.IsPositiveInfinity(bound));
    }

    private static double Ratio(double[] observed, double[] exact, double[] bounds) =>
        observed.Zip(exact, (a, b) => Math.Abs(a - b)).Zip(bounds, (distance, bound) => distance == 0 ? 0 : distance / bound).Max();

    private static double[] Drawn(int seed, double mean)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, Points * Channels)
                .Select(_ => (double)(float)(mean + Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
        ];
    }

    private static (double[] Signal, double[] Noise) Normalised(double[] signal, double[] noise, double epsilon, bool expanded, bool shifted)
    {
        var (z, dz) = (new double[signal.Length], new double[noise.Length]);
        for (var channel = 0; channel < Channels; channel++)
        {
            float sum = 0,
                squares = 0,
                deviations = 0;
            for (var i = channel; i < signal.Length; i += Channels)
            {
                sum += (float)signal[i];
                squares += (float)signal[i] * (float)signal[i];
            }

            var mean = sum / Points;
            for (var i = channel; i < signal.Length; i += Channels)
            {
                var deviation = (float)signal[i] - mean;
                deviations += deviation * deviation;
            }

            var variance = expanded ? (squares / Points) - (mean * mean) : deviations / Points;
            var factor = 1 / MathF.Sqrt(variance + (float)epsilon);
            for (var i = channel; i < signal.Length; i += Channels)
            {
                z[i] = shifted ? ((float)signal[i] * factor) - (mean * factor) : ((float)signal[i] - mean) * factor;
                dz[i] = (float)noise[i] * factor;
            }
        }

        return (z, dz);
    }
}
