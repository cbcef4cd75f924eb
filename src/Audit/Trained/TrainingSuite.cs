using System.Collections.Immutable;

namespace Wellbehaved.Audit;

/// <summary>The checks of claims about trained networks. They train the reference implementation, at a scale of their own.</summary>
internal static class TrainingSuite
{
    /// <summary>
    /// Probability that a true claim is rejected, and that a wrong claim holds, for each claim with all its quantities together. The promise of the other
    /// scales does not cover these claims.
    /// </summary>
    public const double FalseFailRate = 1e-3;

    /// <summary>The word in place of an architecture in checks of composed networks.</summary>
    public const string Composed = "composed";

    private static readonly ImmutableArray<(string Claim, string Architecture, Func<TrainingStudy, ErrorRates, IEnumerable<Measurement>> Measure)> All =
    [
        ("P8", "vanilla", TrainabilityChecks.Vanilla),
        ("P8", "vanilla_res", TrainabilityChecks.Skipped),
        ("P8", Composed, TrainabilityChecks.Composed),
        ("P9", "bn_ff", GeneralisationChecks.Drowned),
        ("P9", Composed, GeneralisationChecks.Composed),
    ];

    /// <summary>Claim and architecture of each check.</summary>
    public static IReadOnlyList<(string Claim, string Architecture)> Checks { get; } = [.. All.Select(check => (check.Claim, check.Architecture))];

    /// <summary>Error rates of each check: an equal share of its claim's.</summary>
    /// <param name="claim">The claim.</param>
    public static ErrorRates RatesOf(string claim) => new ErrorRates(FalseFailRate, FalseFailRate).SharedBy(All.Count(check => check.Claim == claim));

    /// <summary>Trains the nets that the checks ask for, and judges.</summary>
    /// <param name="sizes">Depths, width, data and budget.</param>
    /// <param name="seed">The user's seed.</param>
    /// <param name="claims">Ids of the claims; all if empty.</param>
    /// <param name="architectures">Architectures; all if null.</param>
    /// <param name="advance">Called with 1 after each step of training, from any thread; may be null.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The run; claims that were asked for but need no training are listed as not run at this scale.</returns>
    /// <exception cref="Files.InvalidInputException">An id is not in the ledger.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static VerificationRun Run(
        TrainingSizes sizes,
        ulong seed,
        IReadOnlyCollection<string> claims,
        IReadOnlyCollection<string>? architectures = null,
        Action<long>? advance = null,
        CancellationToken cancellation = default
    )
    {
        VerificationRun.RequireClaims(claims);
        var study = new TrainingStudy(sizes, seed, advance, cancellation);
        using var subject = new ReferenceSubject();
        var outcomes = new List<CheckOutcome>();
        foreach (
            var (claim, architecture, measure) in All.Where(check =>
                (claims.Count == 0 || claims.Contains(check.Claim)) && (architectures?.Contains(check.Architecture) ?? true)
            )
        )
        {
            var rates = RatesOf(claim);
            var check = new Check(claim, architecture, _ => measure(study, rates));
            outcomes.Add(
                check.Execute(
                    new CheckContext(
                        subject,
                        rates,
                        Mixing.SeedOf(seed, check),
                        new DeepExperiments(subject, Scale.Quick, seed, null, cancellation),
                        cancellation
                    )
                )
            );
        }

        return new VerificationRun(subject.Description.Name, Scale.Training, seed, outcomes, [], [])
        {
            SubjectVersion = subject.Description.Version,
            Architectures = architectures ?? [],
            Asked = claims,
            NotRun = [.. claims.Select(ClaimLedger.Find).OfType<Claim>().Where(claim => !claim.IsTrained)],
        };
    }

    /// <summary>Number of training steps in a run, for a progress display.</summary>
    /// <param name="sizes">Depths, width, data and budget.</param>
    /// <param name="claims">Ids of the claims; all if empty.</param>
    /// <param name="architectures">Architectures; all if null.</param>
    public static long Work(TrainingSizes sizes, IReadOnlyCollection<string> claims, IReadOnlyCollection<string>? architectures = null)
    {
        var nets = new HashSet<string>();
        var pairs = 0;
        foreach (
            var (claim, architecture, _) in All.Where(check =>
                (claims.Count == 0 || claims.Contains(check.Claim)) && (architectures?.Contains(check.Architecture) ?? true)
            )
        )
        {
            nets.Add("bn_res deep");
            nets.UnionWith(
                (claim, architecture) switch
                {
                    ("P8", "vanilla") => ["vanilla deep", "vanilla shallow", "bn_res shallow"],
                    ("P8", "vanilla_res") => ["vanilla_res deep"],
                    ("P8", Composed) => TrainedNets.Composed,
                    ("P9", "bn_ff") => ["bn_ff deep"],
                    ("P9", Composed) => GeneralisationChecks.Exploding,
                    _ => throw new InvalidOperationException($"expected a check of training, got {claim} {architecture}"),
                }
            );
            pairs +=
                claim != "P9" ? 0
                : architecture == Composed ? TrainedNets.Composed.Count
                : 2;
        }

        return Math.Max(
            1,
            ((long)nets.Count * sizes.Mappings * TrainingSizes.LearningRates.Count * sizes.Steps) + ((long)pairs * sizes.Pairs * sizes.PairSteps)
        );
    }
}
