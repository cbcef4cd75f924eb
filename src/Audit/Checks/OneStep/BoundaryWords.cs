namespace Wellbehaved.Audit;

/// <summary>What a boundary is called in reports.</summary>
internal static class BoundaryWords
{
    /// <summary>The boundary in words, for the name of a quantity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The boundary has no name.</exception>
    public static string WordsOf(Boundary boundary) =>
        boundary switch
        {
            Boundary.Periodic => "periodic",
            Boundary.Symmetric => "symmetric",
            Boundary.ZeroPadding => "zero padding",
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "expected a boundary with a name"),
        };
}
