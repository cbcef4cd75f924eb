using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>W3: a <c>bn_res</c> unit adds 1 to ν₂ in expectation, so its branch weighs 1/(l + 1) of its skip connection.</summary>
/// <remarks>
/// The growth of ν₂ in a unit is ν₂ of the branch plus twice the mean product of skip and branch. The first has the mean 1 and a bounded variance, whatever the
/// unit's input; the second is symmetric about zero, since the branch's last weights have no preferred sign.
/// </remarks>
internal static class DilutionChecks
{
    private const int Units = 12;

    /// <summary>δ: a unit that adds a tenth more or less than its law says.</summary>
    internal const double GrowthDiscrepancy = 0.1;

    /// <summary>Growth of ν₂ in a unit, in three networks; and the branch of the last unit alone.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <returns>The measurements.</returns>
    public static IEnumerable<Measurement> Growth(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered([
            OneStepNetworks.FullyConnected(architecture) with
            {
                Depth = Units,
            },
            OneStepNetworks.FullyConnected(architecture, 3) with
            {
                Depth = Units,
                Channels = 12,
            },
            OneStepNetworks.Convolutional(architecture, Boundary.Periodic) with
            {
                Depth = Units / 2,
                Channels = 12,
                Architecture = architecture,
            },
        ]);
        if (networks[0].Epsilon != 0)
        {
            // Only in a branch of two layers is the output of its last batch norm shown.
            networks = [.. networks.Where(network => network.Architecture.ResidualDepth == 2 || context.Offers(network with { Epsilon = 0 }, given: false))];
        }

        var rates = context.Rates.SharedBy((2 * networks.Length) + 1);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var variance = VarianceOfBranch(network.Channels);
            var delta = context.Discrepancy(GrowthDiscrepancy);
            var plannedUnits = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(variance), delta);

            // Measured, for planning: twice the product of skip and branch, divided by the root of the unit's number, has a standard deviation of about
            // √(1.6/N).
            var crossDeviation = Math.Sqrt(1.6 / network.Channels);
            var plannedCross = SymmetryTest.SamplesFor(rates, crossDeviation, delta / Math.Sqrt(network.Depth / 2.0));
            var branches = new KnownVarianceTest(rates, delta, context.Planned(plannedUnits));
            var crosses = new SymmetryTest(rates, delta, context.Planned(plannedCross) * crossDeviation * crossDeviation, EffectKind.Difference);
            var last = new KnownVarianceTest(rates, 2 * delta, context.Planned(KnownVarianceTest.SamplesFor(rates, Math.Sqrt(variance), 2 * delta)));
            var simulations = Math.Max(
                Math.Max(plannedUnits, plannedCross) / network.Depth,
                study == 0 ? KnownVarianceTest.SamplesFor(rates, Math.Sqrt(variance), 2 * delta) : 1
            );
            foreach (var trace in context.SimulateUntilDecided(network, study, simulations, study == 0 ? [branches, crosses, last] : [branches, crosses]))
            {
                for (var depth = 1; depth <= network.Depth; depth++)
                {
                    var (skip, after) = (trace.At(depth, 1).Signal, trace.At(depth, UnitPlaceKind.Addition).Signal);
                    double[] branch = [.. after.Zip(skip, (sum, before) => sum - before)];
                    var (square, kept) = (WrittenOutLayers.MeanSquare(branch), Kept(trace, depth));
                    branches.Add(new Observed(square), new Expected(kept * ManyStepLaws.BatchNormResidualNu2(0, 1)), variance);
                    crosses.Add(new Observed(2 * skip.Zip(branch, (x, y) => x * y).Average()), new Expected(0), 1, 1 / Math.Sqrt(depth));
                    if (study == 0 && depth == Units)
                    {
                        last.Add(
                            new Observed(square),
                            new Expected(kept * ManyStepLaws.Dilution(Units - 1) * ManyStepLaws.BatchNormResidualNu2(1, Units - 1)),
                            variance
                        );
                    }
                }
            }

            var where = $"N = {network.Channels}, H = {network.Architecture.ResidualDepth}, {network.Describe()}";
            yield return branches.Conclude($"ν₂ of the branch of a unit, {where}");
            yield return crosses.Conclude($"twice skip · branch of a unit, {where}");
            if (study == 0)
            {
                yield return last.Conclude($"ν₂ of the branch of unit {Units}, 1/(l+1) of an expected skip of l+1");
            }
        }
    }

    /// <summary>
    /// The part of the variance that ε leaves in the last batch norm of a branch of two layers: the mean of σ²/(σ² + ε) over the channels that it reads, which
    /// are shown. Given these except for their signs, a ReLU keeps half of it and the last weights double that: so it is the mean of ν₂ of the branch. It is 1
    /// for ε = 0.
    /// </summary>
    private static double Kept(Trace trace, int depth) =>
        trace.Network.Epsilon is > 0 and var epsilon
            ? WrittenOutLayers
                .Variances(trace.At(depth, UnitPlaceKind.Convolution).Signal, trace.Network.Channels)
                .Average(variance => variance / (variance + epsilon))
            : 1;

    /// <summary>
    /// A bound on the variance of ν₂ of a branch, given all before it. Given the input x of the last convolution, ν₂ of a channel has the mean q = 2ν₂(x) and
    /// the variance 2‖K‖²/P² ≤ 2q², so the mean over N channels has the variance 2q²/N at most. And ν₂(x) is a mean over N independent channels, each the
    /// positive half of a normalised one, within [0, 1] and symmetric about one half: of variance ¼ at most. So E q² ≤ 1 + 1/N, and both together are at most
    /// 2(1 + 1/N)/N + 1/N.
    /// </summary>
    private static double VarianceOfBranch(int channels) => (3 + (2.0 / channels)) / channels;
}
