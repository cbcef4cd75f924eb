namespace Wellbehaved.Model;

/// <summary>Runs all simulations of an experiment, on all processors.</summary>
/// <param name="options">Valid options.</param>
/// <param name="images">The input images.</param>
/// <param name="threads">Number of threads; results do not depend on it.</param>
public sealed class Experiment(ExperimentOptions options, ImageSource images, int threads)
{
    /// <summary>Validates options and opens their images.</summary>
    /// <param name="options">The options.</param>
    /// <param name="threads">Number of threads; by default one for each processor.</param>
    /// <returns>The experiment, ready to run.</returns>
    /// <exception cref="InvalidInputException">An option or a data file is wrong.</exception>
    public static Experiment Prepare(ExperimentOptions options, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var images = ImageSources.Open(options.Dataset, options.DataDir);
        options.ValidateFor(images);
        return new Experiment(options, images, threads ?? Environment.ProcessorCount);
    }

    /// <summary>Runs the simulations.</summary>
    /// <param name="depthReached">Called after each layer or residual unit of each simulation, from several threads.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The results.</returns>
    /// <exception cref="InvalidInputException">A batch cannot be normalised.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public ExperimentResult Run(Action? depthReached = null, CancellationToken cancellation = default)
    {
        var moments = new SimulationMoments[options.NumSims];
        var (workers, threadsEach) = Shares();
        var next = -1;
        try
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation }, (_, loop) =>
            {
                using var simulation = new Simulation(options, images, threadsEach);
                for (var index = Interlocked.Increment(ref next); index < moments.Length && !loop.IsExceptional; index = Interlocked.Increment(ref next))
                {
                    moments[index] = simulation.Run(index, depthReached, cancellation);
                }
            });
        }
        catch (AggregateException exception)
        {
            // Which of several failures came first depends on the threads; the message must not.
            throw exception.InnerExceptions.OfType<InvalidInputException>().OrderBy(inner => inner.Message, StringComparer.Ordinal).FirstOrDefault() ?? exception.InnerExceptions[0];
        }

        return new ExperimentResult(options, options.Settings(images), moments);
    }

    /// <summary>Small simulations run side by side, large ones one after the other with their layers shared between the threads.</summary>
    private (int Workers, int ThreadsEach) Shares()
    {
        var small = MemoryFootprint.Bytes(options, images).Features <= MemoryFootprint.SmallSimulation;
        return small && options.NumSims >= threads ? (threads, 1) : (1, threads);
    }
}
