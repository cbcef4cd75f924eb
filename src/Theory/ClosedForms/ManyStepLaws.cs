namespace Wellbehaved.Theory;

/// <summary>Expected second moments after many layers: laws W2, W3, W4, and the collapse of two points, R1.</summary>
public static class ManyStepLaws
{
    /// <summary>
    /// W2: E ν₂ of the signal and of the noise in <c>vanilla</c> nets does not change with depth, at every width. Exact where the boundary loses no variance.
    /// </summary>
    /// <param name="initial">ν₂(x⁰), or ν₂(dx⁰).</param>
    /// <param name="layers">Number of layers, at least 0.</param>
    /// <returns>The same number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The depth is negative.</exception>
    public static double VanillaNu2(double initial, int layers)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        return initial;
    }

    /// <summary>W3: <c>E ν₂(y^l) = ν₂(y⁰) + l</c> in <c>bn_res</c> nets with ε = 0, exactly at every width for H ≥ 2, up to O(1/N) for H = 1.</summary>
    /// <param name="initial">ν₂(y⁰).</param>
    /// <param name="units">l ≥ 0, residual units.</param>
    /// <returns>The expectation.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The depth is negative.</exception>
    public static double BatchNormResidualNu2(double initial, int units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        return initial + units;
    }

    /// <summary>W3, the dilution: the variance of a unit's residual branch relative to that of its skip connection, <c>1/(l + 1)</c>.</summary>
    /// <param name="unitsBefore">l ≥ 0, the number of residual units before it.</param>
    /// <returns>The ratio of expected ν₂, with ν₂(y⁰) = 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The depth is negative.</exception>
    public static double Dilution(int unitsBefore)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(unitsBefore);
        return 1.0 / (unitsBefore + 1);
    }

    /// <summary>W4: ln E ν₂ in <c>vanilla_res</c> nets, which doubles in each unit: exact for the first unit, up to O(1/N) after it.</summary>
    /// <param name="logInitial">ln ν₂(y⁰).</param>
    /// <param name="units">l ≥ 0, residual units.</param>
    /// <returns><c>logInitial + l ln 2</c>; the number itself overflows beyond a thousand units.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The depth is negative.</exception>
    public static double LogVanillaResidualNu2(double logInitial, int units)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        return logInitial + (units * Math.Log(2));
    }

    /// <summary>R1 for two points of a <c>vanilla</c> net: <c>d ← 1 - k₁(1 - d)</c>, with <c>d_l → 9π²/(2l²)</c>.</summary>
    /// <param name="distance">d = 1 - c at the input, in [0, 2].</param>
    /// <param name="layers">Number of layers, at least 0.</param>
    /// <returns>1 - c after these layers, accurate to all digits.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The distance is outside [0, 2], or the depth is negative.</exception>
    public static double VanillaDistance(double distance, int layers)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        for (var layer = 0; layer < layers; layer++)
        {
            distance = ArcCosineKernel.DistanceAfterOrder1(distance);
        }

        return distance;
    }

    /// <summary>R1 for two points of a <c>vanilla_res</c> net: <c>c ← (c + k₁^H(c))/2</c>, for H = 1 with <c>1 - c_l → 18π²/l²</c>.</summary>
    /// <param name="distance">d = 1 - c at the input, in [0, 2].</param>
    /// <param name="units">Number of residual units, at least 0.</param>
    /// <param name="residualDepth">H ≥ 1.</param>
    /// <returns>1 - c after these units, accurate to all digits.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The distance is outside [0, 2], or a depth is out of range.</exception>
    public static double VanillaResidualDistance(double distance, int units, int residualDepth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(units);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(residualDepth);
        for (var unit = 0; unit < units; unit++)
        {
            distance = 0.5 * (distance + VanillaDistance(distance, residualDepth));
        }

        return distance;
    }
}
