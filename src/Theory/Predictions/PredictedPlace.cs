using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>What theory says of a network at one of its places: the moments that a result file has there.</summary>
/// <param name="Index">Which of the network's places.</param>
/// <param name="Place">The place.</param>
/// <param name="LogNu2Signal">ln ν₂ of the signal.</param>
/// <param name="LogMu2Signal">ln μ₂ of the signal; -∞ where nothing varies.</param>
/// <param name="LogMu2Noise">ln of the noise's mean square; not a number where theory does not say it.</param>
/// <param name="LogChi">ln χ, relative to the input; not a number where noise or variation is unknown.</param>
/// <param name="ReffSignal">Effective rank of the signal; not a number where nothing varies.</param>
/// <param name="ReffNoise">Effective rank of the noise; not a number where theory does not say it.</param>
/// <param name="Validity">What the numbers hold for.</param>
/// <param name="Error">Relative error of quadratures, expansions and rounding, as far as it is known.</param>
/// <param name="WhyNoNoise">Why there is no noise; null where there is.</param>
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
    /// <summary>Rounding of sums over channels, as a share of ν₂.</summary>
    private const double Rounding = 1e-15;

    /// <summary>Where differences between points have lost more digits than this leaves, they are no numbers any more.</summary>
    private const double MostLost = 1e-2;

    /// <summary>Reads a state.</summary>
    internal static PredictedPlace Read(int index, Place place, KernelState state, double logMu2Input, double logNoiseInput)
    {
        var (nu2, mu2) = (state.Nu2(), Math.Max(0, KernelMatrix.Mu2(state.Signal)));

        // What differs between the points of an ordered network sinks below the rounding of what they share.
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
        );
    }
}
