using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// D10: moments are the same however they are asked for (of one place or of all, with tensors or without, with given parameters or not), at places after layers
/// of every kind, and of a signal or a noise of zeros they are what their definitions leave.
/// </summary>
internal static class AnyMomentLaws
{
    /// <summary>D10 on networks with given parameters and the subject's own.</summary>
    public static IEnumerable<Measurement> Moments(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var (moments, ranks, alike, nothing) = (new ExactComparison(), new ExactComparison(), new ExactComparison(), new ExactComparison());
        foreach (var (study, site) in cases.Index())
        {
            foreach (var given in new[] { true, false })
            {
                context.Cancellation.ThrowIfCancellationRequested();
                if (!context.Offers(site.Network, site.Images, NoiseKind.Mapping, given))
                {
                    continue;
                }

                Weights weights = given ? new Weights.Given(site.Parameters(context.SeedOf(study))) : new Weights.Own(context.SeedOf(study), 0);
                var input = site.Input(context.SeedOf(~study));
                var seen = new List<ReportedMoments>();
                NetworkTrace.Record(
                    context.Subject,
                    site.Network,
                    NoiseKind.Mapping,
                    weights,
                    input,
                    snapshot =>
                    {
                        seen.Add(snapshot.Moments());
                        Compare(context, snapshot, moments, ranks, site.Description);
                    }
                );
                if (!given)
                {
                    AddAlike(context, site, weights, input, seen, alike);
                }

                // What divides by a deviation without ε has no output for zeros.
                if (LayerFamilies.All(site.Network.Layers).Any(layer => layer is Norm { Epsilon: 0 }))
                {
                    continue;
                }

                foreach (var (signal, noise, words) in new[] { (0.0, 1.0, "a signal of zeros"), (1.0, 0.0, "a noise of zeros"), (0.0, 0.0, "zeros") })
                {
                    var zeros = input with { Signal = Times(input.Signal, signal), Noise = Times(input.Noise, noise) };
                    NetworkTrace.Record(
                        context.Subject,
                        site.Network,
                        NoiseKind.Mapping,
                        weights,
                        zeros,
                        snapshot => AddNothing(context, snapshot, nothing, $"{words}, {site.Description}")
                    );
                }
            }
        }

        foreach (
            var (comparison, quantity) in new[]
            {
                (moments, "moments after layers of every kind"),
                (ranks, "effective ranks after layers of every kind"),
                (alike, "moments of one place, without tensors"),
                (nothing, "moments of zeros"),
            }
        )
        {
            if (comparison.Comparisons > 0)
            {
                yield return comparison.Conclude(quantity);
            }
        }

        static double[] Times(double[] values, double factor) => Array.ConvertAll(values, value => factor * value);
    }

    private static void Compare(CheckContext context, NetworkSnapshot snapshot, ExactComparison moments, ExactComparison ranks, string description)
    {
        var where = $"{snapshot.Where}, {description}";
        MomentLaws.Compare(snapshot, context.Reports, context.UnitRoundoff, moments, ranks, where, ranksOfAll: true);
        if (context.Reports("mu4_signal"))
        {
            var means = WrittenOutLayers.Means(snapshot.Signal, snapshot.Shape.Channels);
            var (fourth, power) = (
                snapshot.Signal.Select((value, i) => Math.Pow(value - means[i % means.Length], 4)).Average(),
                snapshot.Signal.Average(value => Math.Pow(value, 4))
            );
            var bound = new MomentRounding(snapshot.Shape, context.UnitRoundoff).Mu4 * power;
            moments.Add(new Observed(snapshot.Moments().Mu4Signal), new Expected(fourth), bound, $"mu4_signal, {where}");
        }
    }

    /// <summary>Effective ranks must be reported after activations; elsewhere NaN says that one is not.</summary>
    internal static bool MayBeUnreported(string moment, Place place) => moment.StartsWith("reff", StringComparison.Ordinal) && place.After is not Activation;

