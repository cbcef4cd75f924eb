using System.CommandLine;
using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved verify</c>: do the statements of the post hold on the reference implementation?</summary>
internal static class VerifyCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var scale = OptionFactory.Choice("--scale", "How much to simulate", "quick");
        var seed = OptionFactory.Number("--seed", "Seed of all randomness", 0UL, "a whole number of at least 0");
        var command = new Command("verify", "Runs the four architectures on the embedded images and judges the statements of the post.") { scale, seed };
        command.SetAction((parsed, cancellation) => Task.Run(() => Verify(parsed.GetValue(seed), cancellation)));
        return command;
    }

    private static int Verify(ulong seed, CancellationToken cancellation)
    {
        var verdicts = new List<Verdict>();
        foreach (var claim in PostClaim.All)
        {
            var options = Verification.Quick(claim.Architecture, seed);
            var outcome = ProgressDisplay.Show(claim.Architecture, (long)options.NumSims * options.TotalDepth, depthReached => Verification.Run(claim, options, depthReached, cancellation));
            Print(outcome);
            verdicts.Add(outcome.Verdict);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verdicts.Count(verdict => verdict == Verdict.Holds)} of {verdicts.Count} statements hold; each verdict is wrong less than once in {1 / Verification.FalseRate:N0} runs"));
        return verdicts.Contains(Verdict.Rejected) ? ExitStatus.Rejected
            : verdicts.All(verdict => verdict == Verdict.Holds) ? ExitStatus.Success
            : ExitStatus.Inconclusive;
    }

    private static void Print(ClaimOutcome outcome)
    {
        var (lower, upper) = outcome.Share.Interval(Verification.FalseRate);
        Console.WriteLine($"{outcome.Claim.Architecture}: {outcome.Claim.Statement}");
        CurveTable.Print(outcome.Curves);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {Word(outcome.Verdict)}: shown by {outcome.Share.Successes} of {outcome.Share.Samples} simulated mappings, so by {lower:P0} to {upper:P0} of all"));
        Console.WriteLine();
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Holds => "HOLDS",
        Verdict.Rejected => "REJECTED",
        _ => "INCONCLUSIVE",
    };
}
