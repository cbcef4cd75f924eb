using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>A1 and A2 as limits of the recursion at infinite width, when the batch grows: deterministic, by the ladder P = 16, 32, 64, 128.</summary>
public class LargeBatchTests
{
    /// <summary>
    /// A wrong limit is seen from here on: the audit's checks of A1 and A2 looked for 0.06 and 0.3. A batch of 128 alone is still 0.01 to 0.07 away.
    /// </summary>
    private const double Resolution = 6e-4;

    // Independent points; and points on a ring whose correlation halves from each to the next: the mean over pairs is the same in the limit.
    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    [InlineData(2, 0.5)]
    [InlineData(3, 0.5)]
    public void A1_the_increment_of_a_layer_tends_to_the_closed_form(int depth, double correlation) =>
        TendsToZero(points =>
        {
            var (kernel, recursion) = Start("bn_ff", 1, points, correlation);
            var (mu2, before, after) = (KernelMatrix.Mu2(kernel), default(PredictedMoments), recursion.Next());
            while (after.Depth < depth)
            {
                (before, after) = (after, recursion.Next());
            }

            return after.LogChi(mu2) - before.LogChi(mu2) - Math.Log(LargeBatchLimits.BatchNormIncrement);
        });

    [Theory]
    [InlineData(5, 1, 0)]
    [InlineData(4, 2, 0)]
    [InlineData(3, 3, 0)]
    [InlineData(5, 1, 0.5)]
    [InlineData(4, 2, 0.5)]
    [InlineData(3, 3, 0.5)]
    public void A2_chi_tends_to_the_ratio_of_gamma_functions(int units, int residualDepth, double correlation) =>
        TendsToZero(points =>
        {
            var (kernel, recursion) = Start("bn_res", residualDepth, points, correlation);
            var moments = recursion.Next();
            while (moments.Depth < units)
            {
                moments = recursion.Next();
            }

            return moments.LogChi(KernelMatrix.Mu2(kernel)) - LargeBatchLimits.LogResidualChi(units, residualDepth);
        });

    private static void TendsToZero(Func<int, double> discrepancy)
    {
        double[] values = [.. Enumerable.Range(0, Ladder.Rungs).Select(rung => discrepancy(16 << rung))];
        var remainder = Ladder.Remainder(values);
        remainder.Should().BeLessThan(Resolution, "terms of 1/P⁴ have decreased below the resolution");
        Ladder.Extrapolate(values).Should().BeApproximately(0, remainder);
    }

    private static (Matrix<double> Kernel, KernelRecursion Recursion) Start(string architecture, int residualDepth, int points, double correlation)
    {
        var kernel = Matrix<double>.Build.Dense(points, points, (i, j) => Math.Pow(correlation, Math.Min(Math.Abs(i - j), points - Math.Abs(i - j))));
        var (kind, fullyConnected) = (NetworkKind.Named(architecture, residualDepth), new ConvolutionKernel(points, 1, 1, 1, Boundary.Periodic));
        return (kernel, new KernelRecursion(kind, kernel, [.. Enumerable.Repeat(1.0, points)], fullyConnected, 0));
    }
}
