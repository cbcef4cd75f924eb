using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The prediction at one place of a network: the moments that a result file has there.</summary>
/// <param name="Index">Index of the place among the network's places.</param>
/// <param name="Place">The place.</param>
/// <param name="LogNu2Signal">ln ν₂ of the signal.</param>
/// <param name="LogMu2Signal">ln μ₂ of the signal; -∞ where nothing varies.</param>
/// <param name="LogMu2Noise">ln of the noise's mean square; NaN where theory does not predict it.</param>
/// <param name="LogChi">ln χ, relative to the input; NaN where the noise or the variance is not known.</param>
/// <param name="ReffSignal">Effective rank of the signal; NaN where nothing varies.</param>
/// <param name="ReffNoise">Effective rank of the noise; NaN where theory does not predict it.</param>
/// <param name="Validity">The scope in which the numbers hold.</param>
/// <param name="Error">Relative error of quadratures, expansions and rounding, as far as it is known.</param>
/// <param name="WhyNoNoise">Why the noise is not predicted; null where it is.</param>
public sealed record PredictedPlace(
    int Index,
    Place Place,
    double LogNu2Signal,
    double LogMu2Signal,
    double LogMu2Noise,
    double LogChi,
    double ReffSignal,
    double ReffNoise,
    Validity Validity,
    double Error,
    string? WhyNoNoise
)
{
    /// <summary>Rounding error of sums over channels, relative to ν₂.</summary>
    private const double Rounding = 1e-15;

    /// <summary>If the relative rounding error of differences between points exceeds this, they are reported as NaN.</summary>
    private const double MostLost = 1e-2;

    /// <summary>Relative error of the noise's mean square, and so twice that of χ, as far as it is known; at least <see cref="Error"/>.</summary>
    internal double NoiseError { get; private init; }

    /// <summary>Computes the moments of a state.</summary>
    internal static PredictedPlace Read(int index, Place place, KernelState state, double logMu2Input, double logNoiseInput)
    {
        var (nu2, mu2) = (state.Nu2(), Math.Max(0, KernelMatrix.Mu2(state.Signal)));

        // In an ordered network the differences between points fall below the rounding error of their common part.
        var lost = nu2 == 0 ? 0 : Rounding * nu2 / mu2;
        var varies = lost < MostLost && state.Points > 1;
        var logMu2 =
            state.Points == 1 || nu2 == 0 ? double.NegativeInfinity
            : varies ? Math.Log(mu2) + state.LogSignalScale
            : double.NaN;
        var logNoise = state.Noise is null ? double.NaN : Math.Log(state.NoisePower()) + state.LogNoiseScale;
        return new(
            index,
            place,
            Math.Log(nu2) + state.LogSignalScale,
            logMu2,
            logNoise,
            double.IsFinite(logMu2) ? 0.5 * (logNoise - logMu2 + logMu2Input - logNoiseInput) : double.NaN,
            varies && mu2 > 0 ? KernelMatrix.EffectiveRank(state.Signal) : double.NaN,
            state.Noise is null || state.Points == 1 || !(state.NoisePower() > 0)
                ? double.NaN
                : KernelMatrix.EffectiveRank(KernelMatrix.Symmetric(state.Noise)),
            state.Validity,
            Math.Max(state.Error, varies && nu2 > 0 ? lost : 0),
            state.Noise is null ? state.NoNoise?.Message : null
        )
        {
            NoiseError = Math.Max(state.Error + state.NoiseError, varies && nu2 > 0 ? lost : 0),
        };
    }
}
