using System.CommandLine;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved verify</c>: do the claims of the ledger hold on the reference implementation?</summary>
internal static class VerifyCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var scale = OptionFactory.Choice("--scale", "How much to simulate; training checks the claims about trained networks, and no others", "quick", "full", "training");
        var claims = OptionFactory.Claims();
        var architectures = OptionFactory.Architectures("Check on this architecture only; may be given more than once");
        var seed = OptionFactory.Number("--seed", "Seed of all randomness", 0UL, "a whole number of at least 0");
        var outputs = new ReportOptions();
        var command = new Command("verify", "Confronts the reference implementation with the theory, claim by claim, with known error rates.") { scale, claims, architectures, seed };
        outputs.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(() => Verify(
            parsed.GetRequiredValue(scale) switch { "training" => Scale.Training, "full" => Scale.Full, _ => Scale.Quick },
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
        var run = scale == Scale.Training ? Trained(seed, claims, architectures, cancellation) : Simulated(scale, seed, claims, architectures, cancellation);
        VerdictTable.Print(run);
        files.Write(run);
        return ExitStatus.Of(run, allowDeclined: false);
    }

    private static VerificationRun Simulated(Scale scale, ulong seed, string[] claims, string[]? architectures, CancellationToken cancellation)
    {
        using var reference = new ReferenceSubject();
        return ProgressDisplay.Show("verify", VerificationRun.Work(scale, claims, architectures), advance => VerificationRun.Of(reference, scale, seed, claims, architectures, advance, cancellation));
    }

    private static VerificationRun Trained(ulong seed, string[] claims, string[]? architectures, CancellationToken cancellation) =>
        ProgressDisplay.Show("verify", TrainingSuite.Work(TrainingSizes.OfScale, claims, architectures), advance => TrainingSuite.Run(TrainingSizes.OfScale, seed, claims, architectures, advance, cancellation));
}
