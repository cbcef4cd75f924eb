using System.Globalization;
using Place = Wellbehaved.Networks.Place;
using PlaceKind = Wellbehaved.Networks.PlaceKind;

namespace Wellbehaved.Cli;

/// <summary>Prints a summary of a network: its layers with shapes and counts, and its places.</summary>
internal static class NetworkTable
{
    /// <summary>Counts beyond this are written with an exponent.</summary>
    private const double MostDigits = 1e12;

    /// <summary>Prints a summary.</summary>
    public static void Print(NetworkSummary summary, Screen screen)
    {
        var network = summary.Network;
        screen.Sentence(
            $"{network.Name}: {network.Input} → {network.Output}, {Counted.Spell(network.Depth, "unit")}, {Counted.Spell(network.Places.Count, "place")}"
        );
        screen.Sentence(
            $"{Total(summary.Parameters)} parameters ({ByteCount.Spell(summary.ParameterBytes)}), {Total(summary.MultiplyAdds)} multiply-adds for an image; "
                + $"signal and noise of {Counted.Spell(summary.BatchSize, "image")} take {ByteCount.Spell(summary.LargestBytes)} at the largest place"
        );
        screen.Sentence();
        ColumnText.Print(
            screen,
            [
                ["layer", "shape", "parameters", "multiply-adds"],
                ["input", network.Input.ToString(), "", ""],
                .. summary.Lines.Select(Cells),
            ],
            left: 1,
            words: 0
        );
        screen.Sentence();
        ColumnText.Print(
            screen,
            [
                ["depth", "place", "", "shape", "memory"],
                .. Places(summary),
            ],
            left: 3,
            words: 2
        );
    }

    private static string[] Cells(LayerLine line) =>
        [new string(' ', 2 * line.Level) + line.Text, line.Output?.ToString() ?? "", Count(line.Parameters), Count(line.MultiplyAdds)];

    /// <summary>The rows of the places; depths that have the same places in the same shapes share their rows.</summary>
    private static IEnumerable<string[]> Places(NetworkSummary summary)
    {
        var depths = summary.Network.Places.GroupBy(place => place.Depth).Select(places => places.ToArray()).ToArray();
        for (var first = 0; first < depths.Length; )
        {
            var next = first + 1;
            while (next < depths.Length && AreAlike(depths[first], depths[next]))
            {
                next++;
            }

            var (from, to) = (depths[first][0].Depth, depths[next - 1][0].Depth);
            var name = from == to ? Spell(from) : $"{Spell(from)} to {Spell(to)}";
            foreach (var place in depths[first])
            {
                yield return
                [
                    name,
                    Spell(place.Number),
                    NetworkSummary.PlaceText(place) + (place.EndsBranch && place.Kind == PlaceKind.After ? ", end of the branch" : ""),
                    place.Shape.ToString(),
                    ByteCount.Spell(summary.BytesAt(place.Shape)),
                ];
                name = string.Empty;
            }

            first = next;
        }
    }

    private static bool AreAlike(Place[] places, Place[] others) =>
        places.Length == others.Length
        && places
            .Zip(others)
            .All(pair =>
                (pair.First.Number, pair.First.Kind, pair.First.After?.Word, pair.First.Shape, pair.First.EndsBranch)
                == (pair.Second.Number, pair.Second.Kind, pair.Second.After?.Word, pair.Second.Shape, pair.Second.EndsBranch)
            );

    private static string Count(double? count) =>
        count switch
        {
            null or 0 => "",
            < MostDigits and { } few => few.ToString("N0", CultureInfo.InvariantCulture),
            _ => count.Value.ToString("0.00e+0", CultureInfo.InvariantCulture),
        };

    private static string Total(double count) => count == 0 ? "no" : Count(count);

    private static string Spell(int number) => number.ToString(CultureInfo.InvariantCulture);
}
