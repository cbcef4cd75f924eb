using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// Follows a described network along the places that a subject has shown, and compares every layer with its definition, applied to the tensors that the
/// subject itself put into it.
/// </summary>
/// <remarks>
/// Errors do not accumulate: after each place, the walk continues from the subject's own tensors. Layers without a place, which occur in later repetitions
/// within a branch, are followed with bounds of their rounding up to the next place. If the subject drew the parameters, of a layer that needs them it is only
/// asked that it shows numbers, and the walk continues from the next place; a dropout or a survival is compared with what its mask can be.
/// </remarks>
/// <param name="trace">What the subject has shown.</param>
/// <param name="noise">The mapping whose derivative the noise passes through.</param>
/// <param name="parameters">All parameters; null where the subject drew them.</param>
/// <param name="unitRoundoff">u.</param>
/// <param name="comparisons">Collects the comparisons.</param>
/// <param name="description">The case, for messages.</param>
internal sealed class SiteWalk(
    NetworkTrace trace,
    WrittenOutNoise noise,
    IReadOnlyList<double[]>? parameters,
    double unitRoundoff,
    SiteComparisons comparisons,
    string description
)
{
    /// <summary>u of the subject plus that of double precision, in which the definition itself is computed.</summary>
    private readonly double _unitRoundoff = unitRoundoff + Math.ScaleB(1, -53);
    private int _place;
    private int _parameter;

    /// <summary>Compares all layers.</summary>
    public void Compare()
    {
        var shape = trace.Input.Shape;
        Stack(
            trace.Network.Layers,
            SiteState.Exactly(new(shape.Images, shape.Height, shape.Width, shape.Channels, trace.Input.Signal, trace.Input.Noise)),
            null
        );
    }

    /// <summary>Follows layers outside of every unit.</summary>
    private SiteState? Stack(Networks.Layers layers, SiteState? state, (int Unit, int Units)? stack)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        state = repeat.Unit.Any(inner => inner is Repeat)
                            ? Stack(repeat.Unit, state, (repetition, repeat.Times))
                            : Unit(repeat.Unit, Enter(state), (repetition, repeat.Times), shown: true);
                    }

                    break;
                case Residual:
                    state = Unit([layer], Enter(state), stack, shown: true);
                    break;
                default:
                    state = Pass(layer, state, shown: true);
                    break;
            }
        }

        return state;
    }

    /// <summary>Follows layers of a unit, of a branch or of a skip connection.</summary>
    private SiteState? Unit(Networks.Layers layers, SiteState? state, (int Unit, int Units)? stack, bool shown)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        state = Unit(repeat.Unit, state, (repetition, repeat.Times), shown && repetition == 0);
                    }

                    break;
                case Residual residual:
                    state = Branches(residual, state, stack, shown);
                    break;
                default:
                    state = Pass(layer, state, shown);
                    break;
            }
        }

        return state;
    }

    /// <summary>
    /// The beginning of a unit shows the same tensors once more; a subject that keeps scales beside them rounds once before and once after.
    /// </summary>
    private SiteState Enter(SiteState? state) => Show(state is null ? null : Rounded(state), LayerFamily.Residual);

    private SiteState? Branches(Residual residual, SiteState? input, (int Unit, int Units)? stack, bool shown)
    {
        bool? survives =
            residual.Survival >= 1 ? true
            : parameters is null ? null
            : parameters[_parameter++][0] != 0;
        var branch = Unit(residual.Branch, input, stack, shown);
        if (shown && trace.Network.Places[_place] is { Kind: Networks.PlaceKind.BranchEnd })
        {
            branch = Show(branch, LayerFamily.Residual);
        }

        var skip = Unit(residual.Skip, input, stack, shown);
        if (branch is null || skip is null)
        {
            return shown ? Show(null, LayerFamily.Residual) : null;
        }

        if (survives is null && !shown)
        {
            return null;
        }

        return Shown(
            LayerRounding.Sum(residual, branch, skip, survives ?? Survives(residual, branch, skip, stack), stack, _unitRoundoff),
            LayerFamily.Residual,
            shown
        );
    }

    /// <summary>
    /// Of a survival that the subject drew: whichever of the two sums is within the bounds, or nearer to them, of signal and noise, element by element. Beside
    /// a large skip a branch may add less than rounding takes, to the signal, the noise or both; then either sum is within them.
    /// </summary>
    private bool Survives(Residual residual, SiteState branch, SiteState skip, (int Unit, int Units)? stack)
    {
        var shown = trace.Snapshots[_place];
        return Excess(survives: true) <= Excess(survives: false);

        double Excess(bool survives)
        {
            var sum = LayerRounding.Sum(residual, branch, skip, survives, stack, _unitRoundoff);
            return Math.Max(Worst(shown.Signal, sum.Values.Signal, sum.Bounds.Signal), Worst(shown.Noise, sum.Values.Noise, sum.Bounds.Noise));
        }

        // The largest error in units of its bound; infinite where there is no number.
        static double Worst(double[] observed, double[] expected, double[] bounds)
        {
            var worst = 0.0;
            for (var i = 0; i < observed.Length; i++)
            {
                var error = observed[i].Equals(expected[i]) ? 0 : Math.Abs(observed[i] - expected[i]) / bounds[i];
                worst = Math.Max(worst, double.IsNaN(error) ? double.PositiveInfinity : error);
            }

            return worst;
        }
    }

    private SiteState? Pass(Layer layer, SiteState? state, bool shown)
    {
        if (layer is Flatten)
        {
            return state?.Arranged(WrittenOutFlatten.Propagate);
        }

        var needed = Needed(layer);
        if (parameters is null && needed > 0)
        {
            if (layer is Dropout dropout && shown && state is not null)
            {
                comparisons.AddOwnMask(dropout, state, trace.Snapshots[_place], _unitRoundoff, description);
            }

            if (shown && state is not null)
            {
                comparisons.AddUnknown(LayerFamilies.FamilyOf(layer), trace.Snapshots[_place], state, description);
            }

            return shown ? Show(null, LayerFamilies.FamilyOf(layer)) : null;
        }

        var family = LayerFamilies.FamilyOf(layer);
        if (shown && family != comparisons.Family)
        {
            _parameter += needed;
            return Show(null, family);
        }

        double[][] own = [.. (parameters ?? []).Skip(_parameter).Take(needed)];
        _parameter += needed;
        return Shown(state is null ? null : LayerRounding.Apply(layer, state, own, noise, _unitRoundoff), family, shown);
    }

    /// <summary>Number of arrays of parameters that a layer takes.</summary>
    internal static int Needed(Layer layer) =>
        layer switch
        {
            Convolution convolution => Arrays(convolution.Parameters),
            Dense dense => Arrays(dense.Parameters),
            Attention attention => 4 * Arrays(attention.Parameters),
            Dropout => 1,
            Norm or Activation or Scaling or Pooling or GlobalAveragePool or Flatten => 0,
            _ => throw new UnknownLayerException(layer),
        };

    private static int Arrays(Initialisation initialisation) => initialisation.BiasVariance > 0 ? 2 : 1;

    private SiteState? Shown(SiteState? state, LayerFamily family, bool shown) => shown ? Show(state, family) : state;

    /// <summary>Compares the expected tensors with what the subject shows at the next place, and continues from the latter.</summary>
    private SiteState Show(SiteState? state, LayerFamily family)
    {
        var snapshot = trace.Snapshots[_place++];
        if (state is not null)
        {
            comparisons.Add(family, snapshot, state, description);
        }

        var shape = snapshot.Shape;
        return SiteState.Exactly(new(shape.Images, shape.Height, shape.Width, shape.Channels, snapshot.Signal, snapshot.Noise));
    }

    private SiteState Rounded(SiteState state)
    {
        var (gamma, largest) = (Roundings.Gamma(2, _unitRoundoff), state.Magnitudes);
        var flushed = 2 * Underflow.Threshold(_unitRoundoff, largest);
        var rounded = state with
        {
            Bounds = largest.With(
                [.. state.Bounds.Signal.Zip(largest.Signal, (bound, value) => bound + (gamma * value))],
                [.. state.Bounds.Noise.Zip(largest.Noise, (bound, value) => bound + (gamma * value))]
            ),
        };
        return Underflow.Added(rounded, flushed, flushed);
    }
}
