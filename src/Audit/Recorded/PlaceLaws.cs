using Wellbehaved.Networks;
using static Wellbehaved.Audit.RecordedQuantities;

namespace Wellbehaved.Audit;

/// <summary>Judges laws by the moments of a file that has a column for each place of some network.</summary>
/// <param name="file">The file, in the neutral layout.</param>
/// <param name="figures">Its figures, by the index of a place.</param>
/// <param name="at">Gives the name of a place.</param>
internal sealed class PlaceLaws(ResultFile file, RecordedFigures figures, Func<int, string> at)
{
    private const string NoTensors = "tensors or weights are needed, and a file of moments holds neither";

    private readonly RecordedMomentLaws _moments = new(
        figures,
        at,
        place => RecordedRanks.Largest(file, place),
        place => RecordedRanks.PointsOf(file, place) == 1,
        needsBound: true,
        StatedContradictions.Findings(file)
    );

    private string NoLayers =>
        file.Options?.RecordedPlaces is null
            ? "it speaks about what lies between places, and the file does not say which layers do: a configuration with the network itself would"
            : "of recorded moments it is judged on the architectures of the paper only, whose files have arrays locK";

    /// <summary>Judges one claim.</summary>
    /// <param name="claim">Its id.</param>
    /// <returns>Measurements; if there are none, what is missing.</returns>
    public (IReadOnlyList<Measurement> Measurements, string Missing) Judge(string claim) =>
        claim switch
        {
            "D1" => (_moments.Inequalities([]), "no two moments of a place are recorded together"),
            "D2" => (_moments.EffectiveRanks(), "no effective rank is recorded"),
            "D3" => ([], NoLayers),
            "D4" => (
                MeanAndVariance(),
                file.Options?.RecordedPlaces is null ? NoLayers : "its network has no batch norm, or ν₂ and μ₂ after it are not recorded"
            ),
            "S2" or "S3" or "S6" or "W1" or "W3" or "W4" => ([], NoLayers),
            "W2" => ([], "expectations over many layers are carried by rare nets"),
            "A1" or "A2" or "R1" or "R2" => ([], "sampled networks of the same input are needed; the diagnosis gives rate or exponent with its interval"),
            "A3" => ([], Belongs(claim)),
            ['P', ..] => ([], Belongs(claim)),
            _ => ([], NoTensors),
        };

    private static string Belongs(string claim) =>
        $"it speaks about {string.Join(", ", ClaimLedger.Find(claim)?.Architectures ?? [])}; of any network the diagnosis says how signal and noise grow";

    /// <summary>Mean and variance after batch norm, if the file describes its network.</summary>
    private List<Measurement> MeanAndVariance()
    {
        var comparison = new ExactComparison();
        if (file.Options?.RecordedPlaces is { } places)
        {
            int[] normalised =
            [
                .. Enumerable
                    .Range(0, places.Count)
                    .Where(i => places.Places[i].After is BatchNorm { Scale: 1 } && places.Places[i].Shape.Positions * file.Options.BatchSize > 1),
            ];
            _moments.Bound(comparison, Mu2OverNu2, normalised, 1, 1, MomentRange.RoundingOfSingle, "no mean is left");
            _moments.Bound(comparison, "mu2_signal", normalised, 0, 1, MomentRange.RoundingOfSingle, "σ²/(σ² + ε) ≤ 1");
        }

        return RecordedMomentLaws.Concluded(comparison, "mean and variance after batch norm");
    }
}
