using System.Globalization;
using FluentAssertions;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class SpecialFunctionTableTests
{
    /// <summary>A few roundings of double precision; the walk's sums have up to 512 terms.</summary>
    private const double Rounding = 1e-13;

    private static readonly ILookup<string, (double Argument, double Value)> Table = File.ReadLines(
            Path.Combine(AppContext.BaseDirectory, "special_functions.csv")
        )
        .Skip(1)
        .Select(line => line.Split(','))
        .ToLookup(cells => cells[0], cells => (Parse(cells[1]), Parse(cells[2])));

    [Fact]
    public void S1_arc_cosine_kernels_agree_with_arbitrary_precision_for_all_correlations()
    {
        Compare("k0", ArcCosineKernel.Order0);
        Compare("k1", ArcCosineKernel.Order1);
        Compare("k2", ArcCosineKernel.Order2);
        Compare("distance", ArcCosineKernel.DistanceAfterOrder1);
    }

    [Fact]
    public void W1_drift_and_variance_agree_with_arbitrary_precision()
    {
        Compare("drift", width => new RandomWalk((int)width).Drift);
        Compare("variance", width => new RandomWalk((int)width).Variance);
    }

    [Fact]
    public void A1_A2_closed_forms_agree_with_arbitrary_precision()
    {
        Compare("tau", h => LargeBatchLimits.ResidualExponent((int)h));
        Compare("delta_chi", _ => LargeBatchLimits.BatchNormIncrement);
        for (var h = 1; h <= 3; h++)
        {
            // Differences of log-gamma functions as large as 3000 round at 3000·2⁻⁵³.
            Compare($"chi2_h{h}", unit => Math.Exp(2 * LargeBatchLimits.LogResidualChi((int)unit, h)), 1e-11);
        }
    }

    [Fact]
    public void S5_the_example_of_four_points_agrees_with_arbitrary_precision()
    {
        // The digits handed to the project, V₁₁ = 0.37005362 and E[1/σ²] = 1.69596494, were those of a truncated integral: with three
        // directions of variance the noise's integrand decays only as e^{-v/2}. The table's are quadrature in 60 digits.
        var norm = new BatchNormKernel(Kernels.Example, 0, tolerance: 1e-12);
        var kernel = norm.Signal().Kernel;
        Compare("bn_example_11", _ => kernel[0, 0], 1e-11);
        Compare("bn_example_12", _ => kernel[0, 1], 1e-11);
        Compare("bn_example_44", _ => kernel[3, 3], 1e-11);
        Compare("bn_example_inverse_variance", _ => norm.InverseVariance().Value, 1e-11);
        norm.InverseVariance().Value.Should().NotBeApproximately(1.69596494, 5e-4);
    }

    private static void Compare(string function, Func<double, double> ours, double tolerance = Rounding)
    {
        Table[function].Should().NotBeEmpty();
        foreach (var (argument, value) in Table[function])
        {
            ours(argument).Should().BeApproximately(value, tolerance * Math.Abs(value), "{0}({1:R})", function, argument);
        }
    }

    private static double Parse(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
