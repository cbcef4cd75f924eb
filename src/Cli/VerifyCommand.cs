using System.CommandLine;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved verify</c>: do the claims of the ledger hold on the reference implementation?</summary>
internal static class VerifyCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var scale = OptionFactory.Choice("--scale", "How much to simulate", "quick", "full");
        var claims = new Option<string[]>("--claim") { Description = "Check this claim only; may be given more than once (wellbehaved claims lists the ids)", HelpName = "ID", AllowMultipleArgumentsPerToken = true };
        var seed = OptionFactory.Number("--seed", "Seed of all randomness", 0UL, "a whole number of at least 0");
        var json = OptionFactory.OutputFile("--json", "Write the outcome to this file as JSON");
        var command = new Command("verify", "Confronts the reference implementation with the theory, claim by claim, with known error rates.") { scale, claims, seed, json };
        command.SetAction((parsed, cancellation) => Task.Run(() => Verify(
            parsed.GetRequiredValue(scale) == "full" ? Scale.Full : Scale.Quick,
            parsed.GetValue(claims) ?? [],
            parsed.GetValue(seed),
            parsed.GetValue(json),
            cancellation)));
        return command;
    }

    private static int Verify(Scale scale, string[] claims, ulong seed, string? json, CancellationToken cancellation)
    {
        if (json is not null)
        {
            AtomicFile.EnsureWritable(json, "--json");
        }

        using var reference = new ReferenceSubject();
        var run = ProgressDisplay.Show("verify", VerificationRun.Work(scale, claims), advance => VerificationRun.Of(reference, scale, seed, claims, advance, cancellation));
        VerdictTable.Print(run);
        if (json is not null)
        {
            AtomicFile.WriteText(json, VerificationReport.ToText(run) + "\n");
        }

        return run.Verdict switch
        {
            Verdict.Holds => ExitStatus.Success,
            Verdict.Rejected => ExitStatus.Rejected,
            _ => ExitStatus.Inconclusive,
        };
    }
}
