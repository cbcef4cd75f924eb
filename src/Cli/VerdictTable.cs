using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary>Prints what came of a run of the suite: a row for each claim and architecture, then what needs attention, then the sum.</summary>
internal static class VerdictTable
{
    private const int QuantityWidth = 58;

    /// <summary>Prints a run.</summary>
    public static void Print(VerificationRun run)
    {
        Console.WriteLine("claim  architecture   predicted    measured      apart by            interval          n    alpha  verdict        decided by");
        Console.WriteLine("       tol: share of the allowed rounding; SE: standard errors; ×: times the prediction; sampling stops once the interval excludes the claim or lies inside its discrepancy");
        foreach (var outcome in run.Outcomes)
        {
            Console.WriteLine(ForeignText.OnOneLine(Row(outcome)));
        }

        if (run.Diagnoses.Count > 0)
        {
            Console.WriteLine();
        }

        foreach (var (architecture, diagnosis) in run.Diagnoses)
        {
            Console.WriteLine($"{architecture}: {diagnosis.Sentence}");
        }

        foreach (var outcome in run.Outcomes.Where(outcome => outcome.Verdict is Verdict.Rejected or Verdict.Inconclusive))
        {
            Console.WriteLine();
            Console.WriteLine(ForeignText.OnOneLine(outcome.ToString()));
            Console.WriteLine($"  {ClaimLedger.Find(outcome.Check.ClaimId)?.Statement}");

            // The same file gives the same verdict.
            if (!run.IsRecorded)
            {
                Console.WriteLine($"  again: {ForeignText.OnOneLine(VerificationReport.ReplayOf(run, outcome))}");
            }
        }

        Console.WriteLine();
        foreach (var claim in run.NotTestable)
        {
            Console.WriteLine($"not testable: {claim.Id} {claim.Statement} {claim.Reason}");
        }

        foreach (var sentence in RunSummary.Of(run))
        {
            Console.WriteLine(ForeignText.OnOneLine(sentence));
        }

        var claims = run.ByClaim;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Count(claims, Verdict.Holds)} of {claims.Count} claims hold ({run.Outcomes.Count(outcome => outcome.Verdict == Verdict.Holds)} of {run.Outcomes.Count} checks), {Count(claims, Verdict.Rejected)} rejected, {Count(claims, Verdict.Inconclusive)} inconclusive, {(run.Declined.Count > 0 ? $"{Count(claims, Verdict.Declined)} declined at least in part, " : "")}{(run.IsRecorded ? $"{run.NotJudged.Count} not judged, " : "")}{run.NotTestable.Count} not testable; {Promise.Of(run)}"));
    }

    private static string Row(CheckOutcome outcome)
    {
        var head = $"{outcome.Check.ClaimId,-5}  {outcome.Check.Architecture,-12}";
        if (outcome.Decisive is not { } decisive)
        {
            return $"{head}  {new string(' ', 76)}  {Word(outcome.Verdict),-13}  {outcome.Failure}";
        }

        var words = MeasurementWords.Quantity(decisive);
        var quantity = words.Length > QuantityWidth ? words[..(QuantityWidth - 1)] + "…" : words;
        var verdict = Word(outcome.Verdict) + (outcome.Declined.Count > 0 ? " in part" : "");
        return $"{head}  {MeasurementWords.Predicted(decisive, 5),10}  {Short(decisive.Measured.Value),10}  {MeasurementWords.Apart(decisive),12}  "
            + $"{MeasurementWords.Interval(decisive),18}  {decisive.Samples,9}  {MeasurementWords.Rate(decisive),7}  {verdict,-13}  {quantity}";
    }

    private static int Count(IReadOnlyList<KeyValuePair<string, Verdict>> claims, Verdict verdict) => claims.Count(claim => claim.Value == verdict);

    private static string Short(double value) => value.ToString(Math.Abs(value) is >= 1e-3 and < 1e5 ? "G5" : "G3", CultureInfo.InvariantCulture);

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Holds => "holds",
        Verdict.Rejected => "REJECTED",
        Verdict.Declined => "declined",
        _ => "INCONCLUSIVE",
    };
}
