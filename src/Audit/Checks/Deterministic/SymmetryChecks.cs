using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>D5 to D8: how the whole network answers to scaled, shifted, perturbed and vanishing inputs.</summary>
internal static class SymmetryChecks
{
    private const double Factor = 3;

    /// <summary>The step of the finite difference: far below the distance to the next gate, 1e-4, and far above double rounding.</summary>
    private const double Step = 1e-6;

    /// <summary>D5: signals scale with the input (without batch norm) or do not move (with it, ε = 0); noise is linear; χ does not see the noise's scale.</summary>
    public static IEnumerable<Measurement> Homogeneity(CheckContext context, string architecture)
    {
        var (signals, noises, chi) = (new ExactComparison(), new ExactComparison(), new ExactComparison());
        foreach (var given in GivenCase.All(context, architecture, 0))
        {
            var bound = 2 * RoundingBound.Of(given, context.UnitRoundoff);
            var other = Batch.Normal(given.Input.Noise.Length, context.SeedOf(100), 0, RandomPurpose.InputNoise);
            var logChi = new List<double>();
            var plain = given.Trace(context.Subject, snapshot => logChi.Add(snapshot.Moments().LogChi));
            var scaledSignal = given with { Input = given.Input with { Signal = Times(given.Input.Signal, Factor) } };
            foreach (var (before, after) in plain.Snapshots.Zip(scaledSignal.Trace(context.Subject).Snapshots))
            {
                var scale = ScaleOf(before, given.Network.Architecture);
                if (scale is { } factor)
                {
                    signals.AddTensor(after.Signal, Times(before.Signal, factor), bound, $"{after.Where}, {given.Description}");
                }
            }

            // The sum is a number of single precision, and what is added is its exact difference: no subject's input is rounded twice.
            var logChiOfSum = new List<double>();
            var sum = given with { Input = given.Input with { Noise = [.. given.Input.Noise.Zip(other, (x, y) => (double)(float)((Factor * x) + y))] } };
            var noiseAlone = (given with { Input = given.Input with { Noise = [.. sum.Input.Noise.Zip(given.Input.Noise, (both, x) => both - (Factor * x))] } }).Trace(context.Subject);
            foreach (var ((one, two), both) in plain.Snapshots.Zip(noiseAlone.Snapshots).Zip(sum.Trace(context.Subject).Snapshots))
            {
                double[] expected = [.. one.Noise.Zip(two.Noise, (x, y) => (Factor * x) + y)];
                noises.AddTensor(both.Noise, expected, 2 * bound, $"{both.Where}, {given.Description}");
            }

            var scaledNoise = given with { Input = given.Input with { Noise = Times(given.Input.Noise, Factor) } };
            scaledNoise.Trace(context.Subject, snapshot => logChiOfSum.Add(snapshot.Moments().LogChi));
            foreach (var (before, after) in logChi.Zip(logChiOfSum).Where(_ => context.Reports("log_chi")))
            {
                // Reported relative to an input noise of variance 1, so that the factor shows as its logarithm.
                chi.Add(new Observed(after), new Expected(before + Math.Log(Factor)), 4 * bound, given.Description);
            }
        }

        yield return signals.Conclude("signals of a scaled input");
        yield return noises.Conclude("noise of a sum of noises");
        yield return chi.Conclude("ln χ of a scaled noise, less the logarithm of the scale");
    }

