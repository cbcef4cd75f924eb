using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace Wellbehaved.Theory;

/// <summary>Batch norm before an activation whose dual continues to complex covariances. Law B2, exact at every width given the previous layer.</summary>
/// <remarks>
/// With <c>g(s) = det(I + 2sS/P)^{-½}</c> and <c>S_s = S(I + 2sS/P)⁻¹</c>, <c>E s(z_i)s(z_j) = ∫ L⁻¹[g(s) V(S_s/(τ+ε))](τ) dτ</c>; T/(τ+ε) in place of V gives
/// the factor of noise.
/// All singularities lie on the negative axis. The inverse transform is a midpoint rule on a cotangent contour around it; each node reduces the error by a
/// factor of 3.89 (L. Trefethen, J. Weideman and T. Schmelzer, <i>Talbot quadratures and rational approximations</i>, BIT 46, 2006). The outer integral is a
/// trapezoidal rule in ln τ.
/// What both miss is known for V = 1, where the integral is E 1 = 1 and E 1/(σ²+ε). The density of σ² is as sharp as the bulk of its directions makes it, also
/// where a few others stand out and r is small; then finer rules are taken.
/// </remarks>
internal sealed class BatchNormTalbot
{
    /// <summary>
    /// Number of nodes of the contour, half of which are conjugates of the others, and step of the outer sum relative to what it resolves. 3.89⁻²⁴ is below
    /// 1e-14. Each rule is for what the one before it does not resolve: 128 points with one of 4.5 times the contrast have E 1 = 2.4 by the first and 1 by the
    /// second, up to 1e-11; 180 points 1 up to 3e-11 by the third. More nodes lose digits to e^z on the contour.
    /// </summary>
    private static readonly (int Nodes, double Step)[] Rules = [(24, 0.6), (48, 0.3), (64, 0.15)];

    /// <summary>A rule that misses E 1 by more has not resolved the density. The expansion for many directions, which may stand for it, errs by more.</summary>
    private const double Sound = 1e-5;

    /// <summary>
    /// The same for a dual that grows exponentially, which multiplies what a rule misses: of 174 points of which one stands out by 25, at γ = 1.6, the second
    /// rule misses 3e-6 of E 1 and all of E sin². At a miss of 6e-9 it errs by 2e-7.
    /// </summary>
    private const double SoundOfExponential = 1e-8;

    /// <summary>The most that errors of other duals were, as a multiple of what is missed of E 1 (GELU: 13).</summary>
    private const double MostOfMiss = 20;

    /// <summary>
    /// The greatest variance of a normalised feature at which the exact integral is taken of a dual that grows exponentially: where all directions are alike,
    /// the second rule keeps ten digits at 35 and five at 77 (16 to 48 points).
    /// </summary>
    private const double MostVariance = 60;

    /// <summary>The same for the first rule, whose errors are then 1e-8 there, 1e-6 at 16, and more than the number itself at 80.</summary>
    private const double MostVarianceOfFirst = 10;

    /// <summary>The outer sum neglects a share of e^-Cut on each side.</summary>
    private const double Cut = 34;

    /// <summary>Number of parts of the outer sum that are computed in parallel; each has a matrix of its own.</summary>
    private const int Blocks = 16;

    private const int FewBlocks = 4;

    /// <summary>From this number of points on, sixteen matrices would take too much memory.</summary>
    private const int ManyPoints = 1024;

    private static readonly (Complex Node, Complex Weight)[][] Contours = [.. Rules.Select(rule => MakeContour(rule.Nodes))];

    private readonly BatchNormKernel _norm;
    private readonly IComplexDual _dual;
    private readonly double _squaredScale;
    private readonly double[] _directions;
    private readonly double _mean;
    private readonly int _firstRule;
    private readonly bool _isBounded;
    private readonly double _sound;
    private readonly Lazy<(int Rule, double Miss)> _ofSignal;
    private readonly Lazy<(int Rule, double Miss)> _ofNoise;

