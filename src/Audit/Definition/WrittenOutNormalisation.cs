using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The computation that all norms share: it normalises sets of features that have common statistics.</summary>
internal static class WrittenOutNormalisation
{
    /// <summary>Normalises sets of features, and differentiates their statistics.</summary>
    /// <remarks>
    /// <c>z = (y - mean)/σ</c> with <c>σ = sqrt(var + ε)</c>, so <c>dz = (dy - mean dy - z·mean(z dy))/σ</c>. An RMS norm leaves out the means of y and of dy.
    /// </remarks>
    /// <param name="norm">ε and the scale γ, by which z and dz are multiplied.</param>
    /// <param name="input">All features.</param>
    /// <param name="sets">For each set the indices of its features; each feature belongs to one set.</param>
    /// <param name="centred">Whether the mean is subtracted.</param>
    /// <exception cref="WrittenOutConstantException">ε is 0 and a set has no variance.</exception>
    public static WrittenOutFeatures Propagate(Norm norm, WrittenOutFeatures input, IEnumerable<IReadOnlyList<int>> sets, bool centred)
    {
        var (signal, noise) = (new double[input.Signal.Length], new double[input.Noise.Length]);
        foreach (var set in sets)
        {
            var (mean, deviation) = Statistics(norm, input, set, centred);
            var meanNoise = centred ? set.Average(i => input.Noise[i]) : 0;
            var along = set.Average(i => (input.Signal[i] - mean) / deviation * input.Noise[i]);
            foreach (var i in set)
            {
                var z = (input.Signal[i] - mean) / deviation;
                signal[i] = norm.Scale * z;
                noise[i] = norm.Scale * (input.Noise[i] - meanNoise - (z * along)) / deviation;
            }
        }

        return input.With(signal, noise);
    }

    /// <summary>The mean of a set, or 0 if it is not subtracted, and sqrt(var + ε).</summary>
    /// <exception cref="WrittenOutConstantException">ε is 0 and the variance is zero.</exception>
    public static (double Mean, double Deviation) Statistics(Norm norm, WrittenOutFeatures input, IReadOnlyList<int> set, bool centred)
    {
        var mean = centred ? set.Average(i => input.Signal[i]) : 0;
        var variance = set.Average(i => (input.Signal[i] - mean) * (input.Signal[i] - mean));

        // For equal features, rounding leaves a variance of some 10⁻³² of their mean square. Below 10⁻²⁸, a variance has not two correct digits.
        if (norm.Epsilon == 0 && variance <= 1e-28 * set.Average(i => input.Signal[i] * input.Signal[i]))
        {
            throw new WrittenOutConstantException(norm);
        }

        return (mean, Math.Sqrt(variance + norm.Epsilon));
    }
}
