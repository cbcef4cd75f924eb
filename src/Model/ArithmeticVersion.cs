namespace Wellbehaved.Model;

/// <summary>
/// The version of the arithmetic. Within a version, equal seeds give equal bits; results of different versions differ in their last digits.
/// </summary>
/// <remarks>
/// 1: convolutions by Fourier transforms only on a torus. 2: by Fourier transforms of tiles, for every boundary. 3: another rule of which convolutions are
/// computed by Fourier transforms, and other orders of the sums of pooling.
/// The version is raised when any layer, moment or random number is computed in another order or by another method. A digest of the reference's results is part
/// of the evidence, and shows when this is necessary.
/// </remarks>
internal static class ArithmeticVersion
{
    /// <summary>The version of files that state none.</summary>
    public const int First = 1;

    /// <summary>The version of this program.</summary>
    public const int Current = 3;
}
