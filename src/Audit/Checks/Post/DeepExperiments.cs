using System.Collections.Concurrent;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>How much to simulate.</summary>
public enum Scale
{
    /// <summary>Seconds: narrow deep nets.</summary>
    Quick,

    /// <summary>Minutes: the author's fully connected experiments at his width 512 and depths 200 and 500.</summary>
    Full,
}

/// <summary>The deep experiments that claims of the post are judged on, each run once and shared.</summary>
/// <param name="subject">Who is audited.</param>
/// <param name="scale">How much to simulate.</param>
/// <param name="seed">The seed.</param>
/// <param name="depthReached">Called after each layer or residual unit, from any thread.</param>
/// <param name="cancellation">Asks to stop.</param>
public sealed class DeepExperiments(ISubject subject, Scale scale, ulong seed, Action? depthReached = null, CancellationToken cancellation = default)
{
    private readonly ConcurrentDictionary<string, Lazy<MomentTable>> _tables = [];

    /// <summary>The moments of an architecture.</summary>
    /// <param name="architecture">Its name.</param>
    /// <returns>The table; run when first asked for.</returns>
    public MomentTable Of(string architecture) =>
        _tables.GetOrAdd(architecture, name => new Lazy<MomentTable>(() => subject.Run(OptionsOf(name, scale, seed), depthReached, cancellation))).Value;

    /// <summary>The recovered weights, shared in the same way.</summary>
    internal WeightRecovery Weights { get; } = new(subject, seed, cancellation);

    /// <summary>The architectures whose experiment was run to its end.</summary>
    public IEnumerable<string> Finished => _tables.Where(table => table.Value.IsValueCreated).Select(table => table.Key);

    /// <summary>Options of an architecture's experiment.</summary>
    /// <param name="architecture">Its name.</param>
    /// <param name="scale">How much to simulate.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The options: quick, 48 narrow nets, of which five may dissent without spoiling a verdict at 1e-8; full, the author's 200.</returns>
    public static ExperimentOptions OptionsOf(string architecture, Scale scale, ulong seed) => new()
    {
        Architecture = architecture,
        TotalDepth = scale == Scale.Full && architecture.EndsWith("_res", StringComparison.Ordinal) ? 500 : scale == Scale.Full ? 200 : 80,
        KernelSize = 1,
        NumChannels = scale == Scale.Full ? 512 : 128,
        BatchSize = scale == Scale.Full ? 64 : 32,
        NumSims = scale == Scale.Full ? 200 : 48,
        NumComputations = 20,
        ReffNoise = false,
        Seed = Mixing.ToAsk(Mixing.Mix(seed ^ 0xD33B)),
    };
}