    /// <summary>Prepares the integrals.</summary>
    /// <param name="norm">The batch norm, its kernel decomposed.</param>
    /// <param name="dual">The dual.</param>
    /// <param name="scale">γ.</param>
    public BatchNormTalbot(BatchNormKernel norm, IComplexDual dual, double scale)
    {
        (_norm, _dual, _squaredScale) = (norm, dual, scale * scale);
        _directions = norm.Directions.Transpose().ToColumnMajorArray();
        _mean = norm.Eigenvalues.Sum() / norm.Points;
        var largest = dual.GrowsExponentially ? _squaredScale * norm.Centred.Diagonal().Maximum() / (_mean + norm.Epsilon) : 0;
        _sound = dual.GrowsExponentially ? SoundOfExponential : Sound;
        (_firstRule, _isBounded) = (largest > MostVarianceOfFirst ? 1 : 0, largest <= MostVariance);
        (_ofSignal, _ofNoise) = (new(() => Choose(inverse: false)), new(() => Choose(inverse: true)));
    }

    /// <summary>The dual.</summary>
    public IComplexDual Dual => _dual;

    /// <summary>Whether the integrals keep their digits.</summary>
    /// <param name="noise">Whether <see cref="Noise"/> is asked about, too.</param>
    public bool KeepsDigits(bool noise) => _isBounded && _ofSignal.Value.Miss <= _sound && (!noise || _ofNoise.Value.Miss <= _sound);

    /// <summary>E s(z_i)s(z_j).</summary>
    /// <returns>Kernel (P × P) and its error, measured by E 1 and by a coarser rule.</returns>
    public (Matrix<double> Kernel, double Error) Signal() => Integrate(_dual.V, inverse: false);

    /// <summary>γ² E s'(z_i)s'(z_j)/(σ²+ε): the factor for noise that is uncorrelated with the signal.</summary>
    /// <returns>Matrix (P × P) and its error, measured by E 1/(σ²+ε) and by a coarser rule.</returns>
    public (Matrix<double> Kernel, double Error) Noise() => Integrate(_dual.T, inverse: true);

    /// <summary>E s'(z)²: the factor for gradients at the place between norm and activation.</summary>
    /// <returns>The factor at each point (P).</returns>
    public Vector<double> Slopes() => Integrate(_dual.T, inverse: false).Kernel.Diagonal();

    /// <summary>E s(z_i): the same integral with the mean in place of the dual.</summary>
    /// <returns>The mean at each point (P).</returns>
    public Vector<double> Means()
    {
        var (points, rank, rule) = (_norm.Points, _norm.Rank, _ofSignal.Value.Rule);
        var step = Step(rule);
        var (first, count) = Range(inverse: false, step);
        var sum = new double[points];
        for (var index = 0; index < count; index++)
        {
            var tau = Math.Exp(first + (index * step));
            foreach (var (node, contourWeight) in Contours[rule])
            {
                var (factors, factor) = Factors(node, tau, step * contourWeight);
                for (var i = 0; i < points; i++)
                {
                    var variance = Complex.Zero;
                    for (var k = 0; k < rank; k++)
                    {
                        var direction = _directions[(i * rank) + k];
                        variance += direction * direction * factors[k];
                    }

                    sum[i] += (factor * _dual.Mean(variance)).Real;
                }
            }
        }

        return Vector<double>.Build.Dense(sum);
    }

    /// <summary>The first rule that does not miss the known mean of a constant, or the one that misses it least; and by how much it does.</summary>
    private (int Rule, double Miss) Choose(bool inverse)
    {
        var (known, best) = (inverse ? _norm.InverseVariance().Value : 1, (Rule: _firstRule, Miss: double.PositiveInfinity));
        for (var rule = _firstRule; rule < Rules.Length && !(best.Miss <= _sound); rule++)
        {
            var miss = Math.Abs((Mass(rule, inverse) / known) - 1);
            best = miss < best.Miss ? (rule, miss) : best;
        }

        return best;
    }

