namespace Wellbehaved.Model;

/// <summary>The boundary of a described convolution, as the model's own.</summary>
internal static class Boundaries
{
    /// <summary>The boundary of the model.</summary>
    public static Boundary AsModel(this Networks.Boundary boundary) =>
        boundary switch
        {
            Networks.Boundary.Periodic => Boundary.Periodic,
            Networks.Boundary.Symmetric => Boundary.Symmetric,
            Networks.Boundary.ZeroPadding => Boundary.ZeroPadding,
            _ => throw new InvalidOperationException($"no convolution with the boundary {boundary}"),
        };

    /// <summary>The boundary of the description.</summary>
    public static Networks.Boundary AsDescribed(this Boundary boundary) =>
        boundary switch
        {
            Boundary.Periodic => Networks.Boundary.Periodic,
            Boundary.Symmetric => Networks.Boundary.Symmetric,
            Boundary.ZeroPadding => Networks.Boundary.ZeroPadding,
            _ => throw new InvalidOperationException($"no convolution with the boundary {boundary}"),
        };
}
