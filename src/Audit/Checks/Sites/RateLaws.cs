using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>The numbers of Z2, F1, F2, F3 and F7: compares the rate that theory predicts with that of mappings of finite width and batch.</summary>
/// <remarks>
/// <para>
/// Theory's rates are limits, so no mean is known exactly at a finite width. A mapping counts as right if its rate is within a tolerance of the limit, and
/// most mappings must be right (<see cref="AnytimeShare"/>), whatever the law of the others. The tolerance is the sum of the effects of finite sizes and four
/// standard deviations of a mapping. At N channels, the logarithm of a power makes steps with a standard deviation of √(c/N), c near 6 for these activations,
/// averaged over the points that have noise of their own. A batch of P moves rates of batch norm by 1/P, and a start away from the fixed point moves them
/// over its own depth scale. Measured on correct mappings of 128 channels: F1 -0.514 ± 0.024 for -0.510; F2 0.236 ± 0.014; F7 0.091 ± 0.002 for 0.082 (tanh,
/// means of four mappings, P = 128).
/// </para>
/// <para>The rates are parts of the claims, on networks of other sizes than those that are compared with sampled networks. So they have a rate of false alarms
/// of their own.</para>
/// </remarks>
internal static class RateLaws
{
    /// <summary>Channels of these networks.</summary>
    private const int Width = 128;

    /// <summary>Number of the first of these studies, apart from those of the laws.</summary>
    private const int FirstStudy = 500;

    /// <summary>Number of mappings after which a share ends inconclusive; fifty decide a true one.</summary>
    private const int MostSamples = 400;

    /// <summary>F1: noise falls by χ₁ per layer.</summary>
    public static IEnumerable<Measurement> Ordered(CheckContext context) =>
        Decide(
            context,
            Tanh("ordered tanh at width 128", 0.81, 0.09, 16, 8),
            1,
            [
                new(
                    "ln ν₂(dx) falls by ln χ₁ per layer",
                    new MeanField(DualOf(FunctionKind.Tanh), 0.81, 0.09).NoiseGain is var gain ? Math.Log(gain) : 0,
                    0.1,
                    trace => Slope(trace, 4, 16, LogNoise)
                ),
            ]
        );

    /// <summary>F2: χ grows by √χ₁ per layer.</summary>
    public static IEnumerable<Measurement> Chaotic(CheckContext context) =>
        Decide(
            context,
            Tanh("chaotic tanh at width 128", 6.25, 0.01, 16, 8),
            1,
            [
                new(
                    "ln χ gains ½ ln χ₁ per layer",
                    0.5 * Math.Log(new MeanField(DualOf(FunctionKind.Tanh), 6.25, 0.01).NoiseGain),
                    0.07,
                    trace => Slope(trace, 4, 16, LogChi)
                ),
            ]
        );

    /// <summary>F3: the noise stays, and one over the share of variance gains f''(1)/2 per layer, so that χ grows as the root of the depth.</summary>
    public static IEnumerable<Measurement> Edge(CheckContext context)
    {
        const double weights = 1.3955839752 * 1.3955839752;
        var predicted = 1 / new MeanField(DualOf(FunctionKind.Tanh), weights, 0.09).EdgeCollapse();
        return Decide(
            context,
            Tanh("tanh at the edge at width 128", weights, 0.09, 24, 8),
            8,
            [
                new("ln ν₂(dx) stays", 0, 0.03, trace => Slope(trace, 4, 24, LogNoise)),
                new("1/(1 - c) gains f''(1)/2 per layer", predicted, 0.1, trace => Slope(trace, 4, 24, InverseShare)),
            ]
        );
    }

    /// <summary>F7: χ grows by √κ_BN per layer.</summary>
    public static IEnumerable<Measurement> NormalisedStack(CheckContext context)
    {
        FunctionKind[] kinds = [FunctionKind.Tanh, FunctionKind.Relu];
        return kinds.SelectMany(
            (kind, i) =>
            {
                var network = Points(
                    $"batch norm and {new Function(kind)} at width 128",
                    [new Dense { Channels = Width }, new Repeat(8, [new Dense(), new BatchNorm(), new Activation(new Function(kind))])]
                );
                return Decide(
                    context with
                    {
                        Rates = context.Rates.SharedBy(kinds.Length),
                    },
                    // The batch moves the rate by 0.009 (tanh) and 0.007 (ReLU); a mean of four mappings scatters by 0.002 and 0.0027.
                    new(network, 128),
                    4,
                    [
                        new(
                            "ln χ gains ½ ln κ_BN per layer",
                            0.5 * Math.Log(NormConstants.For(DualOf(kind)).BatchNorm),
                            0.02,
                            trace => Slope(trace, 2, 8, LogChi)
                        ),
                    ],
                    i
                );
            }
        );
    }