    /// <summary>D6: on a periodic boundary a cyclic shift of the input by the first stride shifts every layer, and leaves every moment.</summary>
    public static IEnumerable<Measurement> Shift(CheckContext context, string architecture)
    {
        var (tensors, moments) = (new ExactComparison(), new ExactComparison());
        foreach (var given in GivenCase.Periodic(context, architecture, 0.1).Where(given => given.Network.KernelSize > 1))
        {
            var bound = 2 * RoundingBound.Of(given, context.UnitRoundoff);
            var ranks = new List<(double LogNu2, double LogMu2Noise, double Reff)>();
            var plain = given.Trace(context.Subject, snapshot => ranks.Add(Of(snapshot.Moments())));
            var stride = given.Network.FirstStride;
            var shifted = given with { Input = new Batch(given.Input.Shape, Shifted(given.Input.Shape, given.Input.Signal, stride, stride), Shifted(given.Input.Shape, given.Input.Noise, stride, stride)) };
            var next = 0;
            var after = shifted.Trace(context.Subject, snapshot =>
            {
                var (expected, observed) = (ranks[next++], Of(snapshot.Moments()));
                if (context.Reports("log_nu2_signal"))
                {
                    moments.Add(new Observed(observed.LogNu2), new Expected(expected.LogNu2), 4 * bound, $"ln ν₂, {snapshot.Where}, {given.Description}");
                }

                if (context.Reports("log_mu2_noise"))
                {
                    moments.Add(new Observed(observed.LogMu2Noise), new Expected(expected.LogMu2Noise), 4 * bound, $"ln μ₂(dx), {snapshot.Where}, {given.Description}");
                }

                if (snapshot.Place.Kind == PlaceKind.Relu && context.Reports("reff_signal"))
                {
                    moments.Add(new Observed(observed.Reff), new Expected(expected.Reff), ((4 * bound) + 1e-6) * expected.Reff, $"r_eff, {snapshot.Where}, {given.Description}");
                }
            });
            foreach (var (before, moved) in plain.Snapshots.Zip(after.Snapshots))
            {
                tensors.AddTensor(moved.Signal, Shifted(before.Shape, before.Signal, 1, 1), bound, $"signal, {moved.Where}, {given.Description}");
                tensors.AddTensor(moved.Noise, Shifted(before.Shape, before.Noise, 1, 1), bound, $"noise, {moved.Where}, {given.Description}");
            }
        }

        yield return tensors.Conclude("tensors of a shifted input");
        yield return moments.Conclude("moments of a shifted input");

        static (double LogNu2, double LogMu2Noise, double Reff) Of(ReportedMoments reported) => (reported.LogNu2Signal, reported.LogMu2Noise, reported.ReffSignal);
    }

    /// <summary>D7: the noise is the directional derivative of the network, batch statistics held fixed; the derivative is taken of the network written out.</summary>
    public static IEnumerable<Measurement> Derivative(CheckContext context, string architecture)
    {
        var comparison = new ExactComparison();
        foreach (var given in GivenCase.All(context, architecture, 0.1))
        {
            var written = new WrittenOutNetwork(given.Network, given.Kernels);
            var (here, there) = (new List<double[]>(), new List<double[]>());
            written.Propagate(given.Input, (_, _, signal, _) => here.Add(signal));
            written.FixStatistics();
            var moved = given.Input with { Signal = [.. given.Input.Signal.Zip(given.Input.Noise, (x, dx) => x + (Step * dx))] };
            written.Propagate(moved, (_, _, signal, _) => there.Add(signal));
            foreach (var (snapshot, (from, to)) in given.Trace(context.Subject).Snapshots.Zip(here.Zip(there)))
            {
                // The difference of doubles over the step is good to 1e-16/1e-6 per layer, which only a double subject could notice.
                comparison.AddTensor(snapshot.Noise, [.. from.Zip(to, (x, y) => (y - x) / Step)], RoundingBound.Of(given, context.UnitRoundoff) + RoundingBound.Of(given, Math.ScaleB(1, -53) / Step), $"{snapshot.Where}, {given.Description}");
            }
        }

        yield return comparison.Conclude("noise against the directional derivative");
    }

