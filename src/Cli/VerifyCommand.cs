using System.CommandLine;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved verify</c>: do the claims of the ledger hold on the reference implementation?</summary>
internal static class VerifyCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var scale = OptionFactory.Choice("--scale", "How much to simulate", "quick", "full");
        var claims = OptionFactory.Claims();
        var architectures = OptionFactory.Architectures("Check on this architecture only; may be given more than once");
        var seed = OptionFactory.Number("--seed", "Seed of all randomness", 0UL, "a whole number of at least 0");
        var outputs = new ReportOptions();
        var command = new Command("verify", "Confronts the reference implementation with the theory, claim by claim, with known error rates.") { scale, claims, architectures, seed };
        outputs.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Verify(
            parsed.GetRequiredValue(scale) == "full" ? Scale.Full : Scale.Quick,
            parsed.GetValue(claims) ?? [],
            OptionFactory.ChosenArchitectures(parsed, architectures),
            parsed.GetValue(seed),
            outputs.Of(parsed),
            cancellation)));
        return command;
    }

    private static int Verify(Scale scale, string[] claims, string[]? architectures, ulong seed, ReportFiles files, CancellationToken cancellation)
    {
        files.EnsureWritable();
        using var reference = new ReferenceSubject();
        var run = ProgressDisplay.Show("verify", VerificationRun.Work(scale, claims, architectures), advance => VerificationRun.Of(reference, scale, seed, claims, architectures, advance, cancellation));
        VerdictTable.Print(run);
        files.Write(run);
        return ExitStatus.Of(run, allowDeclined: false);
    }
}
