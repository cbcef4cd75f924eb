using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>R1 and R2 as limits of sampled networks when the width grows, by the ladder N = 24, 48, 96, 192.</summary>
/// <remarks>
/// The chain is exact in law at every width (R3, tested against the model), so these are tests of theory alone. Smooth functions of Gram matrices have
/// expansions in 1/N; a term (cL/N)⁴ that the ladder leaves is (cL/24)⁴/64 = 0.001 even for c = 4 and L = 3.
/// </remarks>
[Trait("Evidence", "Sampling")]
public class InfiniteWidthTests
{
    private const int Narrowest = 24;
    private const int Points = 8;
    private const int Depth = 2;
    private const int Networks = 4000;
    private const double Epsilon = 0.01;

    /// <summary>An effective rank below this leaves all other eigenvalues together less than 0.4 of the largest.</summary>
    private const double LargestPredictedRank = 1.4;

    /// <summary>Without batch norm and with it, once each with skips and once without; all four at night.</summary>
    public static TheoryData<string> Architectures => [.. Breadth.Choose<string[]>(["vanilla_res", "bn_ff"], ["vanilla", "vanilla_res", "bn_ff", "bn_res"])];

    public static TheoryData<string> WithoutBatchNorm => [.. Breadth.Choose<string[]>(["vanilla"], ["vanilla", "vanilla_res"])];

    [Theory]
    [MemberData(nameof(Architectures))]
    public void R1_R2_sampled_networks_of_growing_width_tend_to_the_recursion_in_chi_and_in_variance(string architecture)
    {
        var gram = new KernelCase(Points, 12, 1.0 / 12, 0.5, 6).Kernel();
        var predicted = Predict(architecture, gram);
        TendTo([predicted.LogChi(1), predicted.LogMu2Signal], architecture, gram, moments => [moments.LogChi(1), moments.LogMu2Signal]);
    }

    /// <remarks>
    /// An eigenvalue is a smooth function of the matrix only where a gap separates it: equal ones split as 1/√N, which no ladder in 1/N extrapolates.
    /// So inputs are drawn until the recursion itself predicts the gap. The chosen input has no say in whether its sampled networks agree with it.
    /// </remarks>
    [Theory]
    [MemberData(nameof(WithoutBatchNorm))]
    public void R1_sampled_networks_of_growing_width_tend_to_the_recursion_in_the_effective_rank(string architecture)
    {
        var gram = Enumerable.Range(0, 1000).Select(WithOneStrongChannel).First(drawn => Predict(architecture, drawn).ReffSignal < LargestPredictedRank);
        TendTo([Math.Log(Predict(architecture, gram).ReffSignal)], architecture, gram, moments => [Math.Log(moments.ReffSignal)]);
    }

    private static void TendTo(double[] predicted, string architecture, Matrix<double> gram, Func<PredictedMoments, double[]> select)
    {
        var (means, variances) = (new double[predicted.Length][], new double[predicted.Length][]);
        var rungs = Enumerable.Range(0, Ladder.Rungs).Select(rung => Sample(architecture, gram, Narrowest << rung, select)).ToArray();
        for (var quantity = 0; quantity < predicted.Length; quantity++)
        {
            means[quantity] = [.. rungs.Select(samples => samples.Select(values => values[quantity]).Mean())];
            variances[quantity] = [.. rungs.Select(samples => samples.Select(values => values[quantity]).Variance() / Networks)];
            var error = Math.Sqrt(Ladder.Weights.Zip(variances[quantity], (weight, variance) => weight * weight * variance).Sum());

            // The mean of 4,000 networks is Gaussian to a share of 1/√4000 at this quantile; a false alarm in a million for a fixed seed.
            var allowance = (Normal.InvCDF(0, 1, 1 - (Sampling.FalseAlarmRate / 2)) * error) + 0.001;
            allowance.Should().BeLessThan(0.06, "two layers of variance 1.9 instead of 2 move ln μ₂ by 0.1, and a batch norm left out moves ln χ by 0.2");
            Ladder.Extrapolate(means[quantity]).Should().BeApproximately(predicted[quantity], allowance);
        }
    }

    private static double[][] Sample(string architecture, Matrix<double> gram, int width, Func<PredictedMoments, double[]> select) =>
        [
            .. Enumerable
                .Range(0, Networks)
                .AsParallel()
                .AsOrdered()
                .Select(number =>
                {
                    var chain = new SampledNeurons(NetworkKind.Named(architecture), gram, width, Epsilon, ((ulong)width << 32) | (uint)number);
                    for (var depth = 0; depth < Depth; depth++)
                    {
                        chain.Advance();
                    }

                    return select(chain.Moments());
                }),
        ];

    private static PredictedMoments Predict(string architecture, Matrix<double> gram)
    {
        var fullyConnected = new ConvolutionKernel(Points, 1, 1, 1, Boundary.Periodic);
        var recursion = new KernelRecursion(NetworkKind.Named(architecture), gram, [.. Enumerable.Repeat(1.0, Points)], fullyConnected, Epsilon);
        var moments = recursion.Next();
        while (moments.Depth < Depth)
        {
            moments = recursion.Next();
        }

        return moments;
    }

    /// <summary>Twelve channels, one of three times the others' scale.</summary>
    private static Matrix<double> WithOneStrongChannel(int seed)
    {
        var points = Matrix<double>.Build.Random(Points, 12, new Normal(0, 1, new Random(seed)));
        points.SetColumn(0, 3 * points.Column(0));
        return points.TransposeAndMultiply(points) / 12;
    }
}
