using Wellbehaved.Model;

namespace Wellbehaved.Onnx;

/// <summary>The mapping that is differentiated.</summary>
/// <param name="BatchNorm">Which statistics batch normalisation uses.</param>
/// <param name="Noise">Whether statistics of the batch are held.</param>
internal readonly record struct DerivativeOptions(OnnxBatchNorm BatchNorm, NoiseKind Noise);
