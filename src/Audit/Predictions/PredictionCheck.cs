using MathNet.Numerics.Statistics;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>Compares a prediction with simulations: exact means, χ at the end, and what the advice says of the changed network.</summary>
/// <remarks>
/// It uses Student's t for means of independent networks on one batch, with one error rate for all statements together. A statement is rejected if the
/// difference exceeds its margin, holds if the difference is within the margin and the margin is small enough to mean something, and is inconclusive otherwise.
/// Nothing is rejected by a comparison with the limit of infinite width, since only the order of magnitude of the departure from it is known.
/// </remarks>
/// <param name="Simulations">Number of simulations of each network.</param>
/// <param name="Statements">The statements.</param>
internal sealed record PredictionCheck(int Simulations, IReadOnlyList<CheckedStatement> Statements)
{
    /// <summary>Probability that any statement of a right prediction is rejected, if means are normal.</summary>
    public const double FalseAlarms = 1e-3;

    /// <summary>The widest margin in ln χ with which agreement means something.</summary>
    private const double WidestLogChi = 0.5;

    /// <summary>The widest such margin of a mean square, as a share.</summary>
    private const double WidestShare = 0.3;

    /// <summary>Departures from the limit are of the order of depth over width; this multiple of it is attributed to the width.</summary>
    private const double OrdersOfWidth = 2;

    /// <summary>The most places whose exact means are checked: the first ones.</summary>
    private const int MostExact = 8;

    /// <summary>The verdict on all statements: rejected if one is rejected; otherwise inconclusive if one is or there are none.</summary>
    public Verdict Verdict =>
        Statements.Any(statement => statement.Verdict == Verdict.Rejected) ? Verdict.Rejected
        : Statements.Count > 0 && Statements.All(statement => statement.Verdict == Verdict.Holds) ? Verdict.Holds
        : Verdict.Inconclusive;

    /// <summary>The networks that are simulated: the network as it is, and those changed according to the advice.</summary>
    /// <param name="forecast">The prediction.</param>
    public static IReadOnlyList<(string Subject, Networks.Network Network, StackVerdict? Verdict)> Networks(NetworkForecast forecast)
    {
        var network = forecast.Question.Network;
        var list = new List<(string, Networks.Network, StackVerdict?)> { ("the network", network, null) };
        foreach (var verdict in forecast.Verdicts)
        {
            foreach (var suggestion in verdict.Suggestions.Where(suggestion => suggestion.Unit is not null))
            {
                var index = network
                    .Layers.Select((layer, i) => (layer, i))
                    .Single(item => verdict.Path.StartsWith($"layers[{item.i}].", StringComparison.Ordinal))
                    .i;
                try
                {
                    list.Add(
                        (
                            $"with {suggestion.Change}",
                            new(
                                network.Name,
                                network.Input,
                                [.. network.Layers.Take(index), new Networks.Repeat(verdict.Units, suggestion.Unit!), .. network.Layers.Skip(index + 1)]
                            ),
                            verdict
                        )
                    );
                }
                catch (Networks.InvalidNetworkException)
                {
                    // The change does not fit a unit in which sizes change.
                }
            }
        }

        return list;
    }

    /// <summary>Simulates networks and compares them with the prediction.</summary>
    /// <param name="forecast">The prediction, of the whole batch.</param>
    /// <param name="options">The options that it was made for.</param>
    /// <param name="images">The input images.</param>
    /// <param name="simulations">Simulations of each network, at least 3.</param>
    /// <param name="done">Called after each simulation.</param>
    /// <param name="cancellation">Asks to stop.</param>
    public static PredictionCheck Make(
        NetworkForecast forecast,
        ExperimentOptions options,
        ImageSource images,
        int simulations,
        Action done,
        CancellationToken cancellation
    )
    {
        var (networks, statements, original) = (Networks(forecast), new List<CheckedStatement>(), default(SimulatedUnits));

        // Each network has at most three statements besides the exact means.
        var fewest = Math.Min(simulations, forecast.Sample?.Networks ?? simulations);
        var quantile = StudentQuantile.TwoSided(FalseAlarms / ((3 * networks.Count) + MostExact), fewest - 1);
        foreach (var (subject, network, verdict) in networks)
        {
            var simulated = SimulatedUnits.Make(options.WithNetwork(network), images, simulations, done, cancellation);
            var expected = verdict is null
                ? forecast
                : NetworkForecast.Make(
                    forecast.Question with
                    {
                        Network = network,
                    },
                    forecast.Subset,
                    images,
                    SamplesFor(forecast, network),
                    cancellation: cancellation
                );
            if (verdict is null)
            {
                original = simulated;
                statements.AddRange(Exact(subject, expected, simulated, quantile));
            }

            statements.Add(Chi(subject, expected, simulated, quantile));
            if (verdict is not null)
            {
                statements.Add(Helps(subject, verdict, original!, simulated, quantile));
            }
        }

        return new(simulations, statements);
    }

    private static int SamplesFor(NetworkForecast forecast, Networks.Network network) =>
        forecast.Sample is { } sample && FiniteWidthSample.IsPossible(network.Layers, (forecast.Question with { Network = network }).Shape)
            ? sample.Networks
            : 0;

