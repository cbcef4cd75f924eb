using System.Collections.Immutable;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Tests.Conformance;
using Wellbehaved.Theory;

namespace Wellbehaved.Evidence;

/// <summary>The defects of the power table, and why some checks have none.</summary>
internal static class Dials
{
    private static readonly string[] All = ["vanilla", "vanilla_res", "bn_ff", "bn_res"];
    private static readonly string[] WithBatchNorm = ["bn_ff", "bn_res"];
    private static readonly string[] Plain = ["vanilla", "vanilla_res"];
    private static readonly string[] Residual = ["vanilla_res", "bn_res"];

    /// <summary>The distribution function of a step of W1 over five standard deviations on each side: linear interpolation errs by less than 10⁻⁴.</summary>
    private static readonly Lazy<(double From, double Spacing, double[] Table)> Step = new(() =>
    {
        const int nodes = 400;
        var walk = new RandomWalk(64);
        var (from, spacing) = (walk.Drift - (5 * Math.Sqrt(walk.Variance)), 10 * Math.Sqrt(walk.Variance) / nodes);
        return (from, spacing, walk.Distribution(1, [.. Enumerable.Range(0, nodes).Select(i => from + (i * spacing))]));
    });

    /// <summary>The dials.</summary>
    public static ImmutableArray<Dial> List { get; } = [.. Laws(), .. Elements(), .. LayerDials.Collect()];

    /// <summary>Why a check has no dial; null where it has one, or where no reason has been given.</summary>
    public static string? WhyNone(Check check) =>
        (check.ClaimId, check.Architecture) switch
        {
            ("D8", "vanilla" or "bn_ff") => "asks for equality: any other number is rejected, however near",
            ("O4" or "I11", _) => "asks of each step what O1, O2, O3 and D4 ask, at other sizes and with other weights",
            ("I10", _) => "asks of two inputs what I7 asks of one",
            ("I12", "composed") => "asks of any layer what I7 and I10 ask of the four architectures",
            ("I17", "composed") => "asks whether two answers are equal to half of the digits: what breaks it is beyond that, however little",
            ("I18", "composed") => "asks of single layers what I13 asks of layers in networks, with the same tests",
            ("I19", "composed") => "asks whether two draws are one",
            ("I20", "composed") => "asks of more shapes what I12 asks",
            ("O13", "composed") => "asks of rare places and sizes what O5 to O12 ask of usual ones",
            ("D10", "composed") => "asks at more places what D9 asks",
            ("T7", "composed") => "compares five functions whose change by a defect is known from simulations only",
            ("I16", "composed") => "asks for a bound, or for orthogonal columns: what breaks it is beyond the rounding, however little",
            ("A3" or "P1" or "P2" or "P3" or "P4" or "P6" or "P7", _) or ("P5", "bn_ff") =>
                "counts mappings against one half: its power is a binomial probability, exact and computed",
            _ => null,
        };

