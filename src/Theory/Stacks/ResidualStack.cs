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

        // What a branch holds is of no consequence if it adds nothing.
        if (before.Length == 0 && after.All(other => other is Norm) && IsSilent(residual, branch))
        {
            return Silent(residual, [.. after.Cast<Norm>()]);
        }

        if (branch.OfType<Residual>().FirstOrDefault() is { } inner)
        {
            return StackJudge.Unknown(inner, "it is a residual layer within the branch of another one");
        }

        if ((UnitLayers.Strange([.. branch, .. before, .. after]) ?? UnitLayers.NotGaussian(branch)) is var (layer, reason))
        {
            return StackJudge.Unknown(layer, reason);
        }

        if (
            residual is { SkipScale: { Rule: ScaleRule.Constant, Value: 0 }, Survival: 1 }
            && residual.BranchScale is { Rule: ScaleRule.ByDepth } or { Rule: ScaleRule.Constant, Value: not 0 }
        )
        {
            // Without a skip connection the sum is the branch. Advice on that unit would speak of a factor that the file does not have as a layer.
            return residual.BranchScale == ResidualScale.One
                ? FeedforwardStack.Judge([.. before, .. branch, .. after])
                : FeedforwardStack.Judge([.. before, .. branch, new Scaling(residual.BranchScale.ValueAt(0, units)), .. after]) with
                {
                    Suggestions = [],
                };
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

        if (!ResidualMap.EndsFresh([.. branch]))
        {
            return StackJudge.Unknown(residual, "its branch ends in values whose mean is not zero, which add up in the skip connection");
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

        var verdict =
            IsConstant(branch) ? Shared(residual)
            : normed ? Normalised(residual, branch)
            : WithoutNorms(residual, branch, units);
        return residual.Survival == 1 || verdict.Behaviour == Behaviour.Unknown || !KeepsSkip(residual)
            ? verdict
            : verdict with
            {
                Words = $"{verdict.Words}; l counts the units that survive, {FeedforwardStack.Number(residual.Survival)} of all",
            };
    }

    /// <summary>κ of a branch with a norm, late in a stack: the growth, squared, of noise relative to the signal.</summary>
    public static double Gain(IReadOnlyList<Layer> branch)
    {
        var end = new PairOfPoints(Late, 0, Late).After(branch);
        return end.Noise / FeedforwardStack.Signal(end, branch.Any(layer => layer is BatchNorm));
    }

    private static bool Changes(double with, double without) => Math.Abs(with - without) > MostOfEpsilon * without;

    /// <summary>Whether the skip connection is added as it is, so that a unit without its branch changes nothing.</summary>
    private static bool KeepsSkip(Residual residual) =>
        residual.SkipScale.Rule == ScaleRule.Constant && Math.Abs(Math.Abs(residual.SkipScale.Value) - 1) <= Still;

    /// <summary>Whether the branch adds nothing: α is 0, or a layer gives zeros that the layers after it keep.</summary>
    private static bool IsSilent(Residual residual, IReadOnlyList<Layer> branch)
    {
        if (residual.BranchScale is { Rule: ScaleRule.Constant, Value: 0 })
        {
            return true;
        }

        // Of layers up to the last that no law covers nothing is known, but what follows them may give zeros for every input.
        var covered = branch.Reverse().TakeWhile(layer => UnitLayers.Strange([layer]) is null).Reverse();
        return new PairOfPoints(1, 0, 1).After(covered).Variance == 0;
    }

    /// <summary>Whether the branch adds the same to all points, whatever they are: biases, or an activation's value at 0.</summary>
    private static bool IsConstant(IReadOnlyList<Layer> branch) => new PairOfPoints(1, 0, 1).After(branch).Noise == 0;

    /// <summary>The verdict on units whose branch adds nothing.</summary>
    private static StackVerdict Silent(Residual residual, Norm[] after)
    {
        if (residual.SkipScale is { Rule: ScaleRule.Constant, Value: 0 } || after.Any(norm => norm.Scale == 0))
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                "theory does not reach these units: neither the branch nor the skip connection passes a signal on",
                string.Empty,
                string.Empty
            );
        }

        if (after.Length == 0)
        {
            return Identity(residual);
        }

        if (residual.SkipScale.Rule != ScaleRule.Constant || after.Distinct().Count() > 1)
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                "theory does not reach units of norms alone that differ, or whose input has another scale in each unit",
                string.Empty,
                string.Empty
            );
        }

        var read = residual.SkipScale.Value * residual.SkipScale.Value * after[0].Scale * after[0].Scale;
        return Changes(read + after[0].Epsilon, read)
            ? FeedforwardStack.Verdict(Behaviour.Unknown, $"theory does not reach these units: {LargeEpsilon}", string.Empty, string.Empty)
            : FeedforwardStack.Verdict(
                Behaviour.Identity,
                "identity: the branches are zero, and a norm changes nothing in what it has normalised; all moments, χ and r_eff are constant after the "
                    + "first unit",
                "Z2",
                "exact at every width, for ε much smaller than the variance that norms read"
            ) with
            {
                SquaredGrowth = 1,
            };
    }

    /// <summary>The verdict on units whose branch adds the same to all points.</summary>
    private static StackVerdict Shared(Residual residual)
    {
        if (residual.SkipScale.Rule != ScaleRule.Constant || residual.BranchScale.Rule != ScaleRule.Constant)
        {
            return FeedforwardStack.Verdict(
                Behaviour.Unknown,
                "theory does not reach branches that add the same to all points at a scale that changes",
                string.Empty,
                string.Empty
            );
        }

        var skip = residual.SkipScale.Value * residual.SkipScale.Value;
        return skip > 1 + Still ? Outgrown(residual, StackVerdict.Wide) : BiasedStack.Judge(skip, isLinear: true);
    }

    /// <summary>The verdict on skip connections that grow faster than what their branches add.</summary>
    private static StackVerdict Outgrown(Residual residual, string scope) =>
        FeedforwardStack.Verdict(
            Behaviour.WellBehaved,
            "well-behaved: the skip connection grows faster than its branches, so χ is bounded; values grow by the factor "
                + $"{FeedforwardStack.Number(Math.Abs(residual.SkipScale.Value))} a unit",
            "Z2",
            scope
        ) with
        {
            SquaredGrowth = 1,
        };

    /// <summary>The verdict on branches between norms that have no activation: at every time c stays, since f(c) = c, and so does χ, since κ = 1.</summary>
    private static StackVerdict Linear(bool batch, string scope) =>
        FeedforwardStack.Verdict(Behaviour.WellBehaved, "well-behaved: linear branches keep χ and directions", batch ? "Z2, F7" : "Z2, LN1", scope) with
        {
            SquaredGrowth = 1,
            Exponent = 0,
        };

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
        var (added, gain) = (FeedforwardStack.Signal(end, batch), Gain(branch));
        if (!double.IsFinite(gain))
        {
            return FeedforwardStack.Verdict(Behaviour.Unknown, "theory does not reach these units: a norm in them divides by zero", string.Empty, string.Empty);
        }

        if (Math.Abs(gain - 1) <= Still && !branch.Any(layer => layer is Activation))
        {
            return Linear(batch, scope);
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
            if (residual.Survival != 1)
            {
                return SharesChange();
            }

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
            return Outgrown(residual, scope);
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

        // Biases alone vary over no points, and batch norm takes them away.
        var gain = added > 0 ? end.Noise / added * own : 1;
        var growth = 1 - share + (share * gain);
        if (Math.Abs(growth - 1) <= Still && (added == 0 || !branch.Any(layer => layer is Activation)))
        {
            return Linear(batch, scope);
        }

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

        if (residual.Survival != 1 && !KeepsSkip(residual))
        {
            return SharesChange();
        }

        var (skip, alpha) = (residual.SkipScale.Value * residual.SkipScale.Value, residual.BranchScale.Value * residual.BranchScale.Value);
        var (kept, also) = KeepsSkip(residual) ? (residual, string.Empty) : (residual with { SkipScale = ResidualScale.One }, "\"skip_scale\": 1, and ");
        Suggestion[] suggestions =
        [
            new(
                $"{also}\"branch_scale\": \"1/sqrt(L)\"",
                $"scale and χ stay bounded and directions are kept at every depth (here branch_scale = {FeedforwardStack.Number(1 / Math.Sqrt(units))})",
                "Z2",
                StackVerdict.Wide
            )
            {
                Unit = [kept with { BranchScale = ResidualScale.ByDepth }],
            },
            .. activations.Take(1).Select(function => NormSuggestion(branch, function, also, [kept with { Branch = [new LayerNorm(), .. residual.Branch] }])),
        ];
        if (activations.All(function => DualActivation.For(function) is LeakyDual))
        {
            return Leaky(residual, branch) is var verdict && activations.Length > 0 ? verdict with { Suggestions = suggestions }
                : verdict.Behaviour == Behaviour.Point ? verdict with { Suggestions = [BiasedStack.WithoutBiases([residual])] }
                : verdict;
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

        // What stands before the activation sees a growing variance, beside which its biases are negligible.
        var weights = new PairOfPoints(0, 0, 1).After(branch.Where(layer => layer is not Activation)).Noise * alpha;
        var end = new PairOfPoints(0, 0, 1).After(branch.SkipWhile(layer => layer is not Activation).Skip(1));
        return activations[0].Kind switch
        {
            FunctionKind.Tanh or FunctionKind.Erf => FeedforwardStack.Verdict(
                Behaviour.Exploding,
                "exploding, but slower than exponentially: noise grows as e^(c√l), ln χ as "
                    + $"{FeedforwardStack.Number(0.5 * Saturating(activations[0]) * Math.Sqrt(weights * end.Noise / (end.Noise + end.Variance)))}·√l "
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

    /// <summary>The verdict on branches without norms whose layers are linear or leaky: the variance q becomes γ²q + α²(aq + b).</summary>
    private static StackVerdict Leaky(Residual residual, IReadOnlyList<Layer> branch)
    {
        var (skip, alpha) = (residual.SkipScale.Value * residual.SkipScale.Value, residual.BranchScale.Value * residual.BranchScale.Value);
        var isLinear = !branch.Any(layer => layer is Activation);
        var (biases, added) = (new PairOfPoints(0, 0, 0).After(branch).Variance, new PairOfPoints(1, 1, 1).After(branch).Noise);
        var growth = skip + (alpha * added);
        if (biases > 0 && growth <= 1 + Still)
        {
            return BiasedStack.Judge(growth, isLinear);
        }

        // Biases add up to less and less relative to a variance that grows exponentially.
        return FeedforwardStack.Verdict(
            isLinear ? Behaviour.WellBehaved : Behaviour.Line,
            (
                isLinear
                    ? "well-behaved while the width is large: linear branches keep χ"
                    : $"line: points draw together in direction at the speed w = {FeedforwardStack.Number(alpha * added / growth)}, χ stays bounded"
            ) + $"; E ν₂ grows by the factor {FeedforwardStack.Number(growth)} a unit",
            isLinear ? "W4, V4" : "W4, Z2, F4",
            StackVerdict.Wide
        ) with
        {
            SquaredGrowth = 1,
        };
    }

    /// <summary>c of F9: ln noise ~ c α σ_w √l after an activation that saturates.</summary>
    private static double Saturating(Function function) =>
        function.Kind switch
        {
            FunctionKind.Tanh => 8 / (3 * Math.Sqrt(2 * Math.PI)),
            FunctionKind.Erf => 4 / Math.PI,
            _ => throw new InvalidOperationException($"no rate of the activation {function}"),
        };

    /// <summary>The answer where a unit without its branch still scales the skip connection, which the transfer to the units that survive leaves out.</summary>
    private static StackVerdict SharesChange() =>
        FeedforwardStack.Verdict(
            Behaviour.Unknown,
            "theory does not reach scaled skip connections beside branches that only some mappings have: a unit without its branch changes the shares of "
                + "later ones",
            string.Empty,
            string.Empty
        );

    private static Suggestion NormSuggestion(IReadOnlyList<Layer> branch, Function function, string also, Layers unit)
    {
        var gain = Gain([new LayerNorm(), .. branch]);
        return new(
            $"{also}begin the branch with \"layer_norm\"",
            gain > 1 + Still ? $"χ grows as l^τ with τ = {FeedforwardStack.Number(0.5 * (gain - 1))}" : $"χ grows no faster than ln l, with {function}",
            "Z2",
            StackVerdict.Wide
        )
        {
            Unit = unit,
        };
    }
}
