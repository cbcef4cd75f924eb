using System.Collections.Concurrent;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Asks a subject about networks that are drawn at random, so that it must be right on more than the networks that the suite always uses.</summary>
internal static class GeneratedAudit
{
    /// <summary>The word that its checks have in place of an architecture.</summary>
    public const string Architecture = "generated";

    /// <summary>Networks of a quick audit.</summary>
    public const int AtQuick = 32;

    /// <summary>Networks of a full audit.</summary>
    public const int AtFull = 256;

    private static readonly double[] Scales = [1, 0.1, 10, 1e-3, 1e3];
    private static readonly bool[] GivenOrOwn = [true, false];

    /// <summary>Questions about one network: every scale, input and noise, with given parameters and with the subject's own.</summary>
    public static int QuestionsOfOne { get; } =
        Scales.Length * Enum.GetValues<GeneratedInput>().Length * Enum.GetValues<NoiseKind>().Length * GivenOrOwn.Length;

    /// <summary>The claims that it judges.</summary>
    public static IReadOnlyList<string> Claims => GeneratedJudge.AllClaims;

    /// <summary>Draws networks, asks about each with given parameters and with the subject's own, and shrinks those that fail.</summary>
    /// <param name="subject">The subject; it offers networks of layers.</param>
    /// <param name="seed">The seed; another seed draws other networks.</param>
    /// <param name="networks">The number of networks.</param>
    /// <param name="claims">Ids of the claims that are wanted; all if empty.</param>
    /// <param name="advance">Called after each question, from any thread; may be null.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Checks that can be added to a run, and the smallest networks that fail.</returns>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static GeneratedRun Draw(
        ISubject subject,
        ulong seed,
        int networks,
        IReadOnlyCollection<string> claims,
        Action? advance = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(claims);
        if (subject.Description.NetworkOffer is not { } offer)
        {
            return GeneratedRun.None;
        }

