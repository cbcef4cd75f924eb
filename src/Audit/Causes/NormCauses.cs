using System.Globalization;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Finds what is wrong with batch norm: the statistics, the ε and the treatment of the noise that give the subject's numbers.</summary>
internal static class NormCauses
{
    /// <summary>The cause that both batch norm and the ReLU name, so that the two become one explanation.</summary>
    internal const string ChangedPlaces = "batch norm and ReLU exchanged";

    private const string Part = "batch norm";

    /// <summary>Values of ε that libraries use, and 0.</summary>
    private static readonly double[] Common = [1e-5, 1e-3, 1e-6, 1e-12, 1e-8, 1e-7, 1e-4, 1e-2, 0.1, 1, 0];

    /// <summary>Explains what the batch norms of an architecture do.</summary>
    /// <param name="answers">What the subject showed.</param>
    /// <param name="unitRoundoff">Unit roundoff of its tensors.</param>
    /// <returns>Nothing where they are right, or there are none.</returns>
    public static IEnumerable<Explanation> Explain(IReadOnlyList<GivenAnswer> answers, double unitRoundoff)
    {
        Pass[] passes =
        [
            .. answers
                .Where(answer => answer.Case.Network.Architecture.HasBatchNorm)
                .SelectMany(answer =>
                    Enumerable
                        .Range(1, answer.Case.Network.Depth)
                        .Select(depth => new Pass(
                            answer.Trace.Before(depth, UnitPlaceKind.BatchNorm),
                            answer.Trace.At(depth, UnitPlaceKind.BatchNorm),
                            answer.Case.Network.Epsilon,
                            unitRoundoff
                        ))
                ),
        ];
        if (passes.All(pass => pass.IsRight))
        {
            yield break;
        }

        var (asked, evidence) = (passes[0].Epsilon, $"gives signal and noise of all {passes.Length} batch norms that were asked for, to rounding");
        if (passes.All(pass => Close(pass.After.Signal, [.. pass.Before.Signal.Select(value => Math.Max(value, 0))], 8 * unitRoundoff)))
        {
            yield return Explanation.WithEvidence(Part, ChangedPlaces, "the place of batch norm shows what a ReLU gives, to rounding");
            yield break;
        }

        var rules = NormRule.All.Where(rule => passes.All(pass => pass.Fits(rule, pass.Epsilon))).ToArray();
        rules = [.. rules.Where(rule => rule.Differences == rules[0].Differences)];
        var (epsilon, words) = (asked, rules.Length > 0 && rules[0] != NormRule.Defined ? string.Join("; or ", rules.Select(rule => rule.Words)) : "");
        if (rules.Length == 0)
        {
            if (Untrained(passes) is { } other)
            {
                yield return Explanation.WithEvidence(Part, other, evidence);
                yield break;
            }

            if (AnotherEpsilon(passes) is not { } found)
            {
                yield return Explanation.None(Part, "the output is not a normalisation over a channel, a position, an image or a point, with any ε");
                yield break;
            }

            (epsilon, words, rules) = (found.Epsilon, found.Words, [NormRule.Defined]);
        }

        var noises = Enum.GetValues<NoiseNorm>().Where(noise => passes.All(pass => pass.FitsNoise(rules[0], epsilon, noise))).ToArray();
        if (noises.Length == 0)
        {
            yield return Explanation.None(
                Part,
                words.Length == 0
                    ? "the signal is right, and the noise is neither divided as it is, nor centred, nor left alone, nor differentiated with the statistics"
                    : $"the signal is what {words} gives, and the noise is none of what was tried"
            );
        }
        else if (noises[0] == NoiseNorm.Divided)
        {
            yield return Explanation.WithEvidence(Part, words, evidence);
        }
        else
        {
            yield return Explanation.WithEvidence(
                Part,
                words.Length == 0 ? WordsOf(noises[0]) : $"{words}; {WordsOf(noises[0])}",
                words.Length == 0 ? $"the signal is right, and this {evidence}" : evidence
            );
        }
    }

    /// <summary>Means and variances that are not those of the batch but 0 and 1, as before any training; or no operation at all.</summary>
    private static string? Untrained(Pass[] passes) =>
        passes.All(pass => Close(pass.After.Signal, pass.Before.Signal, 8 * pass.UnitRoundoff)) ? "no batch norm at all"
        : passes.All(pass => Close(pass.After.Signal, [.. pass.Before.Signal.Select(value => value / Math.Sqrt(1 + pass.Epsilon))], 16 * pass.UnitRoundoff))
            ? "running averages that start at mean 0 and variance 1 in the place of the batch's own statistics"
        : null;

