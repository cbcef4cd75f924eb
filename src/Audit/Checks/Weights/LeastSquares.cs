using System.Runtime.CompilerServices;
using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>Least squares with several right sides by Householder's QR factorisation, with the numbers that bound the error of each unknown.</summary>
/// <remarks>
/// For <c>Y = XW + E</c> the solution is <c>Ŵ = W + X⁺E</c>, so an unknown i of a right side errs by at most <c>ρ_i‖E‖₂</c>, where ρ_i is the norm of row i of
/// <c>X⁺</c>. Since <c>X⁺ = R⁻¹Qᵀ</c> and Q has orthonormal columns, that is the norm of row i of R⁻¹: an exact number, not an estimate. The residual is a
/// projection of E, so it is no longer than E. Source: Å. Björck, <i>Numerical Methods for Least Squares Problems</i>, chapter 1.
/// </remarks>
internal sealed class LeastSquares
{
    /// <summary>A diagonal element of R that is smaller than this relative to its column is zero up to rounding.</summary>
    private const double NegligibleDiagonal = 1e-12;

    /// <summary>
    /// Number of columns to which a reflector is applied while it is in the first-level cache, which holds it with four columns of some hundred numbers.
    /// </summary>
    private const int ColumnsTogether = 4;

    private readonly int _rows;
    private readonly int _unknowns;
    private readonly int _rightSides;
    private readonly double[] _columns;
    private readonly double[] _diagonal;
    private readonly double[] _factors;

    /// <summary>Solves the equations.</summary>
    /// <param name="rows">Number of equations.</param>
    /// <param name="unknowns">Number of unknowns.</param>
    /// <param name="rightSides">Number of right sides.</param>
    /// <param name="columns">The columns of X, then those of Y, one after the other; overwritten.</param>
    public LeastSquares(int rows, int unknowns, int rightSides, double[] columns)
    {
        (_rows, _unknowns, _rightSides, _columns) = (rows, unknowns, rightSides, columns);
        (_diagonal, _factors, RowNorms) = (new double[unknowns], new double[unknowns], new double[unknowns]);
        (Solution, ResidualNorms) = (new double[unknowns * rightSides], new double[rightSides]);
        HasFullRank = rows >= unknowns && Factorise();
        if (HasFullRank)
        {
            Solve();
            Invert();
        }
    }

    /// <summary>Whether the equations determine all unknowns; otherwise the numbers below are meaningless.</summary>
    public bool HasFullRank { get; }

    /// <summary>The solution (unknowns × right sides).</summary>
    public double[] Solution { get; }

    /// <summary>ρ_i: norms of the rows of the pseudo-inverse.</summary>
    public double[] RowNorms { get; }

    /// <summary>Norm of the residual of each right side.</summary>
    public double[] ResidualNorms { get; }

    /// <summary>Error of the factorisation itself, relative to the norm of X: <c>γ̃_{mn}</c> of Higham's theorem 20.3 in double precision.</summary>
    public double OwnRounding => 4 * Math.ScaleB((double)_rows * _unknowns, -53);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<double> Column(int column, int from) => _columns.AsSpan((column * _rows) + from, _rows - from);

    /// <summary>Applies to each column all reflectors of earlier columns, in order, and turns it into a reflector if it belongs to X.</summary>
    private bool Factorise()
    {
        var columns = _unknowns + _rightSides;
        for (var first = 0; first < columns; first += ColumnsTogether)
        {
            var end = Math.Min(first + ColumnsTogether, columns);
            for (var reflector = 0; reflector < Math.Min(first, _unknowns); reflector++)
            {
                for (var column = first; column < end; column++)
                {
                    Reflect(column, reflector);
                }
            }

            for (var column = first; column < end; column++)
            {
                for (var reflector = first; reflector < Math.Min(column, _unknowns); reflector++)
                {
                    Reflect(column, reflector);
                }

                if (column < _unknowns && !MakeReflector(column))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <remarks>Inlined into loops, which are compiled well at once: called by itself it would run unoptimised for the first seconds.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reflect(int column, int reflector)
    {
        var target = Column(column, reflector);
        var normal = Column(reflector, reflector);
        VectorMath.AddScaled(target, -_factors[reflector] * VectorMath.Dot(normal, target), normal);
    }

    private bool MakeReflector(int column)
    {
        var reflector = Column(column, column);
        var norm = Math.Sqrt(VectorMath.Dot(reflector, reflector));
        var above = _columns.AsSpan(column * _rows, column);
        if (!(norm > NegligibleDiagonal * Math.Sqrt(VectorMath.Dot(above, above) + (norm * norm))))
        {
            return false;
        }

        var first = reflector[0];
        _diagonal[column] = -Math.CopySign(norm, first);
        reflector[0] -= _diagonal[column];
        _factors[column] = 1 / (norm * (norm + Math.Abs(first)));
        return true;
    }

    private void Solve()
    {
        for (var side = 0; side < _rightSides; side++)
        {
            var column = Column(_unknowns + side, 0);
            var rest = column[_unknowns..];
            ResidualNorms[side] = Math.Sqrt(VectorMath.Dot(rest, rest));
            Substitute(column[.._unknowns]);
            for (var i = 0; i < _unknowns; i++)
            {
                Solution[(i * _rightSides) + side] = column[i];
            }
        }
    }

    private void Invert()
    {
        var column = new double[_unknowns];
        for (var j = 0; j < _unknowns; j++)
        {
            var upper = column.AsSpan(0, j + 1);
            upper.Clear();
            upper[j] = 1;
            Substitute(upper);
            for (var i = 0; i <= j; i++)
            {
                RowNorms[i] += upper[i] * upper[i];
            }
        }

        for (var i = 0; i < _unknowns; i++)
        {
            RowNorms[i] = Math.Sqrt(RowNorms[i]);
        }
    }

    /// <summary>Solves with the leading block of R, in place.</summary>
    private void Substitute(Span<double> right)
    {
        for (var k = right.Length - 1; k >= 0; k--)
        {
            right[k] /= _diagonal[k];
            VectorMath.AddScaled(right[..k], -right[k], _columns.AsSpan(k * _rows, k));
        }
    }
}
