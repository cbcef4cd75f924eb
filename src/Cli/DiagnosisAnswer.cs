using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>The result of a diagnosis in one sentence: the network's condition, over how many units, and where most is lost.</summary>
internal static class DiagnosisAnswer
{
    /// <summary>A loss by less than this factor is not worth a remark.</summary>
    private const double Remarkable = 2;

    /// <summary>Writes the sentence.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <param name="depth">Number of units, or of layers, of the network.</param>
    /// <param name="unit">The word for one of them.</param>
    /// <param name="stages">The stages in order; empty where they are not known.</param>
    /// <returns>The sentence; null where the diagnosis is undecided, and itself says why.</returns>
    public static string? Write(Diagnosis diagnosis, int depth, string unit, IReadOnlyList<StageOutcome> stages)
    {
        if (diagnosis.Condition == Condition.Undecided)
        {
            return null;
        }

        var titles = diagnosis.Conditions.Select(DiagnosisWords.TitleOf);
        var title = string.Join(" and ", titles.Select((words, i) => i == 0 ? words : DiagnosisWords.Uncapitalised(words)));
        string?[] parts = [$"{title} over {Counted.Spell(depth, unit)}", Noise(stages), Directions(diagnosis, stages)];
        return $"{string.Join("; ", parts.Where(part => part is not null))}.";
    }

    /// <summary>A number of directions of variance, to three digits.</summary>
    /// <param name="directions">The effective rank.</param>
    public static string SpellDirections(double directions) => directions.ToString("G3", CultureInfo.InvariantCulture);

    /// <summary>Says where the signal-to-noise ratio falls most, and its change over all stages, since other stages lose or gain as well.</summary>
    private static string? Noise(IReadOnlyList<StageOutcome> stages)
    {
        // Where the change of one stage is not known, neither is the worst stage, nor the change over all.
        if (stages.Count == 0 || stages.Any(stage => stage.Gain is null))
        {
            return null;
        }

        var worst = stages.MaxBy(stage => stage.Gain!.Value.Value)!;
        var (loss, total) = (2 * worst.Gain!.Value.Value, 2 * stages.Sum(stage => stage.Gain!.Value.Value));
        var inAll = $"SNR falls {OnnxSurvey.Factor(total)}-fold in all";
        if (loss <= Math.Log(Remarkable))
        {
            return total < 0 ? "SNR does not fall"
                : total <= Math.Log(Remarkable) ? "SNR is not halved by the end"
                : $"{inAll}, at most 2-fold in each stage";
        }

        var there = $"SNR falls {OnnxSurvey.Factor(loss)}-fold in {worst.Name}";
        return total < -Math.Log(Remarkable) ? $"{there}, and rises {OnnxSurvey.Factor(-total)}-fold in all"
            : total < 0 ? $"{there}, but ends {OnnxSurvey.Factor(-total)} times as high as it began"
            : total <= Math.Log(Remarkable) ? $"{there}, but is not halved by the end"
            : loss < total / 2 ? $"{inAll}, {OnnxSurvey.Factor(loss)}-fold of it in {worst.Name}"
            : OnnxSurvey.Factor(loss) == OnnxSurvey.Factor(total) ? there
            : $"{there}, {OnnxSurvey.Factor(total)}-fold in all";
    }

    /// <summary>Says where directions of variance are lost, if the signal is pathological.</summary>
    private static string? Directions(Diagnosis diagnosis, IReadOnlyList<StageOutcome> stages)
    {
        if (!diagnosis.Conditions.Contains(Condition.PathologicalSignal) || stages.Count < 2 || !stages.All(stage => double.IsFinite(stage.Directions)))
        {
            return null;
        }

        var (first, last) = (stages[0], stages[^1]);
        var (before, after) = (SpellDirections(first.Directions), SpellDirections(last.Directions));
        return before == after ? $"{after} {(after == "1" ? "direction" : "directions")} of variance from depth {first.To} on"
            : first.Directions > last.Directions ? $"directions of variance fall from {before} at depth {first.To} to {after} at depth {last.To}"
            : $"directions of variance rise from {before} at depth {first.To} to {after} at depth {last.To}";
    }
}
