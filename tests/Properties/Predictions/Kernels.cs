using FsCheck;
using FsCheck.Fluent;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace Wellbehaved.Tests.Properties;

/// <summary>A random positive semidefinite kernel: points in a few or many directions, with any scales.</summary>
public sealed record KernelCase(int Points, int Directions, double Scale, double Common, int Seed)
{
    public Matrix<double> Kernel()
    {
        var normal = new Normal(0, 1, new Random(Seed));
        var factors = Matrix<double>.Build.Random(Points, Directions, normal) + (Common * Matrix<double>.Build.Dense(Points, Directions, 1));
        return Scale * factors.TransposeAndMultiply(factors);
    }
}

/// <summary>Generators of kernels, and expectations over them by plain simulation.</summary>
public static class Kernels
{
    public static Arbitrary<KernelCase> Cases() =>
        Arb.From(
            from points in Gen.Choose(5, 14)
            from directions in Gen.Choose(5, 20)
            from scale in Gen.Elements(0.1, 1.0, 30.0)
            from common in Gen.Elements(0.0, 0.5, 3.0)
            from seed in Gen.Choose(0, 100_000)
            select new KernelCase(points, directions, scale, common, seed),
            kernel => new[] { kernel with { Points = 5 }, kernel with { Common = 0 }, kernel with { Scale = 1 } }.Where(smaller => smaller != kernel)
        );

    /// <summary>Draws neurons y ~ N(0, K) over the points.</summary>
    public static IEnumerable<Vector<double>> Neurons(Matrix<double> kernel, int count, int seed)
    {
        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(seed));
        var factor = kernel.Cholesky().Factor;
        for (var i = 0; i < count; i++)
        {
            yield return factor * Vector<double>.Build.Random(kernel.RowCount, normal);
        }
    }

    /// <summary>K = diag(1,2,3,4) + ½·11ᵀ, the example of theory.md.</summary>
    public static Matrix<double> Example => Matrix<double>.Build.DenseOfDiagonalArray([1, 2, 3, 4]) + (0.5 * Matrix<double>.Build.Dense(4, 4, 1));

    public static double SmallestEigenvalue(Matrix<double> kernel) => kernel.Evd(Symmetricity.Symmetric).EigenValues.Min(value => value.Real);
}
