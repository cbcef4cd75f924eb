using System.Globalization;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Finds what is wrong with a skip connection: the tensors and factors that add up to the subject's sum, or the number of layers in the branch.
/// </summary>
internal static class SkipCauses
{
    private const string Part = "skip connection";

    /// <summary>Explains how the residual units of an architecture end.</summary>
    /// <param name="answers">What the subject showed.</param>
    /// <param name="unitRoundoff">Unit roundoff of its tensors.</param>
    /// <param name="layersAreRight">Whether the layers that are shown do what they should, so that those that are not shown can be written out.</param>
    /// <returns>Nothing where they are right, or there are none.</returns>
    public static IEnumerable<Explanation> Explain(IReadOnlyList<GivenAnswer> answers, double unitRoundoff, bool layersAreRight)
    {
        GivenAnswer[] residual = [.. answers.Where(answer => answer.Case.Network.Architecture.IsResidual)];
        Sum[] sums = [.. residual.Where(answer => answer.Case.Network.Architecture.ResidualDepth == 1).SelectMany(answer => Sums(answer, unitRoundoff))];
        var wrong = sums.Where(sum => !sum.Adds(1, 1, sum.Skip)).ToArray();
        if (wrong.Length > 0)
        {
            yield return OfSums(sums, wrong);
            yield break;
        }

        // The sums of branches of one layer are right: so a deeper branch has another number of layers.
        foreach (
            var answer in residual.Where(answer =>
                layersAreRight
                && answer.Case.Network.Architecture.ResidualDepth > 1
                && !UnitsAre(answer, answer.Case.Network.Architecture.ResidualDepth, unitRoundoff)
            )
        )
        {
            var asked = answer.Case.Network.Architecture.ResidualDepth;
            var layers = Enumerable.Range(0, answer.Case.Kernels.Count).Where(count => count != asked && UnitsAre(answer, count, unitRoundoff)).ToArray();
            if (layers.Length > 0)
            {
                yield return Explanation.WithEvidence(
                    Part,
                    $"{(layers[0] < asked ? $"{Counted.Spell(asked - layers[0], "layer")} too few" : $"{Counted.Spell(layers[0] - asked, "layer")} too many")} "
                        + $"in the branch: {layers[0]} of {asked}",
                    "gives the sums of all units, to rounding"
                );
                yield break;
            }

            yield return Explanation.None(Part, $"the sum is not that of a branch of {asked} layers, though sums of branches of one layer are right");
            yield break;
        }
    }

    /// <summary>
    /// Finds where sums are rejected because of what the layers of a branch do. Of a branch of several layers only the first is shown, so O3 writes the others
    /// out.
    /// </summary>
    /// <param name="answers">What the subject showed.</param>
    /// <param name="unitRoundoff">Unit roundoff of its tensors.</param>
    /// <returns>Nothing where a sum is wrong by itself, or where no sum can be examined apart from its branch.</returns>
    public static IEnumerable<Explanation> Following(IReadOnlyList<GivenAnswer> answers, double unitRoundoff)
    {
        GivenAnswer[] residual = [.. answers.Where(answer => answer.Case.Network.Architecture.IsResidual)];
        Sum[] sums = [.. residual.Where(answer => answer.Case.Network.Architecture.ResidualDepth == 1).SelectMany(answer => Sums(answer, unitRoundoff))];
        if (sums.Length > 0 && sums.All(sum => sum.Adds(1, 1, sum.Skip)) && residual.Any(answer => answer.Case.Network.Architecture.ResidualDepth > 1))
        {
            yield return Explanation.Following(
                Part,
                "O3 is rejected where a branch has several layers, since those that are not shown do what the one that is shown does",
                $"all {sums.Length} sums of branches of one layer are right"
            );
        }
    }

    private static Explanation OfSums(Sum[] sums, Sum[] wrong)
    {
        var parts = new List<string>();
        foreach (var tensors in wrong.GroupBy(sum => sum.IsNoise).OrderBy(group => group.Key))
        {
            Sum[] same = [.. sums.Where(sum => sum.IsNoise == tensors.Key)];
            if (Words(same) is not { } words)
            {
                return Explanation.None(
                    Part,
                    $"no multiple of the unit's input and none of the branch add up to the {(tensors.Key ? "noise" : "signal")} of the sum"
                );
            }

            parts.Add(words);
        }

        var both = wrong.Select(sum => sum.IsNoise).Distinct().Count() == 2;
        var what = both
            ? parts.Distinct().Count() == 1
                ? $"{parts[0]}, for signal and noise"
                : $"{parts[0]}, for the signal; {parts[1]}, for the noise"
            : $"{parts[0]}, for the {(wrong[0].IsNoise ? "noise" : "signal")} only";
        return Explanation.WithEvidence(Part, what, $"gives all {sums.Length} sums of branches of one layer, to rounding");
    }

