using Wellbehaved.Training;

namespace Wellbehaved.Audit;

/// <summary>Trains the nets that claims ask for, each net once.</summary>
/// <param name="sizes">Depths, width, data and budget.</param>
/// <param name="seed">
/// The user's seed. All nets have the same seed, so that mappings of the same number have the same batches in the same order, and the same noise on test
/// images.
/// </param>
/// <param name="advance">Called after each step with 1, from any thread; may be null.</param>
/// <param name="cancellation">Asks to stop.</param>
internal sealed class TrainingStudy(TrainingSizes sizes, ulong seed, Action<long>? advance = null, CancellationToken cancellation = default)
{
    private readonly Dictionary<string, TrainedMappings> _trained = [];
    private readonly ulong _seed = Mixing.SeedOf(seed, "training");

    /// <summary>Depths, width, data and budget.</summary>
    public TrainingSizes Sizes => sizes;

    /// <summary>An architecture of the post, trained for a number of steps at each learning rate.</summary>
    /// <param name="architecture">Its name.</param>
    /// <param name="layers">Layers after the first one.</param>
    public TrainedMappings Trained(string architecture, int layers) =>
        Trained($"{architecture} of {layers} layers", TrainedNets.Architecture(architecture, layers, sizes.Channels, sizes.Mappings, _seed), ForSteps);

    /// <summary>A composed network, trained in the same way.</summary>
    /// <param name="options">The network.</param>
    public TrainedMappings Trained(ExperimentOptions options) => Trained($"{options.Name} of {sizes.DeepLayers} layers", options, ForSteps);

    /// <summary>A composed network with the depth of nets whose signal is lost.</summary>
    /// <param name="name">Its name.</param>
    public ExperimentOptions Compose(string name) => TrainedNets.Compose(name, sizes.DeepLayers, sizes.Channels, sizes.Mappings, _seed);

    /// <summary>An architecture of the post, trained to a loss.</summary>
    /// <param name="architecture">Its name.</param>
    public TrainedMappings TrainedToLoss(string architecture) =>
        Trained(
            $"{architecture} of {sizes.PairLayers} layers, to a loss",
            TrainedNets.Architecture(architecture, sizes.PairLayers, sizes.Channels, sizes.Pairs, _seed),
            ToLoss
        );

    /// <summary>A composed network, of as many layers as the pairs have, trained to a loss.</summary>
    /// <param name="name">Its name.</param>
    public TrainedMappings ComposedToLoss(string name) => Trained($"{name} of {sizes.PairLayers} layers, to a loss", ComposePairs(name), ToLoss);

    /// <summary>A composed network of as many layers as the pairs have.</summary>
    /// <param name="name">Its name.</param>
    public ExperimentOptions ComposePairs(string name) => TrainedNets.Compose(name, sizes.PairLayers, sizes.Channels, sizes.Pairs, _seed);

    private TrainingOptions ForSteps(ExperimentOptions options) =>
        new()
        {
            Experiment = options,
            Steps = sizes.Steps,
            LearningRates = TrainingSizes.LearningRates,
            TrainImages = sizes.TrainImages,
            Corruptions = [0],
        };

    private TrainingOptions ToLoss(ExperimentOptions options) =>
        new()
        {
            Experiment = options,
            Steps = sizes.PairSteps,
            LearningRates = [TrainingSizes.PairRate],
            TargetLoss = TrainingSizes.PairLoss,
            TrainImages = sizes.TrainImages,
            Corruptions = [0, TrainingSizes.Corruption],
        };

    private TrainedMappings Trained(string name, ExperimentOptions options, Func<ExperimentOptions, TrainingOptions> training)
    {
        if (!_trained.TryGetValue(name, out var trained))
        {
            var plan = TrainingPlan.Prepare(training(options));
            var initial = new Experiment(plan.Options.Experiment, plan.Images, Environment.ProcessorCount, Shard.Whole).Run(cancellation: cancellation);
            var outcomes = TrainingCampaign.Run(plan, Environment.ProcessorCount, advance is null ? null : () => advance(1), cancellation: cancellation);
            _trained[name] = trained = new TrainedMappings(
                name,
                TrainingResult.Summarise(plan, outcomes),
                [.. initial.SelectAtRanks((moments, _) => moments.ReffSignal).Select(row => row[^1])],
                [.. initial.SelectAtEnds((moments, mu2) => moments.Chi(mu2)).Select(row => row[^1])]
            );
        }

        return trained;
    }
}
