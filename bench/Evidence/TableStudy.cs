namespace Wellbehaved.Evidence;

/// <summary>
/// How often a diagnosis says a wrong word about random tables whose law lies at or near the border of a word, and the right word where it lies well inside.
/// </summary>
internal sealed class TableStudy : Study<Tally>
{
    /// <inheritdoc/>
    public override string Name => "tables";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => RandomTables.Kinds;

    /// <inheritdoc/>
    protected override int Chunk => 20;

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Tally>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        foreach (var kind in RandomTables.Kinds.Where(keys.Contains))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return KeyValuePair.Create(kind, Tally.Count(RandomTables.Judge(kind, seed), seed));
        }
    }
}
