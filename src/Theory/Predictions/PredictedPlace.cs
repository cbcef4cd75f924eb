using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The prediction at one place of a network: the moments that a result file has there.</summary>
public sealed class PredictedPlace
{
    /// <summary>Rounding error of sums over channels, relative to ν₂.</summary>
    private const double Rounding = 1e-15;

    /// <summary>If the relative rounding error of differences between points exceeds this, they are reported as NaN.</summary>
    private const double MostLost = 1e-2;

    internal PredictedPlace(
        int index,
        Place place,
        double logNu2Signal,
        double logMu2Signal,
        double logMu2Noise,
        double logChi,
        double reffSignal,
        double reffNoise,
        Validity validity,
        double error,
        string? whyNoNoise
    )
    {
        Index = index;
        Place = place;
        LogNu2Signal = logNu2Signal;
        LogMu2Signal = logMu2Signal;
        LogMu2Noise = logMu2Noise;
        LogChi = logChi;
        ReffSignal = reffSignal;
        ReffNoise = reffNoise;
        Validity = validity;
        Error = error;
        WhyNoNoise = whyNoNoise;
    }

    /// <summary>Index of the place among the network's places.</summary>
    public int Index { get; }

    /// <summary>The place.</summary>
    public Place Place { get; }

    /// <summary>ln ν₂ of the signal.</summary>
    public double LogNu2Signal { get; }

    /// <summary>ln μ₂ of the signal; -∞ where nothing varies.</summary>
    public double LogMu2Signal { get; }

    /// <summary>ln of the noise's mean square; NaN where theory does not predict it.</summary>
    public double LogMu2Noise { get; }

    /// <summary>ln χ, relative to the input; NaN where the noise or the variance is not known.</summary>
    public double LogChi { get; }

    /// <summary>Effective rank of the signal; NaN where nothing varies.</summary>
    public double ReffSignal { get; }

    /// <summary>Effective rank of the noise; NaN where theory does not predict it.</summary>
    public double ReffNoise { get; }

    /// <summary>The scope in which the numbers hold.</summary>
    public Validity Validity { get; }

    /// <summary>Relative error of quadratures, expansions and rounding, as far as it is known.</summary>
    public double Error { get; }

    /// <summary>Why the noise is not predicted; null where it is.</summary>
    public string? WhyNoNoise { get; }

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
