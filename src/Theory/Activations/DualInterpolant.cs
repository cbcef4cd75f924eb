namespace Wellbehaved.Theory;

/// <summary>A dual near correlation 1 or -1, by Chebyshev interpolation in both ln q and in the angle.</summary>
/// <remarks>
/// Duals of functions whose slope jumps at 0 are analytic in the angle; ∂T/∂p and ∂T/∂q are so after multiplication by its sine. Kinks elsewhere, at variances
/// that differ, leave a narrow feature at the angle where both lines meet. The error that it causes is measured at pairs between the nodes, and reported.
/// </remarks>
internal sealed class DualInterpolant
{
    private const int Angles = 12;
    private const int MostVariances = 14;
    private const int Quantities = 7;

    /// <summary>Variances that differ by less count as equal, since the dual does not change on that scale.</summary>
    private const double Equal = 1e-10;

    private readonly double[] _variances;
    private readonly double[] _angles;
    private readonly double[] _values;
    private readonly int _sign;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<double, double[]> _bases = [];

    /// <summary>Evaluates the dual at the nodes.</summary>
    /// <param name="dual">The dual.</param>
    /// <param name="smallest">Smallest variance, above 0.</param>
    /// <param name="largest">Largest variance.</param>
    /// <param name="angle">Largest angle to correlation ±1.</param>
    /// <param name="sign">1 near correlation 1, -1 near correlation -1.</param>
    public DualInterpolant(DualActivation dual, double smallest, double largest, double angle, int sign)
    {
        var range = Math.Log(largest / smallest);
        var count = range < Equal ? 1 : Math.Min(MostVariances, 4 + (int)Math.Ceiling(3 * Math.Sqrt(range)));
        _variances = count == 1 ? [Math.Log(largest)] : Nodes(Math.Log(smallest), Math.Log(largest), count);
        _angles = Nodes(0, Math.Max(angle, 1e-12), Angles);
        _sign = sign;
        _values = new double[count * count * Angles * Quantities];
        var pairs = (
            from a in Enumerable.Range(0, count)
            from b in Enumerable.Range(0, a + 1)
            from t in Enumerable.Range(0, Angles)
            select (a, b, t)
        ).ToArray();
        Parallel.For(0, pairs.Length, k => Fill(dual, pairs[k].a, pairs[k].b, pairs[k].t));
        Error = Measure(dual, smallest, largest, angle);
    }

    /// <summary>The largest relative error of V and T between the nodes, measured.</summary>
    public double Error { get; }

    /// <summary>Prepares the dual of one point with several others, so that one of three sums is only computed once.</summary>
    /// <param name="q1">Variance of u.</param>
    /// <param name="quantities">The number of quantities that are needed, in the order V, T, derivatives.</param>
    public Row At(double q1, int quantities)
    {
        var (basis, count) = (Basis(q1), _variances.Length);
        var sums = new double[count * quantities * Angles];
        for (var a = 0; a < count; a++)
        {
            for (var b = 0; b < count; b++)
            {
                for (var k = 0; k < quantities; k++)
                {
                    var from = _values.AsSpan(((((a * count) + b) * Quantities) + k) * Angles, Angles);
                    Numerics.VectorMath.AddScaled(sums.AsSpan(((k * count) + b) * Angles, Angles), basis[a], from);
                }
            }
        }

        return new Row(this, sums, quantities);
    }

    /// <summary>The dual of one point with several others.</summary>
    public readonly struct Row(DualInterpolant owner, double[] sums, int quantities)
    {
        /// <summary>The dual of a pair.</summary>
        /// <param name="q2">Variance of v.</param>
        /// <param name="angle">Its angle to correlation ±1.</param>
        public DualDerivatives Evaluate(double q2, double angle)
        {
            var (second, count) = (owner.Basis(q2), owner._variances.Length);
            Span<double> third = stackalloc double[Angles];
            Lagrange(owner._angles, angle, third);
            Span<double> result = stackalloc double[Quantities];
            result.Clear();
            for (var k = 0; k < quantities; k++)
            {
                for (var b = 0; b < count; b++)
                {
                    result[k] += second[b] * Numerics.VectorMath.Dot(third, sums.AsSpan(((k * count) + b) * Angles, Angles));
                }
            }

            var sine = Math.Sin(angle);
            return new(result[0], result[1], result[2], result[3], result[4] / sine, result[5] / sine, result[6] / sine);
        }
    }

    private void Fill(DualActivation dual, int a, int b, int t)
    {
        var (q1, q2, sine) = (Math.Exp(_variances[a]), Math.Exp(_variances[b]), Math.Sin(_angles[t]));
        var d = dual.Compute(q1, q2, _sign * DualActivation.Scale(q1, q2) * Math.Cos(_angles[t]));
        var (there, back) = (((a * _variances.Length) + b) * Quantities, ((b * _variances.Length) + a) * Quantities);
        ReadOnlySpan<double> values = [d.V, d.T, d.V1, d.V2, d.Tp * sine, d.T1 * sine, d.T2 * sine];
        ReadOnlySpan<double> swapped = [d.V, d.T, d.V2, d.V1, d.Tp * sine, d.T2 * sine, d.T1 * sine];
        for (var k = 0; k < Quantities; k++)
        {
            _values[((back + k) * Angles) + t] = swapped[k];
            _values[((there + k) * Angles) + t] = values[k];
        }
    }

    private double Measure(DualActivation dual, double smallest, double largest, double angle)
    {
        var error = 0.0;
        foreach (var (x, y, t) in ((double, double, double)[])[(0.13, 0.18, 0.03), (0.5, 0.45, 0.11), (0.9, 0.97, 0.52), (0.3, 0.8, 0.9)])
        {
            var (q1, q2) = (smallest * Math.Pow(largest / smallest, x), smallest * Math.Pow(largest / smallest, y));
            var (exact, ours) = (dual.Compute(q1, q2, _sign * DualActivation.Scale(q1, q2) * Math.Cos(t * angle)), At(q1, 2).Evaluate(q2, t * angle));
            error = Math.Max(error, Math.Max(Math.Abs(ours.V - exact.V) / Math.Abs(exact.V), Math.Abs(ours.T - exact.T) / Math.Max(1e-300, Math.Abs(exact.T))));
        }

        return error;
    }

    private double[] Basis(double variance) =>
        _bases.GetOrAdd(
            variance,
            value =>
            {
                var basis = new double[_variances.Length];
                Lagrange(_variances, Math.Log(value), basis);
                return basis;
            }
        );

    /// <summary>Chebyshev's nodes of the first kind. None of them is at an end, where derivatives may be infinite.</summary>
    private static double[] Nodes(double from, double to, int count) =>
        [.. Enumerable.Range(0, count).Select(k => (0.5 * (from + to)) - (0.5 * (to - from) * Math.Cos(Math.PI * (k + 0.5) / count)))];

    /// <summary>Lagrange's polynomials for these nodes, by the barycentric formula.</summary>
    private static void Lagrange(double[] nodes, double x, Span<double> basis)
    {
        var total = 0.0;
        for (var k = 0; k < nodes.Length; k++)
        {
            if (x == nodes[k])
            {
                basis.Clear();
                basis[k] = 1;
                return;
            }

            basis[k] = (k % 2 == 0 ? 1 : -1) * Math.Sin(Math.PI * (k + 0.5) / nodes.Length) / (x - nodes[k]);
            total += basis[k];
        }

        for (var k = 0; k < nodes.Length; k++)
        {
            basis[k] /= total;
        }
    }
}
