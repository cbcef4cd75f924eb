namespace Wellbehaved.Theory;

/// <summary>
/// The dual of an activation at every pair of points of a kernel: by formulas, by Mehler's expansion, or by interpolation where kinks let it converge too
/// slowly.
/// </summary>
internal sealed class PairwiseDual
{
    /// <summary>The greatest remainder of an expansion, relative to the geometric mean of both points' mean squares.</summary>
    private const double Tolerance = 1e-12;

    /// <summary>Up to this number of pairs, each pair is evaluated separately.</summary>
    private const int FewPairs = 96;

    private readonly DualActivation _dual;
    private readonly double[] _kernel;
    private readonly double[] _variances;
    private readonly int _points;
    private readonly bool _isFull;
    private readonly double[] _all;
    private readonly int[] _distinct;
    private readonly MehlerTable? _table;
    private readonly MehlerDerivatives? _derivatives;
    private readonly DualInterpolant? _near;
    private readonly DualInterpolant? _opposite;

    /// <summary>Prepares the pairs of a kernel.</summary>
    /// <param name="dual">The dual.</param>
    /// <param name="kernel">Kernel, row after row (P × P).</param>
    /// <param name="points">P.</param>
    /// <param name="derivatives">Whether derivatives are needed beside V and T.</param>
    public PairwiseDual(DualActivation dual, double[] kernel, int points, bool derivatives)
    {
        (_dual, _kernel, _points, _isFull) = (dual, kernel, points, derivatives);
        double[] all = [.. Enumerable.Range(0, points).Select(i => kernel[i * (points + 1)])];
        _all = all;
        _variances = [.. all.Distinct().Order()];
        _distinct = [.. all.Select(variance => Array.BinarySearch(_variances, variance))];
        Moments = new ActivationMoments[points];
        if (dual.IsClosedForm || _variances[^1] == 0)
        {
            var moments = new ActivationMoments[_variances.Length];
            Parallel.For(0, moments.Length, Sharing.Options(moments.Length), i => moments[i] = dual.Moments(_variances[i]));
            Moments = [.. _distinct.Select(index => moments[index])];
            return;
        }

        _table = MehlerTable.Make(dual, all);
        Moments = _table.Moments;
        _derivatives = derivatives ? _table.Derivatives() : null;
        var (near, opposite) = (0.0, 0.0);
        var (countNear, countOpposite) = (0, 0);
        for (var i = 0; i < points; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var c = Correlation(i, j);
                var left = Left(i, j, c);
                Error = left <= Tolerance ? Math.Max(Error, left) : Error;
                if (left > Tolerance)
                {
                    (near, opposite) = c > 0 ? (Math.Max(near, Angle(i, j)), opposite) : (near, Math.Max(opposite, Angle(i, j)));
                    (countNear, countOpposite) = c > 0 ? (countNear + 1, countOpposite) : (countNear, countOpposite + 1);
                }
            }
        }

