using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>The largest ratios of difference to tolerance of the deterministic checks on the reference.</summary>
internal sealed class ComparisonStudy : Study<RatioTail>
{
    private readonly ReferenceSubject _reference = new();
    private readonly int _capacity;

    private ComparisonStudy(string name, int plannedRuns, int chunk, bool operations)
    {
        (Name, Chunk) = (name, chunk);
        _capacity = plannedRuns / 50;
        var deterministic = Suite.Checks.Where(check => VerdictLevels.LevelOf(check) == VerdictLevel.GivenWeights);
        Checks = deterministic.Where(check => check.ClaimId.StartsWith('O') == operations).ToDictionary(Signature.NameOf);
        Keys = [.. Checks.Keys];
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; }

    /// <inheritdoc/>
    protected override int Chunk { get; }

    private Dictionary<string, Check> Checks { get; }

    /// <summary>The checks of single operations, planned for 10⁵ seeds.</summary>
    public static ComparisonStudy Operations() => new("operations", 100_000, 250, operations: true);

    /// <summary>The other deterministic checks, planned for 25,000 seeds: 10⁴ would give a fit at most a hundred exceedances.</summary>
    public static ComparisonStudy Comparisons() => new("comparisons", 25_000, 100, operations: false);

    /// <inheritdoc/>
    protected override long Rejections(RatioTail summary) => summary.Rejected;

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, RatioTail>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation) =>
        Checks
            .Where(pair => keys.Contains(pair.Key))
            .Select(pair =>
            {
                var outcome = Suite.Execute(pair.Value, _reference, Scale.Quick, seed, cancellation: cancellation);
                return KeyValuePair.Create(pair.Key, RatioTail.Collect(_capacity, outcome, seed));
            });

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reference.Dispose();
        base.Dispose(disposing);
    }
}
