using System.Globalization;

namespace Wellbehaved.Training;

/// <summary>What the numbers of a file of training must satisfy. Whatever reads such a file, each number is checked here first.</summary>
/// <param name="path">The file, for messages.</param>
internal sealed class TrainingRules(string path)
{
    /// <summary>
    /// The greatest loss: the distance of two logits, which are of single precision, and a logarithm of the number of classes that is lost in it.
    /// </summary>
    private const double LargestLoss = 2.0 * float.MaxValue;

    /// <summary>Refuses numbers that do not describe the runs: learning rates, ends of windows, corruptions.</summary>
    /// <exception cref="InvalidInputException">One of them is impossible.</exception>
    public void RequireAxes(double[] rates, double[] steps, double[] corruptions)
    {
        Require(TrainingArrays.LearningRate, rates, rate => rate > 0 && double.IsFinite(rate), "positive numbers");
        Require(TrainingArrays.LearningRate, rates, rate => rates.Count(other => other == rate) == 1, "different numbers");
        Require(TrainingArrays.Step, steps, step => step is >= 1 and <= int.MaxValue && step == Math.Floor(step), $"whole numbers from 1 to {int.MaxValue}");
        if (!steps.Zip(steps.Skip(1)).All(pair => pair.First < pair.Second))
        {
            throw Refused(TrainingArrays.Step, "increasing steps", "others");
        }

        Require(TrainingArrays.Corruption, corruptions, deviation => deviation >= 0 && double.IsFinite(deviation), "standard deviations of at least 0");
    }

    /// <summary>Refuses the outcome of a run that no training has.</summary>
    /// <param name="taken">Number of steps that it took.</param>
    /// <param name="failed">The step at which it failed; -1 if it did not.</param>
    /// <param name="outcome">The rest of it.</param>
    /// <param name="ends">The last step of each window.</param>
    /// <exception cref="InvalidInputException">One of its numbers is impossible.</exception>
    public void RequireOutcome(double taken, double failed, TrainingOutcome outcome, int[] ends)
    {
        Require(TrainingArrays.StepsTaken, [taken], step => step >= 1 && step <= ends[^1] && step == Math.Floor(step), $"a step from 1 to {ends[^1]}");
        Require(TrainingArrays.FailedAtStep, [failed], step => step == -1 || step == taken, $"-1 or the last step taken, {taken},");
        for (var window = 0; window < ends.Length; window++)
        {
            // A run that failed at the end of a window may have failed before or after the window's mean was taken.
            var (loss, accuracy) = (outcome.Loss[window], outcome.Accuracy[window]);
            var mayLack = ends[window] > taken || (ends[window] == taken && failed > 0);
            if (!(mayLack && double.IsNaN(loss) && double.IsNaN(accuracy)))
            {
                var isLate = ends[window] > taken;
                RequireLoss(TrainingArrays.Loss, loss, isLate);
                RequireShare(TrainingArrays.Accuracy, accuracy, isLate);
            }
        }

        if (failed > 0)
        {
            Require(TrainingArrays.FinalLoss, [outcome.FinalLoss], double.IsNaN, "no number after a run that failed");
            return;
        }

        RequireLoss(TrainingArrays.FinalLoss, outcome.FinalLoss, isLate: false);
        RequireShare(TrainingArrays.FinalAccuracy, outcome.FinalAccuracy, isLate: false);

        // With running statistics a test may overflow where the training images did not.
        Require(TrainingArrays.TestAccuracy, outcome.TestAccuracy, share => share is >= 0 and <= 1 || double.IsNaN(share), "shares from 0 to 1");
    }

    /// <summary>Refuses best rates that are not those of the smallest loss.</summary>
    /// <param name="best">The indices in the file, by mapping.</param>
    /// <param name="result">The outcomes of all runs.</param>
    /// <exception cref="InvalidInputException">An index is that of no rate, or of another one than the best.</exception>
    public void RequireBest(double[] best, TrainingResult result)
    {
        for (var mapping = 0; mapping < best.Length; mapping++)
        {
            var expected = result.BestRate(mapping) ?? -1;
            Require(
                TrainingArrays.BestRate,
                [best[mapping]],
                index => index == expected,
                $"{expected}, the rate of the smallest '{TrainingArrays.FinalLoss}',"
            );
        }
    }

    private void RequireLoss(string name, double loss, bool isLate) =>
        Require(
            name,
            [loss],
            value => !isLate && value is >= 0 and <= LargestLoss,
            isLate ? "no number after the last step taken" : $"losses from 0 to {LargestLoss}"
        );

    private void RequireShare(string name, double share, bool isLate) =>
        Require(name, [share], value => !isLate && value is >= 0 and <= 1, isLate ? "no number after the last step taken" : "shares from 0 to 1");

    private void Require(string name, double[] values, Func<double, bool> isRight, string expected)
    {
        foreach (var value in values.Where(value => !isRight(value)))
        {
            throw Refused(name, expected, value.ToString("G6", CultureInfo.InvariantCulture));
        }
    }

    private InvalidInputException Refused(string name, string expected, string found) => new(path, $"expected {expected} in '{name}', found {found}");
}
