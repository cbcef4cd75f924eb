using System.Globalization;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Finds what is wrong with laws and variances of the parameters of layers: the law and the rule that give what was recovered.</summary>
internal static class LayerScale
{
    private const string Part = WeightCauses.Part;

    /// <summary>Known rules: the variance of a weight divided by the one that is asked for.</summary>
    private static readonly (string Words, Func<LayerSample, double> Ratio)[] Rules =
    [
        ("the variance σ_w²/fan-in in the place of its root, the deviation", sample => sample.Variance),
        ("a variance of 1/fan-in, LeCun's, whatever σ_w² is asked for", sample => 1 / sample.Claimed.WeightVariance),
        ("a variance of 2/fan-in, He's, whatever σ_w² is asked for", sample => 2 / sample.Claimed.WeightVariance),
        ("a variance of 1/(3 fan-in), PyTorch's default", sample => 1 / (3 * sample.Claimed.WeightVariance)),
        ("a fan-out in the place of the fan-in", sample => sample.FanIn / (double)FanOut(sample)),
        ("Glorot's mean of fan-in and fan-out in the place of the fan-in", sample => 2.0 * sample.FanIn / (sample.FanIn + FanOut(sample))),
        ("a fan-in without the kernel's area", sample => Area(sample)),
        ("a fan-in over the channels of all groups", sample => 1.0 / Groups(sample)),
    ];

    private static readonly (string Words, Func<LayerSample, double> Ratio)[] BiasRules =
    [
        ("biases that are 0", _ => 0),
        ("biases of the variance σ_b, the deviation that is asked for", sample => 1 / Math.Sqrt(sample.Claimed.BiasVariance)),
        ("biases of the deviation σ_b², the variance that is asked for", sample => sample.Claimed.BiasVariance),
        ("biases of the variance 1/(3 fan-in), PyTorch's default", sample => 1 / (3 * sample.FanIn * sample.Claimed.BiasVariance)),
    ];

    /// <summary>Explains laws and variances.</summary>
    /// <param name="samples">What was recovered, layer by layer.</param>
    /// <returns>Nothing where they are those that are asked for.</returns>
    public static IEnumerable<Explanation> Explain(IReadOnlyList<LayerSample> samples)
    {
        foreach (var asked in samples.GroupBy(sample => sample.ClaimedLaw))
        {
            LayerSample[] other = [.. asked.Where(sample => !sample.HasClaimedLaw)];
            foreach (var law in other.GroupBy(sample => sample.Law))
            {
                var evidence = $"so are those of {Counted.Spell(law.Count(), "layer")}, by Kolmogorov's distance and the products of columns";
                yield return law.Key is { } known
                    ? Explanation.WithEvidence(Part, $"{known} weights where {asked.Key} ones are asked for", evidence)
                    : Explanation.None(Part, $"weights that are neither {asked.Key}, as is asked for, nor of another known law");
            }
        }

        if (samples.Any(sample => !sample.OfWeights.Includes(1)))
        {
            yield return Variances(samples);
        }

        LayerSample[] biased = [.. samples.Where(sample => sample.OfBiases is not null)];
        if (biased.Any(sample => !sample.OfBiases!.Value.Includes(1)))
        {
            yield return Biases(biased);
        }
    }

    private static Explanation Variances(IReadOnlyList<LayerSample> samples)
    {
        LayerSample[] wrong = [.. samples.Where(sample => !sample.OfWeights.Includes(1))];
        var kinds = wrong.Select(sample => sample.Kind).Distinct().ToArray();
        var evidence = string.Join(
            ", ",
            wrong.GroupBy(sample => sample.Kind).Select(kind => $"{kind.Key}: {Words(Common(kind.Select(sample => sample.OfWeights)))}")
        );
        string[] rules = [.. Rules.Where(rule => samples.All(sample => sample.OfWeights.Includes(rule.Ratio(sample)))).Select(rule => rule.Words)];
        if (rules.Length > 0)
        {
            return Explanation.Either(Part, rules, evidence);
        }

        // A factor of all layers, or of those of some kinds: the layers of these kinds must agree on it.
        var where = kinds.Length == samples.Select(sample => sample.Kind).Distinct().Count() ? "" : $" of layers with {string.Join("; ", kinds)}";
        var common = Common(samples.Where(sample => kinds.Contains(sample.Kind)).Select(sample => sample.OfWeights));
        return common is var (lower, upper) && lower <= upper
            ? Explanation.WithEvidence(Part, $"weights{where} of {Words(common)} the variance that is asked for", evidence)
            : Explanation.None(Part, $"variances of weights{where} that no known rule gives ({evidence})");
    }

    private static Explanation Biases(LayerSample[] samples)
    {
        var common = Common(samples.Select(sample => sample.OfBiases!.Value));
        var evidence =
            $"the biases of {Counted.Spell(samples.Length, "layer")} have "
            + $"{string.Join(", ", samples.Select(sample => Words(Common([sample.OfBiases!.Value]))))} the variance";
        string[] rules = [.. BiasRules.Where(rule => samples.All(sample => sample.OfBiases!.Value.Includes(rule.Ratio(sample)))).Select(rule => rule.Words)];
        return rules.Length > 0 ? Explanation.Either(Part, rules, evidence)
            : common.Lower <= common.Upper ? Explanation.WithEvidence(Part, $"biases of {Words(common)} the variance that is asked for", evidence)
            : Explanation.None(Part, $"variances of biases that no known rule gives ({evidence})");
    }

    /// <summary>What all of these may be; nothing, with a lower end above the upper one, where they differ.</summary>
    private static (double Lower, double Upper) Common(IEnumerable<MeasuredVariance> variances) =>
        (variances.Max(one => one.Lower), variances.Min(one => one.Upper));

    private static string Words((double Lower, double Upper) interval) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{0.5 * (interval.Lower + interval.Upper):0.000} ({interval.Lower:0.000} to {interval.Upper:0.000}) times"
        );

    private static int Area(LayerSample sample) => sample.Layer is Convolution convolution ? convolution.Kernel * convolution.Kernel : 1;

    private static int FanOut(LayerSample sample) => Area(sample) * sample.Outputs;

    /// <summary>Groups of a convolution; 1 for a dense layer.</summary>
    private static int Groups(LayerSample sample) => sample.Layer is Convolution { Groups: > 0 } convolution ? convolution.Groups : 1;
}
