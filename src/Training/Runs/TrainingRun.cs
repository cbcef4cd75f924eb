using System.Numerics;

namespace Wellbehaved.Training;

/// <summary>Trains mappings, one at a time, in memory that is allocated once.</summary>
/// <remarks>The outcome of a mapping at a learning rate is a pure function of the options and its index, bit for bit, for any number of threads.</remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class TrainingRun<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TrainingPlan _plan;
    private readonly int _threads;
    private readonly Mapping<T> _mapping;
    private readonly Readout<T> _readout;
    private readonly int[] _classes;
    private readonly int[] _windows;

    /// <summary>Allocates the memory that training needs.</summary>
    /// <param name="plan">The plan of the training.</param>
    /// <param name="threads">The most threads within a layer.</param>
    public TrainingRun(TrainingPlan plan, int threads = 1)
    {
        (_plan, _threads) = (plan, threads);
        _mapping = new Mapping<T>(plan.Network, plan.BatchSize, threads);
        _readout = new Readout<T>(plan.BatchSize, plan.Network.Output.Channels, plan.Data.Classes, threads);
        _classes = new int[plan.BatchSize];
        _windows = AveragingWindows.Ends(plan.Options.Steps);
    }

    /// <summary>The exponent of the power of two by which the readout divides the features of the last mapping.</summary>
    public int Scale { get; private set; }

    /// <summary>Trains a mapping from its initialisation.</summary>
    /// <param name="simulation">Index of the mapping.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="stepTaken">Called after each step with its loss; may be null.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The outcome of the run.</returns>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    /// <exception cref="DegenerateChannelException">A channel that batch norm with ε = 0 divides by its deviation is constant at initialisation.</exception>
    public TrainingOutcome Run(int simulation, double rate, Action<double>? stepTaken = null, CancellationToken cancellation = default)
    {
        var (options, seed) = (_plan.Options, _plan.Options.Experiment.Seed);
        var order = new BatchOrder(seed, (uint)simulation, _plan.Data.Training.Count, _plan.BatchSize);
        var running = new RunningStatistics(Shapes.BatchNorms(_plan.Network, _plan.BatchSize));
        _mapping.Draw(new RandomParameters<T>(seed, (uint)simulation, _threads));
        _readout.Draw(seed, (uint)simulation);
        var ofMapping = Optimiser<T>.Create(options.Optimiser, rate, _mapping.Parameters.Length, _threads);
        var ofReadout = Optimiser<T>.Create(options.Optimiser, rate, _readout.Parameters.Length);
        var (losses, accuracies) = (Enumerable.Repeat(double.NaN, _windows.Length).ToArray(), Enumerable.Repeat(double.NaN, _windows.Length).ToArray());
        var (window, inWindow, sumOfLosses, rightInWindow, passLoss) = (0, 0, 0.0, 0, 0.0);
        int? failedAt = null;
        var step = 0;
        while (step < options.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            _plan.Data.Fill(_plan.Data.Training, order.BatchAt(step), _mapping.Input, _classes);
            var hasValues = TryForward(isTrained: step > 0);
            Scale = step == 0 ? ScaleOf(_mapping) : Scale;
            _readout.Forward(_mapping.Features, Factor());
            var (loss, right) = _readout.Backward(_classes);
            loss = hasValues ? loss : double.NaN;
            step++;
            stepTaken?.Invoke(loss);
            if (!double.IsFinite(loss))
            {
                failedAt = step;
                break;
            }

            running.Add(_mapping.Statistics);
            _mapping.Backward(_readout.FeatureGradients, -Scale);
            ofMapping.Step(_mapping.Parameters, _mapping.Gradients);
            ofReadout.Step(_readout.Parameters, _readout.Gradients);

            (inWindow, sumOfLosses, rightInWindow, passLoss) = (inWindow + 1, sumOfLosses + loss, rightInWindow + right, passLoss + loss);
            if (step == _windows[window])
            {
                (losses[window], accuracies[window]) = (sumOfLosses / inWindow, rightInWindow / ((double)inWindow * _plan.BatchSize));
                (window, inWindow, sumOfLosses, rightInWindow) = (window + 1, 0, 0, 0);
            }

            if (step % order.BatchesInPass == 0)
            {
                if (passLoss / order.BatchesInPass <= options.TargetLoss)
                {
                    break;
                }

                passLoss = 0;
            }
        }

        if (failedAt is not null)
        {
            return Failed(failedAt.Value);
        }

        // The batches are those of the first pass, so that all learning rates of a mapping are judged on the same batches.
        var (finalLoss, finalAccuracy) = Evaluate(
            _plan.Data.Training,
            [.. Enumerable.Range(0, order.BatchesInPass).SelectMany(batch => order.BatchAt(batch).ToArray())],
            null,
            0,
            simulation,
            cancellation
        );
        if (!double.IsFinite(finalLoss))
        {
            return Failed(step);
        }

        int[] all = [.. Enumerable.Range(0, _plan.Data.Test.Count)];
        return new TrainingOutcome(
            step,
            null,
            losses,
            accuracies,
            finalLoss,
            finalAccuracy,
            [.. options.Corruptions.Select(deviation => Evaluate(_plan.Data.Test, all, running, deviation, simulation, cancellation).Accuracy)]
        );

        TrainingOutcome Failed(int at) => new(at, at, losses, accuracies, double.NaN, double.NaN, [.. options.Corruptions.Select(_ => double.NaN)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapping.Dispose();
        _readout.Dispose();
    }

    /// <summary>Computes the features of the batch.</summary>
    /// <param name="isTrained">Whether a step was taken.</param>
    /// <param name="statistics">The statistics that batch norms use; null for those of the batch.</param>
    /// <returns>
    /// False if training has made a signal so large that a function has no value for it, or a channel constant that a norm with ε = 0 divides by its
    /// deviation.
    /// </returns>
    /// <exception cref="DegenerateChannelException">A channel is constant at initialisation.</exception>
    private bool TryForward(bool isTrained, IReadOnlyList<BatchStatistics>? statistics = null)
    {
        try
        {
            _mapping.Forward(statistics);
            return true;
        }
        catch (ArithmeticException)
        {
            return false;
        }
        catch (DegenerateChannelException) when (isTrained)
        {
            return false;
        }
    }

    /// <summary>
    /// The exponent of the power of two by which the readout divides. Dividing by this power brings the features of the first batch nearest to a root mean
    /// square of 1.
    /// </summary>
    private static int ScaleOf(Mapping<T> mapping)
    {
        var sum = 0.0;
        foreach (var feature in mapping.Features)
        {
            sum += double.CreateTruncating(feature) * double.CreateTruncating(feature);
        }

        var square = sum / mapping.Features.Length;

        // log₂ of the root, rounded. It is computed without a logarithm, because logarithms differ between systems.
        return square > 0 && double.IsFinite(square) ? mapping.Exponent + (int)Math.Floor((Math.ILogB(square) + 1) / 2.0) : mapping.Exponent;
    }

    private T Factor() => T.ScaleB(T.One, Math.Clamp(_mapping.Exponent - Scale, -10_000, 10_000));

    /// <summary>Mean loss, and share of images that are classified right.</summary>
    private (double Loss, double Accuracy) Evaluate(
        LabelledImages images,
        int[] chosen,
        RunningStatistics? running,
        double corruption,
        int simulation,
        CancellationToken cancellation
    )
    {
        var (loss, right) = (0.0, 0);
        var batch = new int[_plan.BatchSize];
        for (var first = 0; first < chosen.Length; first += batch.Length)
        {
            cancellation.ThrowIfCancellationRequested();

            // The last batch is filled up with the first images, which are not counted again.
            var count = Math.Min(batch.Length, chosen.Length - first);
            for (var k = 0; k < batch.Length; k++)
            {
                batch[k] = chosen[(first + k) % chosen.Length];
            }

            _plan.Data.Fill(images, batch, _mapping.Input, _classes);
            _plan.Data.Corrupt(batch, _mapping.Input, corruption, _plan.Options.Experiment.Seed, (uint)simulation);
            if (!TryForward(isTrained: true, running?.Averages))
            {
                return (double.NaN, double.NaN);
            }

            var logits = _readout.Forward(_mapping.Features, Factor());
            var (mean, rightOfBatch) = CrossEntropy.Compute(logits[..(count * _plan.Data.Classes)], _classes.AsSpan(0, count), Span<T>.Empty);
            (loss, right) = (loss + (mean * count), right + rightOfBatch);
        }

        // Logits that are no numbers choose no class. A loss that is infinite is one of numbers.
        return double.IsNaN(loss) ? (double.NaN, double.NaN) : (loss / chosen.Length, (double)right / chosen.Length);
    }
}