    /// <summary>Statements on E ν₂, where the theory calls it exact at every width.</summary>
    private static IEnumerable<CheckedStatement> Exact(string subject, NetworkForecast forecast, SimulatedUnits simulated, double quantile)
    {
        foreach (
            var place in forecast.Prediction.Places.Where(place => place.Validity == Validity.Exact && simulated.Nu2.ContainsKey(place.Index)).Take(MostExact)
        )
        {
            var (expected, values) = (Math.Exp(place.LogNu2Signal), simulated.Nu2[place.Index]);
            if (!(expected > 0) || !double.IsFinite(expected) || !values.All(double.IsFinite))
            {
                continue;
            }

            var ratios = values.Select(value => value / expected).ToArray();

            // If nothing is random, as in the mean square after a norm, the only scatter is rounding in single precision.
            var margin = Math.Max(quantile * ratios.StandardDeviation() / Math.Sqrt(ratios.Length), 1e-5) + place.Error;
            yield return Judge(subject, $"ν₂ {place.Place}", 1, ratios.Average(), margin, WidestShare, "exact at every width", mayReject: true) with
            {
                Predicted = expected,
                Measured = expected * ratios.Average(),
                Margin = expected * margin,
            };
        }
    }

    /// <summary>
    /// The statement on ln χ at the end of the last unit: against sampled networks of this width if there are some, otherwise against the limit.
    /// </summary>
    private static CheckedStatement Chi(string subject, NetworkForecast forecast, SimulatedUnits simulated, double quantile)
    {
        var (depth, measured) = (simulated.Depths[^1], simulated.LogChi[^1]);
        var quantity = $"ln χ at depth {depth}";
        if (!measured.All(double.IsFinite))
        {
            return new(
                subject,
                quantity,
                double.NaN,
                double.NaN,
                double.NaN,
                Verdict.Inconclusive,
                $"{measured.Count(value => !double.IsFinite(value))} of {measured.Length} mappings died, overflowed or collapsed to one point"
            );
        }

        var error = measured.StandardDeviation() / Math.Sqrt(measured.Length);
        if (forecast.Sample?.Places.LastOrDefault(place => place.Place.Depth == depth) is { } sampled && double.IsFinite(sampled.LogChi))
        {
            var margin = quantile * Math.Sqrt((error * error) + (sampled.LogChiStandardError * sampled.LogChiStandardError));
            return Judge(
                subject,
                quantity,
                sampled.LogChi,
                measured.Average(),
                margin,
                WidestLogChi,
                $"against {forecast.Sample.Networks} sampled networks of this width, exact in law",
                mayReject: true
            );
        }

        if (forecast.Prediction.Places.LastOrDefault(place => place.Place.Depth == depth) is not { } limit || !double.IsFinite(limit.LogChi))
        {
            return new(subject, quantity, double.NaN, measured.Average(), quantile * error, Verdict.Inconclusive, "the theory predicts no χ at this depth");
        }

        var width = forecast.Question.Network.Places.Select(place => place.Shape.Channels).Min();
        return Judge(
            subject,
            quantity,
            limit.LogChi,
            measured.Average(),
            (quantile * error) + (OrdersOfWidth * depth / width) + limit.NoiseError,
            WidestLogChi,
            $"against the limit of infinite width, with {OrdersOfWidth}·depth/width for what {width} channels may change",
            mayReject: false
        );
    }

    /// <summary>The statement that a change improves what the verdict criticises.</summary>
    private static CheckedStatement Helps(string subject, StackVerdict verdict, SimulatedUnits before, SimulatedUnits after, double quantile)
    {
        var (what, read, sign) = verdict.Behaviour switch
        {
            Behaviour.Line => ("directions of variance, more than without it", (Func<SimulatedUnits, double[]>)(units => Ranks(units)), 1),
            Behaviour.Point => ("ln μ₂/ν₂, more than without it", units => units.LogShare[^1], 1),
            Behaviour.Exploding or Behaviour.Edge => ("ln χ, less than without it", units => units.LogChi[^1], -1),
            Behaviour.WellBehaved => ("ln μ₂/ν₂, more than without it", units => units.LogShare[^1], 1),
            Behaviour.Identity or Behaviour.Unknown => throw new InvalidOperationException($"no advice follows from {verdict.Behaviour}"),
            _ => throw new InvalidOperationException($"no check of advice on {verdict.Behaviour}"),
        };
        var (old, changed) = (read(before), read(after));
        if (old.Length < 2 || changed.Length < 2 || !old.Concat(changed).All(double.IsFinite))
        {
            return new(subject, what, double.NaN, double.NaN, double.NaN, Verdict.Inconclusive, "mappings died, overflowed or collapsed to one point");
        }

        var margin = quantile * Math.Sqrt((old.Variance() / old.Length) + (changed.Variance() / changed.Length));
        var gain = sign * (changed.Average() - old.Average());
        var (judgement, reason) =
            gain > margin ? (Verdict.Holds, "it helps")
            : gain < -margin ? (Verdict.Rejected, "the change makes the network worse at this depth and width")
            : (Verdict.Inconclusive, "no difference is seen at this depth with this number of simulations");
        return new(subject, what, old.Average(), changed.Average(), margin, judgement, reason);
    }

    private static double[] Ranks(SimulatedUnits units) => units.ReffSignal.LastOrDefault(ranks => ranks.All(double.IsFinite)) ?? [];

    private static CheckedStatement Judge(
        string subject,
        string quantity,
        double predicted,
        double measured,
        double margin,
        double widest,
        string reason,
        bool mayReject
    )
    {
        var difference = Math.Abs(measured - predicted);
        var verdict =
            !double.IsFinite(difference) ? Verdict.Inconclusive
            : difference > margin
                ? mayReject ? Verdict.Rejected
                    : Verdict.Inconclusive
            : margin <= widest ? Verdict.Holds
            : Verdict.Inconclusive;
        var words =
            verdict == Verdict.Inconclusive && difference <= margin
                ? $"{reason}; the margin is too wide to decide: use more simulations or a wider network"
                : reason;
        return new(subject, quantity, predicted, measured, margin, verdict, words);
    }
}
