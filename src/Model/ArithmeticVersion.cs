namespace Wellbehaved.Model;

/// <summary>
/// The version of the arithmetic: results of one version have the same bits for the same seed, those of two versions differ in their last digits.
/// </summary>
/// <remarks>
/// 1: convolutions by Fourier transforms on a torus only. 2: by Fourier transforms of tiles, whatever the boundary.
/// It is raised when any layer, moment or random number is computed in another order or by another method; a digest of what the reference computes is part of
/// the evidence and says when.
/// </remarks>
internal static class ArithmeticVersion
{
    /// <summary>Of files that do not say.</summary>
    public const int First = 1;

    /// <summary>Of this program.</summary>
    public const int Current = 2;
}
