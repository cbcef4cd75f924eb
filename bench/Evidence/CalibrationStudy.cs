using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>The bounds of false alarms of every statistical check on the reference, with a twentieth of the samples.</summary>
/// <remarks>A bound that is a theorem holds at any number of samples.</remarks>
internal sealed class CalibrationStudy : Study<BoundCounts>
{
    /// <summary>Share of the samples of a quick run.</summary>
    public const double SampleShare = 1.0 / 20;

    private static readonly Dictionary<string, Check> Checks = Suite
        .Checks.Where(check => VerdictLevels.LevelOf(check) != VerdictLevel.GivenWeights)
        .ToDictionary(Signature.NameOf);

    private readonly ReferenceSubject _reference = new();

    /// <inheritdoc/>
    public override string Name => "calibration";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = [.. Checks.Keys];

    /// <inheritdoc/>
    protected override int Chunk => 20;

    /// <summary>Executes a check as a quick run does, with fewer samples.</summary>
    internal static CheckOutcome Execute(Check check, ISubject subject, ulong seed, DeepExperiments deep, CancellationToken cancellation = default) =>
        Suite.Execute(check, subject, Scale.Quick, seed, deep, SampleShare, cancellation);

    /// <inheritdoc/>
    protected override long Rejections(BoundCounts summary) => summary.Rejected;

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, BoundCounts>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation)
    {
        var deep = new DeepExperiments(_reference, Scale.Quick, seed, null, cancellation) { SampleShare = SampleShare };
        return Checks
            .Where(pair => keys.Contains(pair.Key))
            .Select(pair => KeyValuePair.Create(pair.Key, BoundCounts.Count(Execute(pair.Value, _reference, seed, deep, cancellation), seed)));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reference.Dispose();
        base.Dispose(disposing);
    }
}