    /// <summary>Z2: in the time T = Σw that units make, χ of batch-normalised branches is Π (s + A)/(s + b), a power of the depth (Z3).</summary>
    public static IEnumerable<Measurement> TimeChange(CheckContext context)
    {
        const int units = 12;
        var dual = DualOf(FunctionKind.Relu);
        Networks.Layers branch = [new BatchNorm(), new Activation(Function.Relu), new Dense(), new BatchNorm(), new Activation(Function.Relu), new Dense()];
        var network = Points(
            "batch norm in branches at width 128",
            [new Dense { Channels = Width, Parameters = Initialisation.LeCun }, new Repeat(units, [new Residual(branch)])]
        );
        var predicted = ResidualTime.LogChi(units, 2, NormConstants.For(dual).BatchNorm, 2 * dual.Moments(1).Variance);
        return Decide(
            context,
            new(network, 64),
            1,
            [new("ln χ of 12 units is that of time T = Σw", predicted, 0.3, trace => units * Slope(trace, 0, units, LogChi))]
        );
    }

    /// <summary>Adds samples, each a mean over some mappings, until every rate is decided.</summary>
    private static IEnumerable<Measurement> Decide(CheckContext context, SiteCase site, int mappings, Rate[] quantities, int study = 0)
    {
        if (!context.Offers(site.Network, site.Images, NoiseKind.Mapping, given: false))
        {
            return [];
        }

        var rates = context.Rates.SharedBy(quantities.Length);
        Counted[] counted = [.. quantities.Select(_ => new Counted(rates))];
        var group = new List<NetworkTrace>();
        foreach (
            var trace in context.UntilDecided(
                site,
                NoiseKind.Mapping,
                FirstStudy + study,
                MostSamples * mappings / CheckContext.Budget,
                counted,
                simulation => Batch.Gaussian(site.Network, site.Images, context.SeedOf(~(FirstStudy + study)), simulation)
            )
        )
        {
            group.Add(trace);
            if (group.Count < mappings)
            {
                continue;
            }

            foreach (var (quantity, share) in quantities.Zip(counted))
            {
                share.Add(Math.Abs(group.Average(quantity.Measure) - quantity.Predicted) <= quantity.Tolerance);
            }

            group.Clear();
        }

        return quantities.Zip(
            counted,
            (quantity, share) =>
                share.Conclude(FormattableString.Invariant($"{quantity.Words} ({quantity.Predicted:0.0000} ± {quantity.Tolerance}), {site.Description}"))
        );
    }

    /// <summary>The gain per unit of depth between two depths.</summary>
    private static double Slope(NetworkTrace trace, int from, int to, Func<NetworkSnapshot, double> of)
    {
        return (of(At(to)) - of(At(from))) / (to - from);

        // Depth 0 ends with the first layer, and every unit has the same number of places.
        NetworkSnapshot At(int depth) => trace.Snapshots.Last(shown => shown.Place.Depth == depth);
    }

    private static double LogNoise(NetworkSnapshot shown) => Math.Log(WrittenOutLayers.MeanSquare(shown.Noise));

    private static double LogChi(NetworkSnapshot shown) => 0.5 * (LogNoise(shown) - Math.Log(MeanVariance(shown)));

    /// <summary>1/(1 - c), from the share of P points of equal norms and correlations, which is (1 - 1/P)(1 - c).</summary>
    private static double InverseShare(NetworkSnapshot shown) =>
        (1 - (1.0 / shown.Shape.Points)) * WrittenOutLayers.MeanSquare(shown.Signal) / MeanVariance(shown);

    private static double MeanVariance(NetworkSnapshot shown) => WrittenOutLayers.Variances(shown.Signal, shown.Shape.Channels).Average();

    private static DualActivation DualOf(FunctionKind kind) => DualActivation.For(new Function(kind));

    private static SiteCase Tanh(string name, double weights, double biases, int depth, int points) =>
        new(
            Points(
                name,
                [
                    new Dense { Channels = Width, Parameters = Initialisation.LeCun },
                    new Repeat(depth, [new Dense { Parameters = new(weights, biases) }, new Activation(new Function(FunctionKind.Tanh))]),
                ]
            ),
            points
        );

    /// <summary>Inputs of as many features as there are channels.</summary>
    private static Network Points(string name, Networks.Layers layers) => new(name, new(1, 1, Width), layers);

    /// <summary>A rate, and the value that theory predicts for it.</summary>
    /// <param name="Words">The rate in words.</param>
    /// <param name="Predicted">The limit.</param>
    /// <param name="Tolerance">The largest distance of a mapping of these sizes from the limit.</param>
    /// <param name="Measure">Measures it.</param>
    private sealed record Rate(string Words, double Predicted, double Tolerance, Func<NetworkTrace, double> Measure);

    /// <summary>A share of mappings, counted until it is decided.</summary>
    private sealed class Counted(ErrorRates rates) : ISequentialTest
    {
        private readonly AnytimeShare _share = new(rates);

        public bool IsDecided => _share.Verdict != Verdict.Inconclusive;

        public void Add(bool shown)
        {
            if (!IsDecided)
            {
                _share.Add(shown ? 1 : 0, 1);
            }
        }

        public Measurement Conclude(string quantity) => _share.Conclude(quantity);
    }
}