    private static IEnumerable<Dial> Laws() =>
        [
            // The weights of all convolutions but the first have 1 + d times their variance: E ν₂ and E μ₂ after one have 1 + d times theirs.
            .. Each("S2", All, "weight variance, in ν₂(y)", SecondMomentChecks.WeightDiscrepancy, WeightVariance),
            .. Each("S3", All, "weight variance, in ν₂(dy)", SecondMomentChecks.ConvolutionDiscrepancy, WeightVariance),
            .. Each("S4", ["vanilla"], "weight variance, in μ₂(y)", SecondMomentChecks.ConvolutionDiscrepancy, WeightVariance),
            .. Each("S1", ["vanilla"], "weight variance, in E[x_i x_j]", 2 * ArcCosineChecks.Discrepancy, WeightVariance),
            // 1/σ² has the inverse factor; in bn_res the check looks at the first batch norm, which reads the first convolution.
            .. Each("S5", WithBatchNorm, "weight variance of all convolutions, in 1/σ²", BatchNormKernelChecks.NoiseDiscrepancy, AllWeightsSmaller),
            .. Each(
                "S5",
                WithBatchNorm,
                "signal after the ReLU, in μ₂(x)",
                BatchNormKernelChecks.SignalDiscrepancy,
                d => Shown(UnitPlaceKind.Relu, Math.Sqrt(1 + d), 1)
            ),
            .. Each(
                "S5",
                ["bn_ff"],
                "noise after batch norm, in ν₂(dz)",
                BatchNormKernelChecks.CorrelatedDiscrepancy,
                d => Shown(UnitPlaceKind.BatchNorm, 1, Math.Sqrt(1 + d))
            ),
            // The share of noise that passes, and the share of variance that stays, are squares.
            .. Each(
                "S3",
                ["vanilla"],
                "noise after the ReLU, in ν₂(dx)",
                SecondMomentChecks.ReluDiscrepancy,
                d => Shown(UnitPlaceKind.Relu, 1, Math.Sqrt(1 + d))
            ),
            .. Each(
                "S4",
                ["vanilla"],
                "signal after the ReLU, in μ₂(x)",
                SecondMomentChecks.ReluDiscrepancy,
                d => Shown(UnitPlaceKind.Relu, Math.Sqrt(1 + d), 1)
            ),
            .. Each(
                "S6",
                WithBatchNorm,
                "noise after the ReLU, in ν₂(dx)",
                BatchNormKernelChecks.ReluDiscrepancy,
                d => Shown(UnitPlaceKind.Relu, 1, Math.Sqrt(1 + d))
            ),
            .. Each(
                "S6",
                WithBatchNorm,
                "signal after the ReLU, in μ₂(x)",
                BatchNormKernelChecks.ReluDiscrepancy,
                d => Shown(UnitPlaceKind.Relu, Math.Sqrt(1 + d), 1)
            ),
            .. Each("S8", Residual, "a share of the skip in the branch, as their correlation", ResidualSumChecks.Discrepancy, BranchKeepsSkip),
            .. Each(
                "I1",
                All,
                "weight variance, in the distance of distributions",
                InitialisationChecks.Distance,
                d => WeightVariance(VarianceAtDistance(d) - 1)
            ),
            .. Each(
                "I2",
                All,
                "pre-activations that keep a share of those one layer below, as their correlation",
                InitialisationChecks.Correlation,
                LayersCorrelate
            ),
            .. Each(
                "I3",
                All,
                "weights with a share common to all simulations, in the correlation of pre-activations",
                InitialisationChecks.Correlation,
                SimulationsCorrelate
            ),
            .. WeightDials.Collect(All),
            .. Each(
                "W1",
                ["vanilla"],
                "weight variance, in the distance of distributions of a step",
                RandomWalkChecks.StepDistance,
                d => WeightVariance(WalkVarianceAtDistance(d) - 1)
            ),
            .. Each(
                "W1",
                ["vanilla"],
                "steps of the signal that keep a share of the one before, as their correlation",
                RandomWalkChecks.NeighbourCorrelation,
                d => ShownGains.Correlated(RandomWalkChecks.Width, d)
            ),
            // Eight layers of the fully connected net multiply to 1 + d.
            .. Each(
                "W2",
                ["vanilla"],
                "weight variance, in ν₂ after eight layers",
                ConservationChecks.ProductDiscrepancy,
                d => WeightVariance(Math.Pow(1 + d, 1.0 / ConservationChecks.ProductDepth) - 1)
            ),
            // Batch norm undoes the factor of all convolutions of a branch but the last.
            .. Each("W3", ["bn_res"], "weight variance, in ν₂ of the branch", DilutionChecks.GrowthDiscrepancy, WeightVariance),
            .. Each("W3", ["bn_res"], "a share of the skip in the branch, in twice skip · branch", DilutionChecks.GrowthDiscrepancy, d => ShownSums.Crossed(d)),
            // Both convolutions of the branch have the factor √(1 + d).
            .. Each(
                "W4",
                ["vanilla_res"],
                "weight variance, in ν₂ of the first branch",
                DoublingChecks.GrowthDiscrepancy,
                d => WeightVariance(Math.Sqrt(1 + d) - 1)
            ),
            .. Each(
                "W4",
                ["vanilla_res"],
                "signal after the ReLU, in the share that it keeps",
                DoublingChecks.GrowthDiscrepancy,
                d => Shown(UnitPlaceKind.Relu, Math.Sqrt(1 + d), 1)
            ),
            .. Each(
                "W4",
                ["vanilla_res"],
                "a share of the skip in the first branch, in twice skip · branch over ν₂ of the skip",
                2 * DoublingChecks.GrowthDiscrepancy,
                d => ShownSums.CrossedInTheFirstUnit(d)
            ),
            .. Each(
                "W4",
                ["vanilla_res"],
                "sums of later units, in half the growth of ν₂",
                2 * DoublingChecks.GrowthDiscrepancy,
                d => ShownSums.LargerInLaterUnits(d)
            ),
            .. Each("R1", Plain, "noise at the end, in ln χ", RecursionChecks.LogChiDiscrepancy, d => ShownAtTheEnd(1, Math.Exp(d))),
            .. Each("R1", Plain, "reported rank, in ln r_eff", RecursionChecks.SpreadDiscrepancy, Rank),
            .. Each("R2", WithBatchNorm, "noise at the end, in ln χ", RecursionChecks.LogChiDiscrepancy, d => ShownAtTheEnd(1, Math.Exp(d))),
            .. Each(
                "R2",
                WithBatchNorm,
                "signal and noise at the end, in ln μ₂(x)",
                RecursionChecks.SpreadDiscrepancy,
                d => ShownAtTheEnd(Math.Exp(d / 2), Math.Exp(d / 2))
            ),
            .. Each("A1", ["bn_ff"], "noise that gains in each layer, in ln δχ", LargeBatchChecks.IncrementDiscrepancy, NoiseGains),
            .. Each("A2", ["bn_res"], "noise at the end, in ln χ", LargeBatchChecks.GrowthDiscrepancy, d => ShownAtTheEnd(1, Math.Exp(d))),
            // ln ν₂ gains ln v more in each layer, and this should be d times the drift: a collapsed signal walks as one point does.
            .. Each(
                "P5",
                ["vanilla"],
                "weight variance, in the drift of ln ν₂",
                WalkChecks.DriftDiscrepancy,
                d => WeightVariance(Math.Exp(d * Math.Abs(new RandomWalk(WalkChecks.Width).Drift)) - 1)
            ),
            // The gain's variance is that of the walk to leading order: a signal that has collapsed is one point.
            .. Each(
                "P5",
                ["vanilla"],
                "a gain of the last stretch that keeps a share of the one before, in their correlation",
                WalkChecks.CorrelationDiscrepancy,
                d => ShownGains.LastKeepsTheOneBefore(WalkChecks.Width, WalkChecks.Stretch, d)
            ),
        ];

