using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Kernel states after residual sums. Where the branch ends in fresh weights, cross terms vanish in expectation.</summary>
internal static class ResidualMap
{
    /// <summary>Whether the branch adds nothing, because its scale is 0.</summary>
    public static bool IsSilent(Residual residual, Unit unit) => residual.BranchScale.ValueAt(unit.Number, unit.Count) == 0;

    /// <summary>Adds branch and skip connection.</summary>
    /// <param name="residual">The residual layer.</param>
    /// <param name="skip">The state after the skip connection.</param>
    /// <param name="branch">The state after the branch, before it is scaled; null where it is not known.</param>
    /// <param name="unit">Its unit in the stack.</param>
    /// <exception cref="NoTheoryException">Branch and skip connection are correlated.</exception>
    public static KernelState Sum(Residual residual, KernelState skip, KernelState? branch, Unit unit)
    {
        var (branchScale, skipScale) = (residual.BranchScale.ValueAt(unit.Number, unit.Count), residual.SkipScale.ValueAt(unit.Number, unit.Count));
        skip = LayerMap.Scaled(skip, skipScale);
        if (branchScale == 0 || branch is null)
        {
            // With SkipInit the layer is the identity, whatever the branch is.
            return branchScale == 0 ? skip : throw new ArgumentNullException(nameof(branch));
        }

        if (!EndsFresh(residual.Branch) && !EndsFresh(residual.Skip))
        {
            throw new NoTheoryException(residual, "neither its branch nor its skip connection ends in independent weights, so the two are correlated");
        }

        branch = LayerMap.Scaled(branch, branchScale);
        var survival = residual.Survival;
        var noise = skip.Noise is null || branch.Noise is null ? null : skip.Noise + (survival * branch.Noise);
        var cross = (skip.Cross, branch.Cross) switch
        {
            (null, null) => null,
            (null, { } one) => survival * one,
            ({ } one, null) => one,
            ({ } one, { } two) => one + (survival * two),
        };
        return skip.With(skip.Shape, skip.Signal + (survival * branch.Signal), noise, noise is null ? null : cross) with
        {
            // Whether the branch survives is a single choice for all channels.
            IsGaussian = skip.IsGaussian && branch.IsGaussian && survival == 1,
            IsGaussianInTheLimit = skip.IsGaussianInTheLimit || branch.IsGaussianInTheLimit,
            HasRandomScores = skip.HasRandomScores || branch.HasRandomScores,
            HasMasks = skip.HasMasks || branch.HasMasks,
            IsMixture = skip.IsMixture || branch.IsMixture || survival != 1,
            Validity = LayerMap.Widest(skip.Validity, branch.Validity),
            Error = Math.Max(skip.Error, branch.Error),
            NoiseError = Math.Max(skip.NoiseError, branch.NoiseError),
            RandomLayers = Math.Max(skip.RandomLayers + 1, branch.RandomLayers),
            NoNoise = noise is null ? skip.NoNoise ?? branch.NoNoise : null,
            Means = Sum(skip.Means, branch.Means, survival),
            NoiseMeans = noise is null ? null : Sum(skip.NoiseMeans, branch.NoiseMeans, survival),
        };
    }

    /// <summary>Means over channels of the sum, where the branch counts with its probability of survival; null is zero.</summary>
    private static Vector<double>? Sum(Vector<double>? skip, Vector<double>? branch, double survival) =>
        (skip, branch) switch
        {
            (null, null) => null,
            (null, { } one) => survival * one,
            ({ } one, null) => one,
            ({ } one, { } two) => one + (survival * two),
        };

    /// <summary>Whether the sign of the output flips with the sign of the last weights, that is, whether all layers after these are odd.</summary>
    public static bool EndsFresh(Layers layers)
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
