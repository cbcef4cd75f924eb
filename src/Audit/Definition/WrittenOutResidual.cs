using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The sum of a residual unit: <c>γ·skip + α·branch</c>, without the branch if it does not survive.</summary>
internal static class WrittenOutResidual
{
    /// <summary>Adds branch and skip connection.</summary>
    /// <param name="layer">The scales.</param>
    /// <param name="branch">The end of the branch.</param>
    /// <param name="skip">The end of the skip connection.</param>
    /// <param name="survives">Whether the mapping has the branch.</param>
    /// <param name="stack">The unit's number l in its stack, from 0, and the number L of units; null outside of a stack.</param>
    public static WrittenOutFeatures Add(Residual layer, WrittenOutFeatures branch, WrittenOutFeatures skip, bool survives, (int Unit, int Units)? stack)
    {
        if ((branch.Height, branch.Width, branch.Channels) != (skip.Height, skip.Width, skip.Channels))
        {
            throw new ArgumentException(
                $"expected branch and skip of one shape, got {branch.Height}×{branch.Width}×{branch.Channels} and {skip.Height}×{skip.Width}×{skip.Channels}"
            );
        }

        var (alpha, gamma) = (survives ? Factor(layer.BranchScale, stack) : 0, Factor(layer.SkipScale, stack));
        return skip.With(Sum(skip.Signal, branch.Signal), Sum(skip.Noise, branch.Noise));

        // With a factor of 0 nothing is added, even if the number is infinite.
        double[] Sum(double[] ofSkip, double[] ofBranch) => [.. ofSkip.Zip(ofBranch, (s, b) => (gamma == 0 ? 0 : gamma * s) + (alpha == 0 ? 0 : alpha * b))];
    }

    private static double Factor(ResidualScale scale, (int Unit, int Units)? stack) =>
        scale.Rule switch
        {
            ScaleRule.Constant => scale.Value,
            ScaleRule.ByDepth when stack is { } place => 1 / Math.Sqrt(place.Units),
            ScaleRule.ByUnit when stack is { } place => 1 / Math.Sqrt(place.Unit + 1),
            _ => throw new ArgumentOutOfRangeException(
                nameof(scale),
                scale.Rule,
                "expected a number, or a rule within a stack, as the scale of a residual unit"
            ),
        };
}
