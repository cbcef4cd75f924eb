using System.CommandLine;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved claims</c>: lists the ledger.</summary>
internal static class ClaimsCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var command = new Command("claims", "Lists the ledger: id, statement, source, and how each claim is checked.");
        command.SetAction(_ => List());
        return command;
    }

    private static int List()
    {
        foreach (var claim in ClaimLedger.Claims)
        {
            Console.WriteLine($"{claim.Id}  {claim.Statement}");
            Console.WriteLine($"    source:    {claim.Source}");
            Console.WriteLine($"    speaks of: {string.Join(", ", claim.Architectures)}");
            Console.WriteLine(claim.IsTestable
                ? $"    holds:     {Words(claim.Kind)}; must detect {claim.Discrepancy}{Environment.NewLine}    tolerance: {claim.Tolerance}"
                : $"    not testable: {claim.Reason}");
            Console.WriteLine();
        }

        return ExitStatus.Success;
    }

    private static string Words(ClaimKind kind) => kind switch
    {
        ClaimKind.Always => "always",
        ClaimKind.ExactInExpectation => "exactly in expectation",
        _ => "asymptotically",
    };
}
