using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// R3, Z2, F1, F2, F3 and F7: networks whose layers mix only channels have, at every width, the law of sampled networks. Theory's phases and rates are the
/// limits of this law.
/// </summary>
/// <remarks>
/// As in R1 and R2: if both have one law, exchanging them changes nothing, so the difference of any function of them is symmetric about 0. Means of two
/// mappings on one input are compared, since the sampler gives means.
/// </remarks>
internal static class SampledLaws
{
    internal const double LogChiDiscrepancy = 0.25;
    internal const double LogPowerDiscrepancy = 0.25;

    /// <summary>Root mean square of a difference of such means, for planning: single mappings of these widths scatter by up to 0.35.</summary>
    private const double PlannedDeviation = 0.35;

    private const int MostPoints = 64;
    private const double MostCost = 2e7;

    /// <summary>Whether a network can be sampled.</summary>
    public static bool HasSite(Network network) => Sampled(network) && network.Places.Count > 1;

    /// <summary>Whether a network has a feedforward stack of fresh layers and a smooth, odd activation in one of the given phases.</summary>
    public static bool HasPhase(Network network, params Phase[] phases) =>
        Sampled(network)
        && LayerFamilies.All(network.Layers).Any()
        && Stacks(network.Layers)
            .SelectMany(Turns)
            .Any(unit =>
                unit
                    is [
                        Dense { Parameters: { Law: WeightLaw.Normal } parameters },
                        Activation { Function: { Kind: FunctionKind.Tanh or FunctionKind.Erf } function },
                    ]
                && phases.Contains(new MeanField(DualActivation.For(function), parameters.WeightVariance, parameters.BiasVariance).Phase)
            );

    /// <summary>Whether a network has a feedforward stack with batch norm before an activation.</summary>
    public static bool HasNormalisedStack(Network network) =>
        Sampled(network) && Stacks(network.Layers).SelectMany(Turns).Any(unit => unit is [Dense, BatchNorm, Activation]);

    /// <summary>Whether a network has a stack of residual units with a norm in their branch.</summary>
    public static bool HasNormalisedBranches(Network network) =>
        Sampled(network)
        && Stacks(network.Layers)
            .Any(unit =>
                unit is [Residual { Survival: 1 } residual]
                && LayerFamilies.All(residual.Branch).Any(layer => layer is Norm)
                && LayerFamilies.All(residual.Branch).Any(layer => layer is Dense)
            );

    /// <summary>Compares ln χ and ln ν₂ at the last place with those of sampled networks.</summary>
    public static IEnumerable<Measurement> Law(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases).Where(site => site.Images <= MostPoints)];
        var rates = context.Rates.SharedBy(2 * Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var last = site.Network.Places.Count - 1;
            var chi = new TwinTest(rates, context.Discrepancy(LogChiDiscrepancy), PlannedDeviation, context.SampleShare);
            var power = new TwinTest(rates, context.Discrepancy(LogPowerDiscrepancy), PlannedDeviation, context.SampleShare);
            var pair = new List<NetworkTrace>();
            foreach (
                var trace in context.UntilDecided(
                    site,
                    NoiseKind.Mapping,
                    study,
                    2 * Math.Max(chi.Planned, power.Planned),
                    [chi, power],
                    simulation => SiteSimulations.Correlated(context, site, study, simulation / 2)
                )
            )
            {
                pair.Add(trace);
                if (pair.Count < 2)
                {
                    continue;
                }

                if (Twin(context, site, study, pair[0].Input, last) is { } twin)
                {
                    chi.Add(Living(pair.Average(one => LogChi(one.Snapshots[last]))), OfSample(twin.LogChi));
                    power.Add(Living(pair.Average(one => Math.Log(WrittenOutLayers.MeanSquare(one.Snapshots[last].Signal)))), OfSample(twin.LogNu2Signal));
                }

                pair.Clear();
            }

            yield return chi.Conclude($"ln χ at the end against sampled networks, {site.Description}");
            yield return power.Conclude($"ln ν₂(x) at the end against sampled networks, {site.Description}");
        }
    }

    /// <summary>Stands for the logarithm of a signal that has died.</summary>
    private const double LogOfDead = -1e4;

    private static bool Sampled(Network network) =>
        network.Input.Positions == 1
        && FiniteWidthSample.IsPossible(network.Layers, network.Input)
        && LayerFamilies.All(network.Layers).Any(layer => layer is Dense)
        && FiniteWidthSample.Cost(network.Layers, network.Input, 8) < MostCost;

    private static IEnumerable<Networks.Layers> Stacks(Networks.Layers layers) =>
        layers.OfType<Repeat>().SelectMany(repeat => Stacks(repeat.Unit).Prepend(repeat.Unit));

    /// <summary>A unit with its first layers moved to its end, in all ways: repeated, all are one stack.</summary>
    private static IEnumerable<Layer[]> Turns(Networks.Layers unit) =>
        Enumerable.Range(0, unit.Count).Select(first => (Layer[])[.. unit.Skip(first), .. unit.Take(first)]);

    /// <summary>ln χ; minus infinity where signal or noise has died, and NaN of numbers that are none.</summary>
    private static double LogChi(NetworkSnapshot shown)
    {
        var (noise, signal) = (WrittenOutLayers.MeanSquare(shown.Noise), WrittenOutLayers.Variances(shown.Signal, shown.Shape.Channels).Average());
        return noise == 0 || signal == 0 ? double.NegativeInfinity : 0.5 * Math.Log(noise / signal);
    }

    /// <summary>
    /// The logarithm, or a number below all of them where one of the two mappings has died, as networks of few channels do. Subject and sample have the same
    /// law of that number too.
    /// </summary>
    private static double Living(double logarithm) => double.IsInfinity(logarithm) ? LogOfDead : logarithm;

    /// <summary>The same for the sample, whose numbers are always numbers but where signal or noise has died.</summary>
    private static double OfSample(double logarithm) => double.IsFinite(logarithm) ? logarithm : LogOfDead;

    private static SampledPlace? Twin(CheckContext context, SiteCase site, int study, Batch input, int place)
    {
        // The twin's seed depends on the input itself, so that neither threads nor the order of answers matter.
        var seed = Mixing.Mix(context.SeedOf(study) ^ Mixing.Mix(BitConverter.DoubleToUInt64Bits(input.Signal[0])));
        var (points, channels) = (input.Shape.Points, input.Shape.Channels);
        var sample = FiniteWidthSample.Make(
            site.Network,
            Matrix<double>.Build.DenseOfRowMajor(points, channels, input.Signal),
            Matrix<double>.Build.DenseOfRowMajor(points, channels, input.Noise),
            1,
            [seed, Mixing.Mix(seed)],
            isWanted: index => index == place,
            cancellation: context.Cancellation
        );
        return sample.Places.FirstOrDefault(sampled => sampled.Index == place);
    }
}