        var smallest = _variances[0] > 0 ? _variances[0] : _variances[1];
        _near = countNear > FewPairs ? new DualInterpolant(dual, smallest, _variances[^1], near, 1) : null;
        _opposite = countOpposite > FewPairs ? new DualInterpolant(dual, smallest, _variances[^1], opposite, -1) : null;
        Error = Math.Max(Error, Math.Max(_near?.Error ?? 0, _opposite?.Error ?? 0));
    }

    /// <summary>Moments of each point.</summary>
    public ActivationMoments[] Moments { get; }

    /// <summary>
    /// The largest known relative error of a dual: for expansions a bound on the remainder, for interpolations a measured error.
    /// </summary>
    public double Error { get; private set; }

    /// <summary>Evaluates the pairs of one point with the points before it.</summary>
    /// <param name="i">The point: u.</param>
    /// <param name="slopes">Whether T is needed.</param>
    /// <param name="row">Receives the duals; v is the point j.</param>
    public void Evaluate(int i, bool slopes, DualRow row)
    {
        if (_table is null)
        {
            // The vector formulas tolerate a correlation that rounding has brought beyond 1.
            var entries = _kernel.AsSpan(i * _points, i);
            _dual.ComputeRow(Variance(i), _all.AsSpan(0, i), _dual.IsVectorised ? entries : Clamped(i), _isFull, row);
            return;
        }

        Span<double> correlations = i <= 512 ? stackalloc double[i] : new double[i];
        for (var j = 0; j < i; j++)
        {
            correlations[j] = Correlation(i, j);
        }

        _table.AddValues(i, correlations, row.V);
        if (slopes)
        {
            _table.AddSlopes(i, correlations, row.T);
        }

        AddDerivatives(i, correlations, row);
        Replace(i, slopes ? 2 : 1, correlations, row);
    }

    /// <summary>Replaces sums whose remainder is too large.</summary>
    private void Replace(int i, int quantities, ReadOnlySpan<double> correlations, DualRow row)
    {
        var needed = _derivatives is null ? quantities : 7;
        var (near, opposite) = (_near?.At(Variance(i), needed), _opposite?.At(Variance(i), needed));
        for (var j = 0; j < i; j++)
        {
            if (Left(i, j, correlations[j]) > Tolerance)
            {
                row[j] = (correlations[j] > 0 ? near : opposite) is { } interpolated
                    ? interpolated.Evaluate(Variance(j), Angle(i, j))
                    : _dual.Compute(Variance(i), Variance(j), Clamped(i, j));
            }
        }
    }

    private void AddDerivatives(int i, ReadOnlySpan<double> correlations, DualRow row)
    {
        if (_derivatives is { } tables)
        {
            var terms = _table!.Terms;
            MehlerTable.Sum(tables.ValueByVariance, tables.Values, i, correlations, row.V1, terms);
            MehlerTable.Sum(tables.Values, tables.ValueByVariance, i, correlations, row.V2, terms);
            MehlerTable.Sum(tables.Curvature, tables.Curvature, i, correlations, row.Tp, terms);
            MehlerTable.Sum(tables.SlopeByVariance, tables.Slopes, i, correlations, row.T1, terms);
            MehlerTable.Sum(tables.Slopes, tables.SlopeByVariance, i, correlations, row.T2, terms);
        }
    }

    private double Variance(int i) => _variances[_distinct[i]];

    private double[] Clamped(int i) => [.. Enumerable.Range(0, i).Select(j => Clamped(i, j))];

    private double Clamped(int i, int j)
    {
        var scale = DualActivation.Scale(Variance(i), Variance(j));
        return Math.Clamp(_kernel[(i * _points) + j], -scale, scale);
    }

    private double Correlation(int i, int j) =>
        Variance(i) == 0 || Variance(j) == 0 ? 0 : Math.Clamp(_kernel[(i * _points) + j] / (DualActivation.Scale(Variance(i), Variance(j))), -1, 1);

    /// <summary>The angle to correlation 1 or to correlation -1, whichever is smaller.</summary>
    private double Angle(int i, int j)
    {
        var (scale, p) = (DualActivation.Scale(Variance(i), Variance(j)), Clamped(i, j));
        return Math.Atan2(Math.Sqrt((scale - p) * (scale + p)), Math.Abs(p));
    }

    /// <summary>The relative remainder of the expansion, of V or T.</summary>
    private double Left(int i, int j, double correlation)
    {
        var table = _table!;
        double Share(double[] rest, double square1, double square2) =>
            rest[i] == 0 || rest[j] == 0 || square1 * square2 == 0 ? 0 : Math.Sqrt(rest[i] / square1) * Math.Sqrt(rest[j] / square2);
        var share = Math.Max(
            Share(table.ValueRest, Moments[i].Square, Moments[j].Square),
            Share(table.SlopeRest, Moments[i].SquareSlope, Moments[j].SquareSlope)
        );
        return share <= Tolerance ? share : share * Math.Pow(Math.Abs(correlation), table.Terms);
    }
}
