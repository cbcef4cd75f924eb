using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Z1: a normalised residual branch adds the same to ν₂ at every depth and width, so its ν₂ is 1/(l + l₀) of its skip connection's.</summary>
/// <remarks>
/// A branch ends with a fresh layer, a norm, an activation and a fresh last layer. The expectation of ν₂ of the last layer's input does not depend on
/// anything below: it is E s(z)² over a sphere after layer or RMS norm (V6), and (1 + a²)/2 after batch norm and a leaky activation, since the sign of each
/// channel is random, ±1 with equal probability. Given that input, ν₂ of the branch's N channels has a variance of 2q²/N at most. Skip and branch have no
/// cross terms: the last weights have no preferred sign.
/// </remarks>
internal static class DilutionLaws
{
    internal const double GrowthDiscrepancy = 0.1;

    /// <summary>Whether a network has the site.</summary>
    public static bool HasSite(Network network) => SitesOf(network).Count > 0;

    /// <summary>ν₂ of the branches, and the mean products of branches and their skip connections.</summary>
    public static IEnumerable<Measurement> Growth(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases)];
        var rates = context.Rates.SharedBy(2 * Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var sites = SitesOf(site.Network);
            var (delta, channels) = (context.Discrepancy(GrowthDiscrepancy), sites.Average(unit => site.Network.Places[unit.Last.Linear.After].Shape.Channels));
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(5 / channels), delta);
            var branches = new KnownVarianceTest(rates, delta, context.Planned(planned));
            var crosses = new SymmetryTest(rates, delta, context.Planned(planned) * 2 / channels, EffectKind.Correlation);
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, (planned + sites.Count - 1) / sites.Count, [branches, crosses]))
            {
                foreach (var unit in sites)
                {
                    Add(unit, trace, branches, crosses);
                }
            }

            yield return branches.Conclude($"ν₂ of normalised branches, {site.Description}");
            yield return crosses.Conclude($"skip · branch of normalised branches, {site.Description}");
        }
    }

    private static void Add(Unit unit, NetworkTrace trace, KnownVarianceTest branches, SymmetryTest crosses)
    {
        var (q, _, _) = unit.Inner.Moments(unit.Inner.Linear.InputOf(trace));
        if (!Array.TrueForAll(q, variance => ((Norm)unit.Inner.Norm!.Layer).Epsilon <= 1e-4 * variance && variance > 0))
        {
            return;
        }

        var (mean, variance) = unit.Inner.Norm!.Layer is BatchNorm ? AfterBatchNorm(unit, trace) : InputNormLaws.PowerOf(unit.Inner, trace);
        var (parameters, after) = (unit.Last.Parameters, unit.Last.Linear.OutputOf(trace));
        var expected = (parameters.WeightVariance * mean) + parameters.BiasVariance;
        var ofInput = parameters.WeightVariance * parameters.WeightVariance * variance;
        branches.Add(
            new Observed(WrittenOutLayers.MeanSquare(after.Signal)),
            new Expected(expected),
            (2 * ((expected * expected) + ofInput) / after.Channels) + ofInput
        );

        var skip = unit.SkipOf(trace);
        if (skip.Signal.Length == after.Signal.Length && WrittenOutLayers.MeanSquare(skip.Signal) is > 0 and var square)
        {
            // Where all activations of a narrow branch are off it is 0, which says nothing about a sign. NaN is judged.
            var size = Math.Sqrt(square * WrittenOutLayers.MeanSquare(after.Signal));
            if (size != 0)
            {
                crosses.Add(new Observed(skip.Signal.Zip(after.Signal, (x, y) => x * y).Average()), new Expected(0), size);
            }
        }
    }

    /// <summary>Without ε every channel has the mean square 1, or γ² with a scale; the random sign decides which half is multiplied by a².</summary>
    private static (double Mean, double Variance) AfterBatchNorm(Unit unit, NetworkTrace trace)
    {
        var (slope, scale) = (unit.Inner.Function.Slope, ((Norm)unit.Inner.Norm!.Layer).Scale);
        var square = unit.Inner.Function.Kind == FunctionKind.Abs ? 1 : slope * slope;
        return (scale * scale * (1 + square) / 2, Math.Pow(scale * scale * (1 - square) / 2, 2) / trace.Snapshots[unit.Inner.Linear.After].Shape.Channels);
    }

    private static IReadOnlyList<Unit> SitesOf(Network network)
    {
        var fresh = FreshLayer.Collect(network);
        return
        [
            .. from last in fresh
            where
                last is { Norm: null, Activation: null, Parameters.Law: WeightLaw.Normal }
                && IsLossless(last.Linear.Layer)
                && network.Places[last.Linear.After].EndsBranch
                && !last.Linear.Flattened
            let inner = fresh.FirstOrDefault(inner =>
                inner.Activation?.After == last.Linear.Before && inner.Norm is not null && inner.Parameters.Law == WeightLaw.Normal
            )
            where inner is not null && IsSite(network, inner)
            select new Unit(inner, last, BeginningOf(network, last.Linear.After)),
        ];
    }

    private static bool IsLossless(Layer layer) => layer is Dense or Convolution { Stride: 1, Boundary: Boundary.Periodic };

    private static bool IsSite(Network network, FreshLayer inner) =>
        inner.Norm!.Layer switch
        {
            BatchNorm { Epsilon: 0 } => inner.Function.Kind is FunctionKind.Relu or FunctionKind.LeakyRelu or FunctionKind.Abs,
            LayerNorm { Over: NormalisedOver.Channels, Epsilon: <= 1e-4, Scale: not 0 }
            or RmsNorm { Over: NormalisedOver.Channels, Epsilon: <= 1e-4, Scale: not 0 } => network.Places[inner.Linear.After].Shape.Channels >= 8
                && InputNormLaws.IsResolved(inner),
            _ => false,
        };

    /// <summary>The place that shows the input of the unit that contains a place.</summary>
    private static int BeginningOf(Network network, int place)
    {
        while (network.Places[place].Kind != Networks.PlaceKind.Before)
        {
            if (--place < 0)
            {
                break;
            }
        }

        return place;
    }

    /// <summary>A normalised branch.</summary>
    /// <param name="Inner">Its last norm, with the fresh layer before it and the activation after it.</param>
    /// <param name="Last">Its last layer.</param>
    /// <param name="Beginning">The place that shows the unit's input; -1 for none.</param>
    private sealed record Unit(FreshLayer Inner, FreshLayer Last, int Beginning)
    {
        public WrittenOutFeatures SkipOf(NetworkTrace trace)
        {
            if (Beginning < 0)
            {
                return new(0, 0, 0, 0, [], []);
            }

            var shown = trace.Snapshots[Beginning];
            return new(shown.Shape.Images, shown.Shape.Height, shown.Shape.Width, shown.Shape.Channels, shown.Signal, shown.Noise);
        }
    }
}
