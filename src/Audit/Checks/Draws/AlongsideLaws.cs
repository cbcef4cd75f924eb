using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>I17: a simulation is what it is, whatever simulations are asked for along with it.</summary>
/// <remarks>
/// A subject that computes several simulations at once may share between them what belongs to one: statistics of a norm, the window's maximum, masks, or the
/// moments that it reports. Three simulations with an input each are asked for together, and then each of them alone.
/// </remarks>
internal static class AlongsideLaws
{
    private const int Together = 3;

    /// <summary>
    /// How far a rounding may be carried, in units of u and of the growth of noise, before a slope that jumps there makes the noise incomparable.
    /// </summary>
    private const double Reach = 64;

    /// <summary>A moment is left out where the errors that its tensor may have change it by more than this.</summary>
    private const double MostError = 0.05;

    /// <summary>I17: tensors and moments of the two answers are equal to more than half of the digits.</summary>
    public static IEnumerable<Measurement> Same(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var (tensors, moments) = (new ExactComparison(), new ExactComparison());
        foreach (var (study, site) in cases.Index())
        {
            foreach (var noise in site.Noises.Where(noise => context.Offers(site.Network, site.Images, noise, given: false)))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                var (seed, first) = (context.SeedOf(study), (uint)(context.SeedOf(~study) % 1000));
                Propagation[] all =
                [
                    .. Enumerable
                        .Range(0, Together)
                        .Select(i => new Propagation(
                            new Weights.Own(seed, first + (uint)i),
                            Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), first + (uint)i)
                        )),
                ];
                var together = Ask(context, site.Network, noise, all);
                for (var i = 0; i < Together; i++)
                {
                    var where = $"simulation {i + 1} of {Together}, {site.Description}";
                    Compare(together[i], Ask(context, site.Network, noise, [all[i]])[0], context.UnitRoundoff, tensors, moments, where);
                }
            }
        }

        yield return tensors.Conclude("signal and noise of a simulation, alone and along with two others");
        if (moments.Comparisons > 0)
        {
            yield return moments.Conclude("moments of a simulation, alone and along with two others");
        }
    }

    private static Answer[] Ask(CheckContext context, Network network, NoiseKind noise, Propagation[] propagations)
    {
        var moments = new Dictionary<NetworkSnapshot, ReportedMoments>(ReferenceEqualityComparer.Instance);
        var traces = NetworkTrace.All(context.Subject, network, noise, propagations, snapshot => moments.Add(snapshot, snapshot.Moments()));
        return [.. traces.Select(trace => new Answer(trace, [.. trace.Snapshots.Select(snapshot => moments[snapshot])]))];
    }

    private static void Compare(Answer together, Answer alone, double unitRoundoff, ExactComparison tensors, ExactComparison moments, string what)
    {
        var network = together.Trace.Network;
        var shown = ShownLayer.Collect(network);
        var bends = shown.Where(layer => Kinks.Has(layer.Layer)).ToLookup(layer => layer.After);

        // Layers that are not shown may bend anywhere.
        var noiseIsClear = Bending(network.Layers) == bends.Sum(layers => layers.Count());
        var atInput = Relative(together.Trace.Input.Noise, together.Trace.Input.Signal);
        var growth = 1.0;
        for (var place = 0; place < network.Places.Count; place++)
        {
            var (one, other) = (together.Trace.Snapshots[place], alone.Trace.Snapshots[place]);
            noiseIsClear &= !bends[place].Any(layer => Kinks.IsNear(layer.Layer, layer.InputOf(together.Trace), Reach * unitRoundoff * growth));

            // Errors are small changes of the signal, and grow as the noise does.
            var relative = Relative(one.Noise, one.Signal) / atInput;
            growth = double.IsFinite(relative) ? Math.Max(growth, relative) : growth;
            var error = Math.Sqrt(unitRoundoff) * growth;
            Add(one.Signal, other.Signal, "signal");
            if (noiseIsClear)
            {
                Add(one.Noise, other.Noise, "noise");
            }

            foreach (var (name, value, expected, tolerance) in Moments(one, together.Moments[place], alone.Moments[place], error, noiseIsClear))
            {
                moments.Add(new Observed(value), new Expected(expected), tolerance, $"{name} at {one.Where}, {what}");
            }

            void Add(double[] here, double[] there, string tensor)
            {
                var (size, distance) = (Math.Max(Enclosure.Norm(here), Enclosure.Norm(there)), Enclosure.Norm([.. here.Zip(there, (x, y) => x - y)]));
                tensors.Add(new Observed(distance), new Expected(0), error * size, $"{tensor} at {one.Where}, {what}");
            }
        }
    }

    /// <summary>The moments that can be compared, with what errors of their tensor change them by.</summary>
    private static IEnumerable<(string Name, double Value, double Expected, double Tolerance)> Moments(
        NetworkSnapshot shown,
        ReportedMoments together,
        ReportedMoments alone,
        double error,
        bool noiseIsClear
    )
    {
        var channels = shown.Shape.Channels;
        var (varying, varyingNoise) = (Varying(shown.Signal), Varying(shown.Noise));

        // A mean square changes by twice the relative error of its tensor, and what is left after subtracting means by more, as its share is smaller.
        (string Name, Func<ReportedMoments, double> Of, double Error, bool OfNoise)[] all =
        [
            ("nu1_abs_signal", moments => moments.Nu1AbsSignal, 4, false),
            ("nu2_signal", moments => moments.Nu2Signal, 4, false),
            ("mu2_signal", moments => moments.Mu2Signal, 4 / varying, false),
            ("mu4_signal", moments => moments.Mu4Signal, 8 / (varying * varying), false),
            ("mu2_noise", moments => moments.Mu2Noise, 4, true),
            ("chi", moments => moments.Chi, 4 / varying, true),
            ("reff_signal", moments => moments.ReffSignal, 8 * channels / varying, false),
            ("reff_noise", moments => moments.ReffNoise, 8 * channels / varyingNoise, true),
        ];
        return all.Where(moment => (noiseIsClear || !moment.OfNoise) && moment.Error * error < MostError)
            .Select(moment => (moment.Name, Value: moment.Of(together), Expected: moment.Of(alone), Error: moment.Error * error))
            .Where(moment => double.IsFinite(moment.Value) || !moment.Value.Equals(moment.Expected))
            .Select(moment => (moment.Name, moment.Value, moment.Expected, double.IsFinite(moment.Expected) ? moment.Error * Math.Abs(moment.Expected) : 0));

        double Varying(double[] values) => WrittenOutLayers.Variances(values, channels).Average() / WrittenOutLayers.MeanSquare(values);
    }

    /// <summary>Number of layers whose slope jumps, with all repetitions.</summary>
    private static int Bending(Networks.Layers layers) =>
        layers.Sum(layer =>
            layer switch
            {
                Repeat repeat => repeat.Times * Bending(repeat.Unit),
                Residual residual => Bending(residual.Branch) + Bending(residual.Skip),
                _ => Kinks.Has(layer) ? 1 : 0,
            }
        );

    private static double Relative(double[] noise, double[] signal) => Math.Sqrt(WrittenOutLayers.MeanSquare(noise) / WrittenOutLayers.MeanSquare(signal));

    private readonly record struct Answer(NetworkTrace Trace, ReportedMoments[] Moments);
}
