using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>D5 to D8: how the whole network responds to scaled, shifted, perturbed and zero inputs.</summary>
internal static class SymmetryChecks
{
    private const double Factor = 3;

    /// <summary>
    /// The step of the finite difference, in units of the noise: so small that no ReLU may open or close within it, and far above rounding in doubles.
    /// </summary>
    private const double Step = GivenCase.Step;

    /// <summary>
    /// D5: signals scale with the input (without batch norm) or do not change (with batch norm, ε = 0); noise is linear; χ does not depend on the noise's
    /// scale.
    /// </summary>
    public static IEnumerable<Measurement> Homogeneity(CheckContext context, Architecture architecture)
    {
        var (signals, noises, chi) = (new ExactComparison(), new ExactComparison(), new ExactComparison());
        foreach (var given in GivenCase.All(context, architecture, 0).Concat(GivenCase.Sparse(context, architecture, 0)))
        {
            var rounding = new CarriedRounding(given.Network, given.Kernels, context.UnitRoundoff);
            var carried = rounding.Through(given.Input);
            var other = Batch.Normal(given.Input.Noise.Length, context.SeedOf(100), 0, RandomPurpose.InputNoise);
            var logChi = new List<(double Reported, double Bound)>();
            var plain = given.Trace(
                context.Subject,
                snapshot => logChi.Add((snapshot.Moments().LogChi, MomentChecks.LogarithmOfChi(snapshot, context.UnitRoundoff)))
            );
            var scaledSignal = given with { Input = given.Input with { Signal = Times(given.Input.Signal, Factor) } };
            foreach (var ((before, after), bound) in plain.Snapshots.Zip(scaledSignal.Trace(context.Subject).Snapshots).Zip(carried))
            {
                // With a positive ε, only what comes before batch norm scales.
                var scale = ScaleOf(before, given.Network.Architecture);
                if (scale is { } factor && (factor != 1 || context.Offers(given.Network with { Epsilon = 0 }, given: true)))
                {
                    // Both signals have rounding errors, and the bounds scale as signals do.
                    signals.AddTensor(after.Signal, Times(before.Signal, factor), Times(bound.SignalBound, 2 * factor), $"{after.Where}, {given.Description}");
                }
            }

            // The sum is rounded to single precision, and its exact difference to the first noise is the second: so no subject rounds its input again.
            var logChiOfSum = new List<(double Reported, double Bound)>();
            var sum = given.Input with { Noise = [.. given.Input.Noise.Zip(other, (x, y) => (double)(float)((Factor * x) + y))] };
            var rest = given.Input with { Noise = [.. sum.Noise.Zip(given.Input.Noise, (both, x) => both - (Factor * x))] };
            var bounds = carried
                .Zip(rounding.Through(rest), rounding.Through(sum))
                .Select(three =>
                    (double[])
                        [
                            .. three
                                .First.NoiseBound.Zip(three.Second.NoiseBound, three.Third.NoiseBound)
                                .Select(of => (Factor * of.First) + of.Second + of.Third),
                        ]
                );
            var noiseAlone = (given with { Input = rest }).Trace(context.Subject);
            foreach (
                var (((one, two), both), bound) in plain
                    .Snapshots.Zip(noiseAlone.Snapshots)
                    .Zip((given with { Input = sum }).Trace(context.Subject).Snapshots)
                    .Zip(bounds)
            )
            {
                double[] expected = [.. one.Noise.Zip(two.Noise, (x, y) => (Factor * x) + y)];
                noises.AddTensor(both.Noise, expected, bound, $"{both.Where}, {given.Description}");
            }

            var scaledNoise = given with { Input = given.Input with { Noise = Times(given.Input.Noise, Factor) } };
            scaledNoise.Trace(
                context.Subject,
                snapshot => logChiOfSum.Add((snapshot.Moments().LogChi, MomentChecks.LogarithmOfChi(snapshot, context.UnitRoundoff)))
            );
            foreach (var ((before, after), bound) in logChi.Zip(logChiOfSum).Zip(carried).Where(_ => context.Reports("log_chi")))
            {
                // χ is reported relative to an input noise of variance 1, so that the factor shows as its logarithm. Two norms of each of the two propagations
                // have errors, and so have both reports.
                var ofNorms = 2 * (MomentRounding.Relatively(bound.RelativeNoise) + MomentRounding.Relatively(bound.RelativeSignal(given.Network.Channels)));
                chi.Add(
                    new Observed(after.Reported),
                    new Expected(before.Reported + Math.Log(Factor)),
                    ofNorms + before.Bound + after.Bound,
                    given.Description
                );
            }
        }

        yield return signals.Conclude("signals of a scaled input");
        yield return noises.Conclude("noise of a sum of noises");
        yield return chi.Conclude("ln χ of a scaled noise, less the logarithm of the scale");
    }

