namespace Wellbehaved.Experiments;

/// <summary>Which axis of an array of images is which. Letters: N images, H rows, W columns, C channels.</summary>
public enum ImageLayout
{
    /// <summary>(images, height, width, channels): TensorFlow, and what an array of four axes is read as if nothing is said.</summary>
    Nhwc,

    /// <summary>(images, channels, height, width): PyTorch.</summary>
    Nchw,

    /// <summary>(images, height, width): grey images, and what an array of three axes is read as if nothing is said.</summary>
    Nhw,

    /// <summary>(height, width, channels): a single photograph.</summary>
    Hwc,

    /// <summary>(channels, height, width): a single photograph of PyTorch.</summary>
    Chw,
}
