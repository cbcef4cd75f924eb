using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// B2 and B5: batch norm after a fresh Gaussian layer. B2: the signal's power after a further activation of any kind, by quadrature. B5: the noise's power
/// after the batch norm, with held statistics and in full.
/// </summary>
internal static class BatchNormLaws
{
    internal const double SignalDiscrepancy = 0.05;
    internal const double NoiseDiscrepancy = 0.1;

    /// <summary>Number of points in the batch of B2; the quadrature is computed once per layer.</summary>
    private const int Inputs = 6;

    /// <summary>The largest number of points for which the law of a channel's noise is computed.</summary>
    private const int MostPoints = 32;

    /// <summary>Whether a network has the site of B2.</summary>
    public static bool HasSite(Network network) => SitesOf(network).Any(fresh => fresh.Activation is not null);

    /// <summary>Whether a network has the site of B5.</summary>
    public static bool HasNoiseSite(Network network) => SitesOf(network).Count > 0;

    /// <summary>B2: ν₂ after batch norm and activation, of the layer by itself on a fixed batch.</summary>
    public static IEnumerable<Measurement> Signal(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var distinct = cases
            .SelectMany(site => SitesOf(site.Network))
            .Where(fresh => fresh.Activation is not null)
            .Select(fresh => (fresh.Parameters, Norm: (BatchNorm)fresh.Norm!.Layer, fresh.Function))
            .Distinct();
        SiteCase[] offered =
        [
            .. context.Offered(
                distinct.Select(layer => new SiteCase(
                    new(
                        $"batch norm of {layer.Norm.Epsilon:G3} and {layer.Function}",
                        new(1, 1, 8),
                        [new Dense { Channels = 32, Parameters = layer.Parameters }, layer.Norm, new Activation(layer.Function)]
                    ),
                    Inputs
                ))
            ),
        ];
        var rates = context.Rates.SharedBy(Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var (batch, function) = (SiteSimulations.Correlated(context, site, study, 0), ((Activation)site.Network.Layers[2]).Function);
            if (ExpectedPower(site.Network, batch) is not { } expected)
            {
                continue;
            }

            // |z| is at most √(P - 1), and Σz² at most P.
            var most = Math.Pow((Steepest(function) * Math.Abs(((Norm)site.Network.Layers[1]).Scale)) + Math.Abs(WrittenOutFunction.Value(function, 0)), 2);
            var planned = KnownVarianceTest.SamplesFor(rates, 0.3, context.Discrepancy(SignalDiscrepancy));
            var test = new BoundedTest(rates, context.Discrepancy(SignalDiscrepancy), context.Planned(planned) * 0.03);
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, (planned + 31) / 32, [test], _ => batch))
            {
                var after = trace.Snapshots[2];
                foreach (var square in WrittenOutLayers.MeanSquares(after.Signal, after.Shape.Channels))
                {
                    test.Add(new Observed(square), new Expected(expected), 0, most);
                }
            }

