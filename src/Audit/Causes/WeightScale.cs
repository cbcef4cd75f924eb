using System.Globalization;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Finds what is wrong with variance and law of the weights: the rule and the law that give what was recovered.</summary>
internal static class WeightScale
{
    private const string NoLaw = "neither normal, truncated normal nor uniform";

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
        if (samples.Length == 0 || samples.All(sample => sample.Includes(1) && sample.Distribution.IsNormal && !sample.Varies))
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

        if (samples.All(sample => sample.Includes(Law(sample) == "truncated normal" ? WeightDistribution.Cut : 1)))
        {
            return (
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Wrong(first, others)}, cut at two deviations and not corrected: variance {WeightDistribution.Cut:0.000} of what it should be"
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
            : words.Length > 1 && samples.Max(sample => sample.Variance.Lower) <= samples.Min(sample => sample.Variance.Upper) ? Solved(samples, "")
            : (string.Join("; ", words.Select(some => some.Words)), words.All(some => some.IsKnown));
    }

    /// <summary>The one ratio that agrees with all samples, if there is one.</summary>
    private static (string Words, bool IsKnown) Solved(Sample[] samples, string where)
    {
        var (lower, upper) = (samples.Max(sample => sample.Variance.Lower), samples.Min(sample => sample.Variance.Upper));
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
        return all.Length == 0 || all.All(sample => sample.Distribution.IsNormal) ? "normal"
            : all.All(sample => sample.Zeros > 0.05)
                ? string.Create(CultureInfo.InvariantCulture, $"sparse ({100 * all.Average(sample => sample.Zeros):0} % of them zero)")
            : all.All(sample => sample.Distribution.IsTruncated) ? "truncated normal"
            : all.All(sample => sample.Distribution.IsUniform) ? "uniform"
            : NoLaw;
    }

    private static double FanOut(KernelShape shape) => shape.Size * shape.Size * shape.OutputChannels;

    /// <summary>The weights of convolutions of one shape, divided by the standard deviation that they should have.</summary>
    private sealed class Sample
    {
        private readonly MeasuredVariance[] _each;

        public Sample(KernelShape shape, bool isFirst, RecoveredConvolution[] convolutions)
        {
            (Shape, IsFirst) = (shape, isFirst);
            var weights = convolutions.SelectMany(convolution => convolution.Weights).ToArray();
            Distribution = new WeightDistribution(weights);
            _each =
            [
                .. convolutions
                    .GroupBy(convolution => convolution.Index)
                    .Select(group => WeightDistribution.VarianceOf([.. group.SelectMany(convolution => convolution.Weights)])),
            ];
            Zeros = weights.Count(weight => Math.Abs(weight) < 1e-3) / (double)weights.Length;
        }

        public KernelShape Shape { get; }

        public bool IsFirst { get; }

        public WeightDistribution Distribution { get; }

        public MeasuredVariance Variance => Distribution.Variance;

        /// <summary>Share of weights that are zero; less than a thousandth of normal weights are that small.</summary>
        public double Zeros { get; }

        /// <summary>Whether the convolutions have different variances.</summary>
        public bool Varies => _each.Max(one => one.Lower) > _each.Min(one => one.Upper);

        public string EachWords => string.Join(", ", _each.Select(one => one.Ratio.ToString("0.00", CultureInfo.InvariantCulture)));

        public string Words =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(IsFirst ? "first" : "other")} convolution{(IsFirst ? "" : "s")} {Shape.Size}×{Shape.Size}: variance {Variance.Lower:0.000} to "
                    + $"{Variance.Upper:0.000} of what is claimed"
            );

        public bool Includes(double ratio) => Variance.Includes(ratio);
    }
}
