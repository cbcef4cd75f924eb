using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>What a boundary is called in Theory and in reports.</summary>
internal static class Boundaries
{
    /// <summary>The boundary as the theory of a convolution names it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A boundary that the theory does not know.</exception>
    public static Border BorderOf(Boundary boundary) =>
        boundary switch
        {
            Boundary.Periodic => Border.Periodic,
            Boundary.Symmetric => Border.Symmetric,
            Boundary.ZeroPadding => Border.Zero,
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "expected a boundary that the theory knows"),
        };

    /// <summary>The boundary in words, for the name of a quantity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A boundary without a name.</exception>
    public static string WordsOf(Boundary boundary) =>
        boundary switch
        {
            Boundary.Periodic => "periodic",
            Boundary.Symmetric => "symmetric",
            Boundary.ZeroPadding => "zero padding",
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "expected a boundary with a name"),
        };
}