    private static IEnumerable<Dial> Elements() =>
        [
            .. Each("O1", All, "an element of a convolution", ElementDial.Element(UnitPlaceKind.Convolution, noise: false)),
            .. Each("O2", All, "an element after a ReLU", ElementDial.Element(UnitPlaceKind.Relu, noise: false)),
            .. Each("O3", Residual, "an element of a sum", ElementDial.Element(UnitPlaceKind.Addition, noise: false)),
            .. Each("D1", All, "a reported ν₂", ElementDial.Moment((moments, factor) => moments with { Nu2Signal = moments.Nu2Signal * factor })),
            .. Each("D2", All, "a reported rank", ElementDial.Moment((moments, factor) => moments with { ReffSignal = moments.ReffSignal * factor })),
            .. Each("D3", WithBatchNorm, "the farthest element after batch norm", Farthest),
            .. Each("D4", WithBatchNorm, "an element after batch norm", ElementDial.Element(UnitPlaceKind.BatchNorm, noise: false)),
            .. Each("D5", All, "an element of the noise", ElementDial.Element(UnitPlaceKind.Relu, noise: true)),
            .. All.Select(architecture => new ElementDial(
                "D6",
                architecture,
                "an element after a ReLU",
                ElementDial.Element(UnitPlaceKind.Relu, noise: false),
                Shiftable
            )),
            .. Each("D7", All, "an element of the noise", ElementDial.Element(UnitPlaceKind.Relu, noise: true)),
            .. Each("D8", Residual, "an element of a sum", ElementDial.Element(UnitPlaceKind.Addition, noise: false)),
            .. Each("S7", WithBatchNorm, "an element of the noise after batch norm", ElementDial.Element(UnitPlaceKind.BatchNorm, noise: true)),
        ];

    private static IEnumerable<Dial> Each(string claim, string[] architectures, string defect, double delta, Func<double, DialledSubject> create) =>
        architectures.Select(architecture => new LawDial(claim, architecture, defect, delta, create));

    private static IEnumerable<Dial> Each(string claim, string[] architectures, string defect, Func<NetworkSettings, Snapshot, double, Snapshot> perturb) =>
        architectures.Select(architecture => new ElementDial(claim, architecture, defect, perturb, FullyConnected));

    /// <summary>Whether a network of the deterministic checks is fully connected; a residual one must also have two layers in the branch.</summary>
    private static bool FullyConnected(NetworkSettings network) =>
        network.KernelSize == 1 && (!network.Architecture.IsResidual || network.Architecture.ResidualDepth > 1);

    /// <summary>Whether a network has kernel size 3 and cyclic shifts as a symmetry.</summary>
    private static bool Shiftable(NetworkSettings network) => network is { KernelSize: 3, Boundary: Boundary.Periodic };

