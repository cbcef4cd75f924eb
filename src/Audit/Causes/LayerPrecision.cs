using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Finds convolutions and dense layers of any network that multiply or add up in a coarser format than the subject names.</summary>
/// <remarks>
/// Graphics processors do so unless they are told not to. Each layer is computed from the tensor that the subject itself put into it, since libraries choose
/// another algorithm, and another precision, for each shape.
/// </remarks>
internal static class LayerPrecision
{
    /// <summary>The seed of networks, parameters and inputs, which are the same for every subject.</summary>
    private const ulong Seed = 32;

    /// <summary>Looks for the format.</summary>
    /// <param name="subject">A subject whose convolutions or dense layers were rejected.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>Null where these layers are right, or where no format gives all numbers that are wrong.</returns>
    public static Explanation? Explain(ISubject subject, CancellationToken cancellation)
    {
        // The definition is computed in double precision, which rounds too.
        var unitRoundoff = subject.Description.UnitRoundoff + Math.ScaleB(1, -53);
        var wrong = new List<(Layer Layer, CoarseOutput Output)>();
        foreach (var (study, site) in SiteNetworks.Draw(LayerFamily.Linear, Seed).Index())
        {
            cancellation.ThrowIfCancellationRequested();
            if (subject.Description.WhyNot(site.Network, site.Images, NoiseKind.Mapping, given: true) is null)
            {
                var (parameters, input) = (site.Parameters(Seed + (ulong)study), LayerChecks.InputOf(site, Seed, study));
                var trace = NetworkTrace.Record(subject, site.Network, NoiseKind.Mapping, new Weights.Given(parameters), input);
                wrong.AddRange(Wrong(trace, parameters, unitRoundoff));
            }
        }

        var causes = wrong.Count > 0 ? CoarseNumbers.Recognise([.. wrong.Select(one => one.Output)]) : [];
        var kinds = wrong.Select(one => one.Layer.Word).Distinct().Order(StringComparer.Ordinal);
        return causes.Count > 0
            ? Explanation.Either($"layers ({string.Join(", ", kinds)})", causes, $"gives all {wrong.Count} outputs of such layers that are wrong, to rounding")
            : null;
    }

    private static IEnumerable<(Layer Layer, CoarseOutput Output)> Wrong(NetworkTrace trace, IReadOnlyList<double[]> parameters, double unitRoundoff)
    {
        foreach (var shown in ShownLayer.Collect(trace.Network).Where(shown => shown.Layer is Convolution or Dense))
        {
            var (input, output) = (shown.InputOf(trace), shown.OutputOf(trace));
            double[][] own = [.. parameters.Skip(shown.FirstParameter).Take(SiteWalk.Needed(shown.Layer))];
            if (!IsGivenBy(value => value))
            {
                yield return (shown.Layer, new(IsGivenBy, [.. output.Signal, .. output.Noise]));
            }

            // Operands of the products are features and weights; biases are added to the sums.
            bool IsGivenBy(Func<double, double> round)
            {
                var rounded = input.With([.. input.Signal.Select(round)], [.. input.Noise.Select(round)]);
                return LayerRounding.Apply(
                        shown.Layer,
                        SiteState.Exactly(rounded),
                        [
                            [.. own[0].Select(round)],
                            .. own[1..],
                        ],
                        WrittenOutNoise.Mapping,
                        unitRoundoff
                    )
                        is { } right
                    && new Enclosure(right.Values.Signal, right.Values.Noise, right.Bounds.Signal, right.Bounds.Noise).Holds(output.Signal, output.Noise);
            }
        }
    }
}
