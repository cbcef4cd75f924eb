using System.Globalization;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Verdicts on stacks without skip connections. docs/theory.md, “Any network of layers”.</summary>
internal static class FeedforwardStack
{
    /// <summary>A growth factor that is closer to 1 counts as no growth.</summary>
    private const double Still = 1e-7;

    /// <summary>The relative difference of two products of the same few factors, multiplied in different orders, is below this.</summary>
    private const double Rounding = 1e-12;

    /// <summary>Number of units after which variances before norms are constant.</summary>
    private const int Settling = 40;

    /// <summary>
    /// A signal that still falls by this factor in a unit when everything else has settled, or by the other one much later, falls exponentially: a power of
    /// the depth would fall by less.
    /// </summary>
    private const double Falling = 0.9;
    private const double StillFalling = 0.995;

    /// <summary>The number of units that are looked at where a signal falls slowly.</summary>
    private const int Longest = 400;

    /// <summary>Judges a unit in which <see cref="UnitLayers.Strange"/> finds no layer.</summary>
    public static StackVerdict Judge(IReadOnlyList<Layer> unit)
    {
        if (!unit.Any(layer => layer is Dense or Convolution))
        {
            return Verdict(Behaviour.Unknown, "theory does not reach units without weights: they have no new random numbers", string.Empty, string.Empty);
        }

        if (UnitLayers.NotGaussian([.. unit, .. unit]) is var (layer, reason))
        {
            return StackJudge.Unknown(layer, reason);
        }

        if (new PairOfPoints(1, 0, 1).After(unit).Variance == 0)
        {
            return Verdict(Behaviour.Unknown, "theory does not reach these units: they pass no signal on", string.Empty, string.Empty);
        }

        return !unit.Any(other => other is Norm) ? WithoutNorms(unit)
            : Vanishes(unit) ? NormedInVain(unit)
            : Normed(unit);
    }

    /// <summary>The gain κ of a unit with norms: the growth, squared, of noise relative to the centred signal.</summary>
    /// <param name="unit">The unit, with a norm.</param>
    /// <returns>κ; with batch norm for a large batch, otherwise for points of any correlation.</returns>
    public static double Gain(IReadOnlyList<Layer> unit)
    {
        var pair = new PairOfPoints(1, 0, 1);
        var (gain, centred) = (double.NaN, unit.Any(layer => layer is BatchNorm));
        for (var repetition = 0; repetition < Settling; repetition++)
        {
            var after = pair.After(unit);
            gain = after.Noise / pair.Noise * Signal(pair, centred) / Signal(after, centred);
            pair = after with { Noise = 1 };
        }

        return gain;
    }

    /// <summary>
    /// The variance to which noise is compared: that of the centred signal if batch norm fixes it, that of the signal if a norm of points does.
    /// </summary>
    internal static double Signal(PairOfPoints pair, bool centred) => centred ? pair.Difference : pair.Variance;

    internal static StackVerdict Verdict(Behaviour behaviour, string words, string law, string scope) => new(string.Empty, 0, behaviour, words, law, scope);

