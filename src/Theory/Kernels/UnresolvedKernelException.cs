using System.Globalization;

namespace Wellbehaved.Theory;

/// <summary>A kernel whose least directions are lost in the rounding of its largest, where batch norm divides by the least, too.</summary>
internal sealed class UnresolvedKernelException : ArgumentException
{
    /// <summary>Says what is lost.</summary>
    /// <param name="ratio">The largest eigenvalue of the centred kernel as a multiple of the least.</param>
    /// <param name="epsilon">ε of the batch norm.</param>
    internal UnresolvedKernelException(double ratio, double epsilon)
        : base(
            string.Create(
                CultureInfo.InvariantCulture,
                $"expected points whose variances by direction differ by less than double precision resolves, or a larger ε than {epsilon:g2}, got a "
                    + $"largest variance of {ratio:g1} times the least: some numbers are far larger than all others"
            )
        ) => Ratio = ratio;

    /// <summary>The largest eigenvalue of the centred kernel as a multiple of the least.</summary>
    public double Ratio { get; }
}
