using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>What all norms do with the features that share their statistics.</summary>
internal static class WrittenOutNormalisation
{
    /// <summary>Normalises sets of features, and differentiates their statistics.</summary>
    /// <remarks>
    /// <c>z = (y - mean)/σ</c> with <c>σ = sqrt(var + ε)</c>, so <c>dz = (dy - mean dy - z·mean(z dy))/σ</c>; an RMS norm leaves out both means
    /// of a single factor.
    /// </remarks>
    /// <param name="norm">ε and the scale γ, by which z and dz are multiplied.</param>
    /// <param name="input">All features.</param>
    /// <param name="sets">For each set where its features stand; each feature belongs to one set.</param>
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

    /// <summary>The mean of a set, 0 where it is not subtracted, and sqrt(var + ε).</summary>
    /// <exception cref="WrittenOutConstantException">ε is 0 and there is no variance.</exception>
    public static (double Mean, double Deviation) Statistics(Norm norm, WrittenOutFeatures input, IReadOnlyList<int> set, bool centred)
    {
        var mean = centred ? set.Average(i => input.Signal[i]) : 0;
        var variance = set.Average(i => (input.Signal[i] - mean) * (input.Signal[i] - mean));

        // Rounding leaves some 10⁻³² of the mean square of equal features: below 10⁻²⁸ no two digits are theirs.
        if (norm.Epsilon == 0 && variance <= 1e-28 * set.Average(i => input.Signal[i] * input.Signal[i]))
        {
            throw new WrittenOutConstantException(norm);
        }

        return (mean, Math.Sqrt(variance + norm.Epsilon));
    }
}
