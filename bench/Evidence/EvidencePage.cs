using System.Text.RegularExpressions;

namespace Wellbehaved.Evidence;

/// <summary>The tables in a document, between two marks, and the line that says when they are outdated.</summary>
/// <param name="text">The document.</param>
internal sealed partial class EvidencePage(string text)
{
    /// <summary>Before the tables.</summary>
    public const string Begin = "<!-- evidence:begin -->";

    /// <summary>After the tables.</summary>
    public const string End = "<!-- evidence:end -->";

    /// <summary>The digest of a page without tables.</summary>
    public const string NoTables = "none";

    /// <summary>The beginning of the line that names the checks that have changed since.</summary>
    public const string OutdatedBeginning = "**Rows of claims whose checks have changed since are outdated: ";

    private const string OldBeginning = "**These tables are of an earlier arithmetic (";

    /// <summary>The document.</summary>
    public string Text { get; } = text;

    /// <summary>The arithmetic that the tables are of; "none" if there are none.</summary>
    public string Digest => ArithmeticLine().Match(Block) is { Success: true } match ? match.Groups["digest"].Value : NoTables;

    /// <summary>The C library of the machine that made them; "none" without tables.</summary>
    public string Library => ArithmeticLine().Match(Block) is { Success: true } match ? match.Groups["library"].Value : NoTables;

    /// <summary>The first line of tables.</summary>
    public static string ArithmeticOf(Provenance provenance) => $"Arithmetic `{provenance.Digest}`, C library `{provenance.Library}`.";

    private string Block
    {
        get
        {
            var (begin, end) = (Text.IndexOf(Begin, StringComparison.Ordinal), Text.IndexOf(End, StringComparison.Ordinal));
            return begin >= 0 && end > begin
                ? Text[(begin + Begin.Length)..end]
                : throw new InvalidInputException("the document", $"expected {Begin} before {End}, did not find them");
        }
    }

    /// <summary>Why the page would mislead a reader; null if it would not.</summary>
    /// <param name="today">Today's digest.</param>
    /// <param name="outdated">The line that names checks that have changed since; null if none has.</param>
    public string? WhyMisleading(string today, string? outdated = null)
    {
        var says = Block.Contains(OldBeginning, StringComparison.Ordinal);
        var named = OutdatedPattern().Match(Block) is { Success: true } match ? match.Value.Trim() : null;
        return Digest == today && named != outdated
                ? $"the page names {named ?? "no changed check"}, expected {outdated ?? "no changed check"}: run bench -- evidence table"
            : Digest == NoTables ? (says ? "the page says that its tables are outdated, but it has no tables" : null)
            : Digest == today ? (says ? $"the page says that its tables are outdated, but they are of today's arithmetic {today}" : null)
            : Block.Contains(OldLine(Digest, today), StringComparison.Ordinal) ? null
            : $"the tables are of the arithmetic {Digest}, today's is {today}, and the page does not say so: run bench -- evidence stamp";
    }

    /// <summary>The page with other tables.</summary>
    public EvidencePage WithTables(string tables) => new(Text.Replace(Begin + Block + End, $"{Begin}\n\n{tables.Trim()}\n\n{End}", StringComparison.Ordinal));

    /// <summary>The page, with a line that says so if the tables are outdated.</summary>
    /// <param name="today">Today's digest.</param>
    /// <param name="outdated">The line that names checks that have changed since; null if none has.</param>
    public EvidencePage Stamped(string today, string? outdated = null)
    {
        var block = OldPattern().Replace(Block, "");
        if (Digest == today)
        {
            block = OutdatedPattern().Replace(block, "");
            block = outdated is null ? block : ArithmeticLine().Replace(block, match => $"{match.Value}\n\n{outdated}");
        }

        var line = Digest == NoTables || Digest == today ? "" : $"\n\n{OldLine(Digest, today)}";
        return new(Text.Replace(Begin + Block, Begin + line + block, StringComparison.Ordinal));
    }

    private static string OldLine(string digest, string today) => $"{OldBeginning}`{digest}`); today's is `{today}`.**";

    [GeneratedRegex(@"Arithmetic `(?<digest>[0-9a-f]+)`, C library `(?<library>[0-9a-f]+)`\.?")]
    private static partial Regex ArithmeticLine();

    [GeneratedRegex(@"\n\n\*\*Rows of claims whose checks[^\n]*")]
    private static partial Regex OutdatedPattern();

    [GeneratedRegex(@"\n\n\*\*These tables are of an earlier arithmetic[^\n]*")]
    private static partial Regex OldPattern();
}
