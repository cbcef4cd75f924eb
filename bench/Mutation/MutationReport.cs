using System.Text.Json;

namespace Wellbehaved.Bench;

/// <summary>A change of the product's source that Stryker.NET tried, and its result.</summary>
/// <param name="File">File, relative to <c>src/</c>.</param>
/// <param name="Line">Line where the changed code begins, from 1.</param>
/// <param name="Mutator">Kind of change.</param>
/// <param name="Original">The code that was changed, on one line.</param>
/// <param name="Replacement">What it became, on one line.</param>
/// <param name="Status">Killed, Survived, NoCoverage or Timeout.</param>
internal sealed record SourceMutant(string File, int Line, string Mutator, string Original, string Replacement, string Status)
{
    /// <summary>Gets the project, the first folder.</summary>
    public string Project => File.Split('/')[0];

    /// <summary>Gets a value indicating whether no test failed because of it; a timeout does not count as a failed test.</summary>
    public bool Survives => Status != "Killed";

    /// <summary>Gets the part that stays the same when lines are moved.</summary>
    public (string File, string Mutator, string Original, string Replacement) Key => (File, Mutator, Original, Replacement);
}

/// <summary>Reads Stryker's reports (the schema of mutation-testing-elements).</summary>
internal static class MutationReport
{
    /// <summary>Longer code is cut: the beginning of a block is enough to identify it.</summary>
    private const int Shown = 160;

    /// <summary>Every mutant that compiled and was not left out, over several reports.</summary>
    /// <param name="paths">Reports, no two of which test the same mutant.</param>
    /// <exception cref="InvalidDataException">A mutant is in two reports, a report has no mutants, or a status is unknown.</exception>
    public static IReadOnlyList<SourceMutant> Read(IEnumerable<string> paths)
    {
        var mutants = new List<SourceMutant>();
        foreach (var path in paths)
        {
            using var report = JsonDocument.Parse(File.ReadAllText(path));
            var found = report.RootElement.GetProperty("files").EnumerateObject().SelectMany(file => Mutants(file.Name, file.Value)).ToArray();
            if (found.Select(mutant => mutant.File).Intersect(mutants.Select(mutant => mutant.File)).FirstOrDefault() is { } twice)
            {
                throw new InvalidDataException($"{path}: {twice} has been tested in another report too");
            }

            // A report without mutants comes from a part whose sources have moved. It must not look as if all its mutants had been killed.
            mutants.AddRange(found.Length > 0 ? found : throw new InvalidDataException($"{path}: expected mutants, found none"));
        }

        return [.. mutants.OrderBy(mutant => mutant.File, StringComparer.Ordinal).ThenBy(mutant => mutant.Line)];
    }

    private static IEnumerable<SourceMutant> Mutants(string file, JsonElement content)
    {
        var name = file.Split("/src/")[^1];
        var lines = content.GetProperty("source").GetString()!.Split('\n');
        foreach (var mutant in content.GetProperty("mutants").EnumerateArray())
        {
            var status = mutant.GetProperty("status").GetString()!;
            switch (status)
            {
                case "Killed" or "Survived" or "NoCoverage" or "Timeout":
                    var (start, end) = (mutant.GetProperty("location").GetProperty("start"), mutant.GetProperty("location").GetProperty("end"));
                    var (first, last) = (start.GetProperty("line").GetInt32(), end.GetProperty("line").GetInt32());
                    var code = string.Join('\n', lines[(first - 1)..last]);
                    var tail = lines[last - 1].Length - (end.GetProperty("column").GetInt32() - 1);
                    code = code[(start.GetProperty("column").GetInt32() - 1)..^tail];
                    yield return new SourceMutant(
                        name,
                        first,
                        mutant.GetProperty("mutatorName").GetString()!.Replace(" mutation", "", StringComparison.Ordinal),
                        OnOneLine(code),
                        OnOneLine(mutant.GetProperty("replacement").GetString()!),
                        status
                    );
                    break;
                case "Ignored" or "CompileError":
                    break;
                default:
                    throw new InvalidDataException($"{file}: a mutant of unknown status {status}");
            }
        }
    }

    private static string OnOneLine(string code)
    {
        var line = string.Join(' ', code.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= Shown ? line : line[..Shown] + "…";
    }
}
