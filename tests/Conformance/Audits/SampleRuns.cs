using System.Globalization;
using System.Text;
using Wellbehaved.Audit;
using Wellbehaved.Cli;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Made-up runs that hold whatever a report can show, and the reports of each.</summary>
public static class SampleRuns
{
    /// <summary>Every verdict, in whole and in part, words that want to break the page, and everything that stands beside the checks.</summary>
    public static VerificationRun Mixed =>
        new(
            "sub|ject <1>",
            Scale.Quick,
            7,
            [
                Statistical("S2", Verdict.Holds, 0.5),
                Statistical("W1", Verdict.Rejected, -9.25),
                new CheckOutcome(CheckOf("D4"), Verdict.Holds, [Exact("definition", 0.25), Exact("bound", 0.75)], null)
                {
                    Declined = ["boundary symmetric", "boundary zero"],
                },
                new CheckOutcome(CheckOf("O1"), Verdict.Inconclusive, [], "IOException: <disk> \u0001\tfull\r\nof \uFFFE | \uD83D\uDE00"),
                new CheckOutcome(CheckOf("D1"), Verdict.Declined, [], "declined: moments") { Declined = ["moments"] },
                Statistical("I1", Verdict.Inconclusive, double.NaN),
            ],
            [
                KeyValuePair.Create("bn_res", Diagnosis.Diagnose(Ensemble(_ => 9, depth => 0.6 * Math.Log(depth), 40))),
                KeyValuePair.Create("vanilla", Diagnosis.Diagnose(Ensemble(depth => 1 + (300 / (depth * depth)), depth => 1 - (1 / depth), 40))),
                KeyValuePair.Create("bn_ff", Diagnosis.Diagnose(Ensemble(_ => 9, depth => 0.2 * depth, 40))),
                KeyValuePair.Create("vanilla_res", Diagnosis.Diagnose(Ensemble(_ => 9, depth => 0.2 * depth, 1))),
            ],
            []
        )
        {
            NotRun = [.. ClaimLedger.Claims.Where(claim => claim.IsTrained)],
            SubjectVersion = "2 | beta",
            AdapterFailures = ["propagate: half a line", "describe: <nothing>"],
            NotJudged = [KeyValuePair.Create("D8", "no tensors"), KeyValuePair.Create("O1", "no tensors"), KeyValuePair.Create("P1", "too shallow")],
        };

    /// <summary>All checks, those that a known defect fails rejected.</summary>
    public static VerificationRun Defective =>
        new(
            "mutant",
            Scale.Full,
            8,
            [
                .. Suite
                    .Checks.Where(check => check.Architecture != Suite.Composed)
                    .Select(check =>
                        Statistical(check, KnownDefects.Signatures[0].Rejects.Contains(Signature.NameOf(check)) ? Verdict.Rejected : Verdict.Holds, 1)
                    ),
            ],
            [],
            []
        );

    /// <summary>An audit of recorded moments, all of which hold.</summary>
    public static VerificationRun Recorded =>
        new(
            "moments.npz",
            Scale.Quick,
            9,
            [Statistical("S2", Verdict.Holds, 0.5), new CheckOutcome(CheckOf("D4"), Verdict.Holds, [Exact("definition", 0.25)], null)],
            [],
            []
        )
        {
            IsRecorded = true,
            Command = "wellbehaved audit --results moments.npz",
        };

    /// <summary>Every report, by file name.</summary>
    public static IReadOnlyDictionary<string, Func<string>> Reports { get; } =
        All().ToDictionary(pair => pair.Name, pair => (Func<string>)(() => AsTheCommandSays(pair.Text)));

    /// <summary>Writes the approved reports anew.</summary>
    public static void Write(string folder)
    {
        foreach (var (name, text) in Reports)
        {
            File.WriteAllText(Path.Combine(folder, name), text());
        }
    }

    /// <summary>A report for a user of the command, whose options it names.</summary>
    private static string AsTheCommandSays(Func<string> text)
    {
        ParameterName.SpellBy(OptionNames.Spell);
        try
        {
            return text();
        }
        finally
        {
            ParameterName.SpellBy(null);
        }
    }

