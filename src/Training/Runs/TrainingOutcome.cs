namespace Wellbehaved.Training;

/// <summary>The outcome of one training run: a mapping at one learning rate.</summary>
/// <param name="Steps">Number of steps that were taken.</param>
/// <param name="FailedAt">The step, from 1, whose loss was not finite; null if there was none.</param>
/// <param name="Loss">Mean loss of the batches of each window of steps; NaN after training stopped.</param>
/// <param name="Accuracy">Share of their images that were classified right.</param>
/// <param name="FinalLoss">
/// Mean loss over the training images after training, with the statistics of batches, as in training; NaN if it failed.
/// </param>
/// <param name="FinalAccuracy">Share of the training images that are classified right.</param>
/// <param name="TestAccuracy">Share of the test images that are classified right at each corruption, with running statistics.</param>
internal sealed record TrainingOutcome(
    int Steps,
    int? FailedAt,
    double[] Loss,
    double[] Accuracy,
    double FinalLoss,
    double FinalAccuracy,
    double[] TestAccuracy
)
{
    /// <summary>Whether training reached its end: a run whose loss was not finite counts as not trained.</summary>
    public bool IsFinite => FailedAt is null && double.IsFinite(FinalLoss);

    /// <summary>Whether another outcome is the same, bit for bit.</summary>
    /// <param name="other">The other outcome.</param>
    public bool IsIdenticalTo(TrainingOutcome other) => Numbers().SequenceEqual(other.Numbers());

    /// <summary>The whole outcome as numbers, in the order of the constructor.</summary>
    public IEnumerable<double> Numbers() => [Steps, FailedAt ?? 0, .. Loss, .. Accuracy, FinalLoss, FinalAccuracy, .. TestAccuracy];

    /// <summary>Reads an outcome from its numbers.</summary>
    /// <param name="numbers">The numbers that <see cref="Numbers"/> gave.</param>
    /// <param name="windows">Number of windows.</param>
    public static TrainingOutcome Read(double[] numbers, int windows) =>
        new(
            (int)numbers[0],
            numbers[1] == 0 ? null : (int)numbers[1],
            numbers[2..(2 + windows)],
            numbers[(2 + windows)..(2 + (2 * windows))],
            numbers[2 + (2 * windows)],
            numbers[3 + (2 * windows)],
            numbers[(4 + (2 * windows))..]
        );
}
