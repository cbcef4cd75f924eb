using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>sin u.</summary>
internal readonly struct SineFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static int? MostExponent => 900;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate(Vector512<double> u, out Vector512<double> value, out Vector512<double> derivative)
    {
        // Zero keeps its sign.
        (var sine, derivative) = Elementary.SineAndCosine(u);
        value = Vector512.ConditionalSelect(Vector512.Equals(u, Vector512<double>.Zero), u, sine);
    }
}