    private static IEnumerable<(string Name, Func<string> Text)> All()
    {
        foreach (var (name, run) in new (string, Func<VerificationRun>)[] { ("mixed", () => Mixed), ("recorded", () => Recorded) })
        {
            yield return ($"{name}.md", () => MarkdownReport.ToText(run()));
            yield return ($"{name}.xml", () => JunitReport.ToText(run()));
            yield return ($"{name}.json", () => VerificationReport.ToText(run()) + "\n");
            yield return ($"{name}-badge.json", () => Badge.ToText(run()));
        }

        foreach (var (name, file) in EndedFiles.All)
        {
            yield return ($"ended-{name}.txt", () => string.Join('\n', DiagnosisLines.Write(Diagnosis.Diagnose(MomentTable.Read(file())))) + "\n");
        }

        yield return ("ended.json", () => DiagnosisReport.ToText(Diagnosis.Diagnose(MomentTable.Read(EndedFiles.Few(EndedFiles.Mixed)))) + "\n");
        yield return ("defective.txt", () => string.Join('\n', RunSummary.Write(Defective)) + "\n");
        yield return ("defective-replay.txt", () => VerificationReport.ReplayOf(Defective, Defective.Outcomes[0]) + "\n");
        yield return ("diagnosis.json", () => DiagnosisReport.ToText(Mixed.Diagnoses[0].Value) + "\n");
        foreach (
            var (folder, name, architecture, experiment) in new[]
            {
                ("published", "bn_ff_fc_64", "bn_ff", new RecordedExperiment(512, 64, 1)),
                ("published", "bn_res_fc", "bn_res", new RecordedExperiment(512, 64, 1)),
                ("published", "vanilla_fc", "vanilla", new RecordedExperiment(512, 1024, 1)),
                ("published", "vanilla_histo_fc", "vanilla", new RecordedExperiment(128, 1024, 1)),
                ("measured", "bn_res", "bn_res", new RecordedExperiment(512, 64, 3, "periodic")),
                ("measured", "bn_ff", "bn_ff", new RecordedExperiment()),
            }
        )
        {
            yield return (
                $"audit-{folder}-{name}.txt",
                () =>
                    Judged(
                        ResultAudit.Judge(
                            name,
                            RecordedFigures.Read(Path.Combine(AppContext.BaseDirectory, folder, name + ".csv")),
                            Architecture.Named(architecture),
                            experiment
                        )
                    )
            );
        }

        foreach (
            var (architecture, kernelSize, boundary) in new[]
            {
                ("vanilla", 1, Boundary.Periodic),
                ("vanilla_res", 3, Boundary.Symmetric),
                ("bn_ff", 3, Boundary.ZeroPadding),
                ("bn_res", 1, Boundary.Periodic),
            }
        )
        {
            yield return (
                $"prediction-{architecture}.txt",
                () =>
                    Predicted(
                        Small(architecture) with
                        {
                            BatchSize = kernelSize == 1 ? 6 : 1,
                            KernelSize = kernelSize,
                            Boundary = boundary,
                            TotalDepth = 3,
                            NumComputations = 3,
                            Epsilon = 0.1,
                        }
                    )
            );
            yield return ($"finite-width-{architecture}.txt", () => Sampled(Small(architecture) with { TotalDepth = 3, NumComputations = 3 }));
            yield return (
                $"deep-{architecture}.txt",
                () => Deep(Small(architecture) with { TotalDepth = 12, NumComputations = 4, NumSims = 3, KernelSize = kernelSize, Boundary = boundary })
            );
        }

        foreach (var architecture in Architecture.Names)
        {
            yield return (
                $"figures-{architecture}.csv",
                () => OfSmallFile(architecture, plain: false, file => WithoutRounding(RecordedFigures.Compute(file, Architecture.Named(architecture)).ToText()))
            );
            yield return (
                $"audit-{architecture}.txt",
                () => OfSmallFile(architecture, plain: false, file => Judged(ResultAudit.Judge(architecture, file, architecture, new RecordedExperiment())))
            );
            yield return (
                $"audit-{architecture}-plain.txt",
                () =>
                    OfSmallFile(
                        architecture,
                        plain: true,
                        file =>
                            Judged(
                                ResultAudit.Judge(architecture, file, architecture, new RecordedExperiment(BatchSize: 6, KernelSize: 3, Boundary: "symmetric"))
                            )
                    )
            );
        }
    }

