using System.Text.Json.Nodes;

namespace Wellbehaved.Reports;

/// <summary>A run of the suite as JSON; docs/file-formats.md describes it.</summary>
public static class VerificationReport
{
    /// <summary>Version of the format; it grows when a reader of the previous version would be misled.</summary>
    internal const int Version = 1;

    /// <summary>The command that repeats a check.</summary>
    /// <param name="run">The run.</param>
    /// <param name="outcome">One of its outcomes.</param>
    /// <returns>
    /// The command. For a rejected or inconclusive outcome it names the one architecture where that was so, otherwise the architectures that were asked for.
    /// </returns>
    internal static string ReplayOf(VerificationRun run, CheckOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(outcome);

        // A claim on sites is named by its id, on the networks that the command names.
        var architectures =
            SiteClaims.Find(outcome.Check.ClaimId) is not null ? Enumerable.Empty<string>()
            : outcome.Verdict is Verdict.Rejected or Verdict.Inconclusive ? Model.Architecture.Names.Where(name => name == outcome.Check.Architecture)
            : run.Architectures;
        return run.IsRecorded ? run.Command
            // If one network was asked about, its claims are checked in full at every scale.
            : run.NetworkOptions.Length > 0 ? $"{run.Command} {run.NetworkOptions} --claim {outcome.Check.ClaimId} --seed {run.Seed}"
            : $"{run.Command} --scale {EnumWords.Spell(run.Scale)} --claim {outcome.Check.ClaimId} --seed "
                + $"{run.Seed}{string.Concat(architectures.Select(architecture => $" --architecture {architecture}"))}";
    }

    /// <summary>Writes the report.</summary>
    /// <param name="run">The run.</param>
    /// <returns>Indented JSON.</returns>
    public static string ToText(VerificationRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var (rates, likely) = (Suite.RatesOf(run.Scale), run.LikelyCauses);
        var report = new JsonObject
        {
            ["version"] = Version,
            ["subject"] = run.Subject,
            ["subject_version"] = run.SubjectVersion,
            ["scale"] = EnumWords.Spell(run.Scale),
            ["seed"] = run.Seed,
            ["verdict"] = EnumWords.Spell(run.Verdict),
            ["false_fail_rate"] = run.Scale == Scale.Training ? TrainingSuite.FalseFailRate : Suite.FalseFailRate,
            // A claim holds only if every interval lies inside its discrepancy, and an interval misses the truth with probability α at most.
            ["false_pass_rate_of_each_check"] = rates.FalseFail,
            ["badge"] = Badge.TextOf(run),
            ["declined"] = new JsonArray([.. run.Declined.Select(reason => (JsonNode)reason)]),
            ["adapter_failures"] = new JsonArray([.. run.AdapterFailures.Select(failure => (JsonNode)failure)]),
            ["likely_causes"] = new JsonArray([
                .. likely.Select(cause =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["defect"] = cause.Signature.Defect,
                            ["resemblance"] = cause.Resemblance,
                            ["alone"] = likely.Count(other => other.Resemblance >= cause.Resemblance) == 1,
                        }
                ),
            ]),
            ["explanations"] = run.Explanations is not { } explanations
                ? null
                : new JsonArray([
                    .. explanations.Select(explanation =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["part"] = explanation.Part,
                                ["cause"] = explanation.Cause,
                                ["evidence"] = explanation.Evidence,
                                ["kind"] = EnumWords.Spell(explanation.Kind),
                                ["explains_the_numbers"] = explanation.Kind == ExplanationKind.ExplainsTheNumbers,
                                ["architectures"] = new JsonArray([.. explanation.Architectures.Select(architecture => (JsonNode)architecture)]),
                            }
                    ),
                ]),
            ["checks"] = new JsonArray([.. run.Outcomes.Select(outcome => ToJson(run, outcome))]),
            ["diagnoses"] = new JsonObject([.. run.Diagnoses.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)DiagnosisReport.ToJson(pair.Value)))]),
            ["not_judged"] = new JsonArray([.. run.NotJudged.Select(pair => (JsonNode)new JsonObject { ["claim"] = pair.Key, ["reason"] = pair.Value })]),
            ["not_run_at_this_scale"] = new JsonArray([
                .. run.NotRun.Select(claim =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["claim"] = claim.Id,
                            ["statement"] = claim.Statement,
                            ["scale"] = claim.IsTrained ? "training" : "quick",
                        }
                ),
            ]),
            ["not_testable"] = new JsonArray([
                .. run.NotTestable.Select(claim =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["claim"] = claim.Id,
                            ["statement"] = claim.Statement,
                            ["reason"] = claim.Reason,
                        }
                ),
            ]),
        };
        if (run.Generated is { } generated)
        {
            report["generated"] = ToJson(run, generated);
        }

        return Json.TextOf(report);
    }

    private static JsonObject ToJson(VerificationRun run, GeneratedRun generated) =>
        new()
        {
            ["networks"] = generated.Networks,
            ["findings"] = new JsonArray([
                .. generated.Findings.Select(finding =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["claim"] = finding.Claim,
                            ["quantity"] = finding.Measurement.Quantity,
                            ["asked_with"] = finding.Description,
                            ["network"] = Json.Parse(finding.NetworkJson),
                            ["replay"] = $"{run.Command} {finding.ReplayOptions}",
                        }
                ),
            ]),
        };

    private static JsonObject ToJson(VerificationRun run, CheckOutcome outcome) =>
        new()
        {
            ["claim"] = outcome.Check.ClaimId,
            ["architecture"] = outcome.Check.Architecture,
            ["level"] = EnumWords.Spell(VerdictLevels.LevelOf(outcome.Check)),
            ["verdict"] = EnumWords.Spell(outcome.Verdict),
            ["failure"] = outcome.Failure,
            ["declined"] = new JsonArray([.. outcome.Declined.Select(reason => (JsonNode)reason)]),
            ["replay"] = ReplayOf(run, outcome),
            ["measurements"] = new JsonArray([
                .. outcome.Measurements.Select(measurement =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["quantity"] = measurement.Quantity,
                            ["predicted"] = Json.Number(measurement.Predicted.Value),
                            ["measured"] = Json.Number(measurement.Measured.Value),
                            [measurement.IsDeterministic ? "tolerances" : "standard_errors"] = Json.Number(measurement.Deviation),
                            ["samples"] = measurement.Samples,
                            ["false_fail_rate"] = measurement.FalseFailRate,
                            ["tolerance"] = measurement.IsDeterministic ? Json.Number(measurement.Tolerance) : null,
                            ["detectable"] = measurement.IsDeterministic ? null : Json.Number(measurement.Detectable),
                            ["effect"] = measurement.Effect is not { } effect
                                ? null
                                : new JsonObject
                                {
                                    ["kind"] = EnumWords.Spell(effect.Kind),
                                    ["claimed"] = effect.Claimed,
                                    ["estimate"] = Json.Number(effect.Estimate),
                                    ["lower"] = Json.Number(effect.Lower),
                                    ["upper"] = Json.Number(effect.Upper),
                                },
                            ["false_alarm_bound"] = measurement.IsDeterministic ? null : Json.Number(measurement.FalseAlarmBound),
                            ["asymptotic"] = measurement.IsAsymptotic,
                            ["verdict"] = EnumWords.Spell(measurement.Verdict),
                            ["remark"] = measurement.Remark,
                        }
                ),
            ]),
        };
}
