using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>u Φ(u).</summary>
internal readonly struct GeluFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate(Vector512<double> u, out Vector512<double> value, out Vector512<double> derivative)
    {
        // Below -40 both are 0 to all digits of a double; above 40 the function is u.
        var (distribution, density) = ErrorFunction.Normal(u);
        var within = Elementary.AtLeast(u, -40);
        value = within * distribution;
        derivative = Vector512.FusedMultiplyAdd(Elementary.AtMost(within, 40), density, distribution);
    }
}
