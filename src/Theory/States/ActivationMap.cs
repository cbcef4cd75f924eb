using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Kernel states after activations.</summary>
internal static class ActivationMap
{
    /// <summary>Applies an activation of a network.</summary>
    public static KernelState Apply(Activation layer, KernelState state)
    {
        if (layer.Function.Kind == FunctionKind.Linear)
        {
            return state;
        }

        var dual = DualActivation.For(layer.Function);
        if (state.Pending is { } pending)
        {
            return BatchNormMap.ApplyActivation(layer, dual, pending);
        }

        if (state.Sphere is { } sphere)
        {
            return SphereMap.ApplyActivation(layer, dual, state, sphere);
        }

        RequireIntegrable(layer, dual, state);
        return state.IsGaussian
            ? Apply(dual, state)
            : throw new NoTheoryException(layer, state.WhyNotGaussian("it follows channels that are not Gaussian, and theory knows only their second moments"));
    }

    /// <summary>Applies any activation to Gaussian channels.</summary>
    public static KernelState Apply(DualActivation dual, KernelState state)
    {
        var after = ActivationKernel.Apply(dual, state.Signal, state.Noise, state.Noise is null ? null : state.Cross);
        return state.With(state.Shape, after.Signal, after.Noise, after.Cross) with
        {
            IsGaussian = false,
            Validity = LayerMap.AfterNonlinear(state),
            Error = Math.Max(state.Error, after.Error),
            Means = Vector<double>.Build.Dense(after.Means),

            // E s'(u) du, with the noise regressed on u.
            NoiseMeans = state.Cross is null
                ? null
                : Vector<double>.Build.Dense(
                    state.Points,
                    i => state.Signal[i, i] == 0 ? 0 : state.Cross[i, i] * after.Moments[i].SlopeAlong / state.Signal[i, i]
                ),
        };
    }

    /// <summary>Refuses variances at which quadratures no longer resolve the structure of an activation.</summary>
    private static void RequireIntegrable(Activation layer, DualActivation dual, KernelState state)
    {
        if (!dual.IsClosedForm && state.Signal.Diagonal().Maximum() is var largest && largest > QuadratureDual.MostVariance)
        {
            throw NoTheoryException.OfPrecision(
                layer,
                FormattableString.Invariant(
                    $"a variance before it is {largest:g3}; its dual has no formula, and quadratures are accurate only up to {QuadratureDual.MostVariance:g3}"
                )
            );
        }
    }
}
