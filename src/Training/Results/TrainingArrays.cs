namespace Wellbehaved.Training;

/// <summary>Names of the arrays that training adds to those of <c>run</c>; docs/file-formats.md describes their contents.</summary>
internal static class TrainingArrays
{
    /// <summary>Options of training, as JSON.</summary>
    public const string Configuration = ResultArrays.TrainingConfiguration;

    /// <summary>A checksum of the images and labels for training and test; earlier versions did not write it.</summary>
    public const string Checksum = "training_checksum";

    /// <summary>The learning rates that were tried.</summary>
    public const string LearningRate = ResultArrays.LearningRate;

    /// <summary>The last step of each window.</summary>
    public const string Step = ResultArrays.TrainingStep;

    /// <summary>Mean loss by mapping, learning rate and window.</summary>
    public const string Loss = "training_loss";

    /// <summary>Accuracy by mapping, learning rate and window.</summary>
    public const string Accuracy = "training_accuracy";

    /// <summary>Loss after training, by mapping and learning rate.</summary>
    public const string FinalLoss = "final_training_loss";

    /// <summary>Accuracy after training, by mapping and learning rate.</summary>
    public const string FinalAccuracy = "final_training_accuracy";

    /// <summary>Standard deviations of the noise on test images.</summary>
    public const string Corruption = ResultArrays.Corruption;

    /// <summary>Accuracy on test images, by mapping, learning rate and corruption.</summary>
    public const string TestAccuracy = "test_accuracy";

    /// <summary>Number of steps that were taken, by mapping and learning rate.</summary>
    public const string StepsTaken = "steps_taken";

    /// <summary>The step whose loss was not finite, by mapping and learning rate; -1 if there was none.</summary>
    public const string FailedAtStep = "failed_at_step";

    /// <summary>Index of the learning rate with the smallest loss after training, by mapping; -1 if all failed.</summary>
    public const string BestRate = "best_rate";

    /// <summary>All these names.</summary>
    public static IReadOnlyList<string> All { get; } =
    [Configuration, LearningRate, Step, Loss, Accuracy, FinalLoss, FinalAccuracy, Corruption, TestAccuracy, StepsTaken, FailedAtStep, BestRate];
}
