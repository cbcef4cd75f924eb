using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Judges one generated network by the claims on layers and by relations between several answers.</summary>
internal static class GeneratedJudge
{
    /// <summary>The claim on each family of layers.</summary>
    private static readonly (LayerFamily Family, string Claim)[] Claims =
    [
        (LayerFamily.Linear, "O5"),
        (LayerFamily.Activation, "O6"),
        (LayerFamily.BatchNorm, "O7"),
        (LayerFamily.InputNorm, "O8"),
        (LayerFamily.Pooling, "O9"),
        (LayerFamily.Residual, "O10"),
        (LayerFamily.Dropout, "O11"),
        (LayerFamily.Attention, "O12"),
    ];

    /// <summary>The most numbers at all places of a network whose moments are judged.</summary>
    private const long MostNumbersOfMoments = 1 << 14;

    private const string OfMoments = "D9";

    /// <summary>Claims on several answers of a subject that draws its own parameters, which take five or six requests.</summary>
    private static readonly string[] OfRelations = ["D8", "I7", "I9", "I10", "I12"];

    /// <summary>All claims that it judges.</summary>
    public static IReadOnlyList<string> AllClaims { get; } = [.. Claims.Select(pair => pair.Claim), OfRelations[0], OfMoments, .. OfRelations[1..]];

    /// <summary>Whether a case would say something about a claim, if the subject answered it.</summary>
    public static bool Concerns(string claim, GeneratedCase drawn, bool given, SubjectDescription subject) =>
        claim switch
        {
            OfMoments => !given && !subject.Moments.IsEmpty && LookedAt(drawn) is not null,
            "D8" or "I7" or "I9" => !given && LinearSite.Collect(drawn.Network).Count > 0,
            "I10" => !given,
            "I12" => !given && drawn.Images > 1 && SeparateImages.HasSite(drawn.Network),
            _ => new SiteCase(drawn.Network, drawn.Images).Families.Contains(Claims.Single(pair => pair.Claim == claim).Family),
        };

    /// <summary>Asks the subject, and compares its answers.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="drawn">The case.</param>
    /// <param name="given">Whether parameters are given.</param>
    /// <param name="wanted">The claims that are judged; requests that only other claims need are left out.</param>
    /// <param name="found">
    /// Claims with their measurements; no claims of which the case has no site. What was found before a failure is in it too: a wrong answer stays wrong.
    /// </param>
    /// <exception cref="DeclinedException">The subject declines the case.</exception>
    /// <exception cref="SubjectException">The subject shows other places or shapes than expected.</exception>
    public static void Judge(
        ISubject subject,
        GeneratedCase drawn,
        bool given,
        IReadOnlyCollection<string> wanted,
        ICollection<(string Claim, Measurement Measurement)> found
    )
    {
        var site = new SiteCase(drawn.Network, drawn.Images);
        var parameters = given ? site.Parameters(drawn.Seed) : null;
        Weights weights = parameters is null ? new Weights.Own(drawn.Seed, 0) : new Weights.Given(parameters);
        var trace = Recorded(subject, drawn, weights, given || !wanted.Contains(OfMoments) ? null : LookedAt(drawn), found);
        foreach (var (family, claim) in Claims.Where(pair => wanted.Contains(pair.Claim) && site.Families.Contains(pair.Family)))
        {
            var comparisons = new SiteComparisons(family);
            new SiteWalk(trace, Definition(drawn.Noise), parameters, subject.Description.UnitRoundoff, comparisons, drawn.Description).Compare();
            foreach (var measurement in comparisons.Conclude(given ? "given parameters" : "parameters of its own"))
            {
                found.Add((claim, measurement));
            }
        }

        if (!given && OfRelations.Any(wanted.Contains))
        {
            new OwnRelations(subject, drawn).Compare(trace, found);
        }
    }

    /// <summary>Asks for the case itself, and compares the moments of the places that are looked at.</summary>
    private static NetworkTrace Recorded(
        ISubject subject,
        GeneratedCase drawn,
        Weights weights,
        Func<int, bool>? isLookedAt,
        ICollection<(string Claim, Measurement Measurement)> found
    )
    {
        var moments = new ExactComparison();
        try
        {
            return NetworkTrace.Record(subject, drawn.Network, drawn.Noise, weights, drawn.Batch(), isLookedAt is null ? null : Compare);
        }
        finally
        {
            if (moments.Comparisons > 0)
            {
                found.Add((OfMoments, moments.Conclude("reported moments at every place")));
            }
        }

        void Compare(NetworkSnapshot snapshot)
        {
            if (isLookedAt(snapshot.Index))
            {
                MomentLaws.Compare(
                    snapshot,
                    subject.Description.Moments.Contains,
                    subject.Description.UnitRoundoff,
                    moments,
                    moments,
                    $"{snapshot.Where}, {drawn.Description}"
                );
            }
        }
    }

    /// <summary>
    /// The places whose moments are judged, effective ranks among them, which cost much: all of a small network, and of a deeper one every second, third, …,
    /// counted from the last or one of those before it. Null where a place alone costs too much.
    /// </summary>
    private static Func<int, bool>? LookedAt(GeneratedCase drawn)
    {
        var (places, most) = (drawn.Network.Places.Count, MostNumbersOfMoments / Math.Max(1, drawn.Numbers));
        if (most == 0)
        {
            return null;
        }

        var step = (places + most - 1) / most;
        var last = places - 1 - (long)(drawn.Seed % (ulong)Math.Max(1, Math.Min(step, places)));
        return index => index <= last && (last - index) % step == 0;
    }

    private static WrittenOutNoise Definition(NoiseKind noise) =>
        noise switch
        {
            NoiseKind.Mapping => WrittenOutNoise.Mapping,
            NoiseKind.Full => WrittenOutNoise.Full,
            _ => throw new ArgumentOutOfRangeException(nameof(noise), noise, "expected a noise that has been written out"),
        };
}
