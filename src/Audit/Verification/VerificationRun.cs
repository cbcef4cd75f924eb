using System.Collections.Immutable;

namespace Wellbehaved.Audit;

/// <summary>A run of the suite: what was asked, and the results.</summary>
public sealed record VerificationRun
{
    internal VerificationRun(
        string subject,
        Scale scale,
        ulong seed,
        IReadOnlyList<CheckOutcome> outcomes,
        IReadOnlyList<KeyValuePair<string, Diagnosis>> diagnoses,
        IReadOnlyList<Claim> notTestable
    )
    {
        Subject = subject;
        Scale = scale;
        Seed = seed;
        Outcomes = outcomes;
        Diagnoses = diagnoses;
        NotTestable = notTestable;
    }

    /// <summary>Name of the subject.</summary>
    public string Subject { get; internal init; }

    /// <summary>How much was simulated.</summary>
    public Scale Scale { get; internal init; }

    /// <summary>The user's seed.</summary>
    public ulong Seed { get; internal init; }

    /// <summary>Outcomes of the checks.</summary>
    public IReadOnlyList<CheckOutcome> Outcomes { get; internal init; }

    /// <summary>Diagnosis of each architecture whose deep experiment was run.</summary>
    public IReadOnlyList<KeyValuePair<string, Diagnosis>> Diagnoses { get; internal init; }

    /// <summary>Claims that were asked for and cannot be tested.</summary>
    public IReadOnlyList<Claim> NotTestable { get; internal init; }

    /// <summary>The command that repeats a check, before the options that select the check.</summary>
    internal string Command { get; init; } = "wellbehaved verify";

    /// <summary>
    /// The options that name the network of layers, and its sizes, if the run was about one network alone; otherwise empty, also if <see cref="Command"/> names
    /// it.
    /// </summary>
    internal string NetworkOptions { get; init; } = "";

    /// <summary>The network of layers, if the run was about one network alone; otherwise null.</summary>
    internal string? Network { get; init; }

    /// <summary>The subject that was judged, and the network if the run was about one network alone.</summary>
    internal string Title => $"{Subject}{(SubjectVersion is null ? "" : $" {SubjectVersion}")}{(Network is null ? "" : $" on {Network}")}";

    /// <summary>The architectures that were asked for; all if empty.</summary>
    internal IReadOnlyCollection<string> Architectures { get; init; } = [];

    /// <summary>The subject's version; null if it has none.</summary>
    public string? SubjectVersion { get; internal init; }

    /// <summary>Moments by depth of each architecture whose deep experiment was run.</summary>
    public IReadOnlyList<KeyValuePair<string, MomentTable>> DeepMoments { get; internal init; } = [];

    /// <summary>Claims that recorded moments cannot decide, with what is missing.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> NotJudged { get; internal init; } = [];

    /// <summary>Claims that were asked for but are checked at another scale: it is not known whether they hold.</summary>
    public IReadOnlyList<Claim> NotRun { get; internal init; } = [];

    /// <summary>Ids of the claims that were asked for by name; empty if all were meant.</summary>
    internal IReadOnlyCollection<string> Asked { get; init; } = [];

    /// <summary>The claims that were asked for by name and were not judged, for whatever reason.</summary>
    internal IReadOnlyList<string> AskedInVain => [.. Asked.Distinct().Where(id => !Outcomes.Any(outcome => outcome.Check.ClaimId == id))];

    /// <summary>Whether recorded moments were judged: then nothing was simulated, and the command alone repeats everything.</summary>
    internal bool IsRecorded { get; init; }

    /// <summary>The results on randomly drawn networks; their checks are among <see cref="Outcomes"/>.</summary>
    internal GeneratedRun? Generated { get; init; }

    /// <summary>The failures between auditor and subject.</summary>
    internal IReadOnlyCollection<string> AdapterFailures { get; init; } = [];

