using System.Collections.Immutable;

namespace Wellbehaved.Audit;

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
/// <param name="ReffSignal">Effective rank of the signal; reported at least after the ReLU.</param>
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
    double ReffNoise
)
{
    /// <summary>The names of the moments in result files, in order.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "nu1_abs_signal",
        "nu2_signal",
        "mu2_signal",
        "mu4_signal",
        "mu2_noise",
        "log_nu2_signal",
        "log_mu2_signal",
        "log_mu2_noise",
        "chi",
        "log_chi",
        "reff_signal",
        "reff_noise",
    ];

    /// <summary>The moments in the order of <see cref="Names"/>.</summary>
    internal double[] Values =>
        [Nu1AbsSignal, Nu2Signal, Mu2Signal, Mu4Signal, Mu2Noise, LogNu2Signal, LogMu2Signal, LogMu2Noise, Chi, LogChi, ReffSignal, ReffNoise];

    /// <summary>Reads moments by their names.</summary>
    /// <param name="valueOf">Gives the value for a name; NaN if it is not reported.</param>
    /// <returns>The moments.</returns>
    public static ReportedMoments Read(Func<string, double> valueOf)
    {
        ArgumentNullException.ThrowIfNull(valueOf);
        double[] values = [.. Names.Select(valueOf)];
        return new ReportedMoments(
            values[0],
            values[1],
            values[2],
            values[3],
            values[4],
            values[5],
            values[6],
            values[7],
            values[8],
            values[9],
            values[10],
            values[11]
        );
    }
}
