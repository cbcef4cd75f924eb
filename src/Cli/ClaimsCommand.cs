using System.CommandLine;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved claims</c>: lists the ledger.</summary>
internal static class ClaimsCommand
{
    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var ids = new Argument<string[]>("ID") { Description = "Only these claims; all if none is named", HelpName = "ID", Arity = ArgumentArity.ZeroOrMore };
        ids.CompletionSources.Add([.. ClaimLedger.Claims.Select(claim => claim.Id)]);
        var command = new Command("claims", "Lists the ledger: id, statement, source, and how each claim is checked.") { ids };
        command.SetAction(parsed => List(parsed.GetValue(ids) ?? []));
        return command;
    }

    private static int List(string[] ids)
    {
        if (ids.FirstOrDefault(id => ClaimLedger.Find(id) is null) is { } unknown)
        {
            throw new InvalidInputException("ID", $"expected an id of the ledger (wellbehaved claims lists them), got '{unknown}'");
        }

        foreach (var claim in ids.Length == 0 ? ClaimLedger.Claims : ids.Select(id => ClaimLedger.Find(id)!))
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
