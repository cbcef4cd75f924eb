using System.Globalization;

namespace Wellbehaved.Training;

/// <summary>Everything that determines the result of training.</summary>
internal sealed record TrainingOptions
{
    private const int MostSteps = 10_000_000;
    private const int MostNumbers = 100;
    private const double LargestCorruption = 1e6;

    /// <summary>The network, its inputs, the batch size, the number of mappings and the seed.</summary>
    public required ExperimentOptions Experiment { get; init; }

    /// <summary>The most steps of the optimiser.</summary>
    public required int Steps { get; init; }

    /// <summary>Learning rates that are tried on each mapping.</summary>
    public required IReadOnlyList<double> LearningRates { get; init; }

    /// <summary>The optimiser.</summary>
    public OptimiserKind Optimiser { get; init; }

    /// <summary>Mean loss of a pass over the images at which training stops; null for all steps.</summary>
    public double? TargetLoss { get; init; }

    /// <summary>Number of images for training, from the beginning of the data set; null for all.</summary>
    public int? TrainImages { get; init; }

    /// <summary>Standard deviations of the noise on test images, in units of that of the pixels.</summary>
    public IReadOnlyList<double> Corruptions { get; init; } = [0, 0.25, 0.5, 1, 2];

    /// <summary>Checks each option by itself; call this before anything is opened or allocated.</summary>
    /// <exception cref="InvalidInputException">An option is out of range; the message names it and what is expected.</exception>
    public void Validate()
    {
        Experiment.Validate();
        if (Steps is < 1 or > MostSteps)
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(Steps)), $"expected a number from 1 to {MostSteps}, got {Steps}");
        }

        RequireNumbers(
            ParameterName.Spell(nameof(LearningRates)),
            LearningRates,
            rate => rate > 0 && double.IsFinite(rate),
            "positive numbers, such as 0.0003,0.001,0.003"
        );
        RequireNumbers(
            ParameterName.Spell(nameof(Corruptions)),
            Corruptions,
            deviation => deviation is >= 0 and <= LargestCorruption,
            "standard deviations of at least 0, such as 0,0.5,1"
        );
        if (TargetLoss is { } target && !(target > 0 && double.IsFinite(target)))
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(TargetLoss)),
                string.Create(CultureInfo.InvariantCulture, $"expected a positive number, got {target}")
            );
        }

        if (TrainImages is < 1)
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(TrainImages)), $"expected a positive number, got {TrainImages}");
        }
    }

    private static void RequireNumbers(string parameter, IReadOnlyList<double> numbers, Func<double, bool> isRight, string expectation)
    {
        if (numbers.Count is 0 or > MostNumbers || !numbers.All(isRight) || numbers.Distinct().Count() != numbers.Count)
        {
            throw new InvalidInputException(
                parameter,
                $"expected 1 to {MostNumbers} different {expectation}, got "
                    + $"{string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}"
            );
        }
    }
}
