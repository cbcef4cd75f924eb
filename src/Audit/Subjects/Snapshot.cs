using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Signal and noise at one place of a network, as a subject shows them.</summary>
/// <param name="Depth">Layer or residual unit from 1 on; 0 behind the first convolution.</param>
/// <param name="Place">The place within it.</param>
/// <param name="Shape">Their common shape.</param>
/// <param name="Signal">True values of the signal (points × channels), no scale left out.</param>
/// <param name="Noise">True values of the noise (points × channels).</param>
/// <param name="Moments">The moments that the subject reports for this place; computed when called, which must be during the observation.</param>
public sealed record Snapshot(int Depth, Place Place, TensorShape Shape, double[] Signal, double[] Noise, Func<ReportedMoments> Moments)
{
    /// <summary>For messages.</summary>
    public string Where => $"depth {Depth}, {Place.Suffix} ({Place.Kind})";
}

/// <summary>Moments as a subject reports them; NaN stands for what it does not report at a place.</summary>
/// <param name="Nu1AbsSignal">ν₁(|x|).</param>
/// <param name="Nu2Signal">ν₂(x).</param>
/// <param name="Mu2Signal">μ₂(x).</param>
/// <param name="Mu4Signal">μ₄(x).</param>
/// <param name="Mu2Noise">μ₂(dx).</param>
/// <param name="LogNu2Signal">ln ν₂(x).</param>
/// <param name="LogMu2Signal">ln μ₂(x).</param>
/// <param name="LogMu2Noise">ln μ₂(dx).</param>
/// <param name="Chi">χ, relative to an input of μ₂(x⁰) = μ₂(dx⁰) = 1.</param>
/// <param name="LogChi">ln χ.</param>
/// <param name="ReffSignal">Effective rank of the signal; reported at least behind the ReLU.</param>
/// <param name="ReffNoise">Effective rank of the noise.</param>
public sealed record ReportedMoments(
    double Nu1AbsSignal,
    double Nu2Signal,
    double Mu2Signal,
    double Mu4Signal,
    double Mu2Noise,
    double LogNu2Signal,
    double LogMu2Signal,
    double LogMu2Noise,
    double Chi,
    double LogChi,
    double ReffSignal,
    double ReffNoise);
