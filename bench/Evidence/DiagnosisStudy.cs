using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Evidence;

/// <summary>How the four architectures at depth 200 are diagnosed.</summary>
internal sealed class DiagnosisStudy : Study<Tally>
{
    private const int Depth = 200;

    /// <inheritdoc/>
    public override string Name => "diagnoses";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => Architecture.Names;

    /// <inheritdoc/>
    protected override int Chunk => 2;

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Tally>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation) =>
        Architecture.Names.Where(keys.Contains).Select(architecture =>
        {
            // The quick suite's experiment, deeper.
            var options = DeepExperiments.OptionsOf(architecture, Scale.Quick, seed) with { TotalDepth = Depth };
            var diagnosis = Diagnosis.Of(MomentTable.Of(Experiment.Prepare(options).Run(cancellation: cancellation)));
            return KeyValuePair.Create(architecture, Tally.Of(diagnosis.Condition.ToString(), seed));
        });
}