    private static DialledSubject AllWeightsSmaller(double excess) => new() { OwnWeights = weights => new ScaledWeights(weights, 1 / (1 + excess)) };

    private static DialledSubject WeightVariance(double excess) =>
        new() { OwnWeights = weights => new RewrittenKernels(weights, factor: _ => Math.Sqrt(1 + excess)) };

    /// <summary>Multiplies what is shown at one kind of place.</summary>
    private static DialledSubject Shown(UnitPlaceKind kind, double signal, double noise) =>
        new() { Show = _ => snapshot => snapshot.Place.Kind == kind ? Times(snapshot, signal, noise) : snapshot };

    /// <summary>Multiplies what is shown at the last place of the network.</summary>
    private static DialledSubject ShownAtTheEnd(double signal, double noise) =>
        new()
        {
            Show = network =>
                snapshot =>
                    snapshot.Depth == network.Depth && snapshot.Place.Number == network.Architecture.Places[^1].Number
                        ? Times(snapshot, signal, noise)
                        : snapshot,
        };

    private static DialledSubject Rank(double excess) =>
        new()
        {
            Show = _ =>
                snapshot =>
                    snapshot.Place.Kind == UnitPlaceKind.Relu ? snapshot with { Moments = () => Ranked(snapshot.Moments(), Math.Exp(excess)) } : snapshot,
        };

    private static ReportedMoments Ranked(ReportedMoments moments, double factor) => moments with { ReffSignal = moments.ReffSignal * factor };

    private static DialledSubject NoiseGains(double excess) =>
        new() { Show = _ => snapshot => snapshot.Place.Kind == UnitPlaceKind.Relu ? Times(snapshot, 1, Math.Exp(excess * snapshot.Depth)) : snapshot };

    private static Snapshot Times(Snapshot snapshot, double signal, double noise) =>
        snapshot with
        {
            Signal = [.. snapshot.Signal.Select(value => value * signal)],
            Noise = [.. snapshot.Noise.Select(value => value * noise)],
        };

    /// <summary>The branch becomes √(1 - ρ²) times itself plus ρ times its unit's input, scaled to the branch's size.</summary>
    /// <remarks>In the mean over channels, the correlation of the two is ρ.</remarks>
    private static DialledSubject BranchKeepsSkip(double correlation) =>
        new()
        {
            Show = _ =>
            {
                Snapshot? before = null;
                return snapshot =>
                {
                    before = snapshot.Place.Kind == UnitPlaceKind.Before ? snapshot : before;
                    return snapshot.Place.Kind != UnitPlaceKind.Addition || before is null
                        ? snapshot
                        : snapshot with
                        {
                            Signal = Sum(before.Signal, snapshot.Signal, snapshot.Shape.Channels, correlation),
                            Noise = Sum(before.Noise, snapshot.Noise, snapshot.Shape.Channels, correlation),
                        };
                };
            },
        };

    private static double[] Sum(double[] skip, double[] sum, int channels, double correlation)
    {
        double[] branch = [.. sum.Zip(skip, (y, x) => y - x)];
        var mixed = Mixed(branch, skip, channels, correlation);
        return [.. skip.Zip(mixed, (x, y) => x + y)];
    }

    /// <summary>Pre-activations of a layer keep a share of those of the layer below. After standardisation, their correlation is exactly that share.</summary>
    private static DialledSubject LayersCorrelate(double correlation) =>
        new()
        {
            Show = _ =>
            {
                Snapshot? below = null;
                return snapshot =>
                {
                    if (snapshot.Place.Kind != UnitPlaceKind.Convolution)
                    {
                        return snapshot;
                    }

                    var channels = snapshot.Shape.Channels;
                    var shown = below is null ? snapshot : snapshot with { Signal = MixedWhole(snapshot.Signal, below.Signal, channels, correlation) };
                    below = snapshot;
                    return shown;
                };
            },
        };

    /// <summary>
    /// All simulations share a part of their weights, so those of any two correlate by ρ. Their pre-activations correlate by ρ times the cosine of their
    /// inputs. After a ReLU this cosine is 1/π for wide layers and independent signals: to leading order ρ = πd.
    /// </summary>
    private static DialledSubject SimulationsCorrelate(double correlation)
    {
        var share = Math.Min(1, Math.PI * correlation);
        return new() { OwnWeights = weights => new PartlyCommonWeights(weights, share) };
    }