    /// <summary>Factors of skip connection and branch that give all sums.</summary>
    private static string? Words(Sum[] sums)
    {
        var (skip, branch) = sums[0].Factors();
        var (a, b) = (Math.Round(skip, 4), Math.Round(branch, 4));
        if (sums.All(sum => sum.Adds(skip, branch, sum.Skip)) || sums.All(sum => sum.Adds(a, b, sum.Skip)))
        {
            return (a, b) switch
            {
                (0, 1) => "the unit's input is not added",
                (1, 0) => "the branch is not added",
                (1, -1) => "the branch is subtracted",
                (_, 1) => string.Create(CultureInfo.InvariantCulture, $"the skip connection is scaled by {a:0.####}"),
                (1, _) => string.Create(CultureInfo.InvariantCulture, $"the branch is scaled by {b:0.####}"),
                _ => string.Create(CultureInfo.InvariantCulture, $"the skip connection is scaled by {a:0.####}, the branch by {b:0.####}"),
            };
        }

        return sums.All(sum => sum.Adds(1, 1, [.. sum.Skip.Select(value => Math.Max(value, 0))])) ? "the skip connection is taken after the first ReLU"
            : sums.All(sum => sum.Normalised is { } normalised && sum.Adds(1, 1, normalised)) ? "the skip connection is taken after the first batch norm"
            : sums.All(sum => sum.Rectified is { } rectified && sum.Adds(1, 1, rectified)) ? "the skip connection is taken after the first ReLU"
            : null;
    }

    private static IEnumerable<Sum> Sums(GivenAnswer answer, double unitRoundoff)
    {
        for (var depth = 1; depth <= answer.Case.Network.Depth; depth++)
        {
            var trace = answer.Trace;
            var (skip, branch, sum, relu) = (
                trace.At(depth, 1),
                trace.At(depth, UnitPlaceKind.Convolution),
                trace.At(depth, UnitPlaceKind.Addition),
                trace.At(depth, UnitPlaceKind.Relu)
            );
            var norm = answer.Case.Network.Architecture.HasBatchNorm ? trace.At(depth, UnitPlaceKind.BatchNorm) : null;
            yield return new Sum(skip.Signal, branch.Signal, sum.Signal, relu.Signal, norm?.Signal, false, unitRoundoff);
            yield return new Sum(skip.Noise, branch.Noise, sum.Noise, relu.Noise, norm?.Noise, true, unitRoundoff);
        }
    }

    /// <summary>Whether each unit's sum is that of a branch of the given number of layers, which takes its weights in the order of propagation.</summary>
    private static bool UnitsAre(GivenAnswer answer, int layers, double unitRoundoff)
    {
        var network = answer.Case.Network;
        if (layers > 0 && (network.Depth * layers) + 1 > answer.Case.Kernels.Count)
        {
            return false;
        }

        var other = network with { Architecture = network.Architecture.WithResidualDepth(Math.Max(1, layers)) };
        var rounding = new CarriedRounding(other, answer.Case.Kernels, unitRoundoff);
        for (var depth = 1; depth <= network.Depth; depth++)
        {
            var (skip, sum) = (answer.Trace.At(depth, 1), answer.Trace.At(depth, UnitPlaceKind.Addition));
            var right = layers == 0 ? Enclosure.Exactly(skip.Signal, skip.Noise) : rounding.ThroughUnit(depth, skip.Signal, skip.Noise);
            if (!right.Holds(sum.Signal, sum.Noise))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A sum, and the tensors that it may be made of.</summary>
    private sealed record Sum(double[] Skip, double[] Branch, double[] Total, double[] Rectified, double[]? Normalised, bool IsNoise, double UnitRoundoff)
    {
        public bool Adds(double skip, double branch, double[] from)
        {
            var allowed = 16 * UnitRoundoff * Math.Max(Skip.Max(Math.Abs), Branch.Max(Math.Abs));
            for (var i = 0; i < Total.Length; i++)
            {
                if (!(Math.Abs((skip * from[i]) + (branch * Branch[i]) - Total[i]) <= allowed))
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>The factors of skip connection and branch by least squares.</summary>
        public (double Skip, double Branch) Factors()
        {
            var (ss, bb, sb) = (Dot(Skip, Skip), Dot(Branch, Branch), Dot(Skip, Branch));
            var (st, bt) = (Dot(Skip, Total), Dot(Branch, Total));
            var determinant = (ss * bb) - (sb * sb);
            return (((st * bb) - (bt * sb)) / determinant, ((bt * ss) - (st * sb)) / determinant);
        }

        private static double Dot(double[] x, double[] y) => Numerics.VectorMath.Dot(x, y);
    }
}
