using System.Collections.Immutable;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Wrong implementations whose deep experiments report numbers that no mapping has.</summary>
internal static class MomentMutants
{
    public static ImmutableArray<Mutant> List { get; } =
    [
        new("NaN as effective rank of a deep net, collapse unseen", "P1", "vanilla")
        {
            Deep = table => table with { Reff = Everywhere(table.Reff, double.NaN) },
        },
        new("NaN as effective rank of a deep net, health unseen", "P4", "bn_res") { Deep = table => table with { Reff = Everywhere(table.Reff, double.NaN) } },
        new("NaN as effective rank of every second deep net", "P7", "bn_res") { Deep = table => table with { Reff = Late(table.Reff, 2, double.NaN) } },
        new("NaN as sensitivity of a deep net", "P5", "bn_ff") { Deep = table => table with { LogChi = Late(table.LogChi, 1, double.NaN) } },
        new("an infinite sensitivity in one of ten deep nets", "P3", "bn_ff")
        {
            Deep = table => table with { LogChi = Late(table.LogChi, 10, double.PositiveInfinity) },
        },
        new("an effective rank below 1", "P6", "vanilla_res") { Deep = table => table with { Reff = Late(table.Reff, 3, 0.5) } },
        new("an effective rank above the number of images", "P3", "bn_ff") { Deep = table => table with { Reff = Late(table.Reff, 3, 32) } },
        new("an effective rank of -1 for a signal that lives", "A3", "vanilla") { Deep = table => table with { Reff = Late(table.Reff, 48, -1) } },
        new("NaN as ν₂ of a deep net", "P2", "vanilla_res") { Deep = table => table with { LogNu2 = Late(table.LogNu2, 5, double.NaN) } },
        new("nine of ten deep nets reported dead", "P4", "bn_res")
        {
            Deep = table => table with { LogNu2 = [.. table.LogNu2!.Select((row, i) => i % 10 == 0 ? row : [.. row.Select(_ => double.NegativeInfinity)])] },
        },
    ];

    private static double[][] Everywhere(IReadOnlyList<double[]>? rows, double value) => [.. rows!.Select(row => row.Select(_ => value).ToArray())];

    /// <summary>From half of the depth on, in every n-th net.</summary>
    private static double[][] Late(IReadOnlyList<double[]>? rows, int every, double value) =>
        [.. rows!.Select((row, i) => i % every == 0 ? row.Select((number, depth) => depth >= row.Length / 2 ? value : number).ToArray() : row)];
}
