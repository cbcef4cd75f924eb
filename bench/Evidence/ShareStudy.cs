using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>How many mappings of the reference show what the post says of them; the limits of these properties were chosen from measurements.</summary>
internal sealed class ShareStudy : Study<MappingCounts>
{
    // P5 of plain nets compares with sampled networks and counts no mappings.
    private static readonly Dictionary<string, Check> Checks = Suite
        .Checks.Where(check =>
            check.Architecture != Suite.Composed && (check.ClaimId.StartsWith('P') || check.ClaimId == "A3") && Signature.NameOf(check) != "P5 vanilla"
        )
        .ToDictionary(Signature.NameOf);

    private readonly ReferenceSubject _reference = new();

    /// <inheritdoc/>
    public override string Name => "shares";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = [.. Checks.Keys];

    /// <inheritdoc/>
    protected override int Chunk => 4;

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, MappingCounts>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        var deep = new DeepExperiments(_reference, Scale.Quick, seed, null, cancellation);
        return Checks
            .Where(pair => keys.Contains(pair.Key))
            .Select(pair =>
                KeyValuePair.Create(pair.Key, MappingCounts.Count(Suite.Execute(pair.Value, _reference, Scale.Quick, seed, deep, cancellation: cancellation)))
            );
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reference.Dispose();
        base.Dispose(disposing);
    }
}
