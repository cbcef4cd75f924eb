using Wellbehaved.Networks;
using Wellbehaved.Training;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Small trainings.</summary>
internal static class Trainings
{
    /// <summary>An architecture on a few of the embedded images.</summary>
    public static TrainingOptions Options(string architecture, int depth = 3, int steps = 20, int simulations = 1, int batchSize = 10) =>
        new()
        {
            Experiment = new()
            {
                Architecture = architecture,
                TotalDepth = depth,
                KernelSize = 1,
                NumChannels = 8,
                BatchSize = batchSize,
                NumSims = simulations,
                NumComputations = 1,
                Dataset = "fashion_mnist",
                Normalize = InputNormalization.Global,
                Seed = 5,
            },
            Steps = steps,
            LearningRates = [0.003],
            TrainImages = 50,
            Corruptions = [0, 1],
        };

    /// <summary>A network of layers on a few of the embedded images.</summary>
    public static TrainingOptions Options(Layers layers, int steps = 20) =>
        Options("vanilla", steps: steps) with
        {
            Experiment = ExperimentOptions.ForNetwork(new Network("composed", new Shape(28, 28, 1), layers), 10, 1) with
            {
                Dataset = "fashion_mnist",
                Normalize = InputNormalization.Global,
                Seed = 5,
            },
        };
}
