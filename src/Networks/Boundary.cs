namespace Wellbehaved.Networks;

/// <summary>What a convolution reads beyond the border of the image.</summary>
public enum Boundary
{
    /// <summary>The opposite side: the image is a torus. Under this boundary the martingale laws S2 and S3 hold.</summary>
    Periodic,

    /// <summary>The mirror image, border pixels included. It requires an odd kernel size.</summary>
    Symmetric,

    /// <summary>Zeros.</summary>
    ZeroPadding,
}
