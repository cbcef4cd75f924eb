namespace Wellbehaved.Audit;

/// <summary>Names the mistake in a layer by the subject's numbers on fixed networks with given parameters: a known mistake gives the same numbers.</summary>
internal static class LayerCauses
{
    /// <summary>The claim about convolutions and dense layers.</summary>
    private const string LinearClaim = "O5";

    /// <summary>The claim about moments.</summary>
    private const string ReportedMoments = "D9";

    /// <summary>Claims about a subject's own parameters, and statistical ones that wrong parameters fail.</summary>
    private static readonly string[] AboutParameters = ["I13", "I14", "N1", "B5", "LN1", "V1", "V2", "V3", "Z1", "T1"];

    /// <summary>Looks for the cause of rejections on networks of layers.</summary>
    /// <param name="subject">The subject that was rejected.</param>
    /// <param name="outcomes">The outcomes of the checks.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>
    /// The known mistakes with the subject's numbers, or that no known mistake has them; before it the coarse format of products, if that gives them. None if
    /// no layer was rejected, or all of these numbers are right.
    /// </returns>
    public static IEnumerable<Explanation> Explain(ISubject subject, IReadOnlyList<CheckOutcome> outcomes, CancellationToken cancellation = default)
    {
        CheckOutcome[] rejected =
        [
            .. outcomes.Where(outcome =>
                outcome.Verdict == Verdict.Rejected
                && SiteClaims.Find(outcome.Check.ClaimId) is not null
                && !Model.Architecture.Names.Contains(outcome.Check.Architecture)
            ),
        ];
        if (rejected.Length == 0 || subject.Description.NetworkOffer is null)
        {
            return [];
        }

        string[] architectures = [.. rejected.Select(outcome => outcome.Check.Architecture).Distinct()];
        var precision = Array.Exists(rejected, outcome => outcome.Check.ClaimId == LinearClaim) ? LayerPrecision.Explain(subject, cancellation) : null;
        Explanation[] coarse = precision is null ? [] : [precision.On(architectures)];
        var numbers = LayerNumbers.Measure(subject, cancellation);
        var wrong = numbers.Where(pair => !LayerNumbers.IsRight(pair.Value)).ToArray();
        if (wrong.Length == 0)
        {
            // The layers do what they should with given parameters, so the cause lies in the subject's own parameters, or in the moments that it reports.
            return coarse.Length > 0 ? coarse : [.. OfOwn(subject, rejected, cancellation).Select(found => found.On(architectures))];
        }

        string[] causes = [.. LayerSignature.Known.Where(Fits).Select(signature => signature.Defect)];
        string[] claims = [.. rejected.Select(outcome => outcome.Check.ClaimId).Distinct()];
        var part = $"layers ({string.Join(", ", claims)})";
        var evidence =
            $"gives its distances from the definitions on {Files.Counted.Spell(wrong.Length, "network")} with given parameters, of "
            + $"{numbers.Count} that were asked about";
        var explanation =
            causes.Length > 0
                ? Explanation.Either(part, causes, evidence)
                : Explanation.None(
                    part,
                    $"numbers that are not those of the definitions on {wrong.Length} of {Files.Counted.Spell(numbers.Count, "network")} with given parameters"
                );

        // Coarse numbers are not those of the definitions either: that alone is no second cause.
        return causes.Length == 0 && coarse.Length > 0 ? coarse : [.. coarse, explanation.On(architectures)];

        // On networks where a mistake has no effect, the subject's numbers must be right.
        bool Fits(LayerSignature signature) =>
            signature.Numbers.Keys.Any(numbers.ContainsKey)
            && numbers.All(pair =>
                signature.Numbers.TryGetValue(pair.Key, out var known) ? LayerNumbers.AreSame(pair.Value, known) : LayerNumbers.IsRight(pair.Value)
            );
    }

    private static IEnumerable<Explanation> OfOwn(ISubject subject, CheckOutcome[] rejected, CancellationToken cancellation)
    {
        var claims = rejected.Select(outcome => outcome.Check.ClaimId).ToHashSet();
        IEnumerable<Explanation> moments = claims.Contains(ReportedMoments) ? MomentCauses.Explain(subject, cancellation) : [];

        // Weights that repeat are fewer independent samples than they seem, so their law is not examined.
        Explanation[] copies = claims.Overlaps(AboutParameters) ? [.. LayerWeightCauses.ExplainCopies(subject, cancellation)] : [];
        IEnumerable<Explanation> laws = copies.Length == 0 && claims.Overlaps(AboutParameters) ? LayerWeightCauses.ExplainLaws(subject, cancellation) : [];
        return [.. moments, .. copies, .. laws];
    }
}
