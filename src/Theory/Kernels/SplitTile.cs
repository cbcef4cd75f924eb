using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>A square tile of pairs of points. All nodes of an integral are summed for it while its parts are in the cache.</summary>
/// <remarks>Columns beyond the last point are padded with points of variance 1 and no covariance, so that every row consists of whole vectors.</remarks>
internal sealed class SplitTile
{
    /// <summary>Number of points along a side.</summary>
    public const int Side = 64;

    private const int Size = Side * Side;

    /// <summary>Correlations closer to ±1 count as ±1, where derivatives in p no longer exist, as in <see cref="DualActivation"/>.</summary>
    private const double Collinear = 1e-14;

    private readonly SplitKernel _split;
    private readonly SplitCross? _cross;
    private readonly double[]? _noise;
    private readonly LeakyDual _dual;
    private readonly double[] _directions;
    private readonly double[] _along;
    private readonly double[] _scaled;
    private readonly double[][] _powers;
    private readonly double[][] _joint;
    private readonly double[][] _jointTransposed;
    private readonly double[][] _squares;
    private readonly double[] _given = new double[Size];
    private readonly double[] _covariance = new double[Size];
    private readonly double[] _ofJoint = new double[Size];
    private readonly double[] _ofTransposed = new double[Size];
    private readonly double[] _ofNoise = new double[Size];
    private readonly double[] _variances = new double[Side];
    private readonly double[] _diagonal = new double[Side];
    private readonly DualRow _row = new(Side);
    private int _firstRow;
    private int _firstColumn;

    /// <summary>Allocates memory.</summary>
    /// <param name="split">The kernel.</param>
    /// <param name="cross">Covariance of noise and signal; null where it is zero.</param>
    /// <param name="noise">Covariance of the noise (P × P); null where only its squares are needed.</param>
    /// <param name="dual">The activation.</param>
    public SplitTile(SplitKernel split, SplitCross? cross, double[]? noise, LeakyDual dual)
    {
        (_split, _cross, _noise, _dual) = (split, cross, noise, dual);
        var k = split.Values.Length;
        (_directions, _along, _scaled) = (new double[k * Side], new double[k * Side], new double[k * Side]);
        var degree = split.Powers.Length;
        double[][] Room(bool needed) => [.. Enumerable.Range(0, needed ? degree : 0).Select(_ => new double[Size])];
        (_powers, _joint, _jointTransposed, _squares) = (
            Room(true),
            Room(cross is not null),
            Room(cross is not null),
            Room(cross is not null && noise is not null)
        );
    }

    /// <summary>Number of rows of the tile.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of columns of the tile.</summary>
    public int Columns { get; private set; }

    /// <summary>Loads the tile that begins at a pair of points.</summary>
    public void Load(int firstRow, int firstColumn)
    {
        var (points, k) = (_split.Points, _split.Values.Length);
        (_firstRow, _firstColumn, Rows, Columns) = (firstRow, firstColumn, Math.Min(Side, points - firstRow), Math.Min(Side, points - firstColumn));
        Turn(_split.Vectors, _directions);
        for (var m = 0; m < _powers.Length; m++)
        {
            Copy(_split.Powers[m], _powers[m]);
        }

        if (_cross is null)
        {
            return;
        }

        Turn(_cross.Along, _along);
        for (var m = 0; m < _joint.Length; m++)
        {
            Copy(_cross.Powers[m], _jointTransposed[m]);
            Transpose(_cross.Powers[m], _joint[m]);
        }

        if (_noise is not null)
        {
            Copy(_noise, _given);
            for (var m = 0; m < _squares.Length; m++)
            {
                Copy(_cross.Squares[m], _squares[m]);
            }
        }

        // Transposes rows of length k into k rows of length Side.
        void Turn(double[] from, double[] to)
        {
            for (var c = 0; c < k; c++)
            {
                for (var j = 0; j < Side; j++)
                {
                    to[(c * Side) + j] = j < Columns ? from[((firstColumn + j) * k) + c] : 0;
                }
            }
        }

        void Copy(double[] from, double[] to)
        {
            for (var i = 0; i < Rows; i++)
            {
                var row = to.AsSpan(i * Side, Side);
                from.AsSpan(((firstRow + i) * points) + firstColumn, Columns).CopyTo(row);
                row[Columns..].Clear();
            }
        }

        void Transpose(double[] from, double[] to)
        {
            for (var j = 0; j < Side; j++)
            {
                for (var i = 0; i < Rows; i++)
                {
                    to[(i * Side) + j] = j < Columns ? from[((firstColumn + j) * points) + firstRow + i] : 0;
                }
            }
        }
    }

