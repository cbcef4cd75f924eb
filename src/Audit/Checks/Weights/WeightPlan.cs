using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The numbers of simulations that the discrepancies of the ledger require at the check's rates.</summary>
/// <param name="Wide">Simulations of the wide network.</param>
/// <param name="Kernel">Simulations of the network with kernels.</param>
/// <param name="Narrow">Simulations of the narrow network, of one seed.</param>
/// <param name="Neighbours">Simulations of the narrow network for each other seed.</param>
/// <param name="Deep">Simulations of the deep network.</param>
internal sealed record WeightPlan(int Wide, int Kernel, int Narrow, int Neighbours, int Deep)
{
    /// <summary>The longest period that is seen if weights repeat after some simulations.</summary>
    private const int LongestPeriod = 1024;

    /// <summary>Part of a discrepancy that is reserved for the rounding of the solution.</summary>
    private const double ForRounding = 1.0 / 8;

    /// <summary>Factor for weights that may be lost in channels that are zero for all inputs: measured 2 % in vanilla nets, none with batch norm.</summary>
    private const double ForLosses = 1.05;

    /// <summary>How often a quantity of a correct subject may be inconclusive: with a hundred quantities in a run, this is one run in ten thousand.</summary>
    private const double MostInconclusive = 1e-6;

    /// <summary>The most quantities that share the rates of a check.</summary>
    private const int Quantities = 18;

    /// <summary>The most pairs: any two of 33 convolutions in each of three orders.</summary>
    private const long MostPairs = 3 * 33 * 32 / 2;

    /// <summary>The plan for the rates of a check.</summary>
    /// <param name="rates">The rates.</param>
    /// <param name="share">Share of these simulations that is run.</param>
    /// <returns>The plan.</returns>
    public static WeightPlan Derive(ErrorRates rates, double share)
    {
        var each = rates.SharedBy(Quantities) with { FalsePass = Math.Min(rates.FalsePass, MostInconclusive) };
        const int weights = WeightNetworks.WideWidth * WeightNetworks.WideWidth;
        var networks = new WeightNetworks(Architecture.Named(Architecture.Names[0]), 0);
        var wide = Larger(
            BlurredDistributionTest.SamplesFor(each, Net(WeightDiscrepancies.WideShape)) / networks.Wide.FirstKernel.Length,
            VarianceTest.SamplesFor(each, Net(WeightDiscrepancies.WideVariance)) / networks.Wide.FirstKernel.Length,
            VarianceTest.SamplesFor(each.SharedBy(WeightNetworks.WideConvolutions), Net(WeightDiscrepancies.WideVarianceOfOne)) / weights,
            CosineTest.SamplesFor(each, 1, Net(WeightDiscrepancies.Successive)) / (weights * WeightNetworks.WideConvolutions / 2)
        );
        var kernel = Larger(
            VarianceTest.SamplesFor(each, Net(WeightDiscrepancies.KernelFirstVariance)) / networks.Kernel.FirstKernel.Length,
            BlurredDistributionTest.SamplesFor(each, Net(WeightDiscrepancies.KernelFirstShape)) / networks.Kernel.FirstKernel.Length,
            VarianceTest.SamplesFor(each, Net(WeightDiscrepancies.KernelVariance)) / networks.Kernel.Kernels.Skip(1).Sum(shape => shape.Length),
            VarianceTest.SamplesFor(each.SharedBy(WeightNetworks.KernelConvolutions), Net(WeightDiscrepancies.KernelVarianceOfOne))
                / networks.Kernel.Kernels.Last().Length
        );
        var deep = Larger(CosineTest.SamplesFor(each, MostPairs, Net(WeightDiscrepancies.PairDeep)) / networks.Deep.FirstKernel.Length);
        return new WeightPlan(Share(wide), Share(kernel), Share(LongestPeriod + 16), Share(16), Share(deep));

        // At least two are needed for a comparison.
        int Share(double simulations) => Math.Max(2, (int)Math.Ceiling(share * simulations));

        static double Net(double discrepancy) => (1 - ForRounding) * discrepancy;

        static double Larger(params double[] simulations) => ForLosses * simulations.Max();
    }
}
