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
            $"{network.Name}: {network.Input} → {network.Output}, {Counted.Spell(network.Depth, "unit")}, {Counted.Spell(network.NumberOfPlaces, "place")}"
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
        var places = summary.Network.Places;
        for (var first = 0; first < places.Count; )
        {
            var (end, last) = (EndOfDepth(places, first), first);
            var next = end;
            while (next < places.Count && EndOfDepth(places, next) is var after && AreAlike(places, first, end, next, after))
            {
                (last, next) = (next, after);
            }

            var (from, to) = (places[first].Depth, places[last].Depth);
            var name = from == to ? Spell(from) : $"{Spell(from)} to {Spell(to)}";
            for (var i = first; i < end; i++)
            {
                var place = places[i];
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

    /// <summary>The index after the last place of the depth that begins at an index.</summary>
    private static int EndOfDepth(IReadOnlyList<Place> places, int first)
    {
        var end = first;
        while (end < places.Count && places[end].Depth == places[first].Depth)
        {
            end++;
        }

        return end;
    }

    /// <summary>Whether the places from one index on are those from another one on, in the same shapes.</summary>
    private static bool AreAlike(IReadOnlyList<Place> places, int first, int end, int next, int after)
    {
        if (end - first != after - next)
        {
            return false;
        }

        for (var i = 0; i < end - first; i++)
        {
            if (Shown(places[first + i]) != Shown(places[next + i]))
            {
                return false;
            }
        }

        return true;

        static (int, PlaceKind, string?, Networks.Shape, bool) Shown(Place place) =>
            (place.Number, place.Kind, place.After?.Word, place.Shape, place.EndsBranch);
    }

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
