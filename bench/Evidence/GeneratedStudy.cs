using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>The largest ratios of difference to tolerance on generated networks: a seed draws as many as a quick audit does.</summary>
internal sealed class GeneratedStudy : Study<RatioTail>
{
    /// <summary>2 % of 10,000 planned seeds.</summary>
    private const int Capacity = 200;

    private readonly ReferenceSubject _reference = new();

    /// <inheritdoc/>
    public override string Name => "generated";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [.. GeneratedAudit.Claims.Select(KeyOf)];

    /// <inheritdoc/>
    protected override int Chunk => 50;

    /// <inheritdoc/>
    protected override long Rejections(RatioTail summary) => summary.Rejected;

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, RatioTail>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        string[] claims = [.. GeneratedAudit.Claims.Where(claim => keys.Contains(KeyOf(claim)))];
        var run = GeneratedAudit.Draw(_reference, seed, GeneratedAudit.AtQuick, claims, cancellation: cancellation);
        return claims.Select(claim =>
            KeyValuePair.Create(
                KeyOf(claim),
                run.Outcomes.SingleOrDefault(outcome => outcome.Check.ClaimId == claim) is { } outcome
                    ? RatioTail.Collect(Capacity, outcome, seed)
                    : RatioTail.WithoutSite(Capacity)
            )
        );
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reference.Dispose();
        base.Dispose(disposing);
    }

    private static string KeyOf(string claim) => $"{claim} {GeneratedAudit.Architecture}";
}
