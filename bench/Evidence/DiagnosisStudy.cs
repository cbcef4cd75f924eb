using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Evidence;

/// <summary>How the four architectures are diagnosed from 24 mappings, at the depths that people use.</summary>
internal sealed class DiagnosisStudy : Study<Tally>
{
    private const int Mappings = 24;

    /// <summary>Width and depth of the nets. The picture's certain words are promised to be right for these sizes.</summary>
    private static readonly (int Width, int Depth)[] Sizes = [(64, 50), (64, 100), (64, 200), (128, 500)];

    private static readonly Dictionary<string, (string Architecture, int Width, int Depth)> Cells = Sizes
        .SelectMany(size => Architecture.Names.Select(architecture => (Architecture: architecture, size.Width, size.Depth)))
        .ToDictionary(cell => string.Create(CultureInfo.InvariantCulture, $"{cell.Architecture} | width {cell.Width}, depth {cell.Depth}"));

    /// <inheritdoc/>
    public override string Name => "diagnoses";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = [.. Cells.Keys];

    /// <inheritdoc/>
    protected override int Chunk => 4;

    /// <summary>What the post says of an architecture.</summary>
    /// <param name="key">A key of the study.</param>
    public static Condition Right(string key) =>
        Cells[key].Architecture switch
        {
            "vanilla" or "vanilla_res" => Condition.PathologicalSignal,
            "bn_ff" => Condition.PathologicalSnr,
            "bn_res" => Condition.WellBehaved,
            var other => throw new InvalidOperationException($"the post says nothing about {other}"),
        };

    /// <inheritdoc/>
    protected override IEnumerable<KeyValuePair<string, Tally>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation) =>
        Cells
            .Where(cell => keys.Contains(cell.Key))
            .Select(cell =>
            {
                var options = DeepExperiments.OptionsOf(cell.Value.Architecture, Scale.Quick, seed) with
                {
                    NumChannels = cell.Value.Width,
                    TotalDepth = cell.Value.Depth,
                    NumComputations = 50,
                    NumSims = Mappings,
                    Seed = Mixing.SeedOf(seed, $"diagnosis {cell.Key}"),
                };
                var diagnosis = Diagnosis.Diagnose(MomentTable.Read(Experiment.Prepare(options, threads: 1).Run(cancellation: cancellation)));
                return KeyValuePair.Create(cell.Key, Tally.Count(diagnosis.Condition.ToString(), seed));
            });
}
