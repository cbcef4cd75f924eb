using System.Globalization;
using System.Xml.Linq;

namespace Wellbehaved.Reports;

/// <summary>A run of the suite in the XML that continuous integration servers read: a test case for each check.</summary>
/// <remarks>
/// A rejected check is a failure, an inconclusive one an error. Declined, not run at this scale and not testable are skipped: none of these passes.
/// </remarks>
public static class JunitReport
{
    /// <summary>Writes the report.</summary>
    /// <param name="run">The run.</param>
    /// <returns>XML.</returns>
    public static string ToText(VerificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        XElement[] cases =
        [
            .. run.Outcomes.Select(outcome => Case(run, outcome)),
            .. run.NotRun.Select(claim => new XElement(
                "testcase",
                new XAttribute("classname", "not run at this scale"),
                new XAttribute("name", claim.Id),
                new XElement("skipped", new XAttribute("message", Clean(NotRunWords.Way(claim))))
            )),
            .. run.NotTestable.Select(claim => new XElement(
                "testcase",
                new XAttribute("classname", "not testable"),
                new XAttribute("name", claim.Id),
                new XElement("skipped", new XAttribute("message", Clean(claim.Reason ?? "")))
            )),
            .. run.NotJudged.Select(pair => new XElement(
                "testcase",
                new XAttribute("classname", "not judged"),
                new XAttribute("name", pair.Key),
                new XElement("skipped", new XAttribute("message", Clean(pair.Value)))
            )),
            .. run.AdapterFailures.Select(
                (failure, i) =>
                    new XElement(
                        "testcase",
                        new XAttribute("classname", "adapter"),
                        new XAttribute("name", $"failure {i + 1}"),
                        new XElement("error", new XAttribute("message", Clean(failure)))
                    )
            ),
        ];
        var suite = new XElement(
            "testsuite",
            new XAttribute("name", Clean($"wellbehaved {run.Subject}")),
            new XAttribute("tests", cases.Length),
            new XAttribute("failures", Count("failure")),
            new XAttribute("errors", Count("error")),
            new XAttribute("skipped", Count("skipped")),
            cases
        );
        return new XDeclaration("1.0", "utf-8", null) + "\n" + new XElement("testsuites", suite) + "\n";

        int Count(string element) => cases.Count(test => test.Element(element) is not null);
    }

    private static XElement Case(VerificationRun run, CheckOutcome outcome)
    {
        var test = new XElement(
            "testcase",
            new XAttribute("classname", EnumWords.Spell(VerdictLevels.LevelOf(outcome.Check))),
            new XAttribute("name", Signature.NameOf(outcome.Check))
        );
        var message = new XAttribute("message", Clean(outcome.ToString()));
        switch (outcome.Verdict)
        {
            case Verdict.Rejected:
                test.Add(
                    new XElement(
                        "failure",
                        message,
                        $"{ClaimLedger.Find(outcome.Check.ClaimId)?.Statement}{(run.IsRecorded ? "" : $"\nagain: {Clean(VerificationReport.ReplayOf(run, outcome))}")}"
                    )
                );
                break;
            case Verdict.Inconclusive:
                test.Add(new XElement("error", message));
                break;
            case Verdict.Declined:
                test.Add(new XElement("skipped", message));
                break;
            case Verdict.Holds when outcome.Declined.Count > 0:
                test.Add(
                    new XElement(
                        "system-out",
                        Clean(string.Create(CultureInfo.InvariantCulture, $"holds in part; declined: {string.Join(", ", outcome.Declined)}"))
                    )
                );
                break;
        }

        return test;
    }

    /// <summary>Removes characters that XML does not allow from a subject's words; markup is escaped where the elements are written.</summary>
    private static string Clean(string text) => ForeignText.OnOneLine(text);
}
