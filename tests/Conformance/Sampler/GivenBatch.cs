using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A concrete batch: signal and noise at P points of N⁰ channels each.</summary>
/// <param name="Signal">x, point after point (P·N⁰).</param>
/// <param name="Noise">dx likewise.</param>
/// <param name="Points">P.</param>
/// <param name="Channels">N⁰.</param>
internal sealed record GivenBatch(double[] Signal, double[] Noise, int Points, int Channels)
{
    /// <summary>Draws a batch whose noise is correlated with its signal.</summary>
    /// <param name="points">P.</param>
    /// <param name="channels">N⁰; below 2P the joint Gram matrix is singular.</param>
    /// <param name="correlation">Correlation of dx with x, entry by entry.</param>
    public static GivenBatch Draw(int points, int channels, double correlation)
    {
        var (signal, own) = (new double[points * channels], new double[points * channels]);
        Numbers(RandomPurpose.GaussianImages).FillNormal<double>(signal, 1);
        Numbers(RandomPurpose.InputNoise).FillNormal<double>(own, Math.Sqrt(1 - (correlation * correlation)));
        return new GivenBatch(signal, [.. own.Zip(signal, (free, shared) => free + (correlation * shared))], points, channels);

        RandomNumbers Numbers(RandomPurpose purpose) => new(TestSeed.Value, (uint)points, (uint)channels, purpose);
    }

    /// <summary>⟨·,·⟩/N⁰ of signal and noise together (2P × 2P).</summary>
    public Matrix<double> JointGram()
    {
        var rows = Matrix<double>.Build.DenseOfRowMajor(2 * Points, Channels, [.. Signal, .. Noise]);
        return rows.TransposeAndMultiply(rows) / Channels;
    }

    /// <summary>The part of the signal (P × P).</summary>
    public Matrix<double> SignalGram() => JointGram().SubMatrix(0, Points, 0, Points);

    /// <summary>μ₂(x⁰), the variance over the points, averaged over channels.</summary>
    public double Mu2Signal() =>
        Enumerable
            .Range(0, Channels)
            .Average(channel =>
            {
                double[] values = [.. Enumerable.Range(0, Points).Select(point => Signal[(point * Channels) + channel])];
                var mean = values.Average();
                return values.Average(value => (value - mean) * (value - mean));
            });

    /// <summary>μ₂(dx⁰), a mean square.</summary>
    public double Mu2Noise() => Noise.Average(value => value * value);
}
