using System.Globalization;
using Wellbehaved.Figures;

namespace Wellbehaved.Bench;

/// <summary>A figure of one run.</summary>
/// <param name="Work">The piece of work.</param>
/// <param name="Ours">Our seconds.</param>
/// <param name="Theirs">The peer's seconds.</param>
/// <param name="OfTheBound">Share of the bound.</param>
internal sealed record Measured(string Work, double Ours, double Theirs, double OfTheBound);

/// <summary>Figures of all runs, a line for each piece of work of each commit, and the picture of them.</summary>
internal static class CompareHistory
{
    private const string Header = "time\tcommit\tprocessor\twork\tours, s\tpeer, s\tof the bound";
    private const int Columns = 3;

    /// <summary>Adds a run.</summary>
    /// <param name="path">The table, which is made if it is not there.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="measured">The figures.</param>
    public static void Append(string path, string commit, IEnumerable<Measured> measured)
    {
        var (time, processor) = (DateTime.UtcNow.ToString("s", CultureInfo.InvariantCulture), Processor());
        using var writer = new StreamWriter(path, append: true);
        if (writer.BaseStream.Length == 0)
        {
            writer.WriteLine(Header);
        }

        foreach (var one in measured)
        {
            writer.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{time}\t{commit}\t{processor}\t{one.Work}\t{one.Ours:G4}\t{one.Theirs:G4}\t{one.OfTheBound:G4}")
            );
        }
    }

    /// <summary>Draws how many times faster than the peer each piece of work was, commit by commit; a panel for each.</summary>
    /// <param name="path">The table.</param>
    /// <param name="picture">The picture, by the ending of its name.</param>
    public static void Draw(string path, string picture)
    {
        var rows = File.ReadLines(path).Skip(1).Select(line => line.Split('\t')).ToArray();
        string[] runs = [.. rows.Select(row => row[0]).Distinct()];
        var panels = rows.GroupBy(row => row[3])
            .Select(work => new Panel(
                Markup.Escape(work.Key),
                "run",
                "times faster than the peer",
                [
                    .. new[]
                    {
                        Curve.Through(
                            "ratio",
                            CurveKind.Measured,
                            0,
                            work.Select(row => Array.IndexOf(runs, row[0]) + 1.0),
                            work.Select(row => double.Parse(row[5], CultureInfo.InvariantCulture) / double.Parse(row[4], CultureInfo.InvariantCulture))
                        ),
                    }.OfType<Curve>(),
                ]
            )
            {
                BeginsAtZero = true,
            })
            .ToArray();
        var commits = rows.Select(row => (Run: row[0], Commit: row[1])).Distinct().ToArray();
        var notes = $"{runs.Length} runs, from {commits[0].Commit} ({commits[0].Run}) to {commits[^1].Commit} ({commits[^1].Run})";
        File.WriteAllBytes(
            picture,
            FigureRenderer.Draw(new Figure("Speed by commit", panels, Columns) { Notes = [Markup.Escape(notes)] }, Path.GetExtension(picture))
        );
    }

    /// <summary>The name of the processor. Nightly runs use different machines, so a jump of a figure may be a change of machine.</summary>
    private static string Processor()
    {
        const string information = "/proc/cpuinfo",
            key = "model name";
        var line = File.Exists(information) ? File.ReadLines(information).FirstOrDefault(one => one.StartsWith(key, StringComparison.Ordinal)) : null;
        return line is null ? "unknown" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
