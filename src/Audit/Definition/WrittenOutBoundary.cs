namespace Wellbehaved.Audit;

/// <summary>What lies beyond the border of an image, at any distance.</summary>
internal static class WrittenOutBoundary
{
    /// <summary>The position that is read for a position on or beyond the border.</summary>
    /// <param name="boundary">The boundary.</param>
    /// <param name="position">A position on an axis, negative before it.</param>
    /// <param name="extent">Positions of the axis.</param>
    /// <returns>A position of the axis; null for a zero.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The boundary has not been written out.</exception>
    public static int? Source(Boundary boundary, int position, int extent)
    {
        if (position >= 0 && position < extent)
        {
            return position;
        }

        return boundary switch
        {
            Boundary.ZeroPadding => null,
            Boundary.Periodic => Source(boundary, position < 0 ? position + extent : position - extent, extent),
            // The mirror is at the outer edge of the border's pixel, not at its centre: so that pixel occurs twice.
            Boundary.Symmetric => Source(boundary, position < 0 ? -1 - position : (2 * extent) - 1 - position, extent),
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "expected a boundary that has been written out"),
        };
    }
}
