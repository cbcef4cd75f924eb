using Wellbehaved.Model;

namespace Wellbehaved.Onnx;

/// <summary>Which mapping is differentiated.</summary>
/// <param name="BatchNorm">Which statistics batch normalisation takes.</param>
/// <param name="Noise">Whether statistics of the batch are held.</param>
internal readonly record struct DerivativeOptions(OnnxBatchNorm BatchNorm, NoiseKind Noise);
