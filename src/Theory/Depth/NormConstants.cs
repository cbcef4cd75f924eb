namespace Wellbehaved.Theory;

/// <summary>Factors of noise in layers that begin with a norm, at infinite width: constants of an activation at variance 1.</summary>
public sealed class NormConstants
{
    internal NormConstants(double layerNorm, double batchNorm, double layerNormRadial, double batchNormRadial) =>
        (LayerNorm, BatchNorm, LayerNormRadial, BatchNormRadial) = (layerNorm, batchNorm, layerNormRadial, batchNormRadial);

    /// <summary>
    /// κ_LN = E s'²/E s²: growth of the noise's power by a layer norm, an activation and fresh weights; 1 for homogeneous
    /// activations.
    /// </summary>
    public double LayerNorm { get; }

    /// <summary>
    /// κ_BN = E s'²/Var s ≥ 1, the same for batch norm and the centred signal; by Poincaré's inequality it is 1 only for affine
    /// activations.
    /// </summary>
    public double BatchNorm { get; }

    /// <summary>λ = d ln E s²/d ln q: growth of the noise along the signal after a layer norm whose statistics are held, N4.</summary>
    public double LayerNormRadial { get; }

    /// <summary>λ_BN = (E z s s' - E s E z s')/Var s: growth of the deviations of points' norms after batch norm, F8.</summary>
    public double BatchNormRadial { get; }

    /// <summary>The constants of an activation.</summary>
    /// <param name="dual">Its dual.</param>
    /// <returns>The constants.</returns>
    /// <exception cref="ArgumentException">The activation is constant.</exception>
    public static NormConstants For(DualActivation dual)
    {
        ArgumentNullException.ThrowIfNull(dual);
        var moments = dual.Moments(1);
        if (!(moments.Variance > 1e-12 * moments.Square))
        {
            throw new ArgumentException($"expected an activation that is not constant, got {dual.Curve}", nameof(dual));
        }

        return new(
            moments.SquareSlope / moments.Square,
            moments.SquareSlope / moments.Variance,
            moments.SquareDerivative / moments.Square,
            (moments.SquareDerivative - (moments.Mean * moments.SlopeAlong)) / moments.Variance
        );
    }

    /// <summary>Z2: τ of normalised residual branches. χ grows as the depth to the power <c>½(κᴴ - 1)</c>, whatever the scales are.</summary>
    /// <param name="gain">κ of a layer of the branch, κ_LN or κ_BN.</param>
    /// <param name="layers">H ≥ 1, the number of layers in a branch.</param>
    /// <returns>τ.</returns>
    /// <exception cref="ArgumentOutOfRangeException">H is not positive, or the gain is negative or not finite.</exception>
    public static double BranchExponent(double gain, int layers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        if (!double.IsFinite(gain) || gain < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(gain), gain, "expected a finite gain of at least 0");
        }

        return 0.5 * (Math.Pow(gain, layers) - 1);
    }
}
