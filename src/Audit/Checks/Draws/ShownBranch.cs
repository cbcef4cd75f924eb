using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A residual unit with the identity as its skip, whose input, end of branch and sum have places.</summary>
/// <param name="Layer">The unit.</param>
/// <param name="Before">Index of the place that shows its input; -1 for the input of the network.</param>
/// <param name="End">Index of the place that shows the end of its branch.</param>
/// <param name="After">Index of the place that shows the sum.</param>
internal sealed record ShownBranch(Residual Layer, int Before, int End, int After)
{
    /// <summary>The shares of a branch in the sum that lie below this are the rounding of one that did not survive: √u of single precision.</summary>
    private const double LeastShare = 1e-3;

    /// <summary>Whether the branch was added; null where it is zero or too small beside the skip to tell.</summary>
    /// <param name="trace">The propagation.</param>
    /// <param name="unitRoundoff">u.</param>
    public bool? Survived(NetworkTrace trace, double unitRoundoff)
    {
        var (input, branch, sum) = (Signal(trace, Before), Signal(trace, End), Signal(trace, After));
        var (skip, scale) = (Layer.SkipScale.Value, Layer.BranchScale.Value);
        var power = branch.Sum(value => value * value);
        var rounding = unitRoundoff * Enclosure.Norm(input) * Math.Abs(skip) / (Math.Abs(scale) * Math.Sqrt(power));
        return power > 0 && rounding < LeastShare / 8
            ? sum.Zip(input, (y, x) => y - (skip * x)).Zip(branch, (d, b) => d * b).Sum() / power / scale is var share && Math.Abs(share) > LeastShare
            : null;
    }

    /// <summary>Compares the sum with that of a branch that survived, or did not.</summary>
    /// <param name="trace">The propagation.</param>
    /// <param name="survived">Whether it survived.</param>
    /// <param name="unitRoundoff">u.</param>
    /// <param name="comparison">Collects the comparisons.</param>
    /// <param name="where">The network in words.</param>
    public void Compare(NetworkTrace trace, bool survived, double unitRoundoff, ExactComparison comparison, string where)
    {
        var place = trace.Snapshots[After].Where;
        foreach (var (name, of) in new (string, Func<NetworkTrace, int, double[]>)[] { ("signal", Signal), ("noise", Noise) })
        {
            var (input, branch, sum) = (of(trace, Before), of(trace, End), of(trace, After));
            for (var i = 0; i < sum.Length; i++)
            {
                // Two products and a sum of rounded tensors: three roundings, and a fourth for numbers that are shown rounded.
                var (skip, added) = (Layer.SkipScale.Value * input[i], survived ? Layer.BranchScale.Value * branch[i] : 0);
                comparison.Add(
                    new Observed(sum[i]),
                    new Expected(skip + added),
                    Roundings.Gamma(4, unitRoundoff) * (Math.Abs(skip) + Math.Abs(added)) + Underflow.Smallest(unitRoundoff),
                    (name, survived, place, where),
                    static of => $"{of.name} of a branch that {(of.survived ? "survives" : "does not survive")}, {of.place}, {of.where}"
                );
            }
        }
    }

    private static double[] Signal(NetworkTrace trace, int place) => place < 0 ? trace.Input.Signal : trace.Snapshots[place].Signal;

    private static double[] Noise(NetworkTrace trace, int place) => place < 0 ? trace.Input.Noise : trace.Snapshots[place].Noise;
}
