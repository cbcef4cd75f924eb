namespace Wellbehaved.Experiments;

/// <summary>Runs the simulations of an experiment, or a share of them, on all processors.</summary>
public sealed class Experiment
{
    private readonly ExperimentOptions _options;
    private readonly ImageSource _images;
    private readonly int _threads;
    private readonly Shard _shard;

    /// <summary>An experiment on images of one's own.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="images">The input images.</param>
    /// <param name="threads">Number of threads; results do not depend on it.</param>
    public Experiment(ExperimentOptions options, ImageSource images, int threads)
        : this(options, images, threads, Shard.Whole) { }

    /// <summary>A share of an experiment.</summary>
    internal Experiment(ExperimentOptions options, ImageSource images, int threads, Shard shard)
    {
        (_options, _images, _threads, _shard) = (options, images, threads, shard);
        Header = JournalHeader.Describe(options, images, shard);
        Indices = shard.Simulations(options.NumSims);
    }

    /// <summary>The header by which a journal states the experiment of its records.</summary>
    internal JournalHeader Header { get; }

    /// <summary>What the user should know about how the images are read; null if there is nothing to say.</summary>
    public string? Remark => _images.Remark;

    /// <summary>The simulations to run.</summary>
    internal IReadOnlyList<int> Indices { get; }

    /// <summary>Validates options and opens their images.</summary>
    /// <param name="options">The options.</param>
    /// <param name="threads">Number of threads; by default one for each processor.</param>
    /// <returns>The experiment, ready to run.</returns>
    /// <exception cref="InvalidInputException">An option or a data file is wrong.</exception>
    public static Experiment Prepare(ExperimentOptions options, int? threads = null) => Prepare(options, Shard.Whole, threads);

    /// <summary>Validates options and opens their images, for a share of the simulations.</summary>
    /// <param name="options">The options.</param>
    /// <param name="shard">The share of the simulations.</param>
    /// <param name="threads">Number of threads; by default one for each processor.</param>
    /// <returns>The experiment, ready to run.</returns>
    /// <exception cref="InvalidInputException">An option or a data file is wrong.</exception>
    internal static Experiment Prepare(ExperimentOptions options, Shard shard, int? threads = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var images = options.OpenImages();
        var own = shard.Extent(options.NumSims).Count;
        var most = threads ?? Environment.ProcessorCount;
        (options with { NumSims = Math.Max(1, own) }).ValidateFor(images, most);

        // This is checked before the work, not only when the result is written.
        ResultArrays.RequireListable(options.NumSims - own);
        return new Experiment(options, images, most, shard);
    }

    /// <summary>Runs the simulations.</summary>
    /// <param name="depthReached">Called after each layer or residual unit of each simulation, from several threads.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The results.</returns>
    /// <exception cref="InvalidInputException">A batch cannot be normalised.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public ExperimentResult Run(Action? depthReached = null, CancellationToken cancellation = default) => Simulate(null, depthReached, cancellation);

    /// <summary>Runs the simulations that a journal lacks.</summary>
    /// <param name="journal">Holds the simulations that are already finished, and receives each new one.</param>
    /// <param name="depthReached">Called after each layer or residual unit of each simulation, from several threads.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The results, those that were finished among them.</returns>
    /// <exception cref="InvalidInputException">A batch cannot be normalised, or the journal cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    internal ExperimentResult Run(Journal journal, Action? depthReached = null, CancellationToken cancellation = default) =>
        Simulate(journal, depthReached, cancellation);

    private ExperimentResult Simulate(Journal? journal, Action? depthReached, CancellationToken cancellation)
    {
        var moments = new SimulationMoments[Indices.Count];
        var pending = new List<int>();
        for (var i = 0; i < moments.Length; i++)
        {
            if (journal is not null && journal.Finished.TryGetValue(Indices[i], out var finished))
            {
                moments[i] = finished;
            }
            else
            {
                pending.Add(i);
            }
        }

        var (workers, threadsEach) = Shares(pending.Count);
        var next = -1;
        try
        {
            Parallel.For(
                0,
                workers,
                new ParallelOptions { MaxDegreeOfParallelism = workers, CancellationToken = cancellation },
                (_, loop) =>
                {
                    using var simulation = new Simulation(_options, _images, threadsEach);
                    for (var item = Interlocked.Increment(ref next); item < pending.Count && !loop.IsExceptional; item = Interlocked.Increment(ref next))
                    {
                        var i = pending[item];
                        moments[i] = simulation.Run(Indices[i], depthReached, cancellation);
                        journal?.Append(Indices[i], moments[i]);
                    }
                }
            );
        }
        catch (AggregateException exception)
        {
            // The order of several failures depends on the threads; the message must not depend on it.
            throw exception.InnerExceptions.OfType<InvalidInputException>().OrderBy(inner => inner.Message, StringComparer.Ordinal).FirstOrDefault()
                ?? exception.InnerExceptions[0];
        }

        return new ExperimentResult(_options, _options.Network is null ? _options.Settings(_images) : null, moments, Header.Identity, Indices, _shard);
    }

    /// <summary>How threads are shared: small simulations run in parallel; large ones run one after the other, and all threads share their layers.</summary>
    private (int Workers, int ThreadsEach) Shares(int simulations)
    {
        var small = MemoryFootprint.Bytes(_options, _images).Features <= MemoryFootprint.SmallSimulation;
        return small && simulations >= _threads ? (_threads, 1) : (1, _threads);
    }
}
