namespace Wellbehaved.Tests.Conformance;

/// <summary>Runs of the command in a folder of their own.</summary>
internal sealed class Campaign : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public string Folder => _folder;

    public string this[string name] => Path.Combine(_folder, name);

    public IEnumerable<string> Files => Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Arguments of a run; simulations of a millisecond each unless told otherwise.</summary>
    public string[] Arguments(string name, int simulations = 12, int depth = 20, int channels = 16, params string[] more) =>
        [
            "run",
            "--architecture",
            "bn_ff",
            "--total-depth",
            $"{depth}",
            "--num-computations",
            "10",
            "--kernel-size",
            "1",
            "--num-channels",
            $"{channels}",
            "--batch-size",
            "8",
            "--num-sims",
            $"{simulations}",
            "--threads",
            "2",
            "--out",
            this[name],
            .. more,
        ];
}
