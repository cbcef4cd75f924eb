using System.Globalization;
using MathNet.Numerics.Distributions;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Finds what is wrong with variance and law of the weights: the rule and the law that give what was recovered.</summary>
internal static class WeightScale
{
    /// <summary>The variance of a standard normal law that is cut at two standard deviations.</summary>
    private static readonly double Cut = 1 - (4 * Normal.PDF(0, 1, 2) / (1 - (2 * Normal.CDF(0, 1, -2))));

    private const string NoLaw = "neither normal, truncated normal nor uniform";

    /// <summary>The largest allowed value of Kolmogorov's statistic times √n; the right law exceeds it once in a hundred thousand cases.</summary>
    private const double MostDistance = 2.5;

    /// <summary>Known rules: their variance divided by the claimed one (1/fan-in in the first convolution, 2/fan-in in the others).</summary>
    private static readonly (string Words, Func<KernelShape, double> First, Func<KernelShape, double> Others)[] Rules =
    [
        ("LeCun's variance 1/fan-in where He's is 2/fan-in", _ => 1, _ => 0.5),
        ("He's variance 2/fan-in in the first convolution too, which has no ReLU before it", _ => 2, _ => 1),
        ("1/fan-out in the first convolution", shape => shape.FanIn / FanOut(shape), _ => 1),
        ("He's variance by fan-out, 2/fan-out, in every convolution", shape => 2 * shape.FanIn / FanOut(shape), shape => shape.FanIn / FanOut(shape)),
        (
            "Glorot's variance 2/(fan-in + fan-out)",
            shape => 2 * shape.FanIn / (shape.FanIn + FanOut(shape)),
            shape => shape.FanIn / (shape.FanIn + FanOut(shape))
        ),
        ("a variance of 1/(3 fan-in), PyTorch's default", _ => 1.0 / 3, _ => 1.0 / 6),
        ("a fan-in without the kernel's area", _ => 1, shape => shape.Size * shape.Size),
        ("a fan-in without the kernel's area, in the first convolution too", shape => shape.Size * shape.Size, shape => shape.Size * shape.Size),
        ("a variance divided by the kernel's area twice", _ => 1, shape => 1.0 / (shape.Size * shape.Size)),
        (
            "a variance divided by the kernel's area twice, in the first convolution too",
            shape => 1.0 / (shape.Size * shape.Size),
            shape => 1.0 / (shape.Size * shape.Size)
        ),
    ];

