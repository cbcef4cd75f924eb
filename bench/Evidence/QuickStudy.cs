using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>The verdicts of quick runs on the reference, for each check and for whole runs.</summary>
internal sealed class QuickStudy : Study<Tally>
{
    /// <summary>The row of whole runs.</summary>
    public const string WholeRun = "run";

    private readonly ReferenceSubject _reference = new();

    /// <inheritdoc/>
    public override string Name => "quick";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = [.. Suite.Checks.Select(Signature.NameOf), WholeRun];

    /// <inheritdoc/>
    protected override int Chunk => 4;

    /// <inheritdoc/>
    protected override long Rejections(Tally summary) => summary.Count(VerdictName.Rejected);

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Tally>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        var deep = new DeepExperiments(_reference, Scale.Quick, seed, null, cancellation);

        // The verdict of a whole run needs all checks of the four architectures, whatever other rows are asked for. Whole runs were first counted when there
        // were no other checks.
        var needed = Suite.Checks.Where(check => (keys.Contains(WholeRun) && check.Architecture != Suite.Composed) || keys.Contains(Signature.NameOf(check)));
        CheckOutcome[] outcomes = [.. needed.Select(check => Suite.Execute(check, _reference, Scale.Quick, seed, deep, cancellation: cancellation))];
        foreach (var outcome in outcomes.Where(outcome => keys.Contains(Signature.NameOf(outcome.Check))))
        {
            yield return KeyValuePair.Create(Signature.NameOf(outcome.Check), Tally.Count(VerdictName.Spell(outcome.Verdict), seed));
        }

        if (keys.Contains(WholeRun))
        {
            var run = new VerificationRun("reference", Scale.Quick, seed, [.. outcomes.Where(outcome => outcome.Check.Architecture != Suite.Composed)], [], []);
            yield return KeyValuePair.Create(WholeRun, Tally.Count(VerdictName.Spell(run.Verdict), seed));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reference.Dispose();
        base.Dispose(disposing);
    }
}