    /// <summary>An experiment of a dozen small nets, as its file is read; plain without logarithms and options, as the author's are.</summary>
    private static string OfSmallFile(string architecture, bool plain, Func<ResultFile, string> report)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("wellbehaved").FullName, architecture + ".npz");
        try
        {
            var arrays = Experiment.Prepare(Small(architecture)).Run().ToArrays().Arrays;
            NpzArchive.Write(
                path,
                [.. arrays.Where(pair => !plain || (!pair.Key.StartsWith("log_", StringComparison.Ordinal) && pair.Key != "configuration"))]
            );
            return report(ResultFile.Read(path));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    private static ExperimentOptions Small(string architecture) =>
        new()
        {
            Architecture = architecture,
            TotalDepth = 64,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 6,
            NumSims = 12,
            NumComputations = 16,
            Epsilon = 0,
        };

    private static string Predicted(ExperimentOptions options)
    {
        var advanced = 0;
        var prediction = Prediction.Predict(options, ImageSources.Open(options.Dataset, options.DataDir), () => advanced++);
        return string.Create(
                CultureInfo.InvariantCulture,
                $"{advanced} layers, {prediction.ImagesUsed} images, width {prediction.Walk?.Width}, tau {prediction.Tau:G8}, limit "
                    + $"{prediction.DeltaChiLimit:G8}, error {prediction.QuadratureError:G3}, mu2 {prediction.Mu2InputSignal:G8}\n"
            )
            + Row("log_chi", [prediction.LogChiAtDepth0, .. prediction.LogChi])
            + Row("log_delta_chi", prediction.LogDeltaChi)
            + Row("reff", prediction.Moments.Select(moments => moments.ReffSignal))
            + Row("log_nu2", prediction.Moments.Select(moments => moments.LogNu2Signal))
            + string.Concat(prediction.Basis.Select(basis => $"{basis.Law}: {basis.Quantities}: {basis.Exactness}\n"));
    }

    private static string Sampled(ExperimentOptions options)
    {
        var advanced = 0;
        var sampled = FiniteWidthPrediction.Sample(options, ImageSources.Open(options.Dataset, options.DataDir), 3, () => advanced++);
        return $"{advanced} layers of {sampled.Samples} networks\n"
            + Row("log_chi", sampled.LogChiMean)
            + Row("standard_error", sampled.LogChiStandardError)
            + Row("chi", sampled.ChiMean)
            + Row("reff", sampled.ReffMean)
            + Row("mu4", sampled.Mu4Mean);
    }

    /// <summary>A subject that leaves deep experiments to the auditor, and one that runs its own: the same networks.</summary>
    private static string Deep(ExperimentOptions options)
    {
        using var reference = new ReferenceSubject();
        var advanced = 0;
        var table = DeepPropagation.Run(reference, options, () => advanced++, default);
        var own = reference.Run(options, null, default);

        // Single precision, 6e-8, grows over twelve layers of sums and batch norm to some 1e-6: four digits are shown, and they must agree.
        var apart =
            Apart(table.Reff!, own.Reff!)
            + Apart(table.LogChi!, own.LogChi!)
            + Apart(table.LogNu2!, own.LogNu2!)
            + Apart(
                [
                    [.. table.LogNu2AtDepth0!],
                ],
                [
                    [.. own.LogNu2AtDepth0!],
                ]
            );
        var text = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"{advanced} layers, {table.Simulations} nets, {table.Died} dead, depths {string.Join(' ', table.Depths)}, "
                + $"{(apart < 1e-3 ? "as by itself" : $"apart by {apart}")}\n"
        );
        foreach (var (name, rows) in new[] { ("reff", table.Reff!), ("log_chi", table.LogChi!), ("log_nu2", table.LogNu2!) })
        {
            foreach (var row in rows)
            {
                text.Append(Row(name, row, "G4"));
            }
        }

        return text.ToString();

        static double Apart(IReadOnlyList<double[]> one, IReadOnlyList<double[]> other) =>
            one.Zip(other, (x, y) => x.Zip(y, (a, b) => Math.Abs(a - b)).Max()).Max();
    }

    private static string Row(string name, IEnumerable<double> values, string format = "G8") =>
        $"{name}: {string.Join(", ", values.Select(value => value.ToString(format, CultureInfo.InvariantCulture)))}\n";

    /// <summary>A quantity that is the same in all nets but for rounding has its mean alone; spread and skewness of roundings are the machine's.</summary>
    private static string WithoutRounding(string table) =>
        string.Join(
            '\n',
            table
                .Split('\n')
                .Select(
                    (line, i) =>
                    {
                        var cells = line.Split(',');
                        return
                            i == 0
                            || cells.Length < 5
                            || Math.Abs(double.Parse(cells[4], CultureInfo.InvariantCulture))
                                > 1e-9 * Math.Max(1, Math.Abs(double.Parse(cells[3], CultureInfo.InvariantCulture)))
                            ? string.Join(
                                ',',
                                cells.Select((cell, c) => i > 0 && c == 5 && Math.Abs(double.Parse(cell, CultureInfo.InvariantCulture)) < 1e-9 ? "0" : cell)
                            )
                            : string.Create(
                                CultureInfo.InvariantCulture,
                                $"{cells[0]},{cells[1]},{cells[2]},{Math.Round(double.Parse(cells[3], CultureInfo.InvariantCulture), 9):G7},constant"
                            );
                    }
                )
        );

    private static string Judged(VerificationRun run)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{run.Subject}: {run.Verdict}; {run.Command}\n");
        foreach (var outcome in run.Outcomes)
        {
            foreach (var measurement in outcome.Measurements)
            {
                // Far inside a tolerance, which comparison is the worst is rounding, and so is what it says.
                var numbers =
                    measurement.IsDeterministic && Math.Abs(measurement.Deviation) < 0.1
                        ? $"{measurement.Quantity.Split(" at ")[0]}: agree"
                        : string.Create(
                            CultureInfo.InvariantCulture,
                            $"{measurement.Quantity}: predicted {measurement.Predicted.Value:G6}, measured {measurement.Measured.Value:G6}, "
                                + $"apart by {measurement.Deviation:G4}"
                        );
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{Signature.NameOf(outcome.Check)}: {outcome.Verdict}: {numbers}, n = {measurement.Samples}, detectable "
                        + $"{measurement.Detectable:G4}, alpha {measurement.FalseFailRate:G4}: {measurement.Verdict} {measurement.Remark}\n"
                );
            }
        }

        foreach (var (claim, reason) in run.NotJudged)
        {
            text.Append(CultureInfo.InvariantCulture, $"{claim} not judged: {reason}\n");
        }

        return text.Append(string.Join(' ', run.NotTestable.Concat(run.NotRun).Select(claim => claim.Id)))
            .Append('\n')
            .Append(string.Join('\n', run.Diagnoses.Select(pair => pair.Value.Sentence)))
            .Append('\n')
            .ToString();
    }

    /// <summary>
    /// Moments of an ensemble that follow given laws of the depth, with a little scatter: of fixed size, unless it is given by mapping and place.
    /// </summary>
    public static MomentTable Ensemble(
        Func<double, double> reff,
        Func<double, double> logChi,
        int mappings,
        int depth = 200,
        Func<int, int, double>? scatter = null
    )
    {
        ArgumentNullException.ThrowIfNull(reff);
        ArgumentNullException.ThrowIfNull(logChi);
        scatter ??= (mapping, place) => 0.02 * Math.Sin((7 * mapping) + (3 * place));
        int[] depths = [.. Enumerable.Range(1, 20).Select(i => i * depth / 20)];
        return new MomentTable(depths, mappings, Rows((d, s) => 1 + ((reff(d) - 1) * (1 + s))), Rows((d, s) => logChi(d) + s), null, null, 0);

        double[][] Rows(Func<double, double, double> of) =>
            [.. Enumerable.Range(0, mappings).Select(i => depths.Select((d, at) => of(d, scatter(i, at))).ToArray())];
    }

    private static Check CheckOf(string claim) => Suite.Checks.First(check => check.ClaimId == claim);

    private static CheckOutcome Statistical(string claim, Verdict verdict, double deviation) => Statistical(CheckOf(claim), verdict, deviation);

    private static CheckOutcome Statistical(Check check, Verdict verdict, double deviation) =>
        new(
            check,
            verdict,
            [
                new Measurement("ν₂", new Expected(1), new Observed(double.IsNaN(deviation) ? double.NaN : 2), verdict)
                {
                    Samples = 3000,
                    Deviation = deviation,
                    FalseFailRate = 1e-9,
                    Detectable = 0.0625,
                    Remark = deviation < 0 ? "a remark" : null,
                },
            ],
            null
        );

    private static Measurement Exact(string quantity, double deviation) =>
        new(quantity, new Expected(1.5), new Observed(1.25), Verdict.Holds)
        {
            Samples = 12,
            Deviation = deviation,
            Tolerance = 3e-7,
        };
}
