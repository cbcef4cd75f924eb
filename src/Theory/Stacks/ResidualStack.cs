using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// Verdicts on stacks of residual units: they act as the branch does as a stack, at a time that the scales determine. docs/theory.md, “Any network of layers”.
/// </summary>
internal static class ResidualStack
{
    private const double Still = 1e-7;

    /// <summary>A variance so large that layers before the first norm of a branch add nothing relative to it, as late in a stack.</summary>
    private const double Late = 1e9;

    /// <summary>The largest share by which ε may change what norms give where the law holds for ε much smaller than the variances that they read.</summary>
    private const double MostOfEpsilon = 0.02;

    private const string LargeEpsilon = "the ε of a norm is not small against the variance that it reads, and the law is for a scale that norms keep";

    /// <summary>Judges a unit with one residual sum.</summary>
    public static StackVerdict Judge(IReadOnlyList<Layer> unit, int units)
    {
        var residual = unit.OfType<Residual>().Single();
        var (branch, before, after) = (
            UnitLayers.WriteOut(residual.Branch),
            unit.TakeWhile(layer => layer is not Residual).ToArray(),
            unit.SkipWhile(layer => layer is not Residual).Skip(1).ToArray()
        );
        if (residual.Skip.Count > 0)
        {
            return StackJudge.Unknown(residual, "its skip connection is not the identity");
        }

        if (residual.BranchScale is { Rule: ScaleRule.Constant, Value: 0 } && before.Length == 0 && after.Length == 0)
        {
            return Identity(residual);
        }

        if (branch.OfType<Residual>().FirstOrDefault() is { } inner)
        {
            return StackJudge.Unknown(inner, "it is a residual layer within the branch of another one");
        }

        if ((UnitLayers.Strange([.. branch, .. before, .. after]) ?? UnitLayers.NotGaussian(branch)) is var (layer, reason))
        {
            return StackJudge.Unknown(layer, reason);
        }

        if (before.Length > 0 || after.Any(other => other is not Norm))
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                $"theory does not reach χ of units with {(before.Length > 0 ? before[0] : after.First(other => other is not Norm)).Word} outside "
                    + "of the branch: branch and skip connection are not independent",
                string.Empty,
                string.Empty
            );
        }

        if (branch.All(other => other is not (Dense or Convolution)))
        {
            return StackJudge.Unknown(residual, "its branch has no weights, so it is not independent of the skip connection");
        }

        if (after.Length > 0)
        {
            return PostNorm(residual, branch, after);
        }

        var normed = branch.TakeWhile(other => other is not Activation).Any(other => other is Norm);
        if (!normed && branch.Any(other => other is Norm))
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                "theory does not reach branches with an activation before their first norm",
                string.Empty,
                string.Empty
            );
        }

        var verdict = normed ? Normalised(residual, branch) : WithoutNorms(residual, branch, units);
        return residual.Survival == 1
            ? verdict
            : verdict with
            {
                Words = $"{verdict.Words}; l counts the units that survive, {FeedforwardStack.Number(residual.Survival)} of all",
            };
    }

    private static bool Changes(double with, double without) => Math.Abs(with - without) > MostOfEpsilon * without;

    private static StackVerdict Identity(Residual residual)
    {
        var scale = residual.SkipScale.Rule == ScaleRule.Constant && Math.Abs(residual.SkipScale.Value) == 1;
        return FeedforwardStack.Verdict(
            Behaviour.Identity,
            $"identity: the branches are zero, and {(scale ? "all moments, χ and r_eff are constant" : "signal and noise are multiplied by the same factor")}",
            "Z2",
            "exact at every width"
        ) with
        {
            SquaredGrowth = 1,
        };
    }

    private static StackVerdict Normalised(Residual residual, IReadOnlyList<Layer> branch)
    {
        var batch = branch.Any(layer => layer is BatchNorm);
        var (scope, kappa) = (batch ? StackVerdict.WideAndLarge : StackVerdict.Wide, batch ? "κ_BN" : "κ_LN");
        var end = new PairOfPoints(Late, 0, Late).After(branch);
        var (added, gain) = (FeedforwardStack.Signal(end, batch), end.Noise / FeedforwardStack.Signal(end, batch));
        if (!(added > 0))
        {
            return Identity(residual);
        }

        var exponent = 0.5 * (gain - 1);
        var power =
            Math.Abs(gain - 1) <= Still ? "χ grows as ln l"
            : gain > 1
                ? $"χ grows as l^τ at large depths l, τ = ½(κ - 1) = {FeedforwardStack.Number(exponent, "0.0000")}, κ = "
                    + $"{FeedforwardStack.Number(gain, "0.0000")} the gain of the branch for noise ({kappa} of each of its layers)"
            : $"χ stays bounded, differences of points fall as l^{FeedforwardStack.Number(gain - 1)}";
        if (residual.SkipScale.Rule != ScaleRule.Constant)
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                $"theory does not reach skip connections scaled by {residual.SkipScale}",
                string.Empty,
                string.Empty
            );
        }

        var (skip, bounded) = (
            residual.SkipScale.Value * residual.SkipScale.Value,
            exponent > Still ? $"χ → (1 + g/q₀)^{FeedforwardStack.Number(exponent, "0.0000")} with g = {FeedforwardStack.Number(added)}" : "χ"
        );
        if (skip < 1 - Still)
        {
            // The variance settles, and ε must be small against what the norms then read.
            var settled = residual.BranchScale.Rule == ScaleRule.Constant ? residual.BranchScale.Value * residual.BranchScale.Value * added / (1 - skip) : Late;
            var reached = FeedforwardStack.Signal(new PairOfPoints(settled, 0, settled).After(branch), batch);
            if (Changes(reached, added))
            {
                return FeedforwardStack.Verdict(Behaviour.Unknown, $"theory does not reach these units: {LargeEpsilon}", string.Empty, string.Empty);
            }

            return Diluted(residual, skip, gain, exponent, scope);
        }

        if (skip > 1 + Still)
        {
            return FeedforwardStack.Verdict(
                Behaviour.WellBehaved,
                "well-behaved: the skip connection grows faster than its branches, so χ is bounded; values grow by the factor "
                    + $"{FeedforwardStack.Number(Math.Abs(residual.SkipScale.Value))} a unit",
                "Z2",
                scope
            ) with
            {
                SquaredGrowth = 1,
            };
        }

        return residual.BranchScale.Rule switch
        {
            ScaleRule.Constant => FeedforwardStack.Verdict(Behaviour.WellBehaved, $"well-behaved, power law: {power}", "Z2", scope) with
            {
                SquaredGrowth = 1,
                Exponent = Math.Max(0, exponent),
            },
            ScaleRule.ByDepth => FeedforwardStack.Verdict(Behaviour.WellBehaved, $"well-behaved: {bounded} is bounded at every depth", "Z2", scope) with
            {
                SquaredGrowth = 1,
                Exponent = 0,
            },
            ScaleRule.ByUnit => FeedforwardStack.Verdict(
                Behaviour.WellBehaved,
                gain > 1 + Still
                    ? $"well-behaved: χ grows as (ln l)^{FeedforwardStack.Number(exponent, "0.0000")}, slower than any power"
                    : "well-behaved: χ grows no faster than ln ln l",
                "Z2",
                scope
            ) with
            {
                SquaredGrowth = 1,
                Exponent = 0,
            },
            _ => throw new InvalidOperationException($"no verdict on scales by the rule {residual.BranchScale.Rule}"),
        };
    }

    /// <summary>
    /// The verdict for γ² below 1: the branch has the constant share 1 - γ² of the sum, so the stack acts as a feedforward one at that speed.
    /// </summary>
    private static StackVerdict Diluted(Residual residual, double skip, double gain, double exponent, string scope)
    {
        var growth = ResidualTime.SquaredIncrement(1 - skip, gain, 1);
        Suggestion plain = new(
            "\"skip_scale\": 1",
            gain > 1 + Still ? $"χ grows as l^τ with τ = {FeedforwardStack.Number(exponent)} instead of exponentially" : "χ grows as ln l",
            "Z2",
            scope
        )
        {
            Unit = [residual with { SkipScale = ResidualScale.One }],
        };
        return Math.Abs(gain - 1) <= Still
                ? FeedforwardStack.Verdict(
                    Behaviour.Point,
                    "point: because of the factor after the sum, the stack behaves as a slower feedforward one",
                    "Z2, F4",
                    scope
                ) with
                {
                    SquaredGrowth = 1,
                    Suggestions = [plain],
                }
            : gain < 1
                ? FeedforwardStack.Verdict(
                    Behaviour.Point,
                    $"ordered, point: differences of points fall by {FeedforwardStack.Number(growth)} a unit",
                    "Z2, F1",
                    scope
                ) with
                {
                    SquaredGrowth = 1,
                    DepthScale = -1 / Math.Log(growth),
                    Suggestions = [plain],
                }
            : FeedforwardStack.Verdict(
                Behaviour.Exploding,
                $"exploding: the factor after the sum removes the benefit of the skip connection, "
                    + $"χ² grows by the factor γ² + (1-γ²)κ = {FeedforwardStack.Number(growth, "0.0000")} a "
                    + $"unit, ln χ by {FeedforwardStack.Number(0.5 * Math.Log(growth), "0.0000")}",
                "Z2",
                scope
            ) with
            {
                SquaredGrowth = growth,
                Suggestions = [plain],
            };
    }

    private static StackVerdict PostNorm(Residual residual, IReadOnlyList<Layer> branch, IReadOnlyList<Layer> after)
    {
        if (residual.BranchScale.Rule == ScaleRule.ByUnit || residual.SkipScale.Rule != ScaleRule.Constant || residual.Survival != 1)
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                "theory does not reach norms after sums whose shares change from unit to unit",
                string.Empty,
                string.Empty
            );
        }

        var batch = after.Concat(branch).Any(layer => layer is BatchNorm);
        var (scope, skip) = (batch ? StackVerdict.WideAndLarge : StackVerdict.Wide, residual.SkipScale.Value * residual.SkipScale.Value);
        if (residual.BranchScale.Rule == ScaleRule.ByDepth)
        {
            return FeedforwardStack.Verdict(
                Behaviour.WellBehaved,
                "well-behaved: all branches together are of the order of the skip connection, χ is bounded at every depth",
                "Z2",
                scope
            ) with
            {
                SquaredGrowth = 1,
                Exponent = 0,
            };
        }

        var alpha = residual.BranchScale.Value * residual.BranchScale.Value;
        var start = new PairOfPoints(1, 0, 1).After(after) with { Noise = 1 };
        if (Changes(FeedforwardStack.Signal(new PairOfPoints(Late, 0, Late).After(after), batch), FeedforwardStack.Signal(start, batch)))
        {
            return FeedforwardStack.Verdict(Behaviour.Unknown, $"theory does not reach these units: {LargeEpsilon}", string.Empty, string.Empty);
        }

        var end = start.After(branch);
        var (own, added) = (FeedforwardStack.Signal(start, batch), FeedforwardStack.Signal(end, batch));
        var share = alpha * added / ((skip * own) + (alpha * added));
        var gain = end.Noise / added * own;
        var growth = 1 - share + (share * gain);
        Suggestion pre = new(
            "move the norm to the beginning of the branch",
            gain > 1 + Still ? "χ grows as a power of the depth instead of exponentially" : "χ grows as ln l",
            "Z2",
            scope
        )
        {
            Unit = [residual with { Branch = [.. after, .. residual.Branch] }],
        };
        return growth > 1 + Still
                ? FeedforwardStack.Verdict(
                    Behaviour.Exploding,
                    $"exploding: because of norms after the sums, the stack behaves as a feedforward one "
                        + $"at the speed w = {FeedforwardStack.Number(share)}, ln χ "
                        + $"grows by {FeedforwardStack.Number(0.5 * Math.Log(growth), "0.0000")} a unit",
                    "Z2",
                    scope
                ) with
                {
                    SquaredGrowth = growth,
                    Suggestions = [pre],
                }
            : growth < 1 - Still
                ? FeedforwardStack.Verdict(
                    Behaviour.Point,
                    $"ordered, point: differences of points fall by {FeedforwardStack.Number(growth)} a unit",
                    "Z2, F1",
                    scope
                ) with
                {
                    SquaredGrowth = 1,
                    DepthScale = -1 / Math.Log(growth),
                    Suggestions = [pre],
                }
            : FeedforwardStack.Verdict(
                Behaviour.Point,
                $"point: because of norms after the sums, the stack behaves as a feedforward one at the speed w = {FeedforwardStack.Number(share)}",
                "Z2, F4",
                scope
            ) with
            {
                SquaredGrowth = 1,
                Suggestions = [pre],
            };
    }

    private static StackVerdict WithoutNorms(Residual residual, IReadOnlyList<Layer> branch, int units)
    {
        var activations = branch.OfType<Activation>().Select(layer => layer.Function).ToArray();
        var homogeneous = activations.All(function => DualActivation.For(function) is LeakyDual) && new PairOfPoints(0, 0, 0).After(branch).Variance == 0;
        var constant = residual.SkipScale.Rule == ScaleRule.Constant;
        if (constant && residual.BranchScale.Rule == ScaleRule.ByDepth && Math.Abs(Math.Abs(residual.SkipScale.Value) - 1) <= Still)
        {
            return FeedforwardStack.Verdict(
                Behaviour.WellBehaved,
                "well-behaved: all branches together are of the order of the skip connection, so scale and χ stay bounded and directions are kept at every depth",
                "Z2",
                StackVerdict.Wide
            ) with
            {
                SquaredGrowth = 1,
                Exponent = 0,
            };
        }

        if (!constant || residual.BranchScale.Rule != ScaleRule.Constant)
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                "theory does not reach branches without norms whose scales change from unit to unit",
                string.Empty,
                string.Empty
            );
        }

        var (skip, alpha) = (residual.SkipScale.Value * residual.SkipScale.Value, residual.BranchScale.Value * residual.BranchScale.Value);
        Suggestion[] suggestions =
        [
            new(
                "\"branch_scale\": \"1/sqrt(L)\"",
                $"scale and χ stay bounded and directions are kept at every depth (here branch_scale = {FeedforwardStack.Number(1 / Math.Sqrt(units))})",
                "Z2",
                StackVerdict.Wide
            )
            {
                Unit = [residual with { BranchScale = ResidualScale.ByDepth }],
            },
            .. activations.Take(1).Select(function => NormSuggestion(branch, function, [residual with { Branch = [new LayerNorm(), .. residual.Branch] }])),
        ];
        if (homogeneous)
        {
            var added = new PairOfPoints(1, 1, 1).After(branch).Variance;
            var share = alpha * added / (skip + (alpha * added));
            return activations.Length == 0
                ? FeedforwardStack.Verdict(
                    Behaviour.WellBehaved,
                    "well-behaved while the width is large: linear branches keep χ; E ν₂ grows by the factor "
                        + $"{FeedforwardStack.Number(skip + (alpha * added))} a unit",
                    "W4, V4",
                    StackVerdict.Wide
                ) with
                {
                    SquaredGrowth = 1,
                }
                : FeedforwardStack.Verdict(
                    Behaviour.Line,
                    $"line: points draw together in direction at the speed w = {FeedforwardStack.Number(share)}, χ stays bounded; E ν₂ grows by the factor "
                        + $"{FeedforwardStack.Number(skip + (alpha * added))} a unit",
                    "W4, Z2, F4",
                    StackVerdict.Wide
                ) with
                {
                    SquaredGrowth = 1,
                    Suggestions = suggestions,
                };
        }

        if (activations.Length != 1 || Math.Abs(skip - 1) > Still || branch.Count(layer => layer is Dense or Convolution) != 1)
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                "theory does not reach branches of several layers without norms, or with scaled skip connections, unless all layers are homogeneous",
                string.Empty,
                string.Empty
            );
        }

        var weights = new PairOfPoints(0, 0, 1).After(branch.Where(layer => layer is not Activation)).Noise * alpha;
        return activations[0].Kind switch
        {
            FunctionKind.Tanh or FunctionKind.Erf => FeedforwardStack.Verdict(
                Behaviour.Exploding,
                "exploding, but slower than exponentially: noise grows as e^(c√l), ln χ as "
                    + $"{FeedforwardStack.Number(0.5 * (activations[0].Kind == FunctionKind.Erf ? 4 / Math.PI : 8 / (3 * Math.Sqrt(2 * Math.PI))) * Math.Sqrt(weights))}·√l "
                    + "less half a logarithm, while values saturate and grow as √l",
                "F9",
                StackVerdict.Wide
            ) with
            {
                Suggestions = suggestions,
            },
            FunctionKind.Sine => FeedforwardStack.Verdict(
                Behaviour.Exploding,
                $"exploding: χ² grows by the factor 1 + ½α²σ_w² = {FeedforwardStack.Number(1 + (0.5 * weights))} a unit",
                "F9",
                StackVerdict.Wide
            ) with
            {
                SquaredGrowth = 1 + (0.5 * weights),
                Suggestions = suggestions,
            },
            FunctionKind.Gelu or FunctionKind.GeluTanh or FunctionKind.Silu => FeedforwardStack.Verdict(
                Behaviour.Line,
                "line: for large values the activation is nearly a ReLU, and points draw together in direction; χ stays bounded",
                "F4, Z2",
                StackVerdict.Wide
            ) with
            {
                SquaredGrowth = 1,
                Suggestions = suggestions,
            },
            FunctionKind.Elu or FunctionKind.Sigmoid or FunctionKind.Softplus or FunctionKind.HardSwish => FeedforwardStack.Verdict(
                Behaviour.Unknown,
                $"theory does not reach branches of {activations[0].Word} without norms",
                string.Empty,
                string.Empty
            ) with
            {
                Suggestions = suggestions,
            },
            _ => throw new InvalidOperationException($"no verdict on branches of {activations[0]}"),
        };
    }

    private static Suggestion NormSuggestion(IReadOnlyList<Layer> branch, Function function, Layers? unit = null)
    {
        var end = new PairOfPoints(Late, 0, Late).After([new LayerNorm(), .. branch]);
        var gain = end.Noise / end.Variance;
        return new(
            "begin the branch with \"layer_norm\"",
            gain > 1 + Still ? $"χ grows as l^τ with τ = {FeedforwardStack.Number(0.5 * (gain - 1))}" : $"χ grows no faster than ln l, with {function}",
            "Z2",
            StackVerdict.Wide
        )
        {
            Unit = unit,
        };
    }
}
