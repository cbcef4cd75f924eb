namespace Wellbehaved.Audit;

/// <summary>Looks for the causes of rejections in the subject's own numbers: a few more propagations, and the weights that were recovered.</summary>
/// <remarks>
/// Each operation is examined by itself, with the tensor that the subject itself put into it: so a mistake in one operation hides none in another. A cause
/// is named only if it gives the subject's numbers.
/// </remarks>
internal static class Investigation
{
    /// <summary>Investigates.</summary>
    /// <param name="subject">The subject that was rejected.</param>
    /// <param name="scale">How much was simulated.</param>
    /// <param name="seed">The user's seed.</param>
    /// <param name="outcomes">The outcomes of the checks.</param>
    /// <param name="deep">Its experiments, with the weights that were recovered.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>What was found, by part; none if nothing was rejected.</returns>
    public static IReadOnlyList<Explanation> Investigate(
        ISubject subject,
        Scale scale,
        ulong seed,
        IReadOnlyList<CheckOutcome> outcomes,
        DeepExperiments deep,
        CancellationToken cancellation = default
    )
    {
        var found = new List<Explanation>();
        var asked = outcomes
            .Where(outcome => outcome.Measurements.Count > 0)
            .GroupBy(outcome => outcome.Check.Architecture)
            .ToDictionary(group => group.Key, group => group.Select(outcome => outcome.Check.ClaimId).ToHashSet());
        var ownWeights = false;

        // The layers of other networks are examined separately, below.
        foreach (
            var rejected in outcomes
                .Where(outcome => outcome.Verdict == Verdict.Rejected && Model.Architecture.Names.Contains(outcome.Check.Architecture))
                .GroupBy(outcome => outcome.Check.Architecture)
        )
        {
            var (name, architecture) = (rejected.Key, Model.Architecture.Named(rejected.Key));
            var context = new CheckContext(subject, Suite.RatesOf(scale), Mixing.SeedOf(seed, $"causes {name}"), deep, cancellation);
            var answers = Attempt.Or(() => GivenAnswer.Ask(context, architecture), []);
            GivenAnswer[] dense = [.. answers.Where(answer => !answer.Case.IsSparse)];
            Explanation[] given =
            [
                .. Tried(() => ConvolutionCauses.Explain(answers, context.UnitRoundoff)),
                .. Tried(() => NormCauses.Explain(dense, context.UnitRoundoff)),
                .. Tried(() => ReluCauses.Explain(dense, context.UnitRoundoff)),
            ];

            // If the branch has another number of layers, its convolutions seem to take the weights of others; that cause is left out then.
            Explanation[] others = [.. given.Where(explanation => explanation.Cause != ConvolutionCauses.OtherWeights)];
            Explanation[] skips = [.. Tried(() => SkipCauses.Explain(dense, context.UnitRoundoff, layersAreRight: others.Length == 0))];
            given = [.. skips.Any(explanation => explanation.Kind == ExplanationKind.ExplainsTheNumbers) ? others : given, .. skips];
            if (others.Length > 0 && skips.Length == 0 && rejected.Any(outcome => outcome.Check.ClaimId == "O3"))
            {
                skips = [.. Tried(() => SkipCauses.Following(dense, context.UnitRoundoff))];
            }

            found.AddRange(
                Seen([
                    .. given,
                    .. skips.Where(explanation => explanation.Kind == ExplanationKind.Follows),
                    .. Tried(() => MomentCauses.Explain([.. dense, .. GivenAnswer.AskScaled(context, dense)], subject.Description)),
                ])
            );

            // Wrong operations make statistics wrong too. So the subject's own weights are examined only if claims about them are rejected, or if nothing else
            // is wrong.
            var aboutWeights = rejected.Any(outcome => VerdictLevels.LevelOf(outcome.Check) == VerdictLevel.Initialisation);
            var isReadable = given.All(explanation => explanation.Part == ConvolutionCauses.Part) || !architecture.IsResidual;
            if (
                !ownWeights
                && isReadable
                && (
                    aboutWeights
                        ? given.Length == 0 || RejectsWeightsAlone(rejected)
                        : given.Length == 0 && rejected.Any(outcome => VerdictLevels.LevelOf(outcome.Check) == VerdictLevel.Statistics)
                )
            )
            {
                Explanation[] ofWeights =
                [
                    .. Tried(() => WeightCauses.Explain(context, architecture, asked.GetValueOrDefault(name) ?? [], readsKernels: given.Length == 0)),
                ];
                found.AddRange(Seen(ofWeights));
                ownWeights = ofWeights.Length > 0;
            }

            // A wrong layer makes everything wrong that uses it. This is concluded only where all mistakes of the layers are explained.
            if (given.Length > 0 && given.All(explanation => explanation.Kind == ExplanationKind.ExplainsTheNumbers))
            {
                var ids = rejected.Select(outcome => outcome.Check.ClaimId).ToHashSet();
                found.AddRange(
                    Seen([
                        .. Tried(() => FollowingCauses.OfDerivative(given, ids)),
                        .. isReadable ? [] : Tried(() => FollowingCauses.OfWeightsBehind(context, architecture, ids)),
                    ])
                );
            }

            IEnumerable<Explanation> Seen(IEnumerable<Explanation> explanations) => explanations.Select(explanation => explanation.On([name]));
        }

        found.AddRange(Tried(() => LayerCauses.Explain(subject, outcomes, cancellation)));
        return Merged(found);

        static Explanation[] Tried(Func<IEnumerable<Explanation>> explain) => Attempt.Search(() => [.. explain()]);
    }

    /// <summary>
    /// Whether claims about variance, law or independence of the weights are rejected, which a wrong operation on given weights does not explain.
    /// </summary>
    private static bool RejectsWeightsAlone(IEnumerable<CheckOutcome> rejected) => rejected.Any(outcome => outcome.Check.ClaimId is "I4" or "I9");

    /// <summary>Merges equal causes on several architectures or of two parts into one.</summary>
    private static List<Explanation> Merged(List<Explanation> found) =>
        [
            .. found
                .GroupBy(explanation => (explanation.Kind, explanation.Cause))
                .Select(same => same.First().On([.. same.SelectMany(explanation => explanation.Architectures).Distinct()])),
        ];
}
