using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Least squares against another library.</summary>
public class LeastSquaresTests
{
    [Theory]
    [InlineData(5, 5, 1)]
    [InlineData(40, 17, 16)]
    [InlineData(130, 65, 3)]
    public void Solution_residual_and_norms_of_the_pseudo_inverse_are_those_of_another_library(int rows, int unknowns, int rightSides)
    {
        var (x, y) = (Matrix<double>.Build.Random(rows, unknowns, 1), Matrix<double>.Build.Random(rows, rightSides, 2));

        var solved = new LeastSquares(rows, unknowns, rightSides, [.. x.ToColumnMajorArray(), .. y.ToColumnMajorArray()]);

        var inverse = x.PseudoInverse();
        var solution = inverse * y;
        var residual = y - (x * solution);
        solved.HasFullRank.Should().BeTrue();
        for (var i = 0; i < unknowns; i++)
        {
            solved.RowNorms[i].Should().BeApproximately(inverse.Row(i).L2Norm(), 1e-9 * inverse.L2Norm());
            for (var side = 0; side < rightSides; side++)
            {
                solved.Solution[(i * rightSides) + side].Should().BeApproximately(solution[i, side], 1e-9 * inverse.L2Norm());
            }
        }

        for (var side = 0; side < rightSides; side++)
        {
            solved.ResidualNorms[side].Should().BeApproximately(residual.Column(side).L2Norm(), 1e-9);
        }
    }

    [Fact]
    public void Too_few_equations_or_dependent_columns_have_no_full_rank()
    {
        new LeastSquares(2, 3, 1, new double[8]).HasFullRank.Should().BeFalse();
        new LeastSquares(3, 2, 1, [1, 2, 3, 2, 4, 6, 1, 1, 1]).HasFullRank.Should().BeFalse();
        new LeastSquares(3, 2, 1, [0, 0, 0, 2, 4, 6, 1, 1, 1]).HasFullRank.Should().BeFalse();
        new LeastSquares(3, 2, 1, [1, double.NaN, 3, 2, 4, 6, 1, 1, 1]).HasFullRank.Should().BeFalse();
    }
}
