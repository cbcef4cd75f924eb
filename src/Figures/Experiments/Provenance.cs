using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>Describes below a figure's title how its numbers were made, so that the figure can be read without the files.</summary>
internal static class Provenance
{
    /// <summary>The greatest number of files that are listed; more are only counted.</summary>
    private const int MostLines = 6;

    /// <summary>Describes how recordings were made; recordings that were made in the same way share a line.</summary>
    /// <param name="recordings">The recordings.</param>
    /// <returns>Lines of markup.</returns>
    public static IReadOnlyList<string> Describe(IReadOnlyList<Recording> recordings)
    {
        var said = recordings
            .GroupBy(Say, recording => recording.Title)
            .Select(group => (Words: group.Key, Names: string.Join(", ", group.Distinct())))
            .ToArray();
        string[] lines = said is [var (words, _)]
            ? [$"{char.ToUpperInvariant(words[0])}{words[1..]}"]
            : [.. said.Take(MostLines).Select(one => $"{one.Names}: {one.Words}")];
        var branches = recordings
            .Where(recording => recording.Architecture.IsResidual)
            .Select(recording => recording.File.Options?.ResDepth)
            .Distinct()
            .ToArray();
        string[] ended = [.. recordings.Select(EndsOf).OfType<string>()];
        return
        [
            .. lines,
            .. ended.Length > 0
                ?
                [
                    $"{(recordings.Count == 1 ? $"{char.ToUpperInvariant(ended[0][0])}{ended[0][1..]}" : string.Join(". ", ended.Take(MostLines)))}. "
                        + "Means, bands and histograms leave out what has ended.",
                ]
                : Array.Empty<string>(),
            .. said.Length > MostLines ? [string.Create(CultureInfo.InvariantCulture, $"and {said.Length - MostLines} more")] : Array.Empty<string>(),
            .. branches is [{ } layers]
                ? [string.Create(CultureInfo.InvariantCulture, $"Residual branches have *H* = {layers} {(layers == 1 ? "layer" : "layers")}.")]
                : Array.Empty<string>(),
        ];
    }

    /// <summary>Describes the sizes of an experiment.</summary>
    /// <param name="options">The experiment.</param>
    /// <param name="simulations">The number of its simulations.</param>
    /// <returns>Markup.</returns>
    public static string Describe(ExperimentOptions options, int simulations)
    {
        string?[] parts =
        [
            Count(simulations),
            string.Create(CultureInfo.InvariantCulture, $"*N* = {options.NumChannels} channels"),
            string.Create(
                CultureInfo.InvariantCulture,
                $"*M* = {options.BatchSize} {(options.BatchSize == 1 ? "image" : "images")} of “{Markup.Escape(options.Dataset)}”"
            ),
            string.Create(CultureInfo.InvariantCulture, $"kernel size *k* = {options.KernelSize}"),
            options.KernelSize > 1 ? $"boundary {Audit.EnumWords.Spell(options.Boundary).Replace('_', ' ')}" : null,
        ];
        return string.Join(", ", parts.Where(part => part is not null));
    }

    /// <summary>Explains the bands of a figure.</summary>
    /// <param name="panels">The panels of a figure.</param>
    /// <returns>A line, or none where no panel has a band.</returns>
    public static IReadOnlyList<string> Bands(IReadOnlyList<Panel> panels) =>
        panels.SelectMany(panel => panel.Curves).Any(curve => curve.Low is not null)
            ? ["Lines: means. Bands: 16th to 84th percentile of the simulations."]
            : [];

    /// <summary>How simulations of a recording ended before the last depth; null if none did.</summary>
    private static string? EndsOf(Recording recording) =>
        EndingWords.Count(recording.File.Ends, recording.File.Simulations, "simulation") is { Count: > 0 } clauses
            ? $"{(recording.File.Options is null ? $"{recording.Title}: " : "")}{string.Join("; ", clauses)}"
            : null;

    private static string Say(Recording recording) =>
        recording.File.Options is { } options
            ? Describe(options, recording.File.Simulations)
            : $"{Count(recording.File.Simulations)}{(recording.Width is { } width ? string.Create(CultureInfo.InvariantCulture, $", *N* = {width} channels") : "")}, "
                + $"drawn as {recording.Architecture.Name}; the file does not say {(recording.Width is null ? "*N*, " : "")}*M*, *k* and the data set";

    private static string Count(int simulations) =>
        string.Create(CultureInfo.InvariantCulture, $"{simulations} {(simulations == 1 ? "simulation" : "simulations")}");
}