    /// <summary>E 1, or E 1/(σ²+ε), by a rule.</summary>
    private double Mass(int rule, bool inverse)
    {
        var step = Step(rule);
        var (first, count) = Range(inverse, step);
        var sum = 0.0;
        for (var index = 0; index < count; index++)
        {
            var tau = Math.Exp(first + (index * step));
            foreach (var (node, contourWeight) in Contours[rule])
            {
                sum += Factors(node, tau, step * contourWeight / (inverse ? tau + _norm.Epsilon : 1)).Weight.Real;
            }
        }

        return sum;
    }

    private static (Complex Node, Complex Weight)[] MakeContour(int nodes)
    {
        var contour = new (Complex, Complex)[nodes / 2];
        for (var k = 0; k < contour.Length; k++)
        {
            var theta = Math.PI * ((2 * k) + 1) / nodes;
            var (sine, tangent) = (Math.Sin(0.6407 * theta), Math.Tan(0.6407 * theta));
            var z = nodes * new Complex((0.5017 * theta / tangent) - 0.6122, 0.2645 * theta);
            var speed = new Complex((0.5017 / tangent) - (0.5017 * 0.6407 * theta / (sine * sine)), 0.2645);
            contour[k] = (z, 2 * Complex.Exp(z) * speed / Complex.ImaginaryOne);
        }

        return contour;
    }

    /// <summary>
    /// The sum over ln τ. Its difference to the sum over every other node is the error of the latter; the error of the whole sum is its square, or what is
    /// missed of a constant if that is more.
    /// </summary>
    private (Matrix<double> Kernel, double Error) Integrate(Func<Complex, Complex, Complex, Complex> dual, bool inverse)
    {
        var points = _norm.Points;
        var (rule, miss) = (inverse ? _ofNoise : _ofSignal).Value;
        var step = Step(rule);
        var nodes = Range(inverse, step);
        var half = points * (points + 1) / 2;
        var (even, odd) = (new double[half], new double[half]);

        // The number of blocks depends only on sizes, and blocks are added in their order; so the bits do not depend on the number of threads.
        var blocks = new (double[] Even, double[] Odd)[points > ManyPoints ? FewBlocks : Blocks];
        Parallel.For(
            0,
            blocks.Length,
            block =>
            {
                var sums = (Even: new double[half], Odd: new double[half]);
                for (var index = block; index < nodes.Count; index += blocks.Length)
                {
                    var tau = Math.Exp(nodes.First + (index * step));
                    Add(dual, rule, tau, step * tau * (inverse ? _squaredScale / (tau + _norm.Epsilon) : 1), index % 2 == 0 ? sums.Even : sums.Odd);
                }

                blocks[block] = sums;
            }
        );
        foreach (var (evenPart, oddPart) in blocks)
        {
            Numerics.VectorMath.AddScaled(even, 1, evenPart);
            Numerics.VectorMath.AddScaled(odd, 1, oddPart);
        }

        var (difference, size) = (0.0, 0.0);
        for (var k = 0; k < half; k++)
        {
            (difference, size) = (Math.Max(difference, Math.Abs(even[k] - odd[k])), Math.Max(size, Math.Abs(even[k] + odd[k])));
        }

        var kernel = Matrix<double>.Build.Dense(points, points, (i, j) => Entry(even, odd, Math.Max(i, j), Math.Min(i, j)));
        return (kernel, Math.Max(Math.Max(1e-12, MostOfMiss * miss), Math.Pow(difference / size, 2)));

        static double Entry(double[] even, double[] odd, int i, int j) => even[(i * (i + 1) / 2) + j] + odd[(i * (i + 1) / 2) + j];
    }

    private double Step(int rule) =>
        Rules[rule].Step * Math.Min(0.3, Math.Sqrt(2 / (Math.Pow(_norm.Eigenvalues.Sum(), 2) / _norm.Eigenvalues.Sum(value => value * value))));

    /// <summary>The variances of the directions at a node of the contour, and the weight of what is computed from them: that of the rule times g(s).</summary>
    private (Complex[] Variances, Complex Weight) Factors(Complex node, double tau, Complex weight)
    {
        var (factors, damping) = (new Complex[_norm.Rank], Complex.Zero);
        for (var k = 0; k < factors.Length; k++)
        {
            var divisor = 1 + (2 * node * _norm.Eigenvalues[k] / (tau * _norm.Points));
            damping -= 0.5 * Complex.Log(divisor);
            factors[k] = _squaredScale * _norm.Eigenvalues[k] / (divisor * (tau + _norm.Epsilon));
        }

        return (factors, weight * Complex.Exp(damping));
    }

