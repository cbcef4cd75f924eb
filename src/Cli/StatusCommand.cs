using System.CommandLine;
using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved status</c>: shows the progress of the runs of a campaign, from the files in its folder.</summary>
internal static class StatusCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of the result files of run" }.Taking(FileRole.Read);
        var command = new Command("status", "Shows which parts of a campaign are done, running, failed or not started, and how long the rest will take.")
        {
            folder,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(folder);
            var runs = RunStatus.ReadAll(path, Summarise, SummariseResult);
            foreach (var spoilt in runs.Where(run => run is { Header: null, Other: null }))
            {
                Console.WriteLine($"{NameOf(spoilt), -24} {EnumWords.Spell(spoilt.State), -8} {ForeignText.OnOneLine(spoilt.Problem ?? string.Empty)}");
            }

            foreach (var run in runs.Where(run => run.Other is not null))
            {
                Describe(run, run.Other!);
            }

            var unfinished = false;
            foreach (var campaign in Campaigns(runs.Where(run => run.Header is not null)))
            {
                unfinished |= !Describe([.. campaign]);
            }

            if (runs.Count == 0)
            {
                Console.WriteLine(ForeignText.OnOneLine($"no runs in {path}"));
            }

            return unfinished || runs.Count == 0 || runs.Any(run => run.State != RunState.Done) ? ExitStatus.Inconclusive : ExitStatus.Success;
        });
        return command;
    }

    /// <summary>Runs of one experiment together, as <c>merge</c> joins them, in the order of the first of each.</summary>
    private static List<List<RunStatus>> Campaigns(IEnumerable<RunStatus> runs)
    {
        var campaigns = new List<List<RunStatus>>();
        foreach (var run in runs)
        {
            if (campaigns.Find(campaign => campaign[0].Header!.Identity.DifferenceFrom(run.Header!.Identity) is null) is { } known)
            {
                known.Add(run);
            }
            else
            {
                campaigns.Add([run]);
            }
        }

        return campaigns;
    }

    /// <summary>How far a run is that trains, or that runs an ONNX file; null for an experiment.</summary>
    private static JournalSummary? Summarise(string journal) => OnnxJournal.Summarise(journal) ?? Training.TrainingJournal.Summarise(journal);

    /// <summary>The same of a finished result.</summary>
    private static JournalSummary? SummariseResult(string file) => OnnxResult.Summarise(file) ?? Training.TrainingFile.Summarise(file);

    /// <summary>Prints a run that is no experiment.</summary>
    private static void Describe(RunStatus run, JournalSummary summary)
    {
        Console.WriteLine($"{ForeignText.OnOneLine(summary.Network)}, {ForeignText.OnOneLine(summary.Kind)}: {Counted.Spell(summary.Total, summary.Unit)}");
        Console.WriteLine(
            $"  {NameOf(run), -24} {string.Empty, 7}  {EnumWords.Spell(run.State), -8} {summary.Finished, 6} of {summary.Total, -6} {Hint(run)}".TrimEnd()
        );
    }

    private static string Hint(RunStatus run) => run.State == RunState.Failed ? "--resume goes on" : string.Empty;

    /// <summary>Prints the runs of one experiment.</summary>
    /// <returns>Whether all its simulations are done.</returns>
    private static bool Describe(RunStatus[] runs)
    {
        var options = runs[0].Header!.Options;
        var sizes = options.Network is { } network
            ? $"{Counted.Spell(network.Depth, "unit")}, at most {Counted.Spell(network.Places.Max(place => place.Shape.Channels), "channel")}"
            : $"depth {options.TotalDepth}, k = {options.KernelSize}, N = {options.NumChannels}";
        Console.WriteLine(
            $"{ForeignText.OnOneLine(options.Name)}, {sizes}, M = {options.BatchSize}, seed {options.Seed}: {Counted.Spell(options.NumSims, "simulation")}"
        );
        foreach (var run in runs)
        {
            var left =
                run.State == RunState.Done ? string.Empty
                : run.State == RunState.Failed ? "--resume goes on"
                : $"time left {Spell(run.TimeLeft)}";
            Console.WriteLine(
                $"  {NameOf(run), -24} {run.Header!.Shard, 7}  {EnumWords.Spell(run.State), -8} {run.Finished, 6} of {run.Simulations, -6} {left}".TrimEnd()
            );
        }

        // After a merge the folder holds the whole beside its parts, and shares of different divisions overlap.
        var whole = runs.Where(run => run.Header!.Shard.IsWhole).Select(run => run.Finished).DefaultIfEmpty(0).Max();
        var parts = runs.Where(run => !run.Header!.Shard.IsWhole).DistinctBy(run => run.Header!.Shard).ToArray();
        var done = RunStatus.Distinct(runs);
        var counts = parts.Select(run => run.Header!.Shard.Count).Distinct().ToArray();
        var notStarted = whole < options.NumSims && counts is [var count] ? $", {(long)count - parts.Length} not started" : string.Empty;
        var pace = runs.Where(run => run.State == RunState.Running && run.SecondsEach > 0).Sum(run => 1 / run.SecondsEach!.Value);
        var timeLeft =
            done == options.NumSims || pace == 0
                ? string.Empty
                : $"; time left {Spell(RunStatus.Bounded((options.NumSims - done) / pace))} at the present pace";
        Console.WriteLine(
            $"  {Counted.Spell(done, options.NumSims, "simulation")} done; {Counted.Spell(Count(RunState.Done), "run")} done, "
                + $"{Count(RunState.Running)} running, {Count(RunState.Failed)} failed{notStarted}{timeLeft}"
        );
        return done == options.NumSims && Count(RunState.Running) + Count(RunState.Failed) == 0;

        int Count(RunState state) => runs.Count(run => run.State == state);
    }

    /// <summary>The file's name on one line, since other people may have put files with any names into the folder.</summary>
    private static string NameOf(RunStatus run) => ForeignText.OnOneLine(Path.GetFileName(run.Output));

    private static string Spell(TimeSpan? time) =>
        time is { } known ? known.ToString(known.TotalDays >= 1 ? @"d\.hh\:mm\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture) : "unknown";
}
