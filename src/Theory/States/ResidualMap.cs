using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Kernel states after residual sums: no cross terms in expectation where the branch ends in fresh weights. Section 4 of theory-composed.md.</summary>
internal static class ResidualMap
{
    /// <summary>Applies a residual unit.</summary>
    /// <param name="residual">The unit.</param>
    /// <param name="state">The state before it.</param>
    /// <param name="unit">Units of its stack before it.</param>
    /// <param name="units">Units of its stack.</param>
    /// <param name="apply">Applies layers.</param>
    public static KernelState Apply(Residual residual, KernelState state, int unit, int units, Func<Layers, KernelState, KernelState> apply)
    {
        var (branchScale, skipScale) = (residual.BranchScale.ValueAt(unit, units), residual.SkipScale.ValueAt(unit, units));
        var skip = LayerMap.Scaled(apply(residual.Skip, state), skipScale);
        if (branchScale == 0)
        {
            // SkipInit: the identity, whatever the branch.
            return skip;
        }

        if (!EndsFresh(residual.Branch) && !EndsFresh(residual.Skip))
        {
            throw new NoTheoryException(residual, "neither its branch nor its skip connection ends in fresh weights, so they are correlated");
        }

        var branch = LayerMap.Scaled(apply(residual.Branch, state), branchScale);
        var (shape, survival) = (residual.OutputOf(state.Shape), residual.Survival);
        var noise = skip.Noise is null || branch.Noise is null ? null : skip.Noise + (survival * branch.Noise);
        var cross = (skip.Cross, branch.Cross) switch
        {
            (null, null) => null,
            (null, { } one) => survival * one,
            ({ } one, null) => one,
            ({ } one, { } two) => one + (survival * two),
        };
        return skip.With(shape, skip.Signal + (survival * branch.Signal), noise, noise is null ? null : cross) with
        {
            // Whether the branch survives is one draw for all channels.
            IsGaussian = skip.IsGaussian && branch.IsGaussian && survival == 1,
            IsMixture = skip.IsMixture || branch.IsMixture || survival != 1,
            Validity = LayerMap.Widest(skip.Validity, branch.Validity),
            Error = Math.Max(skip.Error, branch.Error),
            RandomLayers = Math.Max(skip.RandomLayers + 1, branch.RandomLayers),
            NoNoise = noise is null ? skip.NoNoise ?? branch.NoNoise : null,
            Means = Sum(skip.Means, branch.Means, survival),
            NoiseMeans = noise is null ? null : Sum(skip.NoiseMeans, branch.NoiseMeans, survival),
        };
    }

    /// <summary>Means over channels of the sum, of which the branch has a share; null is zero.</summary>
    private static Vector<double>? Sum(Vector<double>? skip, Vector<double>? branch, double survival) => (skip, branch) switch
    {
        (null, null) => null,
        (null, { } one) => survival * one,
        ({ } one, null) => one,
        ({ } one, { } two) => one + (survival * two),
    };

    /// <summary>Whether flipping the sign of the last weights flips the sign of the output: all that follows them is odd.</summary>
    private static bool EndsFresh(Layers layers)
    {
        for (var k = layers.Count - 1; k >= 0; k--)
        {
            switch (layers[k])
            {
                case Convolution or Dense:
                    return true;
                case Repeat repeat:
                    return EndsFresh(repeat.Unit);
                case Residual residual:
                    return EndsFresh(residual.Branch) && EndsFresh(residual.Skip);
                case Attention:
                    return true;
                case Norm or AveragePool or GlobalAveragePool or Flatten or Scaling or Dropout:
                case Activation { Function.Kind: FunctionKind.Linear or FunctionKind.Tanh or FunctionKind.Erf or FunctionKind.Sine }:
                    continue;
                case Activation or MaxPool:
                    return false;
                default:
                    throw new UnknownLayerException(layers[k]);
            }
        }

        return false;
    }
}
