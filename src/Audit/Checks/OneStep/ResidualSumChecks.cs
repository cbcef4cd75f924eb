using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// S8: branch and skip connection add up without cross terms, since the branch's last convolution has weights of its own without a preferred sign.
/// </summary>
internal static class ResidualSumChecks
{
    /// <summary>δ, relative to the product of both root mean squares. A branch that kept the skip's sign would show far more.</summary>
    internal const double Discrepancy = 0.05;

    /// <summary>Cross terms of signal, centred signal and noise.</summary>
    public static IEnumerable<Measurement> CrossTerms(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered(OneStepNetworks.Periodic(architecture));
        var rates = context.Rates.SharedBy(3 * networks.Length);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var channels = network.Channels;
            var planned = (long)(1.2 * SymmetryTest.SamplesFor(rates, 0.55, context.Discrepancy(Discrepancy))) / channels;

            // Correlations over P points of r directions scatter by 1/√r. After the first ReLU most of the points' variance is common to all.
            var tests = Enumerable
                .Range(0, 3)
                .Select(_ => new SymmetryTest(rates, context.Discrepancy(Discrepancy), context.Planned(planned) * channels / 5.0, EffectKind.Correlation))
                .ToArray();
            foreach (var (trace, depth) in SimulatedLayers.UntilDecided(context, network, study, planned, tests))
            {
                var (before, after) = (trace.At(depth, 1), trace.At(depth, UnitPlaceKind.Addition));
                double[] branch = [.. after.Signal.Zip(before.Signal, (sum, skip) => sum - skip)];
                double[] branchNoise = [.. after.Noise.Zip(before.Noise, (sum, skip) => sum - skip)];
                Add(tests[0], before.Signal, branch);
                Add(tests[1], Centred(before.Signal), Centred(branch));
                Add(tests[2], before.Noise, branchNoise);
            }

            yield return tests[0].Conclude($"skip · branch, {network.Describe()}");
            yield return tests[1].Conclude($"centred skip · branch, {network.Describe()}");
            yield return tests[2].Conclude($"noise of skip · branch, {network.Describe()}");

            void Add(SymmetryTest test, double[] skip, double[] branch)
            {
                var (one, other) = (WrittenOutLayers.MeanSquares(skip, channels), WrittenOutLayers.MeanSquares(branch, channels));
                double[] products = [.. skip.Zip(branch, (x, y) => x * y)];
                var cross = WrittenOutLayers.Means(products, channels);
                for (var channel = 0; channel < channels; channel++)
                {
                    // A channel without signal has no correlation and is left out; NaN passes this test, since it does not equal 0.
                    if (one[channel] != 0 && other[channel] != 0)
                    {
                        test.Add(new Observed(cross[channel] / Math.Sqrt(one[channel] * other[channel])), new Expected(0), 1);
                    }
                }
            }

            double[] Centred(double[] values)
            {
                var means = WrittenOutLayers.Means(values, channels);
                return [.. values.Select((value, i) => value - means[i % channels])];
            }
        }
    }
}
