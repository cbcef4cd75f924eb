using System.CommandLine;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved run</c>: simulates an experiment, or a share of it, and writes its moments.</summary>
internal static class RunCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var network = new NetworkOptions(NetworkOptions.Source.ArchitectureOrNetwork);
        var numSims = OptionFactory.RequiredNumber<int>("--num-sims", "Number of simulations, each with its own batch, noise and weights");
        var output = new Option<string>("--out") { Description = "Result file, .npz", Required = true }.Taking(FileRole.WriteResult);
        var noReffSignal = new Option<bool>("--no-reff-signal") { Description = "Leave out the effective rank of the signal" };
        var noReffNoise = new Option<bool>("--no-reff-noise") { Description = "Leave out the effective rank of the noise" };
        var gradients = new Option<bool>("--gradients")
        {
            Description = "Also pass a gradient of independent normal numbers back through each mapping and write its mean square at every place",
        };
        var shard = ShardOption.Create();
        var resume = new Option<bool>("--resume")
        {
            Description = "Resume an earlier run with the same options; finished simulations are kept in FILE.npz.journal until the result is written",
        };
        var overwrite = new Option<bool>("--overwrite")
        {
            Description = "Replace what another run left in the file, a finished result or, without --resume, finished simulations in its journal",
        };
        var csv = OptionFactory.OutputFile("--csv", "Also write the moments to this file as CSV, as wellbehaved export does");
        var threads = ThreadOption.Create();
        var command = new Command("run", "Propagates signal and noise through random networks and writes the moments of every layer.");
        var onnx = new OnnxOptionList();
        network.AddTo(command);
        onnx.AddTo(command);
        foreach (var option in new Option[] { numSims, output, noReffSignal, noReffNoise, gradients, shard, resume, overwrite, csv, threads })
        {
            command.Options.Add(option);
        }

        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(() =>
                {
                    var (path, table) = (parsed.GetRequiredValue(output), parsed.GetValue(csv));
                    Outputs.RequireWritableText(table, csv.Name);
                    var status = Perform(parsed, cancellation);
                    if (table is not null)
                    {
                        // A share may have no simulations; its table has a header then.
                        ExportCommand.Write(table, ResultFile.Read(path));
                    }

                    return status;
                })
        );
        return command;

        int Perform(ParseResult parsed, CancellationToken cancellation)
        {
            if (network.OnnxOf(parsed) is { } model)
            {
                foreach (var option in new Option[] { shard, gradients }.Where(option => parsed.GetResult(option) is { Implicit: false }))
                {
                    throw new InvalidInputException(
                        option.Name,
                        option == gradients
                            ? "expected without an ONNX file: gradients are recorded only for described networks"
                            : "expected without an ONNX file: one run computes all of its mappings; --resume goes on with one that was interrupted"
                    );
                }

                ResultOutput.EnsureWritable(parsed.GetRequiredValue(output));
                var request = onnx.Read(network.ReadOnnx(model, parsed, parsed.GetValue(numSims)), parsed);
                return OnnxRun.Write(
                    request with
                    {
                        ReffSignal = !parsed.GetValue(noReffSignal),
                        ReffNoise = !parsed.GetValue(noReffNoise),
                        Threads = parsed.GetValue(threads),
                    },
                    parsed.GetRequiredValue(output),
                    parsed.GetValue(resume),
                    parsed.GetValue(overwrite),
                    cancellation
                );
            }

            onnx.RefuseAll(parsed);
            var options = network.Read(parsed, parsed.GetValue(numSims)) with
            {
                ReffSignal = !parsed.GetValue(noReffSignal),
                ReffNoise = !parsed.GetValue(noReffNoise),
                Gradients = parsed.GetValue(gradients),
            };
            return Run(
                options,
                parsed.GetRequiredValue(output),
                ShardOption.Read(parsed.GetValue(shard), Environment.GetEnvironmentVariable),
                new Earlier(parsed.GetValue(resume), parsed.GetValue(overwrite)),
                parsed.GetValue(threads),
                cancellation
            );
        }
    }

    private static int Run(ExperimentOptions options, string output, Shard shard, Earlier earlier, int threads, CancellationToken cancellation)
    {
        ThreadOption.Require(threads);

        ResultOutput.EnsureWritable(output);

        // A link is followed once: what it leads to at the end of the run may be another file, which nobody has locked.
        output = AtomicFile.ReplacedAt(output);
        var experiment = Experiment.Prepare(options, shard, threads);
        ImageRemark.Print(experiment.Remark);
        _ = AtomicFile.HoldsSomething(output) && IsToBeReplaced(output, experiment.Header, earlier);
        using var journal = Journal.Open(output, experiment.Header, earlier.Resume, earlier.Overwrite);

        // A run that wrote this file may have ended while this one waited for it.
        var isThere = AtomicFile.HoldsSomething(output) && !IsToBeReplaced(output, experiment.Header, earlier);
        if (isThere && earlier.Resume)
        {
            // A run that was started anew without need, and interrupted, may have left a journal beside the whole result.
            journal.Complete();
            Console.WriteLine(ForeignText.OnOneLine($"{output} is complete"));
            return ExitStatus.Success;
        }

        var result = Simulate(experiment, journal, output, cancellation);
        foreach (var warning in ResultFile.Write(output, result))
        {
            Console.Error.WriteLine(ForeignText.OnOneLine($"warning: {warning}"));
        }

        journal.Complete();
        if (options.ReffSignal && result.Simulations.Count > 0 && result.Varies)
        {
            CurveTable.Print(DepthCurves.Read(result), isPredicted: options is { Network: null, Noise: NoiseKind.Mapping });
        }

        foreach (var clause in EndingWords.Count(result.Ends, result.Simulations.Count, "simulation"))
        {
            Console.WriteLine(clause);
        }

        Console.WriteLine(
            ForeignText.OnOneLine(
                $"{Counted.Spell(result.Simulations.Count, "simulation")} of "
                    + $"{options.Name}{(shard.IsWhole ? string.Empty : $", share {shard} of {options.NumSims},")} written to {output}"
            )
        );
        return ExitStatus.Success;
    }

    /// <summary>Whether an existing result is of another run and may be replaced. Where it may not, an exception is thrown before the work.</summary>
    /// <returns>False for a result of the same run, which a repetition would reproduce bit for bit.</returns>
    private static bool IsToBeReplaced(string output, JournalHeader header, Earlier earlier)
    {
        string? difference;
        try
        {
            difference = ResultMerge.DifferenceFrom(output, header);
        }
        catch (InvalidInputException exception)
        {
            difference = $"another file ({exception.Message})";
        }

        return difference is null ? false
            : earlier.Overwrite ? true
            : throw new InvalidInputException(
                earlier.Resume ? "--resume" : "--out",
                $"expected {(earlier.Resume ? "" : "no file, or ")}the result of the same run in {output}, found {difference}; --overwrite replaces it"
            );
    }

    private static ExperimentResult Simulate(Experiment experiment, Journal journal, string output, CancellationToken cancellation)
    {
        var options = experiment.Header.Options;
        if (journal.Damaged > 0)
        {
            Console.Error.WriteLine(
                $"note: {Counted.Spell(journal.Damaged, "incomplete or damaged record")} "
                    + $"of the earlier run {(journal.Damaged == 1 ? "is" : "are")} computed again"
            );
        }

        var pending = experiment.Indices.Count - journal.Finished.Count;
        if (journal.Finished.Count > 0)
        {
            Console.Error.WriteLine($"note: going on with {Counted.Spell(journal.Finished.Count, "finished simulation")}, {pending} to do");
        }

        try
        {
            return ProgressDisplay.Show(
                ForeignText.OnOneLine(options.Name),
                Math.Max(1, (long)pending * options.Steps),
                depthReached => experiment.Run(journal, depthReached, cancellation)
            );
        }
        catch (OperationCanceledException) when (journal.Count > 0)
        {
            Console.Error.WriteLine(
                ForeignText.OnOneLine(
                    $"note: {Counted.Spell(journal.Count, experiment.Indices.Count, "simulation")} {(journal.Count == 1 ? "is" : "are")} kept in "
                        + $"{Journal.PathOf(output)}; --resume goes on with them"
                )
            );
            throw;
        }
    }

    /// <summary>How the results of earlier runs are treated.</summary>
    /// <param name="Resume">Whether to continue an earlier run.</param>
    /// <param name="Overwrite">Whether to replace earlier results.</param>
    private readonly record struct Earlier(bool Resume, bool Overwrite);
}
