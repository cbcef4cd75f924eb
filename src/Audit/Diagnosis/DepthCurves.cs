using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What an experiment shows by depth: medians over its simulations.</summary>
/// <param name="Depths">Computed depths.</param>
/// <param name="Reff">Median effective rank of the signal.</param>
/// <param name="LogSnrRatio">Median of ln(SNR^l/SNR^0) = -2 ln χ^l.</param>
internal sealed record DepthCurves(IReadOnlyList<int> Depths, IReadOnlyList<double> Reff, IReadOnlyList<double> LogSnrRatio)
{
    /// <summary>Number of simulations that have not ended at each depth. Medians are over these simulations, and NaN where there are none.</summary>
    public IReadOnlyList<int> Alive { get; init; } = [];

    /// <summary>Number of simulations.</summary>
    public int Simulations { get; init; }

    /// <summary>Reads the curves from a result.</summary>
    /// <param name="result">The result.</param>
    /// <returns>The curves.</returns>
    public static DepthCurves Read(ExperimentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var (depths, ends) = (result.Depths, result.Ends);
        return new DepthCurves(
            depths,
            MedianByDepth(result.SelectAtRanks((moments, _) => moments.ReffSignal)),
            MedianByDepth(result.SelectAtEnds((moments, input) => -2 * moments.LogChi(input)))
        )
        {
            Alive = [.. depths.Select(depth => ends.Count(end => end.IsAliveAt(depth)))],
            Simulations = ends.Count,
        };

        // If a residual branch is off and the signal lives on in the skip connection, there is no effective rank. Mappings that have ended have no such
        // numbers: the zeros and ones that stand for them would change a median.
        double[] MedianByDepth(double[][] values) =>
            [
                .. depths.Select(
                    (depth, i) =>
                        MathNet.Numerics.Statistics.Statistics.Median(
                            values
                                .Where((_, mapping) => ends[mapping].IsAliveAt(depth))
                                .Select(row => row[i])
                                .Where(value => value != EffectiveRank.NotComputed)
                        )
                ),
            ];
    }
}
