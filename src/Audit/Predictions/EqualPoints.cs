using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// Predicts networks for a batch whose points are all equal: the signal does not vary at any depth, and the rest is known without a quadrature.
/// </summary>
internal static class EqualPoints
{
    /// <summary>Follows the single value of all points.</summary>
    /// <param name="kind">The architecture.</param>
    /// <param name="nu2">ν₂ after the first convolution.</param>
    /// <param name="noise">Mean square of the noise after the first convolution.</param>
    /// <param name="options">Valid options.</param>
    /// <returns>The moments at each depth; the variance is 0 and there is no effective rank.</returns>
    /// <exception cref="InvalidInputException">The net has batch norm with ε = 0.</exception>
    public static IReadOnlyList<PredictedMoments> Moments(NetworkKind kind, double nu2, double noise, ExperimentOptions options)
    {
        var depths = Enumerable.Range(1, options.TotalDepth);
        if (!kind.BatchNorm)
        {
            var point = new ConvolutionKernel(1, 1, 1, 1, Boundary.Periodic);
            var recursion = new KernelRecursion(kind, Matrix<double>.Build.Dense(1, 1, nu2), [noise], point, options.Epsilon);
            return [.. depths.Select(_ => recursion.Next())];
        }

        if (options.Epsilon == 0)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Epsilon), nameof(ExperimentOptions.Dataset)),
                $"expected images that vary within a batch with {ParameterName.Spell(nameof(ExperimentOptions.Epsilon))} 0, but the "
                    + $"images of {options.Dataset} are all equal after the first layer: "
                    + "batch norm would divide by their variance"
            );
        }

        // Batch norm subtracts the mean and nothing is left: so every branch ends in zeros, and a ReLU passes no noise where its input is zero.
        // A skip connection keeps signal and noise.
        return [.. depths.Select(depth => new PredictedMoments(depth, Log(kind.Residual ? nu2 : 0), Log(0), Log(kind.Residual ? noise : 0), double.NaN))];

        static double Log(double value) => Math.Log(value);
    }
}