    /// <summary>The range of ln τ in which the density of σ² is not negligible. It decays as τ^{r/2} on the left and as e^{-Pτ/2λ} on the right.</summary>
    private (double First, int Count) Range(bool inverse, double step)
    {
        var (rank, largest) = (_norm.Rank, _norm.Eigenvalues.Max());

        // Chernoff's bounds: on the left from the number of eigenvalues, on the right from the largest one.
        double Left(double logarithm)
        {
            var tau = Math.Exp(logarithm);
            var best = 0.0;
            for (var t = 0.25; t < 1e12; t *= 2)
            {
                var rate = t * rank / tau;
                best = Math.Min(best, (0.5 * t * rank) - (0.5 * _norm.Eigenvalues.Sum(value => Math.Log(1 + (rate * value / _norm.Points)))));
            }

            return best - (inverse ? LogOfFactor(tau, logarithm) : 0);
        }

        // The logarithm of (m+ε)/(τ+ε), which noise has as a factor more. Where ε is not tiny beside m, the cut leaves a share of e^-Cut m/ε < 2e-9 without it.
        double LogOfFactor(double tau, double logarithm) =>
            _norm.Epsilon == 0 ? logarithm - Math.Log(_mean)
            : _norm.Epsilon < 1e-6 * _mean ? Math.Log((tau + _norm.Epsilon) / (_mean + _norm.Epsilon))
            : 0;

        var first = Math.Log(_mean);
        while (Left(first) > -Cut && first > Math.Log(_mean) - 400)
        {
            first -= step;
        }

        double Right(double logarithm)
        {
            var (tau, best) = (Math.Exp(logarithm), 0.0);
            for (var share = 0.05; share < 0.99; share += 0.05)
            {
                var s = 0.5 * share * _norm.Points / largest;
                best = Math.Min(best, (-s * tau) - (0.5 * _norm.Eigenvalues.Sum(value => Math.Log(1 - (2 * s * value / _norm.Points)))));
            }

            return best;
        }

        var last = Math.Log(_mean);
        while (Right(last) > -Cut)
        {
            last += step;
        }

        return (first, (int)Math.Ceiling((last - first) / step) + 1);
    }

    private void Add(Func<Complex, Complex, Complex, Complex> dual, int rule, double tau, double weight, double[] sum)
    {
        var (points, rank) = (_norm.Points, _norm.Rank);
        var (real, imaginary) = (new double[points * rank], new double[points * rank]);
        var variances = new Complex[points];
        foreach (var (node, contourWeight) in Contours[rule])
        {
            // dz = z' dθ; the weight of the rule is 1/(iN) times N·speed.
            var (factors, factor) = Factors(node, tau, weight / tau * contourWeight);
            for (var i = 0; i < points; i++)
            {
                for (var k = 0; k < rank; k++)
                {
                    var direction = _directions[(i * rank) + k];
                    (real[(i * rank) + k], imaginary[(i * rank) + k]) = (direction * factors[k].Real, direction * factors[k].Imaginary);
                }

                variances[i] = Covariance(real, imaginary, i, i, rank);
                var row = i * (i + 1) / 2;
                for (var j = 0; j <= i; j++)
                {
                    var p = i == j ? variances[i] : Covariance(real, imaginary, i, j, rank);
                    sum[row + j] += (factor * dual(variances[i], variances[j], p)).Real;
                }
            }
        }
    }

    private Complex Covariance(double[] real, double[] imaginary, int i, int j, int rank)
    {
        var direction = _directions.AsSpan(j * rank, rank);
        return new(Numerics.VectorMath.Dot(direction, real.AsSpan(i * rank, rank)), Numerics.VectorMath.Dot(direction, imaginary.AsSpan(i * rank, rank)));
    }
}
