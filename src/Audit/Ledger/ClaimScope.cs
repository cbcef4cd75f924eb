using System.Text.Json.Serialization;

namespace Wellbehaved.Audit;

/// <summary>The networks and noises that a claim speaks about. It says nothing about others, so others cannot refute it.</summary>
public sealed class ClaimScope
{
    [JsonConstructor]
    internal ClaimScope() { }

    /// <summary>Boundaries of convolutions, null for any. Fully connected nets have no boundary and are always included.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Boundaries { get; internal init; }

    /// <summary>The kind of noise: <c>mapping</c>, for which batch statistics are held fixed. Null for any.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Noise { get; internal init; }

    /// <summary>The fewest points in a batch; null for any. Two points vary along one line, whatever the network does.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? LeastPoints { get; internal init; }

    /// <summary>The scope in words.</summary>
    [JsonIgnore]
    public string Words =>
        string.Join(
            "; ",
            new[]
            {
                Boundaries is { } boundaries ? OfBoundaries(boundaries) : null,
                Noise is { } noise ? $"noise in the sense of {ParameterName.Spell(nameof(RecordedExperiment.Noise))} {noise}" : null,
                LeastPoints is { } least ? $"batches of at least {Counted.Spell(least, "point")}" : null,
            }.Where(part => part is not null)
        );

    /// <summary>Why recorded moments lie outside the scope.</summary>
    /// <param name="experiment">What is known about their experiment.</param>
    /// <returns>The reason; null if they lie inside, or if this is not known.</returns>
    internal string? WhyOutside(RecordedExperiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        return Boundaries is { } boundaries && experiment.KernelSize != 1 && experiment.Boundary is { } boundary && !boundaries.Contains(boundary)
                ? $"outside the claim's scope: it speaks about {OfBoundaries(boundaries)}, and the file has {Spell(boundary)}"
            : Noise is { } noise && experiment.Noise is { } recorded && recorded != noise
                ? "outside the claim's scope: it speaks about noise in the sense of "
                    + $"{ParameterName.Spell(nameof(RecordedExperiment.Noise))} {noise}, and the file has "
                    + $"{ParameterName.Spell(nameof(RecordedExperiment.Noise))} {recorded}"
            : LeastPoints is { } least && experiment is { KernelSize: 1, BatchSize: { } points } && points < least
                ? $"outside the claim's scope: it speaks about batches of at least {Counted.Spell(least, "point")}, and the file has {points}"
            : null;
    }

    /// <summary>What must be known about an experiment before it can refute the claim.</summary>
    /// <param name="experiment">What is known.</param>
    /// <returns>What is missing; null if nothing is.</returns>
    internal string? Missing(RecordedExperiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        string[] missing =
        [
            .. new[]
            {
                Boundaries is { } boundaries && experiment.KernelSize != 1 && experiment.Boundary is null
                    ? $"it speaks about {OfBoundaries(boundaries)}, and the file does not say which boundary it has: give "
                        + $"{ParameterName.Spell(nameof(RecordedExperiment.Boundary))}, or {ParameterName.Spell(nameof(RecordedExperiment.KernelSize))} 1"
                    : null,
                LeastPoints is { } least && MayHaveFewer(experiment, least)
                    ? $"it speaks about batches of at least {Counted.Spell(least, "point")}, and the file does not say that it has so many: give "
                        + string.Join(" and ", OptionsLeftOut(experiment))
                    : null,
            }.OfType<string>(),
        ];
        return missing.Length == 0 ? null : string.Join("; ", missing);
    }

    /// <summary>
    /// Whether a batch may have fewer points. Points are images times positions, so a batch of as many images has enough of them, and so has one image of a
    /// convolutional net.
    /// </summary>
    private static bool MayHaveFewer(RecordedExperiment experiment, int least) =>
        experiment.KernelSize is null or 1 && !(experiment.BatchSize >= least) && experiment.FewestPoints < least;

    private static IEnumerable<string> OptionsLeftOut(RecordedExperiment experiment)
    {
        if (experiment.BatchSize is null)
        {
            yield return ParameterName.Spell(nameof(RecordedExperiment.BatchSize));
        }

        if (experiment.KernelSize is null)
        {
            yield return ParameterName.Spell(nameof(RecordedExperiment.KernelSize));
        }
    }

    private static string OfBoundaries(IEnumerable<string> boundaries) =>
        $"fully connected nets and {string.Join(" or ", boundaries.Select(Spell))} boundaries";

    private static string Spell(string boundary) => boundary.Replace('_', ' ');
}