    /// <summary>
    /// Rejected if any check is rejected; otherwise inconclusive if any is inconclusive, if nothing was executed, or if a claim that was asked for by name was
    /// not judged; declined if the subject left out anything; otherwise holds.
    /// </summary>
    public Verdict Verdict =>
        Outcomes.Any(outcome => outcome.Verdict == Verdict.Rejected) ? Verdict.Rejected
        : Outcomes.Count == 0 || AdapterFailures.Count > 0 || AskedInVain.Count > 0 || Outcomes.Any(outcome => outcome.Verdict == Verdict.Inconclusive)
            ? Verdict.Inconclusive
        : Outcomes.Any(outcome => outcome.Verdict == Verdict.Declined || outcome.Declined.Count > 0) ? Verdict.Declined
        : Verdict.Holds;

    /// <summary>Whether something was executed and all of it holds, even if the subject declined other checks.</summary>
    internal bool HoldsButForDeclined => Verdict is Verdict.Holds or Verdict.Declined && Outcomes.Any(outcome => outcome.Verdict == Verdict.Holds);

    /// <summary>Everything that the subject declined, without repetition.</summary>
    public IReadOnlyList<string> Declined => [.. Outcomes.SelectMany(outcome => outcome.Declined).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>
    /// The causes of rejections that the subject's own numbers show; empty if nothing was rejected, null if causes were not looked for, as with recorded
    /// moments.
    /// </summary>
    public IReadOnlyList<Explanation>? Explanations { get; internal init; }

    /// <summary>Known defects that fail the same checks, best match first: a resemblance, which says less than an explanation.</summary>
    public IReadOnlyList<(Signature Signature, double Resemblance)> LikelyCauses =>
        [.. Signature.Match(Outcomes, KnownDefects.Signatures).Concat(LayerSignature.Match(Outcomes)).OrderByDescending(match => match.Resemblance)];

    /// <summary>Testable claims with their verdicts over all architectures.</summary>
    public IReadOnlyList<KeyValuePair<string, Verdict>> ByClaim =>
        [
            .. Outcomes
                .GroupBy(outcome => outcome.Check.ClaimId)
                .Select(group => KeyValuePair.Create(group.Key, (this with { Outcomes = [.. group], AdapterFailures = [], Asked = [] }).Verdict)),
        ];

    /// <summary>Executes the checks of some claims.</summary>
    /// <param name="subject">The subject that is audited.</param>
    /// <param name="scale">How much is simulated.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="claims">Ids of the claims; all if empty.</param>
    /// <param name="architectures">Architectures; all if null.</param>
    /// <param name="advance">Called with the work done since the last call, in units of <see cref="Work"/>, from any thread.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The run.</returns>
    /// <exception cref="Files.InvalidInputException">An id is not in the ledger.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static VerificationRun Execute(
        ISubject subject,
        Scale scale,
        ulong seed,
        IReadOnlyCollection<string> claims,
        IReadOnlyCollection<string>? architectures = null,
        Action<long>? advance = null,
        CancellationToken cancellation = default
    ) => Execute(subject, scale, seed, claims, architectures, null, advance, cancellation);

