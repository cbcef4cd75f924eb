namespace Wellbehaved.Model;

/// <summary>The factor γ of a norm as a stored factor and a power of two, so that factors of every size stay in the range of single precision.</summary>
/// <remarks>Factors near 1 keep the power 0.</remarks>
internal readonly struct NormScale
{
    /// <summary>Factors up to 2 to this power, and down to its inverse, are stored as they are.</summary>
    private const int Leeway = 16;

    /// <summary>Splits a factor.</summary>
    /// <param name="scale">γ, a finite number.</param>
    public NormScale(double scale)
    {
        Exponent = scale != 0 && Math.Abs(Math.ILogB(scale)) > Leeway ? Math.ILogB(scale) : 0;
        Factor = Math.ScaleB(scale, -Exponent);
    }

    /// <summary>The stored factor.</summary>
    public double Factor { get; }

    /// <summary>The power of two of the output.</summary>
    public int Exponent { get; }
}
