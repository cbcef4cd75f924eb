using Wellbehaved.Training;

namespace Wellbehaved.Audit;

/// <summary>The result of training the mappings of one net, and their properties at initialisation.</summary>
/// <param name="Name">The name of the net, with its depth.</param>
/// <param name="Result">The result of training.</param>
/// <param name="Ranks">r_eff of the signal at the end of the net at initialisation, of each mapping.</param>
/// <param name="Sensitivities">χ there: the SNR falls as χ⁻².</param>
internal sealed record TrainedMappings(string Name, TrainingResult Result, double[] Ranks, double[] Sensitivities)
{
    /// <summary>Number of mappings.</summary>
    public int Count => Result.Outcomes.Count;

    /// <summary>Accuracy on the training images at the best learning rate; 0 for a mapping whose loss was not finite at any learning rate.</summary>
    /// <param name="mapping">Index of the mapping.</param>
    public double AccuracyOf(int mapping) => Result.Best(mapping)?.FinalAccuracy ?? 0;

    /// <summary>Number of training runs whose loss was not finite.</summary>
    public int Failures => Result.Outcomes.SelectMany(outcomes => outcomes).Count(outcome => !outcome.IsFinite);

    /// <summary>The median of some numbers.</summary>
    /// <param name="numbers">The numbers.</param>
    public static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return sorted.Length == 0 ? double.NaN : 0.5 * (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]);
    }
}