    /// <summary>Explains variance and law.</summary>
    /// <param name="simulations">Simulations of the wide network and of the one with kernels.</param>
    /// <returns>The cause with its evidence, and whether law and rule are known ones; null if variance and law are those that are claimed.</returns>
    public static (string Cause, string Evidence, bool IsKnown)? Explain(IReadOnlyList<RecoveredSimulation> simulations)
    {
        Sample[] samples =
        [
            .. simulations
                .SelectMany(simulation => simulation.Convolutions)
                .Where(convolution => convolution.Known == convolution.Shape.Length)
                .GroupBy(convolution => (convolution.Shape, IsFirst: convolution.Index == 0))
                .Select(group => new Sample(group.Key.Shape, group.Key.IsFirst, [.. group])),
        ];
        if (samples.Length == 0 || samples.All(sample => sample.Includes(1) && sample.IsNormal && !sample.Varies))
        {
            return null;
        }

        var evidence = string.Join(", ", samples.Select(sample => sample.Words));
        if (samples.FirstOrDefault(sample => sample.Varies) is { } varying)
        {
            return ($"variances that differ between convolutions: {varying.EachWords} of what they should be", evidence, true);
        }

        var (first, others) = (LawOf(samples.Where(sample => sample.IsFirst)), LawOf(samples.Where(sample => !sample.IsFirst)));
        var law = first == others ? others : $"{others} after the first convolution, {first} in it";
        var (lawIsKnown, rule) = (first != NoLaw && others != NoLaw, Rule(samples));
        if (first == "normal" && others == "normal")
        {
            return (rule.Words, evidence, rule.IsKnown);
        }

        if (samples.All(sample => sample.Includes(1)))
        {
            return ($"{Wrong(first, others)} of the right variance", evidence, lawIsKnown);
        }

        if (samples.All(sample => sample.Includes(Law(sample) == "truncated normal" ? Cut : 1)))
        {
            return (
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Wrong(first, others)}, cut at two deviations and not corrected: variance {Cut:0.000} of what it should be"
                ),
                evidence,
                lawIsKnown
            );
        }

        return law == "uniform" && samples.All(sample => sample.Includes(sample.IsFirst ? 1.0 / 3 : 1.0 / 6))
            ? ("uniform weights in ±1/√(fan-in), PyTorch's default", evidence, true)
            : ($"{law} weights, {rule.Words}", evidence, lawIsKnown && rule.IsKnown);

        string Law(Sample sample) => sample.IsFirst ? first : others;
    }

    /// <summary>Says where weights are not normal, and which law they have.</summary>
    private static string Wrong(string first, string others) =>
        first == others ? $"{others} weights"
        : others == "normal" ? $"{first} weights in the first convolution"
        : first == "normal" ? $"{others} weights after the first convolution"
        : $"{others} weights after the first convolution, {first} ones in it";

    private static (string Words, bool IsKnown) Rule(Sample[] samples)
    {
        if (
            Rules.Where(rule => samples.All(sample => sample.Includes(sample.IsFirst ? rule.First(sample.Shape) : rule.Others(sample.Shape)))).ToArray() is
            { Length: > 0 } fitting
        )
        {
            return (string.Join("; or ", fitting.Select(rule => rule.Words)), true);
        }

        (string Words, bool IsKnown)[] words =
        [
            .. samples
                .GroupBy(sample => sample.IsFirst)
                .Where(kind => kind.Any(sample => !sample.Includes(1)))
                .OrderByDescending(kind => kind.Key)
                .Select(kind => Solved([.. kind], kind.Key ? " of the first convolution" : " of the convolutions after the first")),
        ];
        return words.Length == 0 ? ("of the right variance", true)
            : words.Length > 1 && samples.Max(sample => sample.Lower) <= samples.Min(sample => sample.Upper) ? Solved(samples, "")
            : (string.Join("; ", words.Select(some => some.Words)), words.All(some => some.IsKnown));
    }

    /// <summary>The one ratio that agrees with all samples, if there is one.</summary>
    private static (string Words, bool IsKnown) Solved(Sample[] samples, string where)
    {
        var (lower, upper) = (samples.Max(sample => sample.Lower), samples.Min(sample => sample.Upper));
        return lower <= upper
            ? (
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"a variance{where} of {0.5 * (lower + upper):0.000} times what it should be ({lower:0.000} to {upper:0.000})"
                ),
                true
            )
            : ($"variances{where} that no rule gives that was tried", false);
    }

    private static string LawOf(IEnumerable<Sample> samples)
    {
        Sample[] all = [.. samples];
        return all.Length == 0 || all.All(sample => sample.IsNormal) ? "normal"
            : all.All(sample => sample.Zeros > 0.05)
                ? string.Create(CultureInfo.InvariantCulture, $"sparse ({100 * all.Average(sample => sample.Zeros):0} % of them zero)")
            : all.All(sample => sample.Distance(TruncatedBelow) <= MostDistance) ? "truncated normal"
            : all.All(sample => sample.Distance(UniformBelow) <= MostDistance) ? "uniform"
            : NoLaw;
    }

    private static double TruncatedBelow(double standardised)
    {
        var (x, tail) = (standardised * Math.Sqrt(Cut), Normal.CDF(0, 1, -2));
        return Math.Clamp((Normal.CDF(0, 1, x) - tail) / (1 - (2 * tail)), 0, 1);
    }

    private static double UniformBelow(double standardised) => Math.Clamp(0.5 + (standardised / (2 * Math.Sqrt(3))), 0, 1);

    private static double FanOut(KernelShape shape) => shape.Size * shape.Size * shape.OutputChannels;

    /// <summary>The weights of convolutions of one shape, divided by the standard deviation that they should have.</summary>
    private sealed class Sample
    {
        private readonly double[] _standardised;
        private readonly (double Ratio, double Error)[] _each;

        public Sample(KernelShape shape, bool isFirst, RecoveredConvolution[] convolutions)
        {
            (Shape, IsFirst) = (shape, isFirst);
            var weights = convolutions.SelectMany(convolution => convolution.Weights).ToArray();
            (Ratio, Error) = Variance(weights);
            _each =
            [
                .. convolutions.GroupBy(convolution => convolution.Index).Select(group => Variance([.. group.SelectMany(convolution => convolution.Weights)])),
            ];
            _standardised = [.. weights.Select(weight => weight / Math.Sqrt(Ratio)).Order()];
            Zeros = weights.Count(weight => Math.Abs(weight) < 1e-3) / (double)weights.Length;
            IsNormal = Distance(value => Normal.CDF(0, 1, value)) <= MostDistance;
        }

        public KernelShape Shape { get; }

        public bool IsFirst { get; }

        public double Ratio { get; }

        public double Error { get; }

        public double Lower => Ratio - Error;

        public double Upper => Ratio + Error;

        /// <summary>Share of weights that are zero; less than a thousandth of normal weights are that small.</summary>
        public double Zeros { get; }

        public bool IsNormal { get; }

        /// <summary>Whether the convolutions have different variances.</summary>
        public bool Varies => _each.Max(one => one.Ratio - one.Error) > _each.Min(one => one.Ratio + one.Error);

        public string EachWords => string.Join(", ", _each.Select(one => one.Ratio.ToString("0.00", CultureInfo.InvariantCulture)));

        public string Words =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(IsFirst ? "first" : "other")} convolution{(IsFirst ? "" : "s")} {Shape.Size}×{Shape.Size}: variance {Lower:0.000} to "
                    + $"{Upper:0.000} of what is claimed"
            );

        public bool Includes(double ratio) => Math.Abs(Ratio - ratio) <= Error;

        /// <summary>√n times the largest distance to a distribution function.</summary>
        public double Distance(Func<double, double> below)
        {
            var (n, most) = (_standardised.Length, 0.0);
            for (var i = 0; i < n; i++)
            {
                var expected = below(_standardised[i]);
                most = Math.Max(most, Math.Max(Math.Abs(expected - (i / (double)n)), Math.Abs(((i + 1) / (double)n) - expected)));
            }

            return Math.Sqrt(n) * most;
        }

        /// <summary>The mean square, with five times its standard error.</summary>
        private static (double Ratio, double Error) Variance(double[] weights)
        {
            var (square, fourth) = (weights.Average(weight => weight * weight), weights.Average(weight => Math.Pow(weight, 4)));
            return (square, (5 * Math.Sqrt(Math.Max(0, fourth - (square * square)) / weights.Length)) + (1e-3 * square));
        }
    }
}