    /// <summary>A number as text: in the given format where that shows enough digits, otherwise with an exponent.</summary>
    internal static string Number(double value, string format = "0.####")
    {
        const double tooLong = 1e6;
        var decimals = format.Length - "0.".Length;
        var isPlain =
            value == 0 || !double.IsFinite(value) || (Math.Abs(value) < tooLong && (decimals <= 0 || Math.Abs(value) >= 0.5 * Math.Pow(10, 1 - decimals)));
        return value.ToString(isPlain ? format : $"0.{new string('#', Math.Max(2, decimals))}e-0", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// A variance or a deviation that a user may write into a file: with some decimals where it is of the order of 1, otherwise with all digits.
    /// </summary>
    private static string Variance(double value, int digits) =>
        value is >= 1e-3 and < 1e6 ? Number(value, $"0.{new string('#', digits)}") : value.ToString("G10", CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether the signal that norms read vanishes, since their ε is too large to keep its scale: then they divide by √ε, and no longer by the signal's scale.
    /// </summary>
    private static bool Vanishes(IReadOnlyList<Layer> unit)
    {
        var centred = unit.Any(layer => layer is BatchNorm);
        var (pair, ratio) = (new PairOfPoints(1, 0, 1), 1.0);
        for (var repetition = 0; repetition < Longest; repetition++)
        {
            var after = pair.After(unit) with { Noise = 1 };
            ratio = Signal(after, centred) / Signal(pair, centred);
            if (!(ratio < 1 - Still) || (ratio == 0 && repetition == 0))
            {
                return false;
            }

            if (ratio == 0 || (repetition >= Settling && ratio < Falling))
            {
                return true;
            }

            pair = after;
        }

        return ratio < StillFalling;
    }

    /// <summary>The verdict on units whose norms do not keep the scale.</summary>
    private static StackVerdict NormedInVain(IReadOnlyList<Layer> unit)
    {
        const string why = "norms do not keep the scale, since their ε exceeds the variance that they read";
        if (unit.Any(layer => layer is BatchNorm))
        {
            // Batch norm still takes the mean away. What does not vanish is linear, or homogeneous, for which the law of any scale holds.
            var activations = unit.OfType<Activation>().Select(activation => DualActivation.For(activation.Function)).ToArray();
            return activations.All(dual => dual is LeakyDual) ? Normed(unit)
                : activations.Any(dual => dual is LeakyDual)
                    ? Verdict(Behaviour.Unknown, $"theory does not reach these units: {why}", string.Empty, string.Empty)
                : Verdict(
                    Behaviour.WellBehaved,
                    $"ordered: {why}; the scale vanishes, the layers become linear, and χ and directions stay",
                    "F5",
                    StackVerdict.WideAndLarge
                ) with
                {
                    SquaredGrowth = 1,
                };
        }

        // Norms of a point that read fresh channels, whose mean is zero, only divide by √ε.
        var gaussian = true;
        List<Layer> scaled = [];
        foreach (var layer in unit)
        {
            if (layer is Norm && !gaussian)
            {
                return Verdict(Behaviour.Unknown, $"theory does not reach these units: {why}", string.Empty, string.Empty);
            }

            scaled.Add(layer is Norm norm ? new Scaling(norm.Scale / Math.Sqrt(norm.Epsilon)) : layer);
            gaussian = layer is Dense or Convolution || (gaussian && layer is not (Activation or Dropout { Keep: < 1 }));
        }

        var verdict = WithoutNorms(scaled);
        return verdict with { Words = verdict.Behaviour == Behaviour.Unknown ? verdict.Words : $"{verdict.Words}; {why}", Suggestions = [] };
    }

    private static StackVerdict Normed(IReadOnlyList<Layer> unit)
    {
        var batch = unit.Any(layer => layer is BatchNorm);
        var (gain, scope) = (Gain(unit), batch ? StackVerdict.WideAndLarge : StackVerdict.Wide);
        if (!double.IsFinite(gain))
        {
            return Verdict(Behaviour.Unknown, "theory does not reach these units: a norm in them divides by zero", string.Empty, string.Empty);
        }

        var kappa = batch ? "κ_BN" : "κ_LN";
        if (gain > 1 + Still)
        {
            var spread = batch && Spreads(unit) ? "; the norms of points also become more unequal, until a few of them dominate (F8)" : string.Empty;
            return Verdict(
                Behaviour.Exploding,
                $"exploding: χ grows by the factor √{kappa} = {Number(Math.Sqrt(gain), "0.0000")} a unit{spread}",
                batch ? "F7" : "N4, LN3",
                scope
            ) with
            {
                SquaredGrowth = gain,
                Suggestions = AsBranch(unit, scope, " instead") is { } branch
                    ?
                    [
                        branch,
                        new("the same with \"branch_scale\": \"1/sqrt(L)\"", "χ stays bounded at every depth", "Z2", scope)
                        {
                            Unit = UnitChange.AsBranch(unit, ResidualScale.ByDepth),
                        },
                    ]
                    : [],
            };
        }

        if (gain < 1 - Still)
        {
            return Verdict(
                Behaviour.Point,
                $"ordered, point: biases make all points equal, the share of their differences falls by the factor {Number(gain)} in each unit, as does noise, "
                    + "so χ stays bounded",
                "F1",
                scope
            ) with
            {
                SquaredGrowth = 1,
                DepthScale = -1 / Math.Log(gain),
                Suggestions =
                [
                    new("\"bias_variance\": 0", "directions are no longer lost exponentially", "N4", scope)
                    {
                        Unit = UnitChange.WithParameters([.. unit], parameters => parameters with { BiasVariance = 0 }),
                    },
                ],
            };
        }

        if (!unit.Any(layer => layer is Activation))
        {
            return Verdict(Behaviour.WellBehaved, "well-behaved: linear layers between norms keep χ and directions", batch ? "F7" : "LN1", scope) with
            {
                SquaredGrowth = 1,
            };
        }

        return Verdict(
            Behaviour.Point,
            "point: points of equal norms draw together, χ grows as l and the share of their differences falls as 1/l²",
            "F4, N4",
            scope
        ) with
        {
            SquaredGrowth = 1,
            Exponent = 1,
            DepthScale = double.PositiveInfinity,
            Suggestions = AsBranch(unit, scope, string.Empty) is { } inBranch ? [inBranch] : [],
        };
    }

    /// <summary>The advice to make a branch of a unit that has a norm; null where that norm cannot be moved to its beginning.</summary>
    private static Suggestion? AsBranch(IReadOnlyList<Layer> unit, string scope, string ending) =>
        UnitChange.AsBranch(unit, ResidualScale.One) is [Residual branch] changed
            ? new("put the unit into a residual branch that begins with its norm", $"{Growth(branch)}{ending}", "Z2", scope) { Unit = changed }
            : null;

    /// <summary>What χ does in a stack of branches that begin with a norm; biases and factors within them count, and so does the number of their layers.</summary>
    private static string Growth(Residual residual) =>
        ResidualStack.Gain(UnitLayers.WriteOut(residual.Branch)) switch
        {
            > 1 + Still and var gain => $"χ grows as l^τ with τ = {Number(NormConstants.BranchExponent(gain, 1))}",
            < 1 - Still => "χ stays bounded",
            _ => "χ grows as ln l",
        };

    private static bool Spreads(IReadOnlyList<Layer> unit) =>
        unit.OfType<Activation>().Any(activation => NormConstants.For(DualActivation.For(activation.Function)).BatchNormRadial > 1 + Still);

    private static StackVerdict WithoutNorms(IReadOnlyList<Layer> unit)
    {
        var activations = unit.OfType<Activation>().Select(layer => layer.Function).Distinct().ToArray();
        var weights = unit.Select(WeightsOf).OfType<Initialisation>().ToArray();
        if (activations.Length == 0)
        {
            return Linear(unit);
        }

        if (activations.All(function => DualActivation.For(function) is LeakyDual) && weights.All(parameters => parameters.BiasVariance == 0))
        {
            // For homogeneous layers, no common scale is needed, so the layers of a unit may differ.
            var gain = new PairOfPoints(1, 1, 1).After(unit).Variance;
            return Collapse(gain) with
            {
                Suggestions = Suggestions(unit, new MeanField(DualActivation.For(activations[0]), weights[0].WeightVariance), 1, Behaviour.Line),
            };
        }

        var layers = LayersOf(unit);
        if (
            activations.Length > 1
            || weights.Distinct().Count() > 1
            || layers.Length != weights.Length
            || layers.Skip(1).Any(layer => !layer.ActsAs(layers[0]))
        )
        {
            return Verdict(
                Behaviour.Unknown,
                "theory does not reach units without norms whose layers differ: its fixed points are those of equal layers",
                string.Empty,
                string.Empty
            );
        }

        var (scale, weightVariance, biasVariance) = layers[0];
        var dual = DualActivation.For(activations[0]);
        var field = new MeanField(dual, weightVariance, biasVariance);
        var verdict = dual is LeakyDual leaky ? Homogeneous(field, leaky, layers.Length) : Curved(field, layers.Length);
        return verdict with
        {
            Field = field,
            Suggestions = verdict.Suggestions.Count > 0 ? verdict.Suggestions : Suggestions(unit, field, scale, verdict.Behaviour),
        };
    }

    private static StackVerdict Homogeneous(MeanField field, LeakyDual dual, int layers)
    {
        var gain = Math.Pow(field.WeightVariance * dual.Moments(1).SquareSlope, layers);
        return gain switch
        {
            > 1 + Still => Collapse(gain),
            < 1 - Still => Ordered(field, layers),
            _ => BiasedStack.Judge(1, isLinear: false),
        };
    }

    /// <summary>The verdict on layers without an activation: differences of points and noise are multiplied by the same factor.</summary>
    private static StackVerdict Linear(IReadOnlyList<Layer> unit)
    {
        var after = new PairOfPoints(0, 0, 1).After(unit);
        return after.Variance > 0 && after.Noise <= 1 + Still
            ? BiasedStack.Judge(after.Noise, isLinear: true) with
            {
                Suggestions = [BiasedStack.WithoutBiases([.. unit])],
            }
            : Verdict(
                Behaviour.WellBehaved,
                "well-behaved while the width is large: linear layers keep χ; at depths of the order of the width, one direction of variance is left (V4)",
                "S2, V4",
                StackVerdict.Wide
            ) with
            {
                SquaredGrowth = 1,
            };
    }

    /// <summary>The verdict on homogeneous layers of any scale.</summary>
    private static StackVerdict Collapse(double gain)
    {
        var scale = Math.Abs(gain - 1) <= Still ? string.Empty : $"; values {(gain > 1 ? "grow" : "shrink")} by the factor {Number(Math.Sqrt(gain))} a unit";
        return Verdict(
            Behaviour.Line,
            $"line: points draw together in direction, 1 - c falls as 1/l², so that they differ only in their norms; χ stays bounded if norms differ{scale}",
            "F4, A3",
            StackVerdict.Wide
        ) with
        {
            SquaredGrowth = 1,
        };
    }

    private static StackVerdict Ordered(MeanField field, int layers) =>
        Verdict(
            Behaviour.Point,
            $"ordered, point: χ₁ = {Number(field.NoiseGain)} at q* = {Number(field.Variance)}, differences of points and noise fall at the same rate and are "
                + $"forgotten within ξ = {Number(field.CorrelationDepth / layers)} units; χ and directions stay bounded",
            "F1",
            StackVerdict.Wide
        ) with
        {
            SquaredGrowth = 1,
            DepthScale = field.CorrelationDepth / layers,
        };

    private static StackVerdict Curved(MeanField field, int layers)
    {
        switch (field.Phase)
        {
            case Phase.Unbounded:
                return Verdict(
                    Behaviour.Line,
                    "line: variances grow without end, and for large values the activation is nearly a leaky ReLU; χ stays bounded if norms differ",
                    "F4",
                    StackVerdict.Wide
                ) with
                {
                    SquaredGrowth = 1,
                };
            case Phase.Ordered or Phase.Edge when field.Variance == 0:
                return Vanishing(field, layers);
            case Phase.Ordered:
                return Ordered(field, layers);
            case Phase.Edge:
                var repels = field.RadialGain > 1 + Still ? $"; the fixed point repels (χ_q = {Number(field.RadialGain)})" : string.Empty;
                var jumps = field.Dual.Curve.Jumps.Any(jump => jump != 0);
                return Verdict(
                    Behaviour.Edge,
                    $"edge of chaos at q* = {Number(field.Variance)}: "
                        + $"{(jumps ? "χ grows as l, differences of points fall as 1/l²" : "χ grows as l^½, differences of points fall as 1/l")}{repels}",
                    jumps ? "F4" : "F3",
                    StackVerdict.Wide
                ) with
                {
                    SquaredGrowth = 1,
                    Exponent = jumps ? 1 : 0.5,
                    DepthScale = double.PositiveInfinity,
                };
            case Phase.Chaotic:
                return Verdict(
                    Behaviour.Exploding,
                    $"chaotic, exploding: χ₁ = {Number(field.NoiseGain)} at q* = {Number(field.Variance)}, ln χ grows by "
                        + $"{Number(0.5 * layers * Math.Log(field.NoiseGain), "0.0000")} a unit, correlations go to c* = {Number(field.Correlation)} "
                        + $"within ξ = {Number(field.CorrelationDepth / layers)} units",
                    "F2",
                    StackVerdict.Wide
                ) with
                {
                    SquaredGrowth = Math.Pow(field.NoiseGain, layers),
                    DepthScale = field.CorrelationDepth / layers,
                };
            default:
                throw new InvalidOperationException($"no verdict on the phase {field.Phase}");
        }
    }

    private static StackVerdict Vanishing(MeanField field, int layers)
    {
        // The limit is linear. Which points remain depends on whether large ones shrink less than small ones.
        var atZero = field.Dual.Moments(0);
        var spreads = NormConstants.For(field.Dual).LayerNormRadial > 1 + Still;
        var edge = field.Phase == Phase.Edge;
        var words =
            spreads
                ? $"line: the scale vanishes, finally by the factor "
                    + $"{Number(Math.Sqrt(field.WeightVariance * atZero.SquareSlope))} in each layer; larger points "
                    + "shrink less, so norms become unequal and directions fewer, with bounded χ, until the layers act linearly"
            : edge
                ? $"edge of chaos at q* = 0: ν₂ vanishes as {EdgeOfChaos.DecayAtZero(field.Dual)}, "
                    + "the layers become linear, and χ and directions are constant: well-behaved except for the scale"
            : $"ordered: the scale vanishes by {Number(Math.Sqrt(field.NoiseGain))} a layer, the layers become linear, and χ and directions stay";
        return Verdict(
            spreads ? Behaviour.Line
                : edge ? Behaviour.Edge
                : Behaviour.WellBehaved,
            words,
            spreads ? "F6" : "F5",
            StackVerdict.Wide
        ) with
        {
            SquaredGrowth = 1,
            DepthScale = edge ? double.PositiveInfinity : -layers / Math.Log(field.NoiseGain),
        };
    }

    /// <summary>Changes that would help.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="field">The limit of its layers.</param>
    /// <param name="scale">The number by which factors and masks multiply the variance of its weights.</param>
    /// <param name="behaviour">The behaviour of the stack.</param>
    private static List<Suggestion> Suggestions(IReadOnlyList<Layer> unit, MeanField field, double scale, Behaviour behaviour)
    {
        if (behaviour is Behaviour.WellBehaved or Behaviour.Edge)
        {
            return [];
        }

        var suggestions = new List<Suggestion>();
        if (
            EdgeOfChaos.AtBias(field.Dual, field.BiasVariance) is { Repels: false } edge
            && Math.Abs(edge.WeightVariance - field.WeightVariance) > 1e-6 * edge.WeightVariance
            && field.Dual is not LeakyDual
        )
        {
            // No network is advised to start at an edge that repels (F6): it leaves it.
            suggestions.Add(
                new(
                    $"\"weight_variance\": {Variance(edge.WeightVariance / scale, 10)} (σ_w = "
                        + $"{Variance(Math.Sqrt(edge.WeightVariance / scale), 8)}), the edge of chaos for this bias variance",
                    edge.Variance == 0
                        ? $"ν₂ vanishes as {EdgeOfChaos.DecayAtZero(field.Dual)}, χ and directions stay"
                        : "χ grows as l^½ and differences of points fall as 1/l, neither exponentially",
                    edge.Variance == 0 ? "F5, F6" : "F3",
                    StackVerdict.Wide
                )
                {
                    Unit = UnitChange.WithParameters([.. unit], parameters => parameters with { WeightVariance = edge.WeightVariance / scale }),
                }
            );
        }

        suggestions.Add(
            new(
                "put the unit into a residual branch with \"branch_scale\": \"1/sqrt(L)\"",
                "χ and scale stay bounded and directions are kept at every depth",
                "Z2",
                StackVerdict.Wide
            )
            {
                Unit = UnitChange.AsBranch(unit, ResidualScale.ByDepth),
            }
        );
        if (UnitChange.AsBranch(unit, ResidualScale.One, new LayerNorm()) is [Residual normed])
        {
            suggestions.Add(
                new("put the unit into a residual branch and begin it with \"layer_norm\"", Growth(normed), "Z2", StackVerdict.Wide) { Unit = [normed] }
            );
        }

        return suggestions;
    }

    /// <summary>
    /// The layers with weights between the activations of a unit that is repeated. Factors and masks beside a layer are counted as its own: after its weights
    /// they multiply its biases as well.
    /// </summary>
    private static EffectiveLayer[] LayersOf(IReadOnlyList<Layer> unit)
    {
        var layers = new List<EffectiveLayer>();
        var between = unit.Reverse().TakeWhile(layer => layer is not Activation).Reverse().ToList();
        foreach (var layer in unit)
        {
            if (layer is not Activation)
            {
                between.Add(layer);
                continue;
            }

            var after = new PairOfPoints(0, 0, 1).After(between);
            var scale = new PairOfPoints(0, 0, 1).After(UnitChange.WithParameters([.. between], parameters => parameters with { WeightVariance = 1 })).Noise;
            layers.Add(new(scale, after.Noise, after.Variance));
            between = [];
        }

        return [.. layers];
    }

    private static Initialisation? WeightsOf(Layer layer) =>
        layer switch
        {
            Dense dense => dense.Parameters,
            Convolution convolution => convolution.Parameters,
            _ => null,
        };

    /// <summary>A layer with the factors and masks beside it.</summary>
    /// <param name="Scale">The number by which they multiply the variance of its weights.</param>
    /// <param name="WeightVariance">σ_w², so multiplied.</param>
    /// <param name="BiasVariance">σ_b², multiplied by the factors after the weights.</param>
    private readonly record struct EffectiveLayer(double Scale, double WeightVariance, double BiasVariance)
    {
        /// <summary>Whether two layers act alike, up to rounding.</summary>
        public bool ActsAs(EffectiveLayer other) =>
            IsNear(Scale, other.Scale) && IsNear(WeightVariance, other.WeightVariance) && IsNear(BiasVariance, other.BiasVariance);

        private static bool IsNear(double value, double other) => Math.Abs(value - other) <= Rounding * Math.Abs(other);
    }
}
