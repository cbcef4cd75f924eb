using Wellbehaved.Networks;

namespace Wellbehaved.Training;

/// <summary>A training that has been checked and is ready to run.</summary>
/// <param name="Options">The options.</param>
/// <param name="Network">The network before the readout.</param>
/// <param name="Data">Images for training and testing.</param>
/// <param name="Images">The training images in the form from which <c>run</c> draws batches.</param>
internal sealed record TrainingPlan(TrainingOptions Options, Network Network, TrainingData Data, ImageSource Images)
{
    /// <summary>Count of numbers that training keeps for each parameter: the parameter, its gradient and two averages of Adam.</summary>
    private const int NumbersOfParameter = 4;

    /// <summary>
    /// Count of numbers that training keeps for each feature: the feature, and its gradient in the backward pass. Before training, the measurement of the
    /// network needs as many, for the noise.
    /// </summary>
    private const int NumbersOfFeature = 2;

    /// <summary>Number of images in a batch.</summary>
    public int BatchSize => Options.Experiment.BatchSize;

    /// <summary>Number of training runs: each mapping at each learning rate.</summary>
    public int Runs => Options.Experiment.NumSims * Options.LearningRates.Count;

    /// <summary>Validates options, opens images and finds the network.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="InvalidInputException">An option, a data file or the network is wrong.</exception>
    public static TrainingPlan Prepare(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var experiment = options.Experiment;
        var (training, test) = LabelledSources.Open(experiment.Dataset, experiment.DataDir);
        if (options.TrainImages is { } most)
        {
            training =
                most <= training.Count
                    ? training.First(most)
                    : throw new InvalidInputException(
                        ParameterName.Spell(nameof(TrainingOptions.TrainImages)),
                        $"expected at most the {training.Count} training images of "
                            + $"{ParameterName.Spell(nameof(ExperimentOptions.Dataset))} {experiment.Dataset}, got {most}"
                    );
        }

        if (training.Count < experiment.BatchSize)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.BatchSize)),
                $"expected at most the {Counted.Spell(training.Count, "training image")} of "
                    + $"{ParameterName.Spell(nameof(ExperimentOptions.Dataset))} {experiment.Dataset}, got {experiment.BatchSize}"
            );
        }

        var images = training.WithoutLabels(experiment.Dataset);
        var network = TrainedNetwork.Find(experiment, training.Shape);
        experiment.ValidateFor(images);
        var plan = new TrainingPlan(options, network, new TrainingData(training, test), images);
        plan.RequireMemory();
        return plan;
    }

    private void RequireMemory()
    {
        var parameters = ParameterList.Enumerate(Network).Sum(tensor => (double)tensor.Length);
        var bytes = sizeof(float) * ((NumbersOfParameter * parameters) + (NumbersOfFeature * BatchSize * Shapes.Kept(Network)));
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available || parameters > Array.MaxLength)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.NumChannels), nameof(ExperimentOptions.BatchSize), nameof(ExperimentOptions.TotalDepth)),
                $"expected sizes that fit memory: training keeps the features of every layer, {ByteCount.Spell(bytes)}, and there are "
                    + $"{ByteCount.Spell(available)}"
            );
        }
    }
}
