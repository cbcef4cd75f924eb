using Wellbehaved.Audit;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Evidence;

/// <summary>How often each wrong implementation is rejected by the claim that names its defect.</summary>
internal sealed class MutantStudy : Study<Tally>
{
    private static readonly Dictionary<string, Mutant> Mutants = All.ToDictionary(mutant => mutant.ToString());

    /// <summary>All wrong implementations: of the four architectures, and of layers of any network.</summary>
    public static IEnumerable<Mutant> All => AllMutants.List.Concat(LayerMutants.List);

    /// <inheritdoc/>
    public override string Name => "mutants";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = [.. Mutants.Keys];

    /// <inheritdoc/>
    protected override int Chunk => 4;

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Tally>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation) =>
        Mutants
            .Where(pair => keys.Contains(pair.Key))
            .Select(pair =>
            {
                // A subject keeps its networks for reuse: a hundred of them kept for a hundred seeds would not fit memory.
                using var subject = pair.Value.Create();
                var outcome = Suite.Execute(pair.Value.Check, subject, Scale.Quick, seed, cancellation: cancellation);
                return KeyValuePair.Create(pair.Key, Tally.Count(VerdictName.Spell(outcome.Verdict), seed));
            });
}