    /// <summary>Sums over the nodes of a rule.</summary>
    /// <param name="rule">The nodes.</param>
    /// <param name="signal">Receives E s s of the pairs.</param>
    /// <param name="noise">Receives the noise's covariances where these are given, or E s's'/(σ²+ε) where noise is independent of the signal; null if neither
    /// is needed.</param>
    /// <param name="joint">Receives the covariance of the row's noise with the column's signal.</param>
    /// <param name="transposed">Receives the covariance of the column's noise with the row's signal.</param>
    public void Sum(SplitRule rule, double[] signal, double[]? noise, double[]? joint, double[]? transposed)
    {
        Array.Clear(signal);
        foreach (var sum in (double[]?[])[noise, joint, transposed])
        {
            if (sum is not null)
            {
                Array.Clear(sum);
            }
        }

        for (var node = 0; node < rule.Times.Length; node++)
        {
            Prepare(rule, node);
            for (var i = 0; i < Rows; i++)
            {
                var own = Math.Max(0, rule.Variances[node][_firstRow + i]);
                _dual.ComputeRow(own, _variances, _covariance.AsSpan(i * Side, Side), _cross is not null, _row);
                Add(_row.V, rule.Weights[node], signal, i);
                if (_cross is null)
                {
                    if (noise is not null)
                    {
                        Add(_row.T, rule.Weights[node], noise, i);
                    }
                }
                else
                {
                    AddNoise(i, own, rule.Joint[node][_firstRow + i], rule.Weights[node], noise, joint!, transposed!);
                }
            }
        }
    }

    private static void Add(double[] values, double weight, double[] sum, int row) => VectorMath.AddScaled(sum.AsSpan(row * Side, Side), weight, values);

    /// <summary>Computes S_t, M_t, its transpose and D_t for the tile.</summary>
    private void Prepare(SplitRule rule, int node)
    {
        var (damping, polynomial) = (rule.Damping[node], rule.Polynomials[node]);
        Combine(_split.Vectors, SplitRule.Scaled(_split.Values, damping), _directions, _powers, polynomial, _covariance);
        for (var j = 0; j < Side; j++)
        {
            _variances[j] = j < Columns ? Math.Max(0, rule.Variances[node][_firstColumn + j]) : 1;
            _diagonal[j] = _cross is not null && j < Columns ? rule.Joint[node][_firstColumn + j] : 0;
        }

        if (_firstRow == _firstColumn)
        {
            for (var i = 0; i < Rows; i++)
            {
                _covariance[i * (Side + 1)] = _variances[i];
            }
        }

        if (_cross is null)
        {
            return;
        }

        Combine(_cross.Along, damping, _directions, _joint, polynomial, _ofJoint);
        Combine(_split.Vectors, damping, _along, _jointTransposed, polynomial, _ofTransposed);
        if (_firstRow == _firstColumn)
        {
            for (var i = 0; i < Rows; i++)
            {
                _ofJoint[i * (Side + 1)] = _ofTransposed[i * (Side + 1)] = _diagonal[i];
            }
        }

        if (_noise is not null)
        {
            Combine(_cross.Along, damping, _along, _squares, polynomial, _ofNoise);
            VectorMath.Scale(_ofNoise, -2 * rule.Times[node]);
            VectorMath.AddScaled(_ofNoise, 1, _given);
        }
    }

    /// <summary>A diag(f) Bᵀ + Σ coefficient·power.</summary>
    private void Combine(double[] a, double[] factors, double[] turned, double[][] powers, double[] coefficients, double[] result)
    {
        var k = factors.Length;
        for (var i = 0; i < Rows; i++)
        {
            for (var c = 0; c < k; c++)
            {
                _scaled[(i * k) + c] = a[((_firstRow + i) * k) + c] * factors[c];
            }
        }

        SmallProduct.Multiply(_scaled, turned, result, Rows, k, Side);
        for (var m = 0; m < powers.Length; m++)
        {
            VectorMath.AddScaled(result.AsSpan(0, Rows * Side), coefficients[m], powers[m]);
        }
    }

    /// <summary>
    /// N2 and N3 of a row, the noise regressed on the signal:
    /// <see cref="DualActivation.NoiseCovariance(in DualDerivatives, double, double, double, in NoiseAtPair)"/> in vectors.
    /// </summary>
    private void AddNoise(int i, double own, double ownJoint, double weight, double[]? noise, double[] joint, double[] transposed)
    {
        var (w, q1, m1, two) = (Vector256.Create(weight), Vector256.Create(own), Vector256.Create(ownJoint), Vector256.Create(2.0));
        for (var j = 0; j < Side; j += Vector256<double>.Count)
        {
            var at = (i * Side) + j;
            var (slope, v1, v2) = (Load(_row.T, j), Load(_row.V1, j), Load(_row.V2, j));
            var (m12, m21, m2) = (Load(_ofJoint, at), Load(_ofTransposed, at), Load(_diagonal, j));
            (Load(joint, at) + (w * ((m12 * slope) + (two * m1 * v1)))).CopyTo(joint, at);
            (Load(transposed, at) + (w * ((m21 * slope) + (two * m2 * v2)))).CopyTo(transposed, at);
            if (noise is null)
            {
                continue;
            }

            var (p, product) = (Load(_covariance, at), q1 * Load(_variances, j));
            var independent = Load(_ofNoise, at) * slope;
            var all = independent + (two * m1 * m21 * Load(_row.T1, j)) + (two * m12 * m2 * Load(_row.T2, j)) + (((m1 * m2) + (m12 * m21)) * Load(_row.Tp, j));
            var isApart = Vector256.GreaterThan(product - (p * p), Vector256.Create(Collinear) * product);
            (Load(noise, at) + (w * Vector256.ConditionalSelect(isApart, all, independent))).CopyTo(noise, at);
        }
    }

    private static Vector256<double> Load(double[] from, int index) => Vector256.Create(from, index);
}
