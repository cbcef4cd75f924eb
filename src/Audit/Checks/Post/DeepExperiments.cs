using System.Collections.Concurrent;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>How much is simulated.</summary>
public enum Scale
{
    /// <summary>Narrow deep nets, in seconds.</summary>
    Quick,

    /// <summary>The author's fully connected experiments at his width 512 and depths 200 and 500, in minutes.</summary>
    Full,

    /// <summary>Only claims about trained networks, which are trained for them: in a quarter of an hour.</summary>
    Training,
}

/// <summary>
/// The deep experiments that claims of the post are judged on: for each architecture a sequence of batches of mappings. Each batch is run once, when it is
/// first asked for, and shared.
/// </summary>
/// <remarks>
/// A batch depends only on the seed, the architecture and its number. So a check that reads batches in order until it is decided reaches the same verdict
/// whichever check asks first, and on any threads.
/// </remarks>
/// <param name="subject">The subject that is audited.</param>
/// <param name="scale">How much to simulate.</param>
/// <param name="seed">The seed.</param>
/// <param name="depthReached">Called after each layer or residual unit of the first batches, which are planned; from any thread.</param>
/// <param name="cancellation">Asks to stop.</param>
internal sealed class DeepExperiments(ISubject subject, Scale scale, ulong seed, Action? depthReached = null, CancellationToken cancellation = default)
{
    private readonly ConcurrentDictionary<(string Architecture, int Batch), Lazy<MomentTable>> _tables = [];

    /// <summary>Share of the planned mappings that a batch has: 1 in a run, less where error rates are measured over many runs.</summary>
    public double SampleShare { get; init; } = 1;

    /// <summary>
    /// Number of batches after which a check ends inconclusive: 480 mappings at quick scale, three times the author's 200 at full scale.
    /// </summary>
    internal int MostBatches => scale == Scale.Full ? 3 : 10;

    /// <summary>The moments of an architecture's first batch.</summary>
    /// <param name="architecture">Its name.</param>
    /// <returns>The table; it is run when first asked for.</returns>
    /// <exception cref="SubjectException">The subject returned something other than the moments of the experiment.</exception>
    public MomentTable Run(string architecture) => Batch(architecture, 0);

    /// <summary>The recovered weights, which checks share in the same way.</summary>
    internal WeightRecovery Weights { get; } = new(subject, seed, cancellation);

    /// <summary>The architectures whose first batch was run to its end.</summary>
    public IEnumerable<string> Finished => _tables.Where(table => table.Key.Batch == 0 && table.Value.IsValueCreated).Select(table => table.Key.Architecture);

    /// <summary>Options of an architecture's experiment.</summary>
    /// <param name="architecture">Its name.</param>
    /// <param name="scale">How much to simulate.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The options of its first batch: 48 narrow nets at quick scale, the author's 200 at full scale.</returns>
    public static ExperimentOptions OptionsOf(string architecture, Scale scale, ulong seed) =>
        new()
        {
            Architecture = architecture,
            TotalDepth =
                scale == Scale.Full && Architecture.Named(architecture).IsResidual ? 500
                : scale == Scale.Full ? 200
                : 80,
            KernelSize = 1,
            NumChannels = scale == Scale.Full ? 512 : 128,
            BatchSize = scale == Scale.Full ? 64 : 32,
            NumSims = scale == Scale.Full ? 200 : 48,
            NumComputations = 20,
            ReffNoise = false,
            Seed = Mixing.SeedOf(seed, $"deep {architecture}"),
        };

    /// <summary>The moments of a batch.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="number">Number of the batch, from 0.</param>
    /// <returns>The table, with findings about numbers that are impossible in any mapping.</returns>
    /// <exception cref="SubjectException">The subject returned something other than the moments of the experiment.</exception>
    internal MomentTable Batch(string architecture, int number) =>
        _tables
            .GetOrAdd(
                (architecture, number),
                key => new Lazy<MomentTable>(() => Run(OptionsOf(key.Architecture, key.Batch), key.Batch == 0 ? depthReached : null))
            )
            .Value;

    /// <summary>
    /// Options of a batch: the first has the seed of <see cref="OptionsOf(string, Scale, ulong)"/>, later ones have a mixture of that seed and their number.
    /// </summary>
    internal ExperimentOptions OptionsOf(string architecture, int batch)
    {
        var first = OptionsOf(architecture, scale, seed);
        return first with
        {
            Epsilon = EpsilonFor(first.Epsilon),
            NumSims = Math.Max(1, (int)Math.Ceiling(SampleShare * first.NumSims)),
            Seed = batch == 0 ? first.Seed : Mixing.ToAsk(Mixing.Mix(first.Seed ^ Mixing.Mix((ulong)batch))),
        };
    }

    /// <summary>
    /// ε of the experiments, or the nearest that the subject offers and that is as far below a variance of 1: then the post's laws do not depend on it.
    /// </summary>
    private double EpsilonFor(double wanted)
    {
        const double most = 0.01;
        return subject.Description.NearestEpsilon(wanted, epsilon => epsilon <= most);
    }

    private MomentTable Run(ExperimentOptions options, Action? advance)
    {
        var table = subject.Run(options, advance, cancellation) ?? throw new SubjectException("expected moments by depth, got none");
        if (table.Simulations + table.Died + table.Unusable != options.NumSims)
        {
            throw new SubjectException($"expected {options.NumSims} mappings, got {table.Simulations} and {table.Died} that died");
        }

        if (!table.Depths.SequenceEqual(Enumerable.Range(1, options.NumComputations).Select(i => i * options.DepthInterval)))
        {
            throw new SubjectException(
                $"expected moments at {options.NumComputations} depths up to {options.TotalDepth}, got {string.Join(", ", table.Depths)}"
            );
        }

        foreach (var rows in new[] { table.Reff, table.LogChi, table.LogNu2 })
        {
            if (rows is not null && (rows.Count != table.Simulations || rows.Any(row => row.Length != table.Depths.Count)))
            {
                throw new SubjectException($"expected a row of {table.Depths.Count} numbers for each of {table.Simulations} mappings");
            }
        }

        return MappingSort.Sorted(table, MomentRange.OfSubject(options.BatchSize, options.NumChannels, subject.Description.UnitRoundoff));
    }
}
