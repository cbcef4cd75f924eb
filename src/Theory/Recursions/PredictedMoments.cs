namespace Wellbehaved.Theory;

/// <summary>Predicted moments at the end of a layer or residual unit.</summary>
/// <param name="Depth">Number of the layer or residual unit, from 1.</param>
/// <param name="LogNu2Signal">ln ν₂ of the signal.</param>
/// <param name="LogMu2Signal">ln μ₂ of the signal; -∞ for a single point.</param>
/// <param name="LogMu2Noise">ln μ₂ of the noise.</param>
/// <param name="ReffSignal">Effective rank of the signal after the unit's (first) ReLU; NaN for a single point.</param>
internal readonly record struct PredictedMoments(int Depth, double LogNu2Signal, double LogMu2Signal, double LogMu2Noise, double ReffSignal)
{
    /// <summary>ln χ, relative to the given input.</summary>
    /// <param name="mu2InputSignal">μ₂(x⁰).</param>
    /// <returns>½ ln(μ₂(dx)/μ₂(x)·μ₂(x⁰)), with μ₂(dx⁰) = 1.</returns>
    public double LogChi(double mu2InputSignal) => 0.5 * (LogMu2Noise - LogMu2Signal + Math.Log(mu2InputSignal));

    /// <summary>ln χ, relative to a given input with a given noise.</summary>
    /// <param name="mu2InputSignal">μ₂(x⁰).</param>
    /// <param name="mu2InputNoise">μ₂(dx⁰), a mean square.</param>
    /// <returns><c>½ ln(μ₂(dx)/μ₂(x)·μ₂(x⁰)/μ₂(dx⁰))</c>.</returns>
    public double LogChi(double mu2InputSignal, double mu2InputNoise) => LogChi(mu2InputSignal) - (0.5 * Math.Log(mu2InputNoise));
}
