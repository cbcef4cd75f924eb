using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>(2/√π) ∫₀ᵘ exp(-t²) dt.</summary>
internal readonly struct ErfFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate(Vector512<double> u, out Vector512<double> value, out Vector512<double> derivative)
    {
        const double slope = 1.1283791670955126;
        var exponential = Elementary.ExpOfMinusSquare(u, 1);
        value = ErrorFunction.Erf(u, exponential);
        derivative = Vector512.Create(slope) * exponential;
    }
}