    /// <summary>Places whose moments are asked for by themselves: the first and the last, and some between them.</summary>
    private const int MostAlone = 8;

    /// <summary>Asks for the moments of places by themselves.</summary>
    private static void AddAlike(CheckContext context, SiteCase site, Weights weights, Batch input, List<ReportedMoments> seen, ExactComparison alike)
    {
        var (last, alone) = (site.Network.Places.Count - 1, Math.Min(MostAlone, site.Network.Places.Count));
        for (var i = 0; i < alone; i++)
        {
            var wanted = alone == 1 ? last : i * last / (alone - 1);
            context.Subject.Measure(
                site.Network,
                NoiseKind.Mapping,
                [new Propagation(weights, input)],
                index => index == wanted,
                (_, index, moments) =>
                {
                    foreach (var (name, one, other) in Pairs(moments, seen[index]).Where(pair => double.IsFinite(pair.One) || double.IsFinite(pair.Other)))
                    {
                        // The same program computes the same tensors: other sums of them agree to more than half of the digits.
                        alike.Add(
                            new Observed(one),
                            new Expected(other),
                            Math.Sqrt(context.UnitRoundoff) * (name.StartsWith("log", StringComparison.Ordinal) ? 1 : Math.Abs(other)),
                            $"{name} of {site.Network.Places[index]} alone, {site.Description}"
                        );
                    }
                }
            );
        }
    }

    private static IEnumerable<(string Name, double One, double Other)> Pairs(ReportedMoments one, ReportedMoments other) =>
        ReportedMoments.Names.Zip(one.Values, other.Values);

    /// <summary>What is left of definitions where signal or noise is 0 everywhere.</summary>
    private static void AddNothing(CheckContext context, NetworkSnapshot snapshot, ExactComparison nothing, string where)
    {
        var (moments, signal, noise) = (
            snapshot.Moments(),
            Array.TrueForAll(snapshot.Signal, value => value == 0),
            Array.TrueForAll(snapshot.Noise, value => value == 0)
        );
        if (signal)
        {
            Add("nu1_abs_signal", moments.Nu1AbsSignal, 0);
            Add("nu2_signal", moments.Nu2Signal, 0);
            Add("mu2_signal", moments.Mu2Signal, 0);
            Add("mu4_signal", moments.Mu4Signal, 0);
            Add("log_nu2_signal", moments.LogNu2Signal, double.NegativeInfinity);
            Add("log_mu2_signal", moments.LogMu2Signal, double.NegativeInfinity);
            Add("reff_signal", moments.ReffSignal, double.NaN);
            Add("chi", moments.Chi, noise ? double.NaN : double.PositiveInfinity);
        }

        if (noise)
        {
            Add("mu2_noise", moments.Mu2Noise, 0);
            Add("log_mu2_noise", moments.LogMu2Noise, double.NegativeInfinity);
            Add("reff_noise", moments.ReffNoise, double.NaN);
            if (WrittenOutLayers.Variances(snapshot.Signal, snapshot.Shape.Channels).Average() > 0)
            {
                Add("chi", moments.Chi, 0);
                Add("log_chi", moments.LogChi, double.NegativeInfinity);
            }
        }

        void Add(string name, double value, double expected)
        {
            // Numbers that are not finite are compared by what they are; 0 stands for the right one, and 1 for any other.
            if (context.Reports(name) && !(double.IsNaN(value) && MayBeUnreported(name, snapshot.Place)))
            {
                var isRight = value.Equals(expected) || value == expected || (double.IsNegativeInfinity(expected) && MomentSet.IsLogOfZero(value));
                nothing.Add(
                    new Observed(isRight ? 0 : 1),
                    new Expected(0),
                    0,
                    FormattableString.Invariant($"{name} {value}, where it is {expected}, {snapshot.Where}, {where}")
                );
            }
        }
    }
}
