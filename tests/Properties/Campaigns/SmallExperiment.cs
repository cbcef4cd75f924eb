namespace Wellbehaved.Tests.Properties;

/// <summary>An experiment of milliseconds in a folder of its own, to be interrupted, spread and spoilt.</summary>
internal sealed class SmallExperiment : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public ExperimentOptions Options { get; init; } =
        new()
        {
            Architecture = "bn_res",
            TotalDepth = 2,
            NumComputations = 2,
            KernelSize = 1,
            NumChannels = 4,
            BatchSize = 4,
            NumSims = 6,
        };

    public string this[string name] => Path.Combine(_folder, name);

    public IReadOnlyCollection<string> Files => [.. Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Runs the experiment, or a share of it, to its end.</summary>
    /// <returns>The bytes of the result file.</returns>
    public byte[] Run(string name = "result.npz", Shard? shard = null, int threads = 1, bool resume = false)
    {
        var experiment = Experiment.Prepare(Options, shard ?? Shard.Whole, threads);
        using (var journal = Journal.Open(this[name], experiment.Header, resume))
        {
            ResultFile.Write(this[name], experiment.Run(journal: journal));
            journal.Complete();
        }

        return File.ReadAllBytes(this[name]);
    }

    /// <summary>The journal that a run leaves which is killed after its last simulation.</summary>
    public byte[] JournalOf(string name = "result.npz", Shard? shard = null)
    {
        var experiment = Experiment.Prepare(Options, shard ?? Shard.Whole, 1);
        using var journal = Journal.Open(this[name], experiment.Header, resume: false);
        experiment.Run(journal: journal);
        return File.ReadAllBytes(Journal.PathOf(this[name]));
    }
}