    /// <summary>D8: zero noise stays zero, a zero signal lets no noise through a ReLU, zero weights give zero, and a branch of zero weights leaves the identity.</summary>
    public static IEnumerable<Measurement> Zeros(CheckContext context, string architecture)
    {
        var (zeros, identity) = (new ExactComparison(), new ExactComparison());
        foreach (var given in GivenCase.All(context, architecture, 0.1))
        {
            var silent = given with { Input = given.Input with { Noise = new double[given.Input.Noise.Length] } };
            Expect(silent.Trace(context.Subject).Snapshots, snapshot => snapshot.Noise, "noise of zero noise");

            var dark = given with { Input = given.Input with { Signal = new double[given.Input.Signal.Length] } };
            Expect(dark.Trace(context.Subject).Snapshots.Where(snapshot => snapshot.Place.Kind == PlaceKind.Relu), snapshot => snapshot.Noise, "noise behind the ReLU of a zero signal");
            Expect(dark.Trace(context.Subject).Snapshots, snapshot => snapshot.Signal, "signal of a zero signal");

            var nothing = given with { Kernels = [.. given.Kernels.Select(kernel => new double[kernel.Length])] };
            Expect(nothing.Trace(context.Subject).Snapshots, snapshot => snapshot.Signal, "signal of zero weights");
            Expect(nothing.Trace(context.Subject).Snapshots, snapshot => snapshot.Noise, "noise of zero weights");

            if (given.Network.Architecture.IsResidual)
            {
                // The last convolution of each branch is zero: what the layers before it do must not matter.
                var perUnit = given.Network.Architecture.ConvolutionsPerUnit;
                var closed = given with { Kernels = [.. given.Kernels.Select((kernel, i) => i > 0 && i % perUnit == 0 ? new double[kernel.Length] : kernel)] };
                var trace = closed.Trace(context.Subject);
                for (var depth = 1; depth <= given.Network.Depth; depth++)
                {
                    var (before, after) = (trace.At(depth, 1), trace.At(depth, PlaceKind.Addition));
                    identity.AddTensor(after.Signal, before.Signal, 2 * context.UnitRoundoff, $"signal, {after.Where}, {given.Description}");
                    identity.AddTensor(after.Noise, before.Noise, 2 * context.UnitRoundoff, $"noise, {after.Where}, {given.Description}");
                }
            }

            void Expect(IEnumerable<Snapshot> snapshots, Func<Snapshot, double[]> tensor, string what)
            {
                foreach (var snapshot in snapshots)
                {
                    zeros.Add(new Observed(tensor(snapshot).Max(Math.Abs)), new Expected(0), 0, $"{what}, {snapshot.Where}, {given.Description}");
                }
            }
        }

        yield return zeros.Conclude("zeros");
        if (identity.Comparisons > 0)
        {
            yield return identity.Conclude("a unit whose branch ends in zero weights");
        }
    }

    /// <summary>By what a signal is multiplied when the input is: null inside a batch-normalised residual net, where skip connections carry the scale and branches do not.</summary>
    private static double? ScaleOf(Snapshot snapshot, Architecture architecture)
    {
        if (!architecture.HasBatchNorm || snapshot.Depth == 0 || snapshot is { Depth: 1, Place.Kind: PlaceKind.Before })
        {
            return Factor;
        }

        return architecture.IsResidual
            ? (snapshot.Depth == 1 && snapshot.Place.Kind != PlaceKind.Addition ? 1 : null)
            : (snapshot is { Depth: 1, Place.Kind: PlaceKind.Convolution } ? Factor : 1);
    }

    private static double[] Times(double[] values, double factor) => [.. values.Select(value => factor * value)];

    /// <summary>Moves every image down and to the right, cyclically.</summary>
    private static double[] Shifted(TensorShape shape, double[] values, int down, int right)
    {
        var result = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (channel, point) = (i % shape.Channels, i / shape.Channels);
            var (column, row, image) = (point % shape.Width, point / shape.Width % shape.Height, point / shape.Width / shape.Height);
            var target = ((((image * shape.Height) + ((row + down) % shape.Height)) * shape.Width) + ((column + right) % shape.Width)) * shape.Channels;
            result[target + channel] = values[i];
        }

        return result;
    }
}
