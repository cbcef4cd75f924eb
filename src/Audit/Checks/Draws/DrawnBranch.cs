namespace Wellbehaved.Audit;

/// <summary>What a subject drew to keep a branch, as a score of mean 0 and variance 1: <c>(m - p)/√(p(1 - p))</c> for m = 1 or 0.</summary>
/// <param name="Place">The place that shows the sum.</param>
/// <param name="Keep">Probability p of 1.</param>
/// <param name="Score">The score; NaN where nothing shows what was drawn.</param>
/// <remarks>
/// Whether a draw is seen depends on the draws before it: where a branch that did not survive leaves a signal of zeros, no later one is seen. So draws are
/// taken one by one in the order of propagation. Each then has its mean and variance given those before it; an average over those that are seen has not.
/// </remarks>
internal sealed record DrawnBranch(int Place, double Keep, double Score)
{
    /// <summary>Whether it is seen what was drawn.</summary>
    public bool IsKnown => !double.IsNaN(Score);

    /// <summary>All branches of a propagation that survive by chance, in the order of propagation.</summary>
    /// <param name="trace">The propagation.</param>
    /// <param name="unitRoundoff">u.</param>
    public static DrawnBranch[] Of(NetworkTrace trace, double unitRoundoff) =>
        [
            .. ShownLayer
                .CollectBranches(trace.Network)
                .OrderBy(branch => branch.After)
                .Select(branch => new DrawnBranch(
                    branch.After,
                    branch.Layer.Survival,
                    DrawnMask.Score(branch.Survived(trace, unitRoundoff), branch.Layer.Survival)
                )),
        ];
}
