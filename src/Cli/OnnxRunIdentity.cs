namespace Wellbehaved.Cli;

/// <summary>What the mappings of an ONNX file must have in common to be parts of one run.</summary>
/// <param name="Identity">The options, the model's checksum among them, the inputs and the program.</param>
/// <param name="Places">Places that a mapping has moments at.</param>
/// <param name="Simulations">Mappings that are asked for.</param>
/// <param name="ReffSignal">Whether effective ranks of the signal are computed.</param>
/// <param name="ReffNoise">Whether effective ranks of the noise are computed.</param>
/// <param name="Device">Where ONNX Runtime computes.</param>
internal sealed record OnnxRunIdentity(ExperimentIdentity Identity, int Places, int Simulations, bool ReffSignal, bool ReffNoise, string Device)
{
    /// <summary>Says how another run differs.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>The first difference, in a few words; null if there is none.</returns>
    public string? DifferenceFrom(OnnxRunIdentity other) =>
        Identity.DifferenceFrom(other.Identity) is { } difference ? difference
        : (ReffSignal, ReffNoise) != (other.ReffSignal, other.ReffNoise) ? "other effective ranks"
        : Device != other.Device ? $"device {Device}, not {other.Device}"
        : Places != other.Places ? $"{Counted.Spell(Places, "place")}, not {other.Places}"
        : null;
}
