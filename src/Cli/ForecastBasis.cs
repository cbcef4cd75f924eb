using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>The laws that a forecast rests on, and the quantities that they are used for.</summary>
internal static class ForecastBasis
{
    /// <summary>Lists the laws.</summary>
    public static IReadOnlyList<PredictionBasis> List(NetworkForecast forecast)
    {
        const string means = "nu2_signal, mu2_signal, mu2_noise",
            ratios = "chi, reff_signal, reff_noise, growth";
        var scopes = forecast.Prediction.Places.GroupBy(place => place.Validity).OrderBy(places => places.Key).ToArray();
        return
        [
            .. scopes.Select(places => new PredictionBasis(
                "one map of kernels for each layer, see “Any network of layers” in docs/theory.md",
                scopes.Length == 1 ? means : $"{means} at {Describe(places.First())} to {Describe(places.Last())}",
                ForecastTable.Spell(places.Key)
            )),
            // These laws are approximate: the expectation of a quotient is not the quotient of the expectations.
            new(
                "quotients of these means, see the same section of docs/theory.md",
                ratios,
                ForecastTable.Spell(scopes.Select(places => places.Key).Append(Validity.InfiniteWidth).Max())
            ),
            .. forecast.Sample is null ? Array.Empty<PredictionBasis>() : [new("one-step laws, sampled layer by layer", "finite_width", "exact")],
            .. forecast
                .Verdicts.Where(verdict => verdict.Law.Length > 0)
                .Select(verdict => new PredictionBasis(verdict.Law, $"the verdict on {verdict.Path}", verdict.Scope)),
        ];
    }

    /// <summary>Translates the keys of files into the words of tables.</summary>
    /// <param name="quantities">The quantities that a law is used for, as keys of a file.</param>
    public static string Spell(string quantities)
    {
        (string Key, string Word)[] words =
        [
            ("nu2_signal", "ν₂"),
            ("mu2_signal", "μ₂"),
            ("mu2_noise", "μ₂ of the noise"),
            ("delta_chi", "δχ"),
            ("delta_chi_limit", "the limit of δχ"),
            ("tau", "τ"),
            ("log_nu2_drift", "the drift of ln ν₂"),
            ("log_nu2_variance", "its variance"),
            ("log_chi", "ln χ"),
            ("chi", "χ"),
            ("reff_signal", "directions of the signal"),
            ("reff_noise", "directions of the noise"),
            ("finite_width", "the sampled networks"),
        ];
        return string.Join(
            ' ',
            quantities
                .Split(' ')
                .Select(quantity =>
                    words.FirstOrDefault(word => word.Key == quantity.TrimEnd(',')) is { Word: { } word }
                        ? quantity.Replace(quantity.TrimEnd(','), word, StringComparison.Ordinal)
                        : quantity
                )
        );
    }

    private static string Describe(PredictedPlace place) => FormattableString.Invariant($"{place.Place.Depth}.{place.Place.Number}");
}
