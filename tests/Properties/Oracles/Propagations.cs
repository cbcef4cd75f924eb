using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

/// <summary>Propagates given inputs through given weights and reads true values.</summary>
internal static class Propagations
{
    public static (double[] Signal, double[] Noise) Propagate(
        NetworkSettings settings,
        double[] signal,
        double[] noise,
        IReadOnlyList<double[]> kernels,
        IPropagationObserver<double>? observer = null,
        int threads = 1
    )
    {
        using var network = new NetworkPropagation<double>(settings, threads);
        signal.CopyTo(network.Input.Signal);
        noise.CopyTo(network.Input.Noise);
        var output = network.Propagate(new GivenKernels<double>(kernels), observer);
        return (output.TrueSignal(), output.TrueNoise());
    }

    public static double Rms(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value * value;
        }

        return Math.Sqrt(sum / values.Length);
    }

    /// <summary>The largest difference, relative to the rms of the second argument (or absolute where that is zero).</summary>
    public static double Distance(double[] actual, double[] expected)
    {
        if (actual.Length != expected.Length)
        {
            return double.PositiveInfinity;
        }

        var rms = Rms(expected);
        return actual.Zip(expected, (x, y) => Math.Abs(x - y)).Largest() / (rms == 0 ? 1 : rms);
    }
}