    /// <summary>The ε that every channel shows, if all show the same one.</summary>
    private static (double Epsilon, string Words)? AnotherEpsilon(Pass[] passes)
    {
        var solved = passes.SelectMany(pass => pass.SolvedEpsilons()).Order().ToArray();
        if (solved.Length == 0 || !double.IsFinite(solved[solved.Length / 2]))
        {
            return null;
        }

        var asked = passes[0].Epsilon;
        var common = Common.Where(epsilon => epsilon != asked && passes.All(pass => pass.Fits(NormRule.Defined, epsilon))).ToArray();
        if (common.Length > 0)
        {
            var names = string.Join(
                " or ",
                common.Select(epsilon => epsilon.ToString(epsilon is 0 or >= 0.001 ? "0.###" : "0.#e-0", CultureInfo.InvariantCulture))
            );
            return (common[0], string.Create(CultureInfo.InvariantCulture, $"ε = {names} where {asked:0.######} was asked for"));
        }

        var median = Math.Max(0, solved[solved.Length / 2]);
        return passes.All(pass => pass.Fits(NormRule.Defined, median, 8))
            ? (median, string.Create(CultureInfo.InvariantCulture, $"ε = {median:G3} where {asked:0.######} was asked for"))
            : null;
    }

    private static string WordsOf(NoiseNorm noise) =>
        noise switch
        {
            NoiseNorm.Divided => "the noise is right",
            NoiseNorm.Centred => "the noise loses its mean in batch norm",
            NoiseNorm.Untouched => "the noise is not divided in batch norm",
            NoiseNorm.Differentiated => "the noise differentiates the batch statistics, which the definition holds fixed",
            NoiseNorm.DividedTwice => "the noise is divided by the variance, not by the deviation",
            _ => throw new ArgumentOutOfRangeException(nameof(noise), noise, "expected what becomes of the noise"),
        };

    private static bool Close(double[] observed, double[] expected, double relative)
    {
        var allowed = relative * Math.Max(double.Epsilon, expected.Max(Math.Abs));
        return Enclosure.IsWithin(observed, expected, allowed);
    }

    /// <summary>One batch norm as the subject showed it.</summary>
    private sealed record Pass(Snapshot Before, Snapshot After, double Epsilon, double UnitRoundoff)
    {
        public bool IsRight { get; } =
            BatchNormRounding
                .Enclose(Enclosure.Exactly(Before.Signal, Before.Noise), Before.Shape.Channels, Epsilon, UnitRoundoff)
                .Holds(After.Signal, After.Noise);

        public bool Fits(NormRule rule, double epsilon, double margin = 1)
        {
            var (means, divisors, _) = rule.Statistics(Before.Shape, Before.Signal, epsilon);
            for (var i = 0; i < means.Length; i++)
            {
                if (!(Math.Abs(((Before.Signal[i] - means[i]) / divisors[i]) - After.Signal[i]) <= margin * Allowed(i, means, divisors)))
                {
                    return false;
                }
            }

            return true;
        }

        public bool FitsNoise(NormRule rule, double epsilon, NoiseNorm noise)
        {
            var (means, divisors, groups) = rule.Statistics(Before.Shape, Before.Signal, epsilon);
            var count = groups.Max() + 1;
            var (sizes, noiseMeans, products) = (new int[count], new double[count], new double[count]);
            for (var i = 0; i < groups.Length; i++)
            {
                sizes[groups[i]]++;
                noiseMeans[groups[i]] += Before.Noise[i];
                products[groups[i]] += (Before.Signal[i] - means[i]) * Before.Noise[i];
            }

            var largest = Before.Noise.Max(Math.Abs);
            for (var i = 0; i < groups.Length; i++)
            {
                var (dx, d, mean) = (Before.Noise[i], divisors[i], noiseMeans[groups[i]] / sizes[groups[i]]);
                var expected = noise switch
                {
                    NoiseNorm.Divided => dx / d,
                    NoiseNorm.Centred => (dx - mean) / d,
                    NoiseNorm.Untouched => dx,
                    NoiseNorm.Differentiated => ((dx - mean) / d) - ((Before.Signal[i] - means[i]) * (products[groups[i]] / sizes[groups[i]]) / (d * d * d)),
                    NoiseNorm.DividedTwice => dx / (d * d),
                    _ => throw new InvalidOperationException($"expected what becomes of the noise, got {noise}"),
                };
                if (!(Math.Abs(expected - After.Noise[i]) <= Allowed(i, means, divisors) * Math.Max(1, largest / Math.Min(1, d))))
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>The ε that follows from each channel that varies, if the channel is centred and divided at all.</summary>
        public IEnumerable<double> SolvedEpsilons()
        {
            var channels = Before.Shape.Channels;
            var (variances, after) = (WrittenOutLayers.Variances(Before.Signal, channels), WrittenOutLayers.Variances(After.Signal, channels));
            return variances.Zip(after, (before, left) => (before / left) - before).Where(double.IsFinite);
        }

        /// <summary>Some roundings of each of P terms, enlarged where a mean cancels, as in <see cref="BatchNormRounding"/>.</summary>
        private double Allowed(int i, double[] means, double[] divisors)
        {
            var enlarged = 1 + Math.Pow((Math.Abs(means[i]) + Math.Abs(Before.Signal[i])) / divisors[i], 2);
            return ((4 * Before.Shape.Points) + 64) * UnitRoundoff * enlarged;
        }
    }
}
