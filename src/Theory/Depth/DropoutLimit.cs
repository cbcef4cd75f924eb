namespace Wellbehaved.Theory;

/// <summary>The limit of a ReLU network with independent dropout masks at every point and a constant scale (σ_w² = 2p): <c>c ← p k₁(c)</c>.</summary>
/// <param name="Correlation">c*, below 1: the signal does not collapse.</param>
/// <param name="Memory">-1/ln(p k₀(c*)): the number of layers over which the initial correlation is forgotten.</param>
internal readonly record struct DropoutLimit(double Correlation, double Memory)
{
    /// <summary>The limit for a given probability of keeping a feature.</summary>
    /// <param name="keep">p in (0, 1).</param>
    /// <returns>The limit.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The probability is out of range.</exception>
    public static DropoutLimit For(double keep)
    {
        if (keep is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(keep), keep, "expected a probability above 0 and below 1");
        }

        var correlation = Root.Find(c => (keep * ArcCosineKernel.Order1(c)) - c, 0, 1);
        return new(correlation, -1 / Math.Log(keep * ArcCosineKernel.Order0(correlation)));
    }
}
