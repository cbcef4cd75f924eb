using System.CommandLine;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved diagnose</c>: what the post would say of the architecture behind a result file.</summary>
internal static class DiagnoseCommand
{
    private const string WellBehaved = "well-behaved";

    /// <summary>Indentation of the evidence beyond the titles of its lines.</summary>
    private const int Hanging = 21;

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE.npz") { Description = "A result file, ours or the author's" };
        var json = OptionFactory.OutputFile("--json", "Write the diagnosis to this file as JSON");
        var expect = OptionFactory.Choice("--expect", "Exit status 1 where the architecture is not as expected", "anything", WellBehaved);
        var command = new Command("diagnose", "Judges an architecture by its random mappings: well-behaved, pathological signal or pathological SNR, with rates and evidence.") { file, expect, json };
        command.SetAction(parsed => Diagnose(parsed.GetRequiredValue(file), parsed.GetValue(expect), parsed.GetValue(json)));
        return command;
    }

    private static int Diagnose(string path, string? expected, string? json)
    {
        if (json is not null)
        {
            Outputs.RequireText(json, "--json");
            Outputs.RequireApart(json, "--json", [path]);
            AtomicFile.EnsureWritable(json, "--json");
        }

        var table = MomentTable.Of(ResultInput.Read(path));
        var diagnosis = Diagnosis.Of(table);
        var screen = Screen.Output();
        screen.Sentence(diagnosis.Sentence);
        foreach (var line in DiagnosisLines.Of(diagnosis).Skip(1))
        {
            screen.Sentence(line, Hanging);
        }

        if (json is not null)
        {
            AtomicFile.WriteText(json, DiagnosisReport.ToText(diagnosis) + "\n");
        }

        return diagnosis.Condition == Condition.Undecided ? ExitStatus.Inconclusive
            : expected == WellBehaved && diagnosis.Condition != Condition.WellBehaved ? ExitStatus.Rejected
            : ExitStatus.Success;
    }
}
