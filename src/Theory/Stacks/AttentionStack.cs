using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Verdicts on stacks with attention: T4 and T5 of docs/theory.md.</summary>
internal static class AttentionStack
{
    /// <summary>The law for units without a skip connection.</summary>
    public const string Collapse = "T4";

    /// <summary>The law for pre-norm units.</summary>
    public const string Power = "T5";

    /// <summary>A variance so large that layers before the norm of a branch add nothing relative to it, as late in a stack.</summary>
    private const double Late = 1e9;

    /// <summary>A power that is closer to 0 counts as 0.</summary>
    private const double Still = 1e-7;

    /// <summary>Judges a unit with attention; null where no law covers it.</summary>
    /// <param name="unit">The layers of the unit.</param>
    public static StackVerdict? Judge(IReadOnlyList<Layer> unit)
    {
        if (
            unit
            is [Attention { Causal: false }]
                or [LayerNorm { Over: NormalisedOver.Channels } or RmsNorm { Over: NormalisedOver.Channels }, Attention { Causal: false }]
        )
        {
            return FeedforwardStack.Verdict(
                Behaviour.Point,
                "point: without a skip connection the tokens of a sequence draw together doubly exponentially, 1-ρ falls as β²(T-1)/T²·(1-ρ)³ a "
                    + "unit once it is small",
                Collapse,
                "wide heads"
            ) with
            {
                Suggestions =
                [
                    new(
                        "put the unit into a residual branch that begins with \"layer_norm\"",
                        "tokens draw together as 1/l alone",
                        Power,
                        "wide heads, many of them"
                    )
                    {
                        Unit = [new Residual([new LayerNorm(), unit[^1]])],
                    },
                ],
            };
        }

        var (ofAttention, ofOthers, ofDifferences, scale) = (0.0, 0.0, 0.0, (ResidualScale?)null);
        foreach (var layer in unit)
        {
            if (
                layer is not Residual { Skip.Count: 0, Survival: 1 } residual
                || residual.SkipScale != ResidualScale.One
                || (scale is { } known && known != residual.BranchScale)
                || residual.BranchScale.Rule == ScaleRule.ByUnit
                || UnitLayers.WriteOut(residual.Branch)
                    is not [LayerNorm { Over: NormalisedOver.Channels } or RmsNorm { Over: NormalisedOver.Channels }, ..] branch
            )
            {
                return null;
            }

            scale = residual.BranchScale;
            if (branch is [Norm norm, Attention attention])
            {
                // The tokens are all alike, so every average of them equals each of them.
                var (weight, bias) = (attention.Parameters.WeightVariance, attention.Parameters.BiasVariance);
                ofAttention += (weight * ((weight * norm.Scale * norm.Scale) + bias)) + bias;
            }
            else if (
                UnitLayers.Strange(branch) is null
                && UnitLayers.NotGaussian(branch) is null
                && branch.Any(other => other is Dense or Convolution { Kernel: 1 })
                && branch.All(other => other is not (BatchNorm or Convolution { Kernel: > 1 }))
            )
            {
                // Tokens that are nearly alike differ by as little as noise changes them.
                var end = new PairOfPoints(Late, Late, Late).After(branch);
                (ofOthers, ofDifferences) = (ofOthers + end.Variance, ofDifferences + end.Noise);
            }
            else
            {
                return null;
            }
        }

        if (!(ofAttention > 0) || scale is not { } alpha || alpha is { Rule: ScaleRule.Constant, Value: 0 })
        {
            return null;
        }

        if (alpha.Rule == ScaleRule.ByDepth)
        {
            return FeedforwardStack.Verdict(
                Behaviour.WellBehaved,
                "well-behaved: all branches together are of the order of the skip connection, so tokens stay apart at every depth",
                Power,
                "wide heads, many of them"
            ) with
            {
                SquaredGrowth = 1,
                Exponent = 0,
            };
        }

        var gain = ofOthers > 0 ? ofDifferences / ofOthers : 1;
        var exponent = AttentionLaws.CollapseExponent(ofAttention, ofOthers, gain);
        if (exponent <= Still)
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                "theory does not reach these units: their other branches move tokens apart as fast as attention draws them together, and its law is for "
                    + "tokens that become alike",
                string.Empty,
                string.Empty
            );
        }

        // Attention keeps the differences between sequences, so they fall as those of all points without attention would.
        var rate = exponent - AttentionLaws.CollapseExponent(ofAttention, ofOthers, 1);
        var between =
            rate > Still
                ? $"differences between sequences fall as l^-{FeedforwardStack.Number(rate)}"
                : "differences between sequences are kept, and directions tend to those of the sequences' means";
        return FeedforwardStack.Verdict(
            Behaviour.WellBehaved,
            "well-behaved over several sequences, power law: the tokens of one draw together as 1-ρ ~ "
                + $"l^-{FeedforwardStack.Number(exponent)}; {between}; within a single sequence χ grows as that share falls",
            Power,
            "wide heads, many of them"
        ) with
        {
            SquaredGrowth = 1,
            Suggestions =
            [
                new("\"branch_scale\": \"1/sqrt(L)\" on every branch", "tokens stay apart at every depth", Power, "wide heads, many of them")
                {
                    Unit = [.. unit.Cast<Residual>().Select(residual => residual with { BranchScale = ResidualScale.ByDepth })],
                },
            ],
        };
    }
}
