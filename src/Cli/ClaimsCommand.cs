using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved claims</c>: lists the ledger.</summary>
internal static class ClaimsCommand
{
    private const string Margin = "    ";

    /// <summary>The options by which data/claims.json is written.</summary>
    private static readonly JsonSerializerOptions AsLedger = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        var ids = new Argument<string[]>("ID")
        {
            Description = "Only these claims, or laws that a verdict cites; all claims if none is named",
            HelpName = "ID",
            Arity = ArgumentArity.ZeroOrMore,
        };
        ids.CompletionSources.Add(_ => ClaimLedger.Claims.Select(claim => claim.Id));
        var json = new Option<bool>("--json") { Description = "Print them as JSON, with the keys of data/claims.json" };
        var command = new Command("claims", "Lists the ledger: id, statement, source, and how each claim is checked.") { ids, json };
        command.SetAction(parsed =>
        {
            var named = parsed.GetValue(ids) is { Length: > 0 } given ? given : null;
            var asJson = parsed.GetValue(json);
            Claim[] claims = named is null ? [.. ClaimLedger.Claims] : [.. named.Where(id => asJson || LawsWithoutClaim.Find(id) is null).Select(Find)];
            if (asJson)
            {
                Console.Write(JsonSerializer.Serialize(claims, AsLedger) + Environment.NewLine);
            }
            else
            {
                List(claims, Screen.Output());
                ListLaws(named?.Where(id => LawsWithoutClaim.Find(id) is not null) ?? [], Screen.Output());
            }

            return ExitStatus.Success;
        });
        return command;
    }

    private static Claim Find(string id) =>
        ClaimLedger.Find(id)
        ?? throw new InvalidInputException(
            "ID",
            $"expected an id of the ledger (wellbehaved claims lists them), got '{id}'{Spelling.Hint(id, ClaimLedger.Claims.Select(claim => claim.Id))}"
        );

    private static void List(IEnumerable<Claim> claims, Screen screen)
    {
        foreach (var claim in claims)
        {
            screen.Sentence($"{claim.Id}  {claim.Statement}", Margin.Length);
            (string Title, string? Text)[] entries =
                claim.IsTestable || claim.IsTrained
                    ?
                    [
                        ("source", claim.Source),
                        ("speaks of", string.Join(", ", claim.Architectures)),
                        ("holds", $"{Spell(claim.Kind)}; must detect {claim.Discrepancy}"),
                        ("tolerance", claim.Tolerance),
                    ]
                    : [("source", claim.Source), ("speaks of", string.Join(", ", claim.Architectures)), ("not testable", claim.Reason)];
            (string Title, string? Text)[] sites = claim.Sites is { } places ? [("sites", places)] : [];
            (string Title, string? Text)[] qualified = claim.Qualification is { } qualification ? [("qualified", qualification)] : [];
            (string Title, string? Text)[] within = claim.Scope is { } scope ? [("within", scope.Words)] : [];
            foreach (var (title, text) in (IEnumerable<(string Title, string? Text)>)[.. entries, .. qualified, .. sites, .. within])
            {
                var head = $"{title}:".PadRight(10);
                screen.Sentence($"{Margin}{head} {text}", head.Length + 1);
            }

            screen.Sentence();
        }
    }

    private static void ListLaws(IEnumerable<string> ids, Screen screen)
    {
        foreach (var id in ids)
        {
            screen.Sentence($"{id}  {LawsWithoutClaim.Find(id)}", Margin.Length);
            screen.Sentence($"{Margin}a law that predictions and verdicts use; no claim is about it (docs/laws.md, section 9)", Margin.Length);
            screen.Sentence();
        }
    }

    private static string Spell(ClaimKind kind) =>
        kind switch
        {
            ClaimKind.Always => "always",
            ClaimKind.ExactInExpectation => "exactly in expectation",
            ClaimKind.Asymptotic => "asymptotically",
            ClaimKind.NotTestable => "not by simulation",
            ClaimKind.AfterTraining => "after training, which verify --scale training runs",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a kind of claim"),
        };
}
