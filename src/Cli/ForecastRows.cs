using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>The values of theory and of a sample at one place, and the growth since the same place of the unit before.</summary>
/// <param name="Index">Index of the place among the network's places.</param>
/// <param name="Place">The place.</param>
/// <param name="Limit">The limit of infinite width; null beyond the end of theory.</param>
/// <param name="Sample">Networks of this width; null where they were not sampled.</param>
/// <param name="LogGrowth">Growth of ln χ in a unit; NaN where it is not known.</param>
internal sealed record ForecastRow(int Index, Networks.Place Place, PredictedPlace? Limit, SampledPlace? Sample, double LogGrowth)
{
    /// <summary>Lists the places of a forecast.</summary>
    public static IReadOnlyList<ForecastRow> List(NetworkForecast forecast)
    {
        var limits = forecast.Prediction.Places.ToDictionary(place => place.Index);
        var samples = forecast.Sample?.Places.ToDictionary(place => place.Index) ?? [];
        var earlier = new Dictionary<(int Number, Networks.PlaceKind Kind), (int Depth, double LogChi)>();
        var rows = new List<ForecastRow>();
        foreach (var index in limits.Keys.Union(samples.Keys).Order())
        {
            var (limit, sample) = (limits.GetValueOrDefault(index), samples.GetValueOrDefault(index));
            var place = limit?.Place ?? sample!.Place;
            var (logChi, key) = (limit?.LogChi ?? double.NaN, (place.Number, place.Kind));
            var growth =
                earlier.TryGetValue(key, out var before) && before.Depth < place.Depth ? (logChi - before.LogChi) / (place.Depth - before.Depth) : double.NaN;
            earlier[key] = (place.Depth, logChi);
            rows.Add(new(index, place, limit, sample, growth));
        }

        return rows;
    }

    /// <summary>
    /// The rows that a screen shows: all rows of a shallow network; of a deep network those before and in the first unit, and then the ends of some units.
    /// </summary>
    public static IEnumerable<ForecastRow> Shown(IReadOnlyList<ForecastRow> rows)
    {
        const int few = 24;
        if (rows.Count <= few)
        {
            return rows;
        }

        var depths = rows.Where(row => row.Place.Depth > 1).GroupBy(row => row.Place.Depth).Select(group => group.Last()).ToArray();
        return rows.Where(row => row.Place.Depth <= 1).Concat(TableRows.Spread(depths.Length).Select(i => depths[i]));
    }
}
