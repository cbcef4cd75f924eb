using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Batch norm with one thing wrong.</summary>
/// <param name="GroupOf">What is normalised together, from shape, point and channel; by default all points of a channel.</param>
/// <param name="Bessel">Whether the variance has one less in the denominator.</param>
/// <param name="EpsilonOnDeviation">Whether ε is added to the standard deviation.</param>
/// <param name="Centres">Whether the mean is subtracted from the signal.</param>
/// <param name="CentresNoise">Whether the noise loses its mean too.</param>
/// <param name="DividesNoise">Whether the noise is divided.</param>
/// <param name="DifferentiatesStatistics">Whether the noise goes through the derivative of the statistics.</param>
internal sealed record WrongNorm(
    Func<TensorShape, int, int, (int, int)>? GroupOf = null,
    bool Bessel = false,
    bool EpsilonOnDeviation = false,
    bool Centres = true,
    bool CentresNoise = false,
    bool DividesNoise = true,
    bool DifferentiatesStatistics = false
)
{
    public (double[] Signal, double[] Noise) Apply(RewrittenStep.Tensors tensors)
    {
        var channels = tensors.Shape.Channels;
        var (signal, noise) = (new double[tensors.Signal.Length], new double[tensors.Noise.Length]);
        var groups = Enumerable.Range(0, signal.Length).GroupBy(i => GroupOf?.Invoke(tensors.Shape, i / channels, i % channels) ?? (0, i % channels));
        foreach (var group in groups)
        {
            int[] members = [.. group];
            var mean = members.Average(i => tensors.Signal[i]);
            var noiseMean = members.Average(i => tensors.Noise[i]);
            var variance = members.Sum(i => Math.Pow(tensors.Signal[i] - mean, 2)) / (Bessel ? Math.Max(1, members.Length - 1) : members.Length);
            var deviation = EpsilonOnDeviation ? Math.Sqrt(variance) + tensors.Epsilon : Math.Sqrt(variance + tensors.Epsilon);
            var covariance = members.Average(i => (tensors.Signal[i] - mean) * tensors.Noise[i]);
            foreach (var i in members)
            {
                var dy = tensors.Noise[i] - (CentresNoise || DifferentiatesStatistics ? noiseMean : 0);
                var z = (tensors.Signal[i] - mean) / deviation;
                signal[i] = Centres ? z : tensors.Signal[i] / deviation;
                noise[i] = (DividesNoise ? dy / deviation : dy) - (DifferentiatesStatistics ? z * covariance / (deviation * deviation) : 0);
            }
        }

        return (signal, noise);
    }
}
