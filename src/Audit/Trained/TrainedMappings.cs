using Wellbehaved.Training;

namespace Wellbehaved.Audit;

/// <summary>What came of training the mappings of one net, and what they were like at initialisation.</summary>
/// <param name="Name">What the net is called, with its depth.</param>
/// <param name="Result">What came of training.</param>
/// <param name="Ranks">r_eff of the signal at the end of the net at initialisation, of each mapping.</param>
/// <param name="Sensitivities">χ there: the SNR falls as χ⁻².</param>
internal sealed record TrainedMappings(string Name, TrainingResult Result, double[] Ranks, double[] Sensitivities)
{
    /// <summary>Number of mappings.</summary>
    public int Count => Result.Outcomes.Count;

    /// <summary>Accuracy on the training images at the best learning rate; 0 for a mapping that met a loss that is no number at every one.</summary>
    /// <param name="mapping">Index of the mapping.</param>
    public double AccuracyOf(int mapping) => Result.Best(mapping)?.FinalAccuracy ?? 0;

    /// <summary>Training runs that met a loss that is no number.</summary>
    public int Failures => Result.Outcomes.SelectMany(outcomes => outcomes).Count(outcome => !outcome.IsFinite);

    /// <summary>The middle of some numbers.</summary>
    /// <param name="numbers">The numbers.</param>
    public static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return sorted.Length == 0 ? double.NaN : 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }
}
