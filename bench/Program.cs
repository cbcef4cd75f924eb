using System.Globalization;
using BenchmarkDotNet.Running;
using Wellbehaved.Audit;
using Wellbehaved.Bench;
using Wellbehaved.Evidence;
using Wellbehaved.Tests.Conformance;

// The commands:
// evidence … (prints its own help when called alone); gallery FOLDER; vectors FOLDER; layer-vectors FOLDER; signatures FILE [CLAIM…];
// layer-signatures [new] FILE; causes SEEDS; findings FILE; figures FOLDER TARGET [LIKE];
// theory [SECONDS] (compares times of predictions with their limits);
// fuzz INPUTS SEED; fuzz commands FROM TO [FOLDER]; fuzz onnx FROM TO FILE; leak MINUTES;
// mutation-score LEAST SURVIVORS REPORT…; mutation-survivors SURVIVORS REPORT…; record [new] FILE; reports FOLDER; reproduction PUBLISHED MEASURED;
// compare SCRIPT PAGE [--quick] [--rounds N] [--history FILE COMMIT]; compare history FILE PICTURE; anything else goes to BenchmarkDotNet.
switch (args)
{
    case ["evidence", .. var rest]:
        return EvidenceCommands.Run(rest);
    case ["gallery", var folder]:
        Gallery.Write(folder, Console.WriteLine);
        break;
    case ["vectors", var folder]:
        Console.WriteLine(string.Join("\n", VectorFile.WriteAll(folder)));
        break;
    case ["layer-vectors", var folder]:
        Console.WriteLine(string.Join("\n", LayerVectorFile.WriteAll(folder)));
        break;
    case ["figures", var folder, var target, .. var like]:
        FigureTables.Run(folder, target, like.FirstOrDefault());
        break;
    case ["theory", .. var allowance]:
        return TheoryTimes.Run(allowance is [var factor] ? double.Parse(factor, CultureInfo.InvariantCulture) : 1) ? 0 : 1;
    case ["fuzz", var inputs, var seed]:
        return Fuzzing.Run(int.Parse(inputs, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture)) == 0 ? 0 : 1;
    case ["fuzz", "commands", var from, var to, .. var keep]:
        return Fuzzing.RunCommands(int.Parse(from, CultureInfo.InvariantCulture), int.Parse(to, CultureInfo.InvariantCulture), keep.FirstOrDefault()) == 0
            ? 0
            : 1;
    case ["fuzz", "onnx", var from, var to, var file]:
        var (refused, findings) = OnnxFuzzing.Try(int.Parse(from, CultureInfo.InvariantCulture), int.Parse(to, CultureInfo.InvariantCulture), file);
        Console.WriteLine($"{refused} refused, {findings.Count} findings");
        foreach (var finding in findings)
        {
            Console.Error.WriteLine(finding);
        }

        return findings.Count == 0 ? 0 : 1;
    case ["leak", var minutes]:
        var leak = LeakWatch.Run(null, TimeSpan.FromMinutes(double.Parse(minutes, CultureInfo.InvariantCulture)), Console.WriteLine);
        Console.WriteLine(leak ?? "no leak");
        return leak is null ? 0 : 1;
    case ["mutation-score", var least, var survivors, .. var reports]:
        return MutationScore.Print(double.Parse(least, CultureInfo.InvariantCulture), survivors, reports) ? 0 : 1;
    case ["mutation-survivors", var survivors, .. var reports]:
        Survivors.Write(survivors, MutationReport.Read(reports));
        break;
    case ["record", "new", var path]:
        SuiteRecord.AddRows(path);
        break;
    case ["record", var path]:
        SuiteRecord.Write(path);
        break;
    case ["reports", var folder]:
        SampleRuns.Write(folder);
        break;
    case ["reproduction", var published, var measured]:
        ReproductionTable.Print(published, measured);
        break;
    case ["findings", var path]:
        SuiteRecord.AddFindings(path);
        break;
    case ["causes", var seeds]:
        CauseMeasurement.Run(int.Parse(seeds, CultureInfo.InvariantCulture));
        break;
    case ["layer-signatures", "new", var path]:
        LayerSignatureMeasurement.Run(path, onlyNew: true);
        break;
    case ["layer-signatures", var path]:
        LayerSignatureMeasurement.Run(path);
        break;
    case ["signatures", var path, .. var claims]:
        SignatureMeasurement.Run(path, claims);
        break;
    case ["compare", "history", var history, var picture]:
        CompareHistory.Draw(history, picture);
        break;
    case ["compare", var script, var page, .. var rest]:
        new Comparison(ComparisonOptions.Read(script, page, rest)).Run();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}

return 0;
