namespace Wellbehaved.Audit;

/// <summary>Whether the rate of a growth that is named exponential changes with the depth by more than the word may hide.</summary>
internal static class UnevenGrowth
{
    /// <summary>A stretch whose rate is this share away from the mean rate is said.</summary>
    private const double Remarkable = 0.2;

    /// <summary>Whether a stretch surely gains a fifth less or more in each layer than the mean from a quarter of the depth on.</summary>
    /// <param name="evidence">The evidence of a diagnosis with χ.</param>
    /// <returns>
    /// Whether any does, at 95 % for all stretches at once. These intervals stand beside those that the conditions rest on: the answer adds words and takes
    /// none away.
    /// </returns>
    public static bool Rate(DiagnosisEvidence evidence)
    {
        var (logChi, depths, stretches) = (evidence.Table.LogChi!, evidence.Table.Depths, evidence.Contrasts.StretchRates);
        var (from, to) = (At(stretches[0].From), At(stretches[^1].To));
        double PerLayer(double[] row, int first, int last) => (row[last] - row[first]) / (depths[last] - depths[first]);
        double[][] beyond =
        [
            .. stretches.SelectMany(stretch =>
                new[] { -Remarkable, Remarkable }.Select(share =>
                    (double[])[.. logChi.Select(row => PerLayer(row, At(stretch.From), At(stretch.To)) - ((1 + share) * PerLayer(row, from, to)))]
                )
            ),
        ];
        var bands = SimultaneousBands.Compute(beyond, Diagnosis.PictureFalseRate);
        return beyond.Select((_, i) => bands.Sign(i) == (i % 2 == 0 ? -1 : 1)).Any(isBeyond => isBeyond);

        int At(int depth) => evidence.Table.IndexOf(depth)!.Value;
    }
}
