namespace Wellbehaved.Onnx;

/// <summary>Which statistics batch normalisation takes.</summary>
public enum OnnxBatchNorm
{
    /// <summary>
    /// Those of the batch, as in training. A network exported in evaluation mode before it was trained has mean 0 and variance 1 stored, with which batch
    /// normalisation does nothing.
    /// </summary>
    Batch,

    /// <summary>Those that the file stores.</summary>
    Stored,
}
