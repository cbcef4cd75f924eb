using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// The input of the second convolution of a residual branch, which protocol 1 does not show. It is computed by the definition: batch norm, if there is one,
/// and ReLU of the first convolution's output.
/// </summary>
internal sealed class HiddenInput
{
    /// <summary>Computes the input.</summary>
    /// <param name="network">The network.</param>
    /// <param name="after">Signal and noise after the first convolution of the branch.</param>
    /// <param name="unitRoundoff">Unit roundoff of the subject.</param>
    public HiddenInput(NetworkSettings network, Snapshot after, double unitRoundoff)
    {
        if (!network.Architecture.HasBatchNorm)
        {
            // A ReLU copies numbers or sets them to 0: it rounds nothing.
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

        // A sum of P numbers errs by P·u of the sum of their magnitudes. With a = rms(y)/deviation, this moves the mean by P·u·a standard deviations, and a
        // variance that is computed from the mean square by P·u·a² of itself. Eight more roundings are for differences, root and quotient.
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

    /// <summary>Bounds of the distance to the subject's own signal; null if there is none.</summary>
    public double[]? SignalError { get; }

    /// <summary>Bounds of the distance to the subject's own noise, NaN where rounding may open or close the ReLU; null if there is none.</summary>
    public double[]? NoiseError { get; }
}