    /// <summary>D6: with a periodic boundary, a cyclic shift of the input by the first stride shifts every layer and changes no moment.</summary>
    public static IEnumerable<Measurement> Shift(CheckContext context, Architecture architecture)
    {
        var (tensors, moments) = (new ExactComparison(), new ExactComparison());
        foreach (
            var given in GivenCase
                .Periodic(context, architecture, 0.1, zeroWillDo: true)
                .Where(given => given.Network.KernelSize > 1)
                .Concat(GivenCase.SparsePeriodic(context, architecture, 0.1, zeroWillDo: true))
        )
        {
            var ranks = new List<ReportedMoments>();
            var plain = given.Trace(context.Subject, snapshot => ranks.Add(snapshot.Moments()));
            var stride = given.Network.FirstStride;
            var shifted = given with
            {
                Input = new Batch(
                    given.Input.Shape,
                    Shifted(given.Input.Shape, given.Input.Signal, stride, stride),
                    Shifted(given.Input.Shape, given.Input.Noise, stride, stride)
                ),
            };
            var rounding = new CarriedRounding(given.Network, given.Kernels, context.UnitRoundoff);
            var (before, moved) = (rounding.Through(given.Input), rounding.Through(shifted.Input));
            var next = 0;
            var after = shifted.Trace(
                context.Subject,
                snapshot =>
                {
                    CompareMoments(given, snapshot, ranks[next], before[next], moved[next]);
                    next++;
                }
            );
            foreach (var ((from, to), (ofFrom, ofTo)) in plain.Snapshots.Zip(after.Snapshots).Zip(before.Zip(moved)))
            {
                tensors.AddTensor(
                    to.Signal,
                    Shifted(from.Shape, from.Signal, 1, 1),
                    Sum(Shifted(from.Shape, ofFrom.SignalBound, 1, 1), ofTo.SignalBound),
                    $"signal, {to.Where}, {given.Description}"
                );
                tensors.AddTensor(
                    to.Noise,
                    Shifted(from.Shape, from.Noise, 1, 1),
                    Sum(Shifted(from.Shape, ofFrom.NoiseBound, 1, 1), ofTo.NoiseBound),
                    $"noise, {to.Where}, {given.Description}"
                );
            }
        }

        yield return tensors.Conclude("tensors of a shifted input");
        yield return moments.Conclude("moments of a shifted input");

        // The logarithm of a mean square is twice that of a norm, and both propagations and both reports have errors.
        void CompareMoments(GivenCase given, Snapshot snapshot, ReportedMoments expected, Enclosure before, Enclosure after)
        {
            var (observed, where) = (snapshot.Moments(), $"{snapshot.Where}, {given.Description}");
            var reporting = new MomentRounding(snapshot.Shape, context.UnitRoundoff);
            if (context.Reports("log_nu2_signal"))
            {
                var ofNorms = 2 * (MomentRounding.Relatively(before.RelativeSignal()) + MomentRounding.Relatively(after.RelativeSignal()));
                moments.Add(
                    new Observed(observed.LogNu2Signal),
                    new Expected(expected.LogNu2Signal),
                    ofNorms + (2 * reporting.OfLogarithm(reporting.Nu2, expected.LogNu2Signal)),
                    $"ln ν₂, {where}"
                );
            }

            if (context.Reports("log_mu2_noise"))
            {
                var ofNorms = 2 * (MomentRounding.Relatively(before.RelativeNoise) + MomentRounding.Relatively(after.RelativeNoise));
                moments.Add(
                    new Observed(observed.LogMu2Noise),
                    new Expected(expected.LogMu2Noise),
                    ofNorms + (2 * reporting.OfLogarithm(reporting.Nu2, expected.LogMu2Noise)),
                    $"ln μ₂(dx), {where}"
                );
            }

            if (snapshot.Place.Kind == UnitPlaceKind.Relu && context.Reports("reff_signal"))
            {
                moments.Add(
                    new Observed(observed.ReffSignal),
                    new Expected(expected.ReffSignal),
                    MomentChecks.OfTwoRanks(snapshot, Enclosure.Norm(Sum(before.SignalBound, after.SignalBound)), context.UnitRoundoff),
                    $"r_eff, {where}"
                );
            }
        }
    }

