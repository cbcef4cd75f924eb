namespace Wellbehaved.Onnx;

/// <summary>Which statistics batch normalisation uses.</summary>
public enum OnnxBatchNorm
{
    /// <summary>
    /// Those of the batch, as in training. A network that was exported in evaluation mode before training has stored statistics of mean 0 and variance 1, with
    /// which batch normalisation has no effect.
    /// </summary>
    Batch,

    /// <summary>Those that are stored in the file.</summary>
    Stored,
}
