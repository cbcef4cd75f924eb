using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>The laws that a forecast rests on, and what they hold for.</summary>
internal static class ForecastBasis
{
    /// <summary>Lists them.</summary>
    public static IReadOnlyList<PredictionBasis> List(NetworkForecast forecast)
    {
        const string means = "nu2_signal, mu2_signal, mu2_noise", ratios = "chi, reff_signal, reff_noise, growth";
        var scopes = forecast.Prediction.Places.GroupBy(place => place.Validity).OrderBy(places => places.Key).ToArray();
        return
        [
            .. scopes.Select(places => new PredictionBasis(
                "R, one map a layer over kernels (theory-composed, sections 1 to 5)",
                scopes.Length == 1 ? means : $"{means} at {Describe(places.First())} to {Describe(places.Last())}",
                ForecastTable.Spell(places.Key))),

            // A quotient of expectations is not the expectation of the quotient.
            new("R, quotients of these means", ratios, ForecastTable.Spell(scopes.Select(places => places.Key).Append(Validity.InfiniteWidth).Max())),
            .. forecast.Sample is null ? Array.Empty<PredictionBasis>() : [new("one-step laws, sampled layer by layer", "finite_width", "exact")],
            .. forecast.Verdicts.Where(verdict => verdict.Law.Length > 0).Select(verdict => new PredictionBasis(verdict.Law, $"the verdict on {verdict.Path}", verdict.Scope)),
        ];
    }

    private static string Describe(PredictedPlace place) => FormattableString.Invariant($"{place.Place.Depth}.{place.Place.Number}");
}
