using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What an experiment shows by depth: medians over its simulations.</summary>
/// <param name="Depths">Computed depths.</param>
/// <param name="Reff">Median effective rank of the signal.</param>
/// <param name="LogSnrRatio">Median of ln(SNR^l/SNR^0) = -2 ln χ^l.</param>
public sealed record DepthCurves(IReadOnlyList<int> Depths, IReadOnlyList<double> Reff, IReadOnlyList<double> LogSnrRatio)
{
    /// <summary>Reads the curves from a result.</summary>
    /// <param name="result">The result.</param>
    /// <returns>The curves.</returns>
    public static DepthCurves Of(ExperimentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new DepthCurves(
            result.Depths,
            MedianByDepth(result.Select(result.ReluPlace, (moments, _) => moments.ReffSignal)),
            MedianByDepth(result.Select(result.LastPlace, (moments, input) => -2 * moments.LogChi(input))));
    }

    private static double[] MedianByDepth(double[][] values) =>
        [.. Enumerable.Range(0, values[0].Length).Select(depth => MathNet.Numerics.Statistics.Statistics.Median(values.Select(row => row[depth])))];
}
