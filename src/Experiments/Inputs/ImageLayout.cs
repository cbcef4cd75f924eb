namespace Wellbehaved.Experiments;

/// <summary>The meaning of each axis of an array of images. Letters: N images, H rows, W columns, C channels.</summary>
public enum ImageLayout
{
    /// <summary>(images, height, width, channels), as in TensorFlow; the default for an array of four axes.</summary>
    Nhwc,

    /// <summary>(images, channels, height, width), as in PyTorch.</summary>
    Nchw,

    /// <summary>(images, height, width), grey images; the default for an array of three axes.</summary>
    Nhw,

    /// <summary>(height, width, channels): a single photograph.</summary>
    Hwc,

    /// <summary>(channels, height, width): a single photograph as in PyTorch.</summary>
    Chw,
}
