using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>Prints predicted gradients: their mean square at the ends of some units, and the scope of the prediction.</summary>
internal static class GradientTable
{
    /// <summary>Prints a forecast of gradients.</summary>
    public static void Print(GradientForecast forecast, Screen screen)
    {
        screen.Sentence();
        if (forecast.Prediction.End is { } end)
        {
            screen.Sentence($"no gradients are predicted, since they start at the output and {end}");
            return;
        }

        screen.Sentence("mean square of the gradient, for a gradient of independent normal numbers at the output, batch statistics held:");
        var ends = Ends(forecast).ToArray();
        foreach (var i in TableRows.Spread(ends.Length))
        {
            screen.Line(($"{forecast.Question.Network.Places[ends[i]], -24}  {FigureText.Exponential(forecast.LogAt(ends[i])), 9}", null));
        }

        screen.Sentence();
        screen.Sentence($"basis: the adjoint of the noise's recursion ({ForecastTable.Spell(forecast.Prediction.Validity)}) for gradient");
    }

    /// <summary>Indices of the places at the ends of units; where the network has no units, the last place of each depth.</summary>
    public static IEnumerable<int> Ends(GradientForecast forecast)
    {
        var places = forecast.Question.Network.Places;
        int[] wanted = [.. Enumerable.Range(0, places.Count).Where(forecast.Question.IsWanted)];
        return places.Any(place => place.EndsUnit) ? wanted.Where(i => places[i].EndsUnit) : wanted.GroupBy(i => places[i].Depth).Select(group => group.Last());
    }
}
