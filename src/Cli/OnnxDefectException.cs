namespace Wellbehaved.Cli;

/// <summary>A defect of ours that showed in the process with ONNX Runtime.</summary>
/// <param name="message">The defect in one line.</param>
/// <param name="trace">Its exception in that process, with the stack; it is part of <see cref="ToString"/>, not of the message.</param>
internal sealed class OnnxDefectException(string message, string? trace) : Exception(message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{base.ToString()}{Environment.NewLine}In the process with ONNX Runtime: {trace}";
}
