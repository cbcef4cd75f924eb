namespace Wellbehaved.Training;

/// <summary>The result of training every mapping at every learning rate.</summary>
/// <param name="LearningRates">The learning rates.</param>
/// <param name="Steps">The last step of each window.</param>
/// <param name="Corruptions">Standard deviations of the noise on test images.</param>
/// <param name="Outcomes">Outcomes (mappings × learning rates).</param>
internal sealed record TrainingResult(
    IReadOnlyList<double> LearningRates,
    IReadOnlyList<int> Steps,
    IReadOnlyList<double> Corruptions,
    IReadOnlyList<TrainingOutcome[]> Outcomes
)
{
    /// <summary>The result of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="outcomes">Outcomes (mappings × learning rates).</param>
    public static TrainingResult Summarise(TrainingPlan plan, IReadOnlyList<TrainingOutcome[]> outcomes) =>
        new(plan.Options.LearningRates, AveragingWindows.Ends(plan.Options.Steps), plan.Options.Corruptions, outcomes);

    /// <summary>The learning rate with which a mapping reached the smallest training loss.</summary>
    /// <param name="mapping">Index of the mapping.</param>
    /// <returns>Index of the rate, of the first one among equals; null if the loss of every run was not finite.</returns>
    public int? BestRate(int mapping) =>
        Enumerable
            .Range(0, LearningRates.Count)
            .Where(rate => Outcomes[mapping][rate].IsFinite)
            .Select(rate => (int?)rate)
            .MinBy(rate => Outcomes[mapping][rate!.Value].FinalLoss);

    /// <summary>The outcome of a mapping at its best learning rate; null if the loss of every run was not finite.</summary>
    /// <param name="mapping">Index of the mapping.</param>
    public TrainingOutcome? Best(int mapping) => BestRate(mapping) is { } rate ? Outcomes[mapping][rate] : null;

    /// <summary>The arrays that a result file holds besides those of the initialisation.</summary>
    /// <param name="configuration">The options of training, as JSON.</param>
    public IEnumerable<KeyValuePair<string, NpyArray>> ToArrays(string configuration)
    {
        var (mappings, rates) = (Outcomes.Count, LearningRates.Count);
        var all = Outcomes.SelectMany(outcomes => outcomes).ToArray();
        return
        [
            new(TrainingArrays.Configuration, NpyArray.From(configuration)),
            new(TrainingArrays.LearningRate, NpyArray.From([.. LearningRates], rates)),
            new(TrainingArrays.Step, NpyArray.From([.. Steps.Select(step => (long)step)], Steps.Count)),
            new(TrainingArrays.Loss, NpyArray.From([.. all.SelectMany(outcome => outcome.Loss)], mappings, rates, Steps.Count)),
            new(TrainingArrays.Accuracy, NpyArray.From([.. all.SelectMany(outcome => outcome.Accuracy)], mappings, rates, Steps.Count)),
            new(TrainingArrays.FinalLoss, NpyArray.From([.. all.Select(outcome => outcome.FinalLoss)], mappings, rates)),
            new(TrainingArrays.FinalAccuracy, NpyArray.From([.. all.Select(outcome => outcome.FinalAccuracy)], mappings, rates)),
            new(TrainingArrays.Corruption, NpyArray.From([.. Corruptions], Corruptions.Count)),
            new(TrainingArrays.TestAccuracy, NpyArray.From([.. all.SelectMany(outcome => outcome.TestAccuracy)], mappings, rates, Corruptions.Count)),
            new(TrainingArrays.StepsTaken, NpyArray.From([.. all.Select(outcome => (long)outcome.Steps)], mappings, rates)),
            new(TrainingArrays.FailedAtStep, NpyArray.From([.. all.Select(outcome => (long)(outcome.FailedAt ?? -1))], mappings, rates)),
            new(TrainingArrays.BestRate, NpyArray.From([.. Enumerable.Range(0, mappings).Select(mapping => (long)(BestRate(mapping) ?? -1))], mappings)),
        ];
    }

    /// <summary>Whether a file holds results of training.</summary>
    /// <param name="path">The file, or a folder of its arrays.</param>
    /// <exception cref="InvalidInputException">The file is not an archive, or has only some of the arrays of such results.</exception>
    public static bool IsIn(string path)
    {
        using var archive = IArrayCollection.Open(path);
        if (!archive.Contains(TrainingArrays.Configuration))
        {
            return false;
        }

        return TrainingArrays.All.FirstOrDefault(name => !archive.Contains(name)) is { } lacking
            ? throw new InvalidInputException(path, $"expected '{lacking}' beside '{TrainingArrays.Configuration}', as train writes them, found no such array")
            : true;
    }

    /// <summary>Reads results of training.</summary>
    /// <param name="path">The file, or a folder of its arrays.</param>
    /// <exception cref="InvalidInputException">The file is damaged, its arrays do not fit each other, or one of its numbers is impossible.</exception>
    public static TrainingResult Read(string path)
    {
        using var archive = IArrayCollection.Open(path);
        ReadingAllowance.Require(path, archive, TrainingArrays.All);
        var rates = Numbers(TrainingArrays.LearningRate);
        var (windows, corruptions) = (Numbers(TrainingArrays.Step), Numbers(TrainingArrays.Corruption));
        var rules = new TrainingRules(path);
        rules.RequireAxes(rates, windows, corruptions);
        int[] steps = [.. windows.Select(step => (int)step)];
        if (
            archive.Describe(TrainingArrays.FinalLoss).Shape is not [> 0 and var mappings, var columns]
            || columns != rates.Length
            || rates.Length == 0
            || steps.Length == 0
        )
        {
            throw new InvalidInputException(
                path,
                $"expected '{TrainingArrays.FinalLoss}' of shape (num_sims, {rates.Length}), found {archive.Describe(TrainingArrays.FinalLoss)}"
            );
        }

        var (loss, accuracy) = (Shaped(TrainingArrays.Loss, steps.Length), Shaped(TrainingArrays.Accuracy, steps.Length));
        var (finalLoss, finalAccuracy, test) = (
            Shaped(TrainingArrays.FinalLoss),
            Shaped(TrainingArrays.FinalAccuracy),
            Shaped(TrainingArrays.TestAccuracy, corruptions.Length)
        );
        var (taken, failed) = (Shaped(TrainingArrays.StepsTaken), Shaped(TrainingArrays.FailedAtStep));
        var result = new TrainingResult(
            rates,
            steps,
            corruptions,
            [
                .. Enumerable
                    .Range(0, mappings)
                    .Select(mapping =>
                        Enumerable
                            .Range(0, rates.Length)
                            .Select(rate =>
                            {
                                var i = (mapping * rates.Length) + rate;
                                var outcome = new TrainingOutcome(
                                    (int)taken[i],
                                    failed[i] > 0 ? (int)failed[i] : null,
                                    Part(loss, i, steps.Length),
                                    Part(accuracy, i, steps.Length),
                                    finalLoss[i],
                                    finalAccuracy[i],
                                    Part(test, i, corruptions.Length)
                                );
                                rules.RequireOutcome(taken[i], failed[i], outcome, steps);
                                return outcome;
                            })
                            .ToArray()
                    ),
            ]
        );
        rules.RequireBest(
            archive.Describe(TrainingArrays.BestRate).Shape is [var bests] && bests == mappings
                ? Numbers(TrainingArrays.BestRate)
                : throw new InvalidInputException(
                    path,
                    $"expected '{TrainingArrays.BestRate}' of shape ({mappings}), found {archive.Describe(TrainingArrays.BestRate)}"
                ),
            result
        );
        return result;

        double[] Shaped(string name, params int[] last)
        {
            int[] expected = [mappings, rates.Length, .. last];
            return archive.Describe(name).Shape.SequenceEqual(expected)
                ? Numbers(name)
                : throw new InvalidInputException(path, $"expected '{name}' of shape ({string.Join(", ", expected)}), found {archive.Describe(name)}");
        }

        double[] Numbers(string name)
        {
            try
            {
                return archive.Read(name).ToDoubles();
            }
            catch (FormatException exception)
            {
                throw new InvalidInputException(path, $"{exception.Message} in '{name}'", exception);
            }
        }
    }

    private static double[] Part(double[] all, int index, int length) => all[(index * length)..((index + 1) * length)];
}
