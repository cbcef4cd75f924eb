using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// The input of the second convolution of a residual branch, which protocol 1 does not show: batch norm, where there is one, and ReLU of the first one's
/// output, by the definition.
/// </summary>
internal sealed class HiddenInput
{
    /// <summary>Computes it.</summary>
    /// <param name="network">The network.</param>
    /// <param name="after">Signal and noise after the first convolution of the branch.</param>
    /// <param name="unitRoundoff">Unit roundoff of the subject.</param>
    public HiddenInput(NetworkSettings network, Snapshot after, double unitRoundoff)
    {
        if (!network.Architecture.HasBatchNorm)
        {
            // A ReLU copies or clears: nothing rounds.
            (Signal, Noise) = WrittenOutLayers.Rectify(after.Signal, after.Noise);
            return;
        }

        var (channels, points) = (network.Channels, after.Signal.Length / network.Channels);
        double[] deviations = [.. WrittenOutLayers.Variances(after.Signal, channels).Select(variance => Math.Sqrt(variance + network.Epsilon))];
        double[] amplification =
        [
            .. WrittenOutLayers.MeanSquares(after.Signal, channels).Zip(deviations, (square, deviation) => Math.Max(1, Math.Sqrt(square) / deviation)),
        ];
        var (z, dz) = WrittenOutLayers.Normalise(after.Signal, after.Noise, WrittenOutLayers.Means(after.Signal, channels), deviations);
        (Signal, Noise) = WrittenOutLayers.Rectify(z, dz);
        (SignalError, NoiseError) = (new double[z.Length], new double[z.Length]);

        // A sum of P numbers errs by P·u of their absolute sum, which moves the mean by P·u·a deviations, a = rms(y)/deviation, and a variance computed from
        // the
        // mean square by P·u·a² of itself; eight more roundings are for differences, root and quotient.
        var rounding = (points + 8) * unitRoundoff;
        for (var i = 0; i < z.Length; i++)
        {
            var a = amplification[i % channels];
            SignalError[i] = rounding * (a + (a * a * Math.Abs(z[i])));
            NoiseError[i] =
                Math.Abs(z[i]) <= SignalError[i] ? double.NaN
                : z[i] > 0 ? rounding * a * a * Math.Abs(dz[i])
                : 0;
        }
    }

    /// <summary>Signal.</summary>
    public double[] Signal { get; }

    /// <summary>Noise.</summary>
    public double[] Noise { get; }

    /// <summary>How far the subject's own may be; null if it is the same.</summary>
    public double[]? SignalError { get; }

    /// <summary>How far the subject's own may be, NaN where rounding may open or close the gate; null if it is the same.</summary>
    public double[]? NoiseError { get; }
}
