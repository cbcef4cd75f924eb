namespace Wellbehaved.Audit;

/// <summary>What lies beyond the border of an image, however far beyond.</summary>
internal static class WrittenOutBoundary
{
    /// <summary>The position that is read in place of one on or beyond the border.</summary>
    /// <param name="boundary">What lies there.</param>
    /// <param name="position">A position on an axis, negative before it.</param>
    /// <param name="extent">Positions of the axis.</param>
    /// <returns>A position of the axis; null where zeros lie.</returns>
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
            // The mirror stands on the edge of the border's pixel, not on its centre: that pixel is seen twice.
            Boundary.Symmetric => Source(boundary, position < 0 ? -1 - position : (2 * extent) - 1 - position, extent),
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "expected a boundary that has been written out"),
        };
    }
}
