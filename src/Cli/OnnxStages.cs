using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>A stage of a network: consecutive places that belong together by name or by resolution.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="From">Depth before it.</param>
/// <param name="End">Its last place that all paths pass, as an index among the network's places.</param>
/// <param name="Places">Number of its places.</param>
internal sealed record OnnxStage(string Name, int From, int End, int Places);

/// <summary>Divides a network into stages.</summary>
internal static class OnnxStages
{
    /// <summary>The greatest number of stages; more would not be a survey.</summary>
    private const int Most = 20;

    /// <summary>Stages of fewer places are joined with their neighbours, such as the first convolution with its normalisation and pooling.</summary>
    private const int Few = 3;

    /// <summary>A scope that holds more than this share of all places is divided further.</summary>
    private const double Large = 0.67;

    private const int Levels = 6;

    /// <summary>Divides by the names that exporters give to nodes; where these do not help, by resolution; otherwise by depth.</summary>
    /// <param name="places">All places, in the order of the graph.</param>
    public static IReadOnlyList<OnnxStage> Divide(IReadOnlyList<OnnxPlace> places)
    {
        var scopes = ByScope(places);
        var stages = Joined(places, scopes, Few);
        if (stages.Count is < 2 or > Most)
        {
            // A place beside the trunk belongs to the next place on the trunk.
            var points = places
                .Reverse()
                .Aggregate(
                    (Next: 0, All: new List<string>()),
                    (seen, place) =>
                    {
                        var next = place.IsOnTrunk ? place.Points : seen.Next;
                        seen.All.Add($"{next}");
                        return (next, seen.All);
                    }
                )
                .All;
            points.Reverse();
            stages = Joined(places, [.. points], Few, scopes);
        }

        if (stages.Count is < 2 or > Most)
        {
            var deepest = Math.Max(1, places.Max(place => place.Depth));
            stages = Joined(places, [.. places.Select(place => $"{Math.Max(0, place.Depth - 1) * 4 / deepest}")], 1, scopes);
        }

        return stages;
    }

    /// <summary>The scope of each place: as many parts of its name as are needed so that no scope holds most of the places.</summary>
    private static string[] ByScope(IReadOnlyList<OnnxPlace> places)
    {
        var haveScopes = places.Any(place => place.Name.Contains('/', StringComparison.Ordinal));
        string[][] parts =
        [
            .. places
                .Select(place => place.Name.Split('/', StringSplitOptions.RemoveEmptyEntries))
                .Select(names =>
                    names.Length > 1 ? names[..^1]
                    : haveScopes ? names
                    : []
                ),
        ];
        int[] level = [.. places.Select(_ => 1)];
        for (var round = 0; round < Levels; round++)
        {
            var keys = parts.Select((names, i) => string.Join('/', names.Take(level[i]))).ToArray();
            var largest = keys.Index().GroupBy(pair => pair.Item).MaxBy(group => group.Count())!;
            if (largest.Count() <= Large * places.Count || !largest.Any(pair => parts[pair.Index].Length > level[pair.Index]))
            {
                break;
            }

            foreach (var (i, _) in largest)
            {
                level[i]++;
            }
        }

        return [.. parts.Select((names, i) => names.Length == 0 ? "" : names[Math.Min(level[i], names.Length) - 1])];
    }

    private static List<OnnxStage> Joined(IReadOnlyList<OnnxPlace> places, string[] keys, int few, string[]? names = null)
    {
        var runs = new List<(int First, int Last)>();
        for (var i = 0; i < places.Count; i++)
        {
            if (runs.Count > 0 && (keys[i] == keys[runs[^1].Last] || keys[i].Length == 0))
            {
                runs[^1] = (runs[^1].First, i);
            }
            else
            {
                runs.Add((i, i));
            }
        }

        // A stage ends on the trunk; neighbouring small runs are joined to one stage.
        var ended = new List<(int First, int Last)>();
        foreach (var run in runs)
        {
            if (ended.Count > 0 && (!HasTrunk(places, ended[^1]) || (IsSmall(ended[^1]) && IsSmall(run))))
            {
                ended[^1] = (ended[^1].First, run.Last);
            }
            else
            {
                ended.Add(run);
            }
        }

        if (ended.Count > 1 && !HasTrunk(places, ended[^1]))
        {
            ended[^2] = (ended[^2].First, ended[^1].Last);
            ended.RemoveAt(ended.Count - 1);
        }

        var (stages, before) = (new List<OnnxStage>(), 0);
        foreach (var (first, last) in ended)
        {
            var end = Enumerable.Range(first, last - first + 1).LastOrDefault(i => places[i].IsOnTrunk, last);
            stages.Add(new OnnxStage(NameOf(places, names ?? keys, first, end), before, end, last - first + 1));
            before = places[end].Depth;
        }

        return stages;

        bool IsSmall((int First, int Last) run) => run.Last - run.First + 1 < few;
    }

    private static bool HasTrunk(IReadOnlyList<OnnxPlace> places, (int First, int Last) run) =>
        Enumerable.Range(run.First, run.Last - run.First + 1).Any(i => places[i].IsOnTrunk);

    private static string NameOf(IReadOnlyList<OnnxPlace> places, string[] scopes, int first, int last)
    {
        string Called(int i) => scopes[i].Length > 0 ? scopes[i] : places[i].Name.TrimStart('/');
        var (from, to) = (Called(first), Called(last));
        return from == to ? from : $"{from} to {to}";
    }
}
