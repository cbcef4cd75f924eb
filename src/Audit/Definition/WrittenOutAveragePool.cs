using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Average pooling: the mean over each window.</summary>
internal static class WrittenOutAveragePool
{
    public static WrittenOutFeatures Propagate(AveragePool layer, WrittenOutFeatures input) =>
        WrittenOutWindows.Propagate(input, layer.Size, window => (window.Average(i => input.Signal[i]), window.Average(i => input.Noise[i])));
}
