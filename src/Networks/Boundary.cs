namespace Wellbehaved.Networks;

/// <summary>What a convolution sees beyond the border of the image.</summary>
public enum Boundary
{
    /// <summary>The opposite side: the image is a torus. The martingale laws S2 and S3 hold.</summary>
    Periodic,

    /// <summary>The mirror image, border pixels included. Odd kernels only.</summary>
    Symmetric,

    /// <summary>Zeros.</summary>
    ZeroPadding,
}