    /// <summary>
    /// Executes the checks of some claims; on some networks of layers only those of claims that always hold, which have no rate of false alarms.
    /// </summary>
    /// <remarks>
    /// The rate of false alarms of the statistical claims is divided among the suite's own checks: checks on many more networks would exceed it.
    /// </remarks>
    internal static VerificationRun Execute(
        ISubject subject,
        Scale scale,
        ulong seed,
        IReadOnlyCollection<string> claims,
        IReadOnlyCollection<string>? architectures,
        IReadOnlyList<SiteCase>? networks,
        Action<long>? advance = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(subject);
        Check[] checks = [.. ChecksOf(claims, architectures, subject), .. (networks ?? []).SelectMany(site => ChecksOn(site, claims, sure: true))];
        var deep = new DeepExperiments(subject, scale, seed, () => advance?.Invoke(1), cancellation);
        var outcomes = Suite.Run(subject, scale, seed, checks, _ => advance?.Invoke(WorkOfCheck), deep, cancellation);
        KeyValuePair<string, MomentTable>[] moments =
        [
            .. Model.Architecture.Names.Where(deep.Finished.Contains).Select(name => KeyValuePair.Create(name, deep.Run(name))),
        ];
        return new VerificationRun(
            subject.Description.Name,
            scale,
            seed,
            outcomes,
            [.. moments.Select(pair => KeyValuePair.Create(pair.Key, Diagnosis.Diagnose(pair.Value)))],
            [.. ClaimLedger.Claims.Where(claim => claim.Kind == ClaimKind.NotTestable && (claims.Count == 0 || claims.Contains(claim.Id)))]
        )
        {
            SubjectVersion = subject.Description.Version,
            Architectures = architectures ?? [],
            Asked = claims,
            NotRun = [.. ClaimLedger.Claims.Where(claim => claim.IsTrained && (claims.Count == 0 || claims.Contains(claim.Id)))],
            NotJudged =
            [
                .. ClaimLedger
                    .Claims.Where(claim => claim.IsTestable && claims.Contains(claim.Id) && !Array.Exists(checks, check => check.ClaimId == claim.Id))
                    .Select(claim => KeyValuePair.Create(claim.Id, $"it speaks about {ArchitecturesOf(claim.Id)}")),
            ],
            DeepMoments = moments,
            Explanations = Investigation.Investigate(subject, scale, seed, outcomes, deep, cancellation),
        };
    }

    /// <summary>Executes the checks of the claims that have a site in a network of layers.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="scale">How much is simulated.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="claims">Ids of the claims; all if empty.</param>
    /// <param name="site">The network, and the number of inputs in its batches.</param>
    /// <param name="advance">Called with the work done since the last call, in units of <see cref="Work"/>, from any thread.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The run; claims that were asked for but have no site are listed as not judged.</returns>
    /// <exception cref="Files.InvalidInputException">An id is not in the ledger.</exception>
    internal static VerificationRun OfNetwork(
        ISubject subject,
        Scale scale,
        ulong seed,
        IReadOnlyCollection<string> claims,
        SiteCase site,
        Action<long>? advance = null,
        CancellationToken cancellation = default
    )
    {
        RequireClaims(claims);
        var checks = ChecksOn(site, claims, sure: false);
        var deep = new DeepExperiments(subject, scale, seed, null, cancellation);
        var outcomes = NetworkRange.WhyNot(subject, site, Mixing.ToAsk(seed)) is { } reason
            ? [.. checks.Select(check => new CheckOutcome(check, Verdict.Inconclusive, [], reason))]
            : Suite.Run(subject, scale, seed, checks, _ => advance?.Invoke(WorkOfCheck), deep, cancellation);
        var meant = ClaimLedger.Claims.Where(claim =>
            claim.IsTestable && (claims.Count == 0 ? SiteClaims.Find(claim.Id) is not null : claims.Contains(claim.Id))
        );
        return new VerificationRun(
            subject.Description.Name,
            scale,
            seed,
            outcomes,
            [],
            [.. ClaimLedger.Claims.Where(claim => !claim.IsTestable && claims.Contains(claim.Id))]
        )
        {
            SubjectVersion = subject.Description.Version,
            Network = site.Network.Name,
            Asked = claims,
            NotJudged =
            [
                .. meant
                    .Where(claim => !checks.Exists(check => check.ClaimId == claim.Id))
                    .Select(claim =>
                        KeyValuePair.Create(
                            claim.Id,
                            SiteClaims.Find(claim.Id) is null
                                ? $"it speaks about {string.Join(", ", claim.Architectures)}{(claim.Sites is { } sites ? $": {sites}" : "")}"
                                : $"{site.Network.Name} has no layers of the kind that it speaks of (wellbehaved claims {claim.Id})"
                        )
                    ),
            ],
        };
    }

    /// <summary>The work of the checks on a network.</summary>
    internal static long WorkOn(SiteCase site, IReadOnlyCollection<string> claims) => WorkOfCheck * Math.Max(1, ChecksOn(site, claims, sure: false).Count);

