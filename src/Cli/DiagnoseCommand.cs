using System.CommandLine;
using System.Text.Json.Nodes;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved diagnose</c>: judges the network of a result file, or a network that is run first, by the criteria of the post.</summary>
internal static class DiagnoseCommand
{
    private const string WellBehaved = "well-behaved";

    private const int SimulationsByDefault = 32;

    /// <summary>The default number of simulations of a network in an ONNX file; it is low because such a network is rarely small.</summary>
    private const int OnnxSimulationsByDefault = 8;

    /// <summary>A file that begins with more blank characters than this is not taken for a network.</summary>
    private const int MostBlanks = 1 << 12;

    /// <summary>Indentation of the evidence: it stands to the right of the titles of its lines.</summary>
    private const int Hanging = 21;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description =
                "A result file of wellbehaved, of the author's package or of another program; or a network, "
                + "which is run first: of layers, as a JSON file or a recipe, "
                + "or a model in an ONNX file",
            HelpName = "FILE.npz|NETWORK|MODEL.onnx",
        }.Taking(FileRole.ReadNetwork);
        var json = OptionFactory.OutputFile("--json", "Write the diagnosis to this file as JSON");
        var expect = OptionFactory.Choice("--expect", "Exit status 1 where the network is not as expected", "anything", WellBehaved);
        var network = new NetworkOptions(NetworkOptions.Source.Network);
        var numSims = OptionFactory.Number(
            "--num-sims",
            $"Number of simulations, each with its own batch, noise and weights; {OnnxSimulationsByDefault} by default for an ONNX file",
            SimulationsByDefault
        );
        var output = new Option<string?>("--out") { Description = "Also write the moments to this result file, .npz", HelpName = "FILE" }.Taking(
            FileRole.WriteResult
        );
        var threads = ThreadOption.Create();
        var command = new Command(
            "diagnose",
            "Judges a network by its random mappings: well-behaved, or pathological in signal, SNR or point, with rates and evidence. The options "
                + "from --total-depth on are for a network, which is run first."
        )
        {
            file,
            expect,
            json,
        };
        var report = new Option<string?>("--report")
        {
            Description =
                "Write a report into this folder, report.html and report.md: the answer, where, what theory says, what would change it, how sure, "
                + "how to repeat it",
            HelpName = "DIR",
        }.Taking(FileRole.WriteReport);
        var onnx = new OnnxOptionList();
        network.AddTo(command);
        onnx.AddTo(command);
        command.Options.Add(report);
        Option[] ofRuns = [.. network.All, .. onnx.All, numSims, output, threads];
        foreach (var option in new Option[] { numSims, output, threads })
        {
            command.Options.Add(option);
        }

        command.SetAction(
            (parsed, cancellation) =>
                Task.Run(() =>
                {
                    var path = parsed.GetRequiredValue(file);
                    Outputs.RequireWritableText(parsed.GetValue(json), "--json");
                    var (folder, expected, table) = (parsed.GetValue(report), parsed.GetValue(expect), parsed.GetValue(json));
                    if (OnnxFile.Is(path))
                    {
                        var simulations = parsed.GetResult(numSims) is { Implicit: false } ? parsed.GetValue(numSims) : OnnxSimulationsByDefault;
                        var request = onnx.Read(network.ReadOnnx(path, parsed, simulations), parsed) with { Threads = parsed.GetValue(threads) };
                        var repeat = Repeat([.. network.All, .. onnx.All, numSims]);
                        var (diagnosis, told) = OnnxRun.Diagnose(request, parsed.GetValue(output), folder, repeat, cancellation);
                        Say(told.Short is { } answer ? [answer] : []);
                        told.Print(Screen.Output());
                        return Judged(Say(diagnosis, expected, table, told.ToJson, [], repeat));
                    }

                    if (folder is not null)
                    {
                        new ReportFiles(null, null, null, folder).EnsureWritable();
                    }

                    if (!IsNetwork(path))
                    {
                        return ofRuns.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } needless
                            ? throw new InvalidInputException(
                                needless.Name,
                                $"expected only for a network of layers or an ONNX file, which is run first; {path} is a result file, or is not a network"
                            )
                            : Judged(Tell(ResultInput.Read(path), Repeat([]), cancellation));
                    }

                    onnx.RefuseAll(parsed);
                    var options = network.Read(path, parsed, parsed.GetValue(numSims));
                    return Judged(
                        Tell(Run(options, parsed.GetValue(output), parsed.GetValue(threads), cancellation), Repeat([.. network.All, numSims]), cancellation)
                    );

                    int Tell(ResultFile file, string repeat, CancellationToken stop)
                    {
                        var diagnosis = Diagnosis.Diagnose(MomentTable.Read(file));
                        var theory = file.Options is null ? null : RecordedForecast.Predict(file, given: null, stop);
                        var told = new NetworkReport(ResultInput.NameOf(path, file), file, diagnosis, theory, repeat);
                        Say(told.Short is { } answer ? [answer] : []);
                        if (folder is not null)
                        {
                            ReportFolder.Write(told, folder);
                        }

                        return Say(diagnosis, expected, table, told.ToJson, told.Lines(), repeat);
                    }

                    string Repeat(Option[] given) =>
                        string.Join(
                            ' ',
                            given
                                .Where(option => parsed.GetResult(option) is { Implicit: false })
                                .SelectMany(option => parsed.GetResult(option)!.Tokens.Select(token => Shell.Word(token.Value)).Prepend(option.Name))
                                .Prepend(Shell.Word(path))
                                .Prepend("wellbehaved diagnose")
                        );

                    int Judged(int status)
                    {
                        SayWhere(parsed.GetValue(output), parsed.GetValue(json), parsed.GetValue(report));
                        return status;
                    }
                })
        );
        return command;
    }

    /// <summary>Whether a path names a network. The content of the file decides: results are archives, networks are JSON objects.</summary>
    private static bool IsNetwork(string path)
    {
        if (!File.Exists(path))
        {
            return !Directory.Exists(path) && (NetworkSource.IsName(path) || path.EndsWith(".json", StringComparison.OrdinalIgnoreCase));
        }

        using var stream = RegularFile.Open(path, "file");
        using var reader = new StreamReader(stream);
        var beginning = new char[MostBlanks];
        var first = beginning.AsSpan(0, reader.ReadBlock(beginning)).Trim('\0').TrimStart();

        // A comment may precede the object.
        return first is ['{' or '/', ..] || (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && first is not ['P', 'K', ..]);
    }

    private static ResultFile Run(ExperimentOptions options, string? output, int threads, CancellationToken cancellation)
    {
        ThreadOption.Require(threads);

        if (output is not null)
        {
            ResultOutput.EnsureNew(output);
        }

        // The lock excludes another run that works on the same file.
        using var held = output is null ? null : OutputLock.Take(output);
        var experiment = Experiment.Prepare(options, threads);
        ImageRemark.Print(experiment.Remark);
        var result = ProgressDisplay.Show(
            ForeignText.OnOneLine(options.Name),
            Math.Max(1, (long)options.NumSims * options.Steps),
            depthReached => experiment.Run(depthReached, cancellation: cancellation)
        );
        if (output is not null)
        {
            ResultOutput.EnsureNew(output);
            foreach (var warning in ResultFile.Write(output, result))
            {
                Console.Error.WriteLine(ForeignText.OnOneLine($"warning: {warning}"));
            }
        }

        // The diagnosis is of the arrays as the file holds or would hold them, so that it is the same when the file is read later.
        return ResultFile.FromArrays(output ?? options.Name, new ArraysInMemory(result.ToArrays().Arrays));
    }

    /// <summary>Prints the names of the files that were written.</summary>
    private static void SayWhere(string? output, string? json, string? report)
    {
        foreach (var (what, path) in new[] { ("moments", output), ("diagnosis", json), ("report", report) })
        {
            if (path is not null && !OutputDevice.Is(path))
            {
                Console.WriteLine(ForeignText.OnOneLine($"{what}: written to {path}"));
            }
        }
    }

    private static void Say(IEnumerable<string> sentences)
    {
        var screen = Screen.Output();
        foreach (var sentence in sentences)
        {
            screen.Sentence(sentence);
        }
    }

    private static int Say(Diagnosis diagnosis, string? expected, string? json, Func<JsonObject> told, IEnumerable<string> after, string repeat)
    {
        var screen = Screen.Output();
        screen.Sentence(diagnosis.Sentence);
        foreach (var line in DiagnosisLines.Write(diagnosis).Skip(1))
        {
            screen.Sentence(line, Hanging);
        }

        Say(after);
        screen.Command($"repeat: {repeat}");
        if (json is not null)
        {
            AtomicFile.WriteText(json, Json.TextOf(told()) + "\n");
        }

        return diagnosis.Condition == Condition.Undecided ? ExitStatus.Inconclusive
            : expected == WellBehaved && diagnosis.Condition != Condition.WellBehaved ? ExitStatus.Rejected
            : ExitStatus.Success;
    }
}
