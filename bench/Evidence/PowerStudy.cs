using System.Globalization;

namespace Wellbehaved.Evidence;

/// <summary>How often each claim rejects a defect of half its discrepancy, of all of it and of twice it.</summary>
internal sealed class PowerStudy : Study<Tally>
{
    private static readonly Dictionary<string, (Dial Dial, double Size)> Cells = Dials
        .List.SelectMany(dial => Dial.Sizes.Select(size => (dial, size)))
        .ToDictionary(cell => KeyOf(cell.dial, cell.size));

    /// <inheritdoc/>
    public override string Name => "power";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = [.. Cells.Keys];

    /// <inheritdoc/>
    protected override int Chunk => 2;

    /// <summary>The row of a defect of a size.</summary>
    public static string KeyOf(Dial dial, double size) => string.Create(CultureInfo.InvariantCulture, $"{dial.Name} | {size}");

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Tally>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation) =>
        Cells
            .Where(pair => keys.Contains(pair.Key))
            .Select(pair =>
            {
                var outcome = pair.Value.Dial.Execute(pair.Value.Size, seed, cancellation);
                return KeyValuePair.Create(pair.Key, Tally.Count(VerdictName.Spell(outcome.Verdict), seed));
            });
}
