using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>Runs the network of an ONNX file, for <c>run</c> and <c>diagnose</c>.</summary>
internal static class OnnxRun
{
    /// <summary>Number of progress steps in a mapping.</summary>
    private const int Steps = 1000;

    /// <summary>Runs the mappings.</summary>
    /// <param name="request">The options of the call.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>Their moments.</returns>
    /// <exception cref="InvalidInputException">The file or an option is wrong, or no mapping has finite numbers.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static OnnxResult Record(OnnxRequest request, CancellationToken cancellation)
    {
        using var process = Start(request, cancellation);
        return Finish(process, request, null);
    }

    private static OnnxProcess Start(OnnxRequest request, CancellationToken cancellation)
    {
        ThreadOption.Require(request.Threads);

        // A missing file is reported before anything is started.
        RegularFile.Open(request.Path, "file of a model").Dispose();
        var process = OnnxProcess.Start(request, cancellation);
        try
        {
            OnnxCost.RequireMemory(request.NumSims, process.Network.Places.Count, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    private static OnnxResult Finish(OnnxProcess process, OnnxRequest request, OnnxJournal? journal)
    {
        var network = process.Network;
        foreach (var remark in network.Remarks)
        {
            Console.Error.WriteLine(ForeignText.OnOneLine($"note: {remark}"));
        }

        if (network.LeastMemory > request.Limits.Bytes)
        {
            throw new InvalidInputException(request.Path, request.Limits.TooMuchMemory);
        }

        if (network.Places.All(place => place.Depth == 0))
        {
            throw new InvalidInputException(request.Path, "expected layers with weights, by which depth is counted, got a network in which noise reaches none");
        }

        var mappings = new SortedDictionary<int, OnnxMapping>(journal?.Finished ?? []);
        var pending = request.NumSims - mappings.Count;
        OnnxCost.Say(pending, request.Threads, network);
        ProgressDisplay.Show(
            ForeignText.OnOneLine(network.Name),
            Math.Max(1, (long)pending * Steps),
            (Action<long> advance) =>
            {
                var (given, done) = (0L, 0.0);
                var (before, measured) = (mappings.Count, OnnxCost.Measured(pending, SayWhereNoBarDoes));
                process.Finish(
                    share =>
                    {
                        done += share * Steps;
                        advance((long)done - given);
                        given = (long)done;
                    },
                    (index, mapping) =>
                    {
                        mappings.Add(index, mapping);
                        journal?.Append(index, mapping);
                        measured(mappings.Count - before);
                    }
                );
                return mappings;
            }
        );
        var record = new OnnxRecord(network.Places, [.. mappings.Values]);
        var result = new OnnxResult(request, network, record);
        if (result.FirstNotFinite is not { } place)
        {
            return result;
        }

        var where = string.Create(CultureInfo.InvariantCulture, $"'{place.Name}' ({place.Operator}, depth {place.Depth})");
        var origin = record.Mappings.First(mapping => mapping.FirstNotFinite is not null).NotFiniteNode;
        if (origin is not null && origin != $"'{place.Name}' ({place.Operator})")
        {
            where += $", given by {origin}";
        }

        if (result.NotFinite == record.Mappings.Count)
        {
            var what = record.Mappings[0].IsNotANumber ? "a number is NaN" : "signal or noise exceeds single precision";
            var all = record.Mappings.Count == 1 ? "the only mapping" : $"each of {Counted.Spell(record.Mappings.Count, "mapping")}";
            throw new InvalidInputException(request.Path, $"expected finite numbers, but {what} first at {where} in {all}");
        }

        var some = Counted.Spell(result.NotFinite, record.Mappings.Count, "mapping");
        Console.Error.WriteLine(
            ForeignText.OnOneLine($"note: {some} {(result.NotFinite == 1 ? "has" : "have")} numbers that are not finite, first at {where}")
        );
        return result;
    }

    /// <summary>Runs the mappings, writes their moments and prints the path.</summary>
    /// <param name="request">The options of the call.</param>
    /// <param name="output">The result file.</param>
    /// <param name="resume">Whether to go on with what an earlier run finished.</param>
    /// <param name="overwrite">Whether a file that is there is replaced, and what an earlier run finished is discarded.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The exit status.</returns>
    public static int Write(OnnxRequest request, string output, bool resume, bool overwrite, CancellationToken cancellation)
    {
        ResultOutput.EnsureWritable(output);
        output = AtomicFile.ReplacedAt(output);
        using var journal = OnnxJournal.Open(output, resume, overwrite);
        if (journal.Damaged > 0)
        {
            var torn = Counted.Spell(journal.Damaged, "incomplete or damaged record");
            Console.Error.WriteLine($"note: {torn} of the earlier run {(journal.Damaged == 1 ? "is" : "are")} computed again");
        }

        try
        {
            using var process = Start(request with { Finished = [.. journal.Finished.Keys] }, cancellation);
            var run = OnnxResult.Identify(request, process.Network);
            var isThere = AtomicFile.HoldsSomething(output) && !IsToBeReplaced(output, run, resume, overwrite);
            if (isThere && resume && journal.Finished.Count == 0)
            {
                Console.WriteLine(ForeignText.OnOneLine($"{output} is complete"));
                return ExitStatus.Success;
            }

            journal.Begin(run);
            if (journal.Finished.Count > 0)
            {
                var finished = Counted.Spell(journal.Finished.Count, "finished mapping");
                Console.Error.WriteLine($"note: going on with {finished}, {request.NumSims - journal.Finished.Count} to do");
            }

            var result = Finish(process, request, journal);
            result.Write(output);
            journal.Complete();
            Console.WriteLine(ForeignText.OnOneLine($"{Counted.Spell(request.NumSims, "simulation")} of {result.Network.Name} written to {output}"));
            return ExitStatus.Success;
        }
        catch (Exception ended) when (journal.HasBegun && journal.Count > 0 && ended is OperationCanceledException or InvalidInputException)
        {
            Console.Error.WriteLine(
                ForeignText.OnOneLine(
                    $"note: {Counted.Spell(journal.Count, request.NumSims, "mapping")} {(journal.Count == 1 ? "is" : "are")} kept in "
                        + $"{Journal.PathOf(output)}; --resume goes on with them"
                )
            );
            throw;
        }
    }

    /// <summary>Whether a result that is there is another run's and may be replaced; refuses to where nobody said so.</summary>
    private static bool IsToBeReplaced(string output, OnnxRunIdentity run, bool resume, bool overwrite) =>
        OnnxResult.DifferenceFrom(output, run) is { } difference
        && (
            overwrite
                ? true
                : throw new InvalidInputException(
                    resume ? "--resume" : "--out",
                    $"expected {(resume ? "" : "no file, or ")}the result of the same run in {output}, found {difference}; --overwrite replaces it"
                )
        );

    /// <summary>Runs the mappings and diagnoses the network.</summary>
    /// <param name="request">The options of the call.</param>
    /// <param name="output">A result file; null for none.</param>
    /// <param name="report">Folder of the report; null for none.</param>
    /// <param name="repeat">The command that repeats it.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The diagnosis, and its report.</returns>
    public static (Diagnosis Diagnosis, OnnxReport Report) Diagnose(
        OnnxRequest request,
        string? output,
        string? report,
        string repeat,
        CancellationToken cancellation
    )
    {
        if (output is not null)
        {
            ResultOutput.EnsureNew(output);
        }

        if (report is not null)
        {
            new ReportFiles(null, null, null, report).EnsureWritable();
        }

        var result = Record(request, cancellation);
        if (output is not null)
        {
            result.Write(output);
        }

        var diagnosis = Diagnosis.Diagnose(MomentTable.Read(result.File));
        var told = new OnnxReport(result, diagnosis, OnnxTheory.Predict(request, result.Network, cancellation), repeat);
        if (report is not null)
        {
            ReportFolder.Write(told, report);
        }

        return (diagnosis, told);
    }

    /// <summary>On a terminal, the bar shows the time that is left.</summary>
    private static void SayWhereNoBarDoes(string remark)
    {
        if (Terminal.IsErrorRedirected)
        {
            Console.Error.WriteLine(remark);
        }
    }
}