    /// <summary>The work of a run, for a progress display.</summary>
    /// <param name="scale">How much is simulated.</param>
    /// <param name="claims">Ids of the claims; all if empty.</param>
    /// <param name="architectures">Architectures; all if null.</param>
    /// <returns>Units of work; one unit is a layer of a deep simulation.</returns>
    /// <exception cref="Files.InvalidInputException">An id is not in the ledger.</exception>
    internal static long Work(Scale scale, IReadOnlyCollection<string> claims, IReadOnlyCollection<string>? architectures = null)
    {
        var checks = ChecksOf(claims, architectures);
        var deep = checks
            .Where(check => check.ClaimId.StartsWith('P') || check.ClaimId == "A3")
            .Select(check => check.Architecture)
            .Distinct()
            .Select(architecture => DeepExperiments.OptionsOf(architecture, scale, 0))
            .Sum(options => (long)options.NumSims * options.TotalDepth);
        return deep + (WorkOfCheck * checks.Length);
    }

    /// <summary>The work of a check: about that of this many layers of a narrow deep simulation.</summary>
    private const long WorkOfCheck = 500;

    private static ImmutableArray<Check> ChecksOf(IReadOnlyCollection<string> claims, IReadOnlyCollection<string>? architectures, ISubject? subject = null)
    {
        RequireClaims(claims);
        if (architectures is not null && claims.Count > 0 && claims.All(id => ClaimLedger.Find(id)!.IsTestable && !SpeaksOf(id, architectures)))
        {
            throw new Files.InvalidInputException(
                ParameterName.Spell(nameof(architectures)),
                $"expected one that {string.Join(" and ", claims.Select(id => $"{id} speaks about: {ArchitecturesOf(id)}"))}"
            );
        }

        // A subject that propagates no described networks is audited on the architectures, unless a claim about other networks is asked for.
        return
        [
            .. Suite.Checks.Where(check =>
                (claims.Count == 0 || claims.Contains(check.ClaimId))
                && (architectures?.Contains(check.Architecture) ?? true)
                && (claims.Count > 0 || check.Architecture != Suite.Composed || subject is null || subject.Description.NetworkOffer is not null)
            ),
        ];
    }

    private static bool SpeaksOf(string claim, IReadOnlyCollection<string> architectures) =>
        Suite.Checks.Any(check => check.ClaimId == claim && architectures.Contains(check.Architecture));

    /// <summary>The architectures that a claim is checked on, in words.</summary>
    private static string ArchitecturesOf(string claim) =>
        string.Join(
            ", ",
            Suite
                .Checks.Where(check => check.ClaimId == claim)
                .Select(check => check.Architecture == Suite.Composed ? "networks composed of layers" : check.Architecture)
        );

    private static List<Check> ChecksOn(SiteCase site, IReadOnlyCollection<string> claims, bool sure) =>
        [
            .. SiteClaims
                .All.Where(claim =>
                    (claims.Count == 0 || claims.Contains(claim.Id))
                    && (!sure || ClaimLedger.Find(claim.Id)?.Kind == ClaimKind.Always)
                    && claim.HasSite(site.Network)
                )
                .Select(claim => claim.On(site)),
        ];

    /// <summary>Refuses claims that are not in the ledger.</summary>
    /// <exception cref="Files.InvalidInputException">An id is not in the ledger.</exception>
    internal static void RequireClaims(IReadOnlyCollection<string> claims)
    {
        if (claims.FirstOrDefault(id => ClaimLedger.Find(id) is null) is { } unknown)
        {
            throw new Files.InvalidInputException(
                ParameterName.Spell(nameof(claims)),
                "expected an id of the ledger (wellbehaved claims lists them), got "
                    + $"'{unknown}'{(Theory.LawsWithoutClaim.Find(unknown) is null
                        ? Files.Spelling.Hint(unknown, ClaimLedger.Claims.Select(claim => claim.Id))
                        : $", a law that no claim is about; wellbehaved claims {unknown} prints it")}"
            );
        }
    }
}