            yield return test.Conclude($"ν₂(x) after {site.Network.Name}");
        }
    }

    /// <summary>
    /// B5: given a channel's signal, its noise is Gaussian about its regression on the signal. So its mean square after batch norm is known, whether statistics
    /// are held or differentiated.
    /// </summary>
    public static IEnumerable<Measurement> Noise(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var studies = cases
            .SelectMany(site => site.Noises.Where(noise => context.Offers(site.Network, site.Images, noise, given: false)).Select(noise => (site, noise)))
            .ToArray();
        var rates = context.Rates.SharedBy(Math.Max(1, studies.Length));
        foreach (var (study, (site, noise)) in studies.Index())
        {
            var sites = SitesOf(site.Network);
            var delta = context.Discrepancy(NoiseDiscrepancy);
            var planned = KnownVarianceTest.SamplesFor(rates, 1, delta);
            var channels = sites.Sum(fresh => site.Network.Places[fresh.Linear.After].Shape.Channels);
            var test = new KnownVarianceTest(rates, delta, context.Planned(planned));
            foreach (var trace in context.UntilDecided(site, noise, study, (planned + channels - 1) / channels, [test]))
            {
                foreach (var fresh in sites)
                {
                    AddNoise(fresh, trace, noise, test);
                }
            }

            yield return test.Conclude($"ν₂(dz) after batch norm given its y, noise {EnumWords.Spell(noise)}, {site.Description}");
        }
    }

    private static IReadOnlyList<FreshLayer> SitesOf(Network network) =>
        [
            .. FreshLayer
                .Collect(network)
                .Where(fresh =>
                    fresh is { Linear.Layer: Dense, Norm.Layer: BatchNorm { Scale: not 0 }, Parameters: { Law: WeightLaw.Normal, WeightVariance: > 0 } }
                ),
        ];

    /// <summary>The power by theory; null where theory has none.</summary>
    private static double? ExpectedPower(Network network, Batch batch)
    {
        var (points, channels) = (batch.Shape.Points, batch.Shape.Channels);
        var state = KernelState.FromFeatures(
            new(1, 1, channels),
            Matrix<double>.Build.DenseOfRowMajor(points, channels, batch.Signal),
            Matrix<double>.Build.DenseOfRowMajor(points, channels, batch.Noise)
        );
        try
        {
            return LayerMap.Apply(network.Layers, state).Nu2();
        }
        catch (NoTheoryException)
        {
            return null;
        }
    }

    /// <summary>The largest |s(u) - s(0)|/|u|.</summary>
    private static double Steepest(Function function) =>
        function.Kind switch
        {
            FunctionKind.LeakyRelu => Math.Max(1, Math.Abs(function.Slope)),
            FunctionKind.Erf => 2 / Math.Sqrt(Math.PI),
            FunctionKind.Linear
            or FunctionKind.Relu
            or FunctionKind.Abs
            or FunctionKind.Tanh
            or FunctionKind.Sine
            or FunctionKind.Gelu
            or FunctionKind.GeluTanh
            or FunctionKind.Silu
            or FunctionKind.Elu
            or FunctionKind.Sigmoid
            or FunctionKind.Softplus
            or FunctionKind.HardSwish => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(function), function.Kind, "expected a function whose steepest chord from 0 is known"),
        };

    private static void AddNoise(FreshLayer fresh, NetworkTrace trace, NoiseKind noise, KnownVarianceTest test)
    {
        var (input, before, after) = (fresh.Linear.InputOf(trace), fresh.Linear.OutputOf(trace), fresh.Norm!.OutputOf(trace));
        var (points, channels) = (before.Points, before.Channels);
        if (points > MostPoints || points > input.Channels)
        {
            return;
        }

        var scale = fresh.Parameters.WeightVariance / input.Channels;
        var (x, dx) = (
            Matrix<double>.Build.DenseOfRowMajor(points, input.Channels, input.Signal),
            Matrix<double>.Build.DenseOfRowMajor(points, input.Channels, input.Noise)
        );
        var kernel = (scale * x.TransposeAndMultiply(x)) + fresh.Parameters.BiasVariance;
        var cross = scale * dx.TransposeAndMultiply(x);
        var regression = kernel.Solve(cross.Transpose()).Transpose();
        var rest = (scale * dx.TransposeAndMultiply(dx)) - (regression * cross.Transpose());
        var norm = (BatchNorm)fresh.Norm.Layer;
        for (var channel = 0; channel < channels; channel++)
        {
            int[] set = [.. Enumerable.Range(0, points).Select(point => before.At(point, channel))];
            var (mean, deviation) = WrittenOutNormalisation.Statistics(norm, before, set, centred: true);
            var y = Vector<double>.Build.DenseOfEnumerable(set.Select(i => before.Signal[i]));
            var z = (y - mean) / deviation;
            var derivative = Matrix<double>.Build.DenseIdentity(points);
            if (noise == NoiseKind.Full)
            {
                derivative = derivative - (1.0 / points) - (z.OuterProduct(z) / points);
            }

            derivative *= norm.Scale / deviation;
            var (explained, scattered) = (derivative * (regression * y), derivative * rest * derivative.Transpose());
            var expected = ((explained * explained) + scattered.Trace()) / points;
            var variance = ((4 * (explained * (scattered * explained))) + (2 * Math.Pow(scattered.FrobeniusNorm(), 2))) / (points * points);
            if (expected > 0 && variance > 1e-12 * expected * expected)
            {
                test.Add(new Observed(set.Select(i => after.Noise[i]).Average(value => value * value)), new Expected(expected), variance);
            }
        }
    }
}