    /// <summary>√(1 - ρ²) times each channel plus ρ times the same channel of another tensor, scaled to the channel's size.</summary>
    private static double[] Mixed(double[] values, double[] other, int channels, double correlation)
    {
        var (own, others) = (WrittenOutLayers.MeanSquares(values, channels), WrittenOutLayers.MeanSquares(other, channels));
        return
        [
            .. values.Select(
                (value, i) =>
                    others[i % channels] == 0
                        ? value
                        : (Math.Sqrt(1 - (correlation * correlation)) * value) + (correlation * Math.Sqrt(own[i % channels] / others[i % channels]) * other[i])
            ),
        ];
    }

    /// <summary>The same with one size for all channels of a point, which leaves the distribution of a channel as it is.</summary>
    private static double[] MixedWhole(double[] values, double[] other, int channels, double correlation)
    {
        var mixed = new double[values.Length];
        var rest = Math.Sqrt(1 - (correlation * correlation));
        for (var point = 0; point < values.Length; point += channels)
        {
            var (size, otherSize) = (SquareSum(values, point), SquareSum(other, point));
            for (var i = point; i < point + channels; i++)
            {
                mixed[i] = otherSize == 0 ? values[i] : (rest * values[i]) + (correlation * Math.Sqrt(size / otherSize) * other[i]);
            }
        }

        return mixed;

        double SquareSum(double[] all, int point) => all.Skip(point).Take(channels).Sum(value => value * value);
    }

    /// <summary>Moves every channel's first element outwards; it is the point that D3 sends far away.</summary>
    private static Snapshot Farthest(NetworkSettings network, Snapshot snapshot, double amount)
    {
        if (snapshot.Depth != 1 || snapshot.Place.Kind != UnitPlaceKind.BatchNorm)
        {
            return snapshot;
        }

        double[] moved = [.. snapshot.Signal];
        for (var channel = 0; channel < snapshot.Shape.Channels; channel++)
        {
            moved[channel] *= 1 + amount;
        }

        return snapshot with
        {
            Signal = moved,
        };
    }

    /// <summary>The variance v at which N(0, v) has the given distance from N(0, 1).</summary>
    /// <remarks>The densities cross at x² = v ln v/(v - 1), where the distance is Φ(x) - Φ(x/√v).</remarks>
    private static double VarianceAtDistance(double distance) =>
        Root(
            v => MathNet.Numerics.Distributions.Normal.CDF(0, 1, Crossing(v)) - MathNet.Numerics.Distributions.Normal.CDF(0, Math.Sqrt(v), Crossing(v)),
            distance
        );

    private static double Crossing(double variance) => Math.Sqrt(variance * Math.Log(variance) / (variance - 1));

    /// <summary>The factor v whose logarithm moves the distribution of a step of W1 by the given distance.</summary>
    private static double WalkVarianceAtDistance(double distance)
    {
        var (_, spacing, table) = Step.Value;
        return Root(v => Enumerable.Range(0, table.Length).Max(i => table[i] - Before(i, Math.Log(v))), distance);

        double Before(int node, double shift)
        {
            var position = Math.Max(0, node - (shift / spacing));
            var below = (int)position;
            return below + 1 >= table.Length ? table[^1] : table[below] + ((position - below) * (table[below + 1] - table[below]));
        }
    }

    /// <summary>The variance above 1 at which an increasing function takes the given value.</summary>
    private static double Root(Func<double, double> function, double value)
    {
        var (low, high) = (1 + 1e-9, 4.0);
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = function(middle) < value ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }

    /// <summary>Weights of another variance, the first convolution's included.</summary>
    private sealed class ScaledWeights(Weights.Own weights, double variance) : IKernelSource<float>
    {
        public void Fill(int convolution, KernelShape shape, Span<float> kernel)
        {
            new RandomKernels<float>(weights.Seed, weights.Simulation).Fill(convolution, shape, kernel);
            foreach (ref var value in kernel)
            {
                value *= (float)Math.Sqrt(variance);
            }
        }
    }

    /// <summary>Weights of which a share of the variance is the same in all simulations.</summary>
    private sealed class PartlyCommonWeights(Weights.Own weights, double share) : IKernelSource<float>
    {
        /// <summary>A simulation that no check asks for.</summary>
        private const uint Common = uint.MaxValue;

        public void Fill(int convolution, KernelShape shape, Span<float> kernel)
        {
            new RandomKernels<float>(weights.Seed, weights.Simulation).Fill(convolution, shape, kernel);
            var common = new float[kernel.Length];
            new RandomKernels<float>(weights.Seed, Common).Fill(convolution, shape, common);
            for (var i = 0; i < kernel.Length; i++)
            {
                kernel[i] = (float)((Math.Sqrt(1 - share) * kernel[i]) + (Math.Sqrt(share) * common[i]));
            }
        }
    }
}