        var generator = new NetworkGenerator(offer, subject.Description.UnitRoundoff, seed);
        return Judge(subject, claims, 2 * networks, i => (generator.Case(i / 2, i % 2 == 0), i % 2 == 0), advance, cancellation);
    }

    /// <summary>Asks about one network with every input, noise and scale, with given parameters and with the subject's own.</summary>
    /// <param name="subject">The subject; it offers networks of layers.</param>
    /// <param name="network">The network.</param>
    /// <param name="images">Number of images in a batch.</param>
    /// <param name="seed">The seed of parameters and inputs, below 2⁵². The seed of a finding reproduces it.</param>
    /// <param name="claims">Ids of the claims that are wanted; all if empty.</param>
    /// <param name="advance">Called after each question, from any thread; may be null.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Checks, and the smallest networks that fail.</returns>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static GeneratedRun Ask(
        ISubject subject,
        Network network,
        int images,
        ulong seed,
        IReadOnlyCollection<string> claims,
        Action? advance = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(claims);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(seed, 1UL << 52);
        (GeneratedCase?, bool)[] cases =
        [
            .. from scale in Scales
            from input in Enum.GetValues<GeneratedInput>()
            from noise in Enum.GetValues<NoiseKind>()
            from given in GivenOrOwn
            select ((GeneratedCase?)new GeneratedCase(network, images, noise, input, scale, seed), given),
        ];
        return Judge(subject, claims, cases.Length, i => cases[i], advance, cancellation);
    }

    /// <summary>Claims that were asked for on one network and have no outcome there, with the reasons.</summary>
    /// <param name="network">The network.</param>
    /// <param name="claims">Ids of the claims that were asked for.</param>
    /// <param name="outcomes">What came out.</param>
    /// <returns>Ids, each with what it speaks about.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>> NotJudged(Network network, IEnumerable<string> claims, IReadOnlyList<CheckOutcome> outcomes) =>
        [
            .. claims
                .Distinct()
                .Where(claim => !outcomes.Any(outcome => outcome.Check.ClaimId == claim))
                .Select(claim =>
                    KeyValuePair.Create(
                        claim,
                        Claims.Contains(claim)
                            ? $"nothing in what was asked about {network.Name} is of the kind that it speaks of (wellbehaved claims {claim})"
                            : $"with one network alone these are judged: {string.Join(", ", Claims)}"
                    )
                ),
        ];

    private static GeneratedRun Judge(
        ISubject subject,
        IReadOnlyCollection<string> claims,
        int count,
        Func<int, (GeneratedCase? Case, bool Given)> caseOf,
        Action? advance,
        CancellationToken cancellation
    )
    {
        var wanted = GeneratedJudge.AllClaims.Where(claim => claims.Count == 0 || claims.Contains(claim)).ToArray();
        var answers = new GeneratedAnswer?[wanted.Length == 0 ? 0 : count];
        Parallel.For(
            0,
            answers.Length,
            new ParallelOptions { CancellationToken = cancellation },
            i =>
            {
                var (drawn, given) = caseOf(i);
                answers[i] = drawn is null || !drawn.CanBeJudged(subject.Description.UnitRoundoff) ? null : GeneratedAnswer.Ask(subject, drawn, given, wanted);
                advance?.Invoke();
            }
        );
        GeneratedAnswer[] asked = [.. answers.OfType<GeneratedAnswer>()];
        var findings = new ConcurrentDictionary<string, GeneratedFinding>();
        Parallel.ForEach(
            wanted,
            new ParallelOptions { CancellationToken = cancellation },
            claim =>
            {
                if (asked.Where(answer => answer.Rejects(claim)).MinBy(answer => answer.Case.Numbers) is { } failing)
                {
                    findings[claim] = Shrunk(subject, failing, claim, cancellation);
                }
            }
        );
        return new GeneratedRun(
            asked.Count(answer => answer.Declined is null),
            [.. wanted.Select(claim => Outcome(subject.Description, claim, asked, findings.GetValueOrDefault(claim))).OfType<CheckOutcome>()],
            [.. wanted.Select(findings.GetValueOrDefault).OfType<GeneratedFinding>()]
        );
    }

    private static GeneratedFinding Shrunk(ISubject subject, GeneratedAnswer failing, string claim, CancellationToken cancellation)
    {
        var (given, description) = (failing.Given, subject.Description);
        var smallest = new Shrinker(
            drawn =>
            {
                cancellation.ThrowIfCancellationRequested();
                return GeneratedAnswer.Ask(subject, drawn, given, [claim]).Rejects(claim);
            },
            drawn => description.WhyNot(drawn.Network, drawn.Images, drawn.Noise, given) is null && drawn.CanBeJudged(description.UnitRoundoff)
        ).Smallest(failing.Case);

        // A subject whose answers vary may not fail again.
        var again = GeneratedAnswer.Ask(subject, smallest, given, [claim]);
        return new GeneratedFinding(
            claim,
            smallest,
            given,
            (again.Rejects(claim) ? again : failing).MeasurementsOf(claim).First(measurement => measurement.Verdict == Verdict.Rejected)
        );
    }

    /// <summary>The outcome of a claim over all networks; null if none had a site of it.</summary>
    private static CheckOutcome? Outcome(SubjectDescription subject, string claim, GeneratedAnswer[] asked, GeneratedFinding? finding)
    {
        var check = new Check(claim, Architecture, _ => []);
        var measurements = asked.SelectMany(answer => answer.MeasurementsOf(claim)).ToArray();
        var unanswered = asked
            .Where(answer => (answer.Declined ?? answer.Failure) is not null && GeneratedJudge.Concerns(claim, answer.Case, answer.Given, subject))
            .ToArray();
        string[] declined =
        [
            .. unanswered.Select(answer => answer.Declined).OfType<string>().Select(ForeignText.OnOneLine).Distinct().Order(StringComparer.Ordinal),
        ];
        if (measurements.Length == 0)
        {
            return unanswered.Select(answer => answer.Failure).FirstOrDefault(failed => failed is not null) is { } reason
                    ? new CheckOutcome(check, Verdict.Inconclusive, [], reason) { Declined = declined }
                : declined.Length > 0 ? new CheckOutcome(check, Verdict.Declined, [], $"declined: {string.Join(", ", declined)}") { Declined = declined }
                : null;
        }

        var (samples, answers) = (measurements.Sum(measurement => measurement.Samples), asked.Count(answer => answer.MeasurementsOf(claim).Any()));
        if (finding is not null)
        {
            return new CheckOutcome(check, Verdict.Rejected, [finding.Measurement with { Samples = samples }], null) { Declined = declined };
        }

        var failure = asked.Select(answer => answer.Failure).FirstOrDefault(failure => failure is not null);
        var worst = measurements.MaxBy(measurement => measurement.Deviation)!;
        return new CheckOutcome(
            check,
            failure is null ? Verdict.Holds : Verdict.Inconclusive,
            [worst with { Quantity = $"{worst.Quantity}, the worst of {Files.Counted.Spell(answers, "answer")}", Samples = samples }],
            failure
        )
        {
            Declined = declined,
        };
    }
}
