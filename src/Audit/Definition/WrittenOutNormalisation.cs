using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>What all norms do with the features that share their statistics.</summary>
internal static class WrittenOutNormalisation
{
    /// <summary>Normalises sets of features, and differentiates their statistics.</summary>
    /// <remarks>
    /// <c>z = (y - mean)/σ</c> with <c>σ = sqrt(var + ε)</c>, so <c>dz = (dy - mean dy - z·mean(z dy))/σ</c>; an RMS norm leaves out both means
    /// of a single factor. A set without variance, with ε = 0, has no normalised features: they are not numbers.
    /// </remarks>
    /// <param name="norm">ε and the scale γ, by which z and dz are multiplied.</param>
    /// <param name="input">All features.</param>
    /// <param name="sets">For each set where its features stand; each feature belongs to one set.</param>
    /// <param name="centred">Whether the mean is subtracted.</param>
    public static WrittenOutFeatures Propagate(Norm norm, WrittenOutFeatures input, IEnumerable<IReadOnlyList<int>> sets, bool centred)
    {
        var (signal, noise) = (new double[input.Signal.Length], new double[input.Noise.Length]);
        foreach (var set in sets)
        {
            var mean = centred ? set.Average(i => input.Signal[i]) : 0;
            var variance = set.Average(i => (input.Signal[i] - mean) * (input.Signal[i] - mean));
            var deviation = Math.Sqrt(variance + norm.Epsilon);
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
}