    /// <summary>
    /// D7: the noise is the directional derivative of the network with batch statistics held fixed; the derivative is that of the network written out.
    /// </summary>
    public static IEnumerable<Measurement> Derivative(CheckContext context, Architecture architecture)
    {
        var comparison = new ExactComparison();
        foreach (
            var given in GivenCase.All(context, architecture, 0.1, zeroWillDo: true).Concat(GivenCase.Sparse(context, architecture, 0.1, zeroWillDo: true))
        )
        {
            var written = new WrittenOutNetwork(given.Network, given.Kernels);
            var (here, there) = (new List<double[]>(), new List<double[]>());
            written.Propagate(given.Input, (_, _, signal, _) => here.Add(signal));
            if (written.FirstCrossing <= Step)
            {
                continue;
            }

            written.FixStatistics();
            var moved = given.Input with { Signal = [.. given.Input.Signal.Zip(given.Input.Noise, (x, dx) => x + (Step * dx))] };
            written.Propagate(moved, (_, _, signal, _) => there.Add(signal));
            var carried = new CarriedRounding(given.Network, given.Kernels, context.UnitRoundoff).Through(given.Input);
            foreach (var ((snapshot, bound), (from, to)) in given.Trace(context.Subject).Snapshots.Zip(carried).Zip(here.Zip(there)))
            {
                // Where no ReLU opens or closes, the network is linear: so the difference over the step is exact except for the rounding of two signals in
                // doubles. The bounds are proportional to the unit roundoff, or grow faster.
                double[] bounds =
                [
                    .. bound.NoiseBound.Zip(
                        bound.SignalBound,
                        (ofNoise, ofSignal) => ofNoise + (ofSignal * (2 * Math.ScaleB(1, -53) / context.UnitRoundoff / Step))
                    ),
                ];
                comparison.AddTensor(snapshot.Noise, [.. from.Zip(to, (x, y) => (y - x) / Step)], bounds, $"{snapshot.Where}, {given.Description}");
            }
        }

        yield return comparison.Conclude("noise against the directional derivative");
    }

    /// <summary>
    /// D8: zero noise stays zero, a zero signal lets no noise through a ReLU, zero weights give zero, and a branch of zero weights leaves the identity.
    /// </summary>
    public static IEnumerable<Measurement> Zeros(CheckContext context, Architecture architecture)
    {
        var (zeros, identity) = (new ExactComparison(), new ExactComparison());
        foreach (var given in GivenCase.All(context, architecture, 0.1))
        {
            var silent = given with { Input = given.Input with { Noise = new double[given.Input.Noise.Length] } };
            Expect(silent.Trace(context.Subject).Snapshots, snapshot => snapshot.Noise, "noise of zero noise");

            var dark = given with { Input = given.Input with { Signal = new double[given.Input.Signal.Length] } };
            Expect(
                dark.Trace(context.Subject).Snapshots.Where(snapshot => snapshot.Place.Kind == UnitPlaceKind.Relu),
                snapshot => snapshot.Noise,
                "noise behind the ReLU of a zero signal"
            );
            Expect(dark.Trace(context.Subject).Snapshots, snapshot => snapshot.Signal, "signal of a zero signal");

            var nothing = given with { Kernels = [.. given.Kernels.Select(kernel => new double[kernel.Length])] };
            Expect(nothing.Trace(context.Subject).Snapshots, snapshot => snapshot.Signal, "signal of zero weights");
            Expect(nothing.Trace(context.Subject).Snapshots, snapshot => snapshot.Noise, "noise of zero weights");

            if (given.Network.Architecture.IsResidual)
            {
                // The last convolution of each branch is zero: so the layers before it must have no effect.
                var perUnit = given.Network.Architecture.ConvolutionsPerUnit;
                var closed = given with { Kernels = [.. given.Kernels.Select((kernel, i) => i > 0 && i % perUnit == 0 ? new double[kernel.Length] : kernel)] };
                var trace = closed.Trace(context.Subject);
                for (var depth = 1; depth <= given.Network.Depth; depth++)
                {
                    var (before, after) = (trace.At(depth, 1), trace.At(depth, UnitPlaceKind.Addition));
                    identity.AddTensor(after.Signal, before.Signal, Roundings.Gamma(2, context.UnitRoundoff), $"signal, {after.Where}, {given.Description}");
                    identity.AddTensor(after.Noise, before.Noise, Roundings.Gamma(2, context.UnitRoundoff), $"noise, {after.Where}, {given.Description}");
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

    /// <summary>
    /// The factor of a signal when the input is scaled. Null inside a batch-normalised residual net, where skip connections carry the scale and branches do
    /// not.
    /// </summary>
    private static double? ScaleOf(Snapshot snapshot, Architecture architecture)
    {
        if (!architecture.HasBatchNorm || snapshot.Depth == 0 || snapshot is { Depth: 1, Place.Kind: UnitPlaceKind.Before })
        {
            return Factor;
        }

        return architecture.IsResidual
            ? (snapshot.Depth == 1 && snapshot.Place.Kind != UnitPlaceKind.Addition ? 1 : null)
            : (snapshot is { Depth: 1, Place.Kind: UnitPlaceKind.Convolution } ? Factor : 1);
    }

    private static double[] Sum(double[] first, double[] second) => [.. first.Zip(second, (x, y) => x + y)];

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
