namespace Wellbehaved.Training;

/// <summary>Trains every mapping at every learning rate, on all processors.</summary>
internal static class TrainingCampaign
{
    /// <summary>The largest layer, in numbers for a whole batch, that is too small to be shared between threads.</summary>
    private const double SmallLayer = 1 << 22;

    /// <summary>Trains all mappings.</summary>
    /// <param name="plan">The plan of the training.</param>
    /// <param name="threads">Number of threads; results do not depend on it.</param>
    /// <param name="stepTaken">Called after each step, from several threads.</param>
    /// <param name="journal">Holds the runs that are already finished, and receives each new one; may be null.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Outcomes (mappings × learning rates).</returns>
    /// <exception cref="InvalidInputException">The journal cannot be written, or a norm with ε = 0 has constant features.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static TrainingOutcome[][] Run(
        TrainingPlan plan,
        int threads,
        Action? stepTaken = null,
        TrainingJournal? journal = null,
        CancellationToken cancellation = default
    )
    {
        var rates = plan.Options.LearningRates;
        var outcomes = new TrainingOutcome[plan.Options.Experiment.NumSims][];
        var pending = new List<(int Simulation, int Rate)>();
        for (var simulation = 0; simulation < outcomes.Length; simulation++)
        {
            outcomes[simulation] = new TrainingOutcome[rates.Count];
            for (var rate = 0; rate < rates.Count; rate++)
            {
                if (journal is not null && journal.Finished.TryGetValue((simulation, rate), out var finished))
                {
                    outcomes[simulation][rate] = finished;
                }
                else
                {
                    pending.Add((simulation, rate));
                }
            }
        }

        var areSmall = plan.BatchSize * plan.Network.Places.Select(place => (double)place.Shape.Features).DefaultIfEmpty(0).Max() <= SmallLayer;
        var (workers, threadsEach) = areSmall && pending.Count >= threads ? (threads, 1) : (1, threads);
        var next = -1;
        try
        {
            Parallel.For(
                0,
                workers,
                new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation },
                (_, loop) =>
                {
                    using var run = new TrainingRun<float>(plan, threadsEach);
                    for (var item = Interlocked.Increment(ref next); item < pending.Count && !loop.IsExceptional; item = Interlocked.Increment(ref next))
                    {
                        var (simulation, rate) = pending[item];
                        var steps = 0;
                        var outcome = Named(
                            plan,
                            simulation,
                            () =>
                                run.Run(
                                    simulation,
                                    rates[rate],
                                    _ =>
                                    {
                                        steps++;
                                        stepTaken?.Invoke();
                                    },
                                    cancellation
                                )
                        );
                        outcomes[simulation][rate] = outcome;
                        journal?.Append(simulation, rate, outcome);
                        for (; steps < plan.Options.Steps; steps++)
                        {
                            // Steps that are not needed count as done.
                            stepTaken?.Invoke();
                        }
                    }
                }
            );
        }
        catch (AggregateException exception)
        {
            // Which of several failures came first depends on the threads, but the message must not.
            throw exception.InnerExceptions.OfType<InvalidInputException>().OrderBy(inner => inner.Message, StringComparer.Ordinal).FirstOrDefault()
                ?? exception.InnerExceptions[0];
        }

        return outcomes;
    }

    private static TrainingOutcome Named(TrainingPlan plan, int simulation, Func<TrainingOutcome> run)
    {
        try
        {
            return run();
        }
        catch (DegenerateChannelException exception)
        {
            var isOfLayers = plan.Options.Experiment.Network is not null;
            throw new InvalidInputException(
                ParameterName.Spell(isOfLayers ? nameof(ExperimentOptions.Network) : nameof(ExperimentOptions.Epsilon)),
                $"expected a positive {(isOfLayers ? "epsilon in every norm" : "number")}, since in mapping {simulation} {exception.Message}",
                exception
            );
        }
    }
}
