using System.CommandLine;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved diagnose</c>: what the post would say of the architecture behind a result file.</summary>
internal static class DiagnoseCommand
{
    /// <summary>Indentation of the evidence beyond the titles of its lines.</summary>
    private const int Hanging = 21;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE.npz") { Description = "A result file, ours or the author's" };
        var json = OptionFactory.OutputFile("--json", "Write the diagnosis to this file as JSON");
        var command = new Command("diagnose", "Judges an architecture by its random mappings: well-behaved, pathological signal or pathological SNR, with evidence.") { file, json };
        command.SetAction(parsed => Diagnose(parsed.GetRequiredValue(file), parsed.GetValue(json)));
        return command;
    }

    private static int Diagnose(string path, string? json)
    {
        if (json is not null)
        {
            AtomicFile.EnsureWritable(json, "--json");
        }

        var table = MomentTable.Of(ResultInput.Read(path));
        var diagnosis = Diagnosis.Of(table);
        var screen = Screen.Output();
        screen.Sentence(diagnosis.Sentence);
        if (diagnosis.SignalPathology.Samples > 0)
        {
            screen.Sentence($"  pathological signal: {Share(diagnosis.SignalPathology)}", Hanging);
            screen.Sentence($"  pathological SNR:    {Share(diagnosis.SnrPathology)}", Hanging);
            screen.Sentence($"  growth of χ:         {Describe(diagnosis.ChiGrowth!)}", Hanging);
            screen.Sentence(FormattableString.Invariant($"  effective rank:      median {diagnosis.MedianReff:G4} at depth {table.Depths[^1]}, {(double.IsNaN(diagnosis.ReffLimit) ? "limit not settled" : FormattableString.Invariant($"limit {diagnosis.ReffLimit:G4}"))}"), Hanging);
            screen.Sentence($"  a condition is named wrongly less than once in {1 / Diagnosis.FalseRate:N0} experiments; intervals are of 95 %");
        }

        if (table.Died > 0)
        {
            Console.WriteLine($"  left out: {Counted.Of(table.Died, "mapping")} in which all activations were off");
        }

        if (json is not null)
        {
            AtomicFile.WriteText(json, DiagnosisReport.ToText(diagnosis) + "\n");
        }

        return diagnosis.Condition == Condition.Undecided ? ExitStatus.Inconclusive : ExitStatus.Success;
    }

    private static string Share(BinomialProportion proportion)
    {
        var (lower, upper) = proportion.Interval(0.05);
        return FormattableString.Invariant($"{Counted.Of(proportion.Successes, proportion.Samples, "mapping")}, so {lower:F3} to {upper:F3} of all");
    }

    private static string Describe(GrowthLaw growth) => growth.Law switch
    {
        Growth.Exponential => FormattableString.Invariant($"exponential, ln χ gains {growth.Parameter:F4} in each layer ({growth.Lower:F4} to {growth.Upper:F4}); shape {growth.Shape:F2} (1 is exponential, 0 a power)"),
        Growth.Power => FormattableString.Invariant($"power {growth.Parameter:F3} of the depth ({growth.Lower:F3} to {growth.Upper:F3}); shape {growth.Shape:F2} (1 is exponential, 0 a power)"),
        Growth.Bounded => "bounded",
        _ => FormattableString.Invariant($"not settled; shape {growth.Shape:F2} (1 is exponential, 0 a power)"),
    };
}
