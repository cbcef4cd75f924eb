using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Expectations over one neuron that is Gaussian over the points and passes batch norm and a ReLU. Law S5, exact at every width.</summary>
/// <remarks>
/// With <c>S = GKG</c>, <c>S_t = S(I + 2tS)⁻¹</c>, <c>g(t) = det(I + 2tS)^{-½} e^{-tPε}</c>: every expectation with a factor
/// <c>1/(σ² + ε)</c> is <c>P∫₀^∞ g(t) F(S_t) dt</c>, where F is the same expectation for a Gaussian variable of covariance S_t. It needs one
/// eigendecomposition of S and a quadrature in v = ln(t·(Tr S + Pε)) by the trapezoidal rule. The rule converges exponentially for an integrand
/// that is analytic in a strip and decays on both sides. On the left it decays as e^v, where the rest of the sum is a geometric series. On the right
/// the rate grows with v, up to (r - 2)/2 for noise and r/2 for signal, where r = rank S, and without limit for ε > 0. The sum ends
/// where that rate bounds the remainder.
/// Source: theory.md S5; G. Yang et al., <i>A Mean Field Theory of Batch Normalization</i>, ICLR 2019, for the Laplace form.
/// </remarks>
internal sealed partial class BatchNormKernel
{
    /// <summary>Eigenvalues below this share of the largest are rounding errors of the kernel, not directions of variance.</summary>
    private const double RankTolerance = 1e-13;

    /// <summary>Negative eigenvalues beyond this share of the largest are not rounding errors.</summary>
    private const double IndefiniteTolerance = 1e-8;

    /// <summary>The first step. It resolves the integrand, whose logarithm varies over unit distances.</summary>
    private const double FirstStep = 0.5;

    /// <summary>The smallest step; with smaller steps only rounding errors would add up.</summary>
    private const double LeastStep = FirstStep / 32;

    /// <summary>
    /// Greatest number of nodes, far more than any integral needs: 4000 of the finest steps reach from e⁻¹³ to e⁵⁰. More mean that a number is wrong.
    /// </summary>
    private const int MostNodes = 100_000;

    /// <summary>
    /// From this number of points on, the kernel is split instead of decomposed, since a decomposition would take longer than all other work.
    /// </summary>
    private const int ManyPoints = 256;

    /// <summary>With a greater error of the split, the kernel is decomposed after all.</summary>
    private const double WorstSplit = 1e-6;

    /// <summary>From this number of points on, threads share the work of one covariance.</summary>
    private const int SharedFrom = 128;

    /// <summary>How an integrand decays on the right.</summary>
    private enum Tail
    {
        Signal,
        InverseVariance,
        InverseSquaredVariance,
    }

    private static readonly LeakyDual Rectifier = (LeakyDual)DualActivation.For(new Networks.Function(Networks.FunctionKind.Relu));

    private readonly Matrix<double> _kernel;
    private readonly double _epsilon;
    private readonly double _tolerance;
    private readonly Lazy<(double[] Values, Matrix<double> Directions)> _spectrum;
    private readonly SplitBatchNorm? _split;
    private readonly double _timeScale;

    /// <summary>Decomposes a kernel.</summary>
    /// <param name="kernel">Kernel of the pre-activations, K (P × P).</param>
    /// <param name="epsilon">ε ≥ 0, added to the batch variance.</param>
    /// <param name="tolerance">Relative error to aim at.</param>
    /// <exception cref="ArgumentException">The matrix is not a kernel or is indefinite, P &lt; 2, ε is negative or not finite, or nothing varies and ε =
    /// 0.</exception>
    public BatchNormKernel(Matrix<double> kernel, double epsilon, double tolerance = 1e-9)
        : this(kernel, epsilon, tolerance, ManyPoints) { }

    /// <summary>The same, with a given number of points from which on the kernel is split.</summary>
    internal BatchNormKernel(Matrix<double> kernel, double epsilon, double tolerance, int splitFrom)
    {
        KernelMatrix.Require(kernel);
        if (kernel.RowCount < 2)
        {
            throw new ArgumentException("expected at least two points, since batch norm maps a single one to zero", nameof(kernel));
        }

        if (!double.IsFinite(epsilon) || epsilon < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "expected a finite number of at least 0");
        }

        if (tolerance is not (> 0 and < 0.1))
        {
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "expected a relative error between 0 and 0.1");
        }

        _kernel = kernel;
        _epsilon = epsilon;
        _tolerance = tolerance;
        var centred = KernelMatrix.Centred(kernel);
        Centred = centred;
        _spectrum = new(() => Decompose(centred));
        if (Points >= splitFrom)
        {
            var parts = SplitKernel.Make(DenseProduct.Columns(centred), Points, epsilon, 10 * tolerance, WorstSplit, out var lowest);
            if (IsIndefinite(lowest, 1))
            {
                // The split gives the eigenvalue relative to the largest one; the decomposition throws with the eigenvalue itself.
                _ = Eigenvalues;
                throw new ArgumentException($"expected a positive semidefinite kernel, got an eigenvalue of {lowest} times the largest", nameof(kernel));
            }

            _split = parts is null ? null : new SplitBatchNorm(parts, tolerance);
        }

        _timeScale = (_split is null ? Eigenvalues.Sum() : centred.Trace()) + (kernel.RowCount * epsilon);
    }

    private (double[] Values, Matrix<double> Directions) Decompose(Matrix<double> kernel)
    {
        // Sums of variances near the end of double precision are beyond it.
        if (!kernel.Enumerate().All(double.IsFinite))
        {
            throw new NotFiniteNumberException("the centred kernel is not finite");
        }

        Evd<double> decomposition = kernel.Evd(Symmetricity.Symmetric);
        var spectrum = decomposition.EigenValues.Select(value => value.Real).ToArray();
        var largest = spectrum.Max();
        if (IsIndefinite(spectrum.Min(), largest))
        {
            throw new ArgumentException($"expected a positive semidefinite kernel, got an eigenvalue {spectrum.Min()}", nameof(kernel));
        }

        var kept = Enumerable.Range(0, spectrum.Length).Where(i => spectrum[i] > RankTolerance * largest).ToArray();
        double[] values = [.. kept.Select(i => spectrum[i])];
        if (values.Length == 0 && _epsilon == 0)
        {
            throw new ArgumentException("expected a kernel that varies over the points when ε = 0", nameof(kernel));
        }

        var directions =
            kept.Length == 0
                ? Matrix<double>.Build.Dense(kernel.RowCount, 1)
                : Matrix<double>.Build.DenseOfColumnVectors(kept.Select(decomposition.EigenVectors.Column));
        return (values, directions);
    }

    private static bool IsIndefinite(double lowest, double largest) => lowest < -IndefiniteTolerance * Math.Max(largest, double.Epsilon);

    /// <summary>Number of points P.</summary>
    public int Points => _kernel.RowCount;

    /// <summary>Number of directions in which the points vary, r ≤ P - 1.</summary>
    public int Rank => Eigenvalues.Length;

    /// <summary>Whether nothing varies over the points, so that every normalised feature is 0.</summary>
    internal bool IsConstant => _split is null && Rank == 0;

    /// <summary>S (P × P).</summary>
    internal Matrix<double> Centred { get; }

    /// <summary>
    /// Eigenvalues of S that are above rounding (r). For many points their decomposition takes long; it is only made where <see cref="Split"/> is null.
    /// </summary>
    internal double[] Eigenvalues => _spectrum.Value.Values;

    /// <summary>Their eigenvectors (P × r).</summary>
    internal Matrix<double> Directions => _spectrum.Value.Directions;

    /// <summary>The split that replaces the decomposition for many points; null for few points, or where its error is too large.</summary>
    internal SplitBatchNorm? Split => _split;

    /// <summary>Whether noise has a finite mean square: the points vary in more than two directions, or ε is positive.</summary>
    internal bool VariesEnough => _epsilon > 0 || (_split is null ? Rank > 2 : _split.HasMoreThanTwoDirections);

    /// <summary><c>E[relu(z_i) relu(z_j)]</c>, z = (y - mean)/sqrt(σ² + ε).</summary>
    /// <returns>Kernel of the activations V (P × P) and an estimate of the quadrature's relative error.</returns>
    public (Matrix<double> Kernel, double Error) Signal()
    {
        if (_split?.Homogeneous(Rectifier, null, null, asksSlopes: false) is { } settled)
        {
            return (settled.Signal, settled.Error);
        }

        if (Rank == 0)
        {
            return (Matrix<double>.Build.Dense(Points, Points), 0);
        }

        return IntegratePairs((scale, correlation) => 0.5 * scale * ArcCosineKernel.Order1(correlation), Tail.Signal);
    }

    /// <summary><c>E[1/(σ² + ε)]</c>: the factor of batch norm for the variance of noise that is uncorrelated with the signal.</summary>
    /// <returns>The expectation and an estimate of the quadrature's relative error.</returns>
    /// <exception cref="ArgumentException">r ≤ 2 and ε = 0, so that the expectation is infinite.</exception>
    public (double Value, double Error) InverseVariance()
    {
        RequireFiniteNoise();
        if (_split is not null)
        {
            return _split.InverseVariance();
        }

        var values = Integrate(1, (_, weight, sum) => sum[0] += weight, Tail.InverseVariance, out var error);
        return (values[0], error);
    }

    /// <summary><c>E[1/(σ² + ε)²] = P²∫ t g(t) dt</c>, from which the scatter of the inverse variance between neurons follows.</summary>
    /// <returns>The expectation and an estimate of the quadrature's relative error.</returns>
    /// <exception cref="ArgumentException">r ≤ 4 and ε = 0, so that the expectation is infinite.</exception>
    public (double Value, double Error) InverseSquaredVariance()
    {
        if (_epsilon == 0 && Rank <= 4)
        {
            throw new ArgumentException($"expected points that vary in more than 4 directions when ε = 0, got {Rank}: E[1/σ⁴] is infinite");
        }

        var values = Integrate(1, (time, weight, sum) => sum[0] += weight * Points * time, Tail.InverseSquaredVariance, out var error);
        return (values[0], error);
    }

    /// <summary><c>E[1{z_i &gt; 0} 1{z_j &gt; 0}/(σ² + ε)]</c>: the factor of the covariance of noise at two points.</summary>
    /// <returns>Matrix (P × P) and an estimate of the quadrature's relative error.</returns>
    /// <exception cref="ArgumentException">r ≤ 2 and ε = 0, so that the expectation is infinite.</exception>
    public (Matrix<double> Kernel, double Error) BothActiveOverVariance()
    {
        RequireFiniteNoise();
        if (_split?.Homogeneous(Rectifier, null, null, asksSlopes: true) is { } settled)
        {
            return (settled.Noise!, settled.Error);
        }

        return IntegratePairs((scale, correlation) => scale == 0 ? 0 : 0.5 * ArcCosineKernel.Order0(correlation), Tail.InverseVariance);
    }

    /// <summary><c>E[y yᵀ/(σ² + ε)] = P∫ g(t)(K - 2t·KG(I + 2tS)⁻¹GK) dt</c>: for noise that is correlated with the signal, regressed on it.</summary>
    /// <returns>Matrix (P × P) and an estimate of the quadrature's relative error.</returns>
    /// <exception cref="ArgumentException">r ≤ 2 and ε = 0, so that the expectation is infinite.</exception>
    public (Matrix<double> Kernel, double Error) SecondMomentOverVariance()
    {
        RequireFiniteNoise();
        var across = _kernel * Directions;
        var values = Integrate(
            Points * Points,
            (time, weight, sum) =>
            {
                var scaled = across.Clone();
                for (var k = 0; k < Rank; k++)
                {
                    scaled.SetColumn(k, across.Column(k) * (2 * time / (1 + (2 * time * Eigenvalues[k]))));
                }

                var conditional = (_kernel - scaled.TransposeAndMultiply(across)).ToColumnMajorArray();
                for (var i = 0; i < sum.Length; i++)
                {
                    sum[i] += weight * conditional[i];
                }
            },
            Tail.InverseVariance,
            out var error
        );
        return (Matrix<double>.Build.Dense(Points, Points, values), error);
    }

    private void RequireFiniteNoise()
    {
        if (!VariesEnough)
        {
            throw new ArgumentException($"expected points that vary in at least 3 directions (so P ≥ 4) when ε = 0, got {Rank}: E[1/σ²] is infinite");
        }
    }

    /// <summary>
    /// P∫ g(t) F dt, where F is a function of each pair of points: of the product of their standard deviations under S_t, and of their correlation.
    /// </summary>
    private (Matrix<double> Kernel, double Error) IntegratePairs(Func<double, double, double> function, Tail tail)
    {
        using var product = new MatrixProduct<double>(Points >= SharedFrom ? Environment.ProcessorCount : 1);
        var values = Integrate(Points * Points, (time, weight, sum) => AddPairs(Covariance(time, product), weight, sum, function), tail, out var error);
        return (Matrix<double>.Build.Dense(Points, Points, values), error);
    }

    /// <summary>P∫ g(t) F(t) dt; the step is halved until two results agree.</summary>
    /// <param name="length">Number of numbers in F.</param>
    /// <param name="addWeighted">Adds weight·F to a sum, given t.</param>
    /// <param name="tail">Whether F is proportional to the size of S_t.</param>
    /// <param name="error">Estimate of the relative error.</param>
    private double[] Integrate(int length, Action<double, double, double[]> addWeighted, Tail tail, out double error)
    {
        var result = Sum(length, addWeighted, tail, FirstStep, 0);
        for (var step = FirstStep; ; step /= 2)
        {
            // The additional nodes of the finer rule are between the old ones.
            var between = Sum(length, addWeighted, tail, step, 0.5);
            var (difference, size) = (0.0, 0.0);
            for (var i = 0; i < length; i++)
            {
                difference = Math.Max(difference, 0.5 * Math.Abs(between[i] - result[i]));
                result[i] = 0.5 * (result[i] + between[i]);
                size = Math.Max(size, Math.Abs(result[i]));
            }

            // The difference is the error of the coarser rule. Convergence is exponential in 1/step, so the error of the finer rule is about its square.
            var finer = Math.Pow(difference / size, 2);
            error = Math.Max(finer, _tolerance);
            if (finer <= _tolerance || step <= LeastStep)
            {
                return result;
            }
        }
    }

    /// <summary>The trapezoidal sum in v over the nodes (offset + k)·step with whole numbers k.</summary>
    private double[] Sum(int length, Action<double, double, double[]> addWeighted, Tail tail, double step, double offset)
    {
        var sum = new double[length];

        // To the left of the first node, g(t)F(t) = F(0) up to a relative error e^v. The geometric series is summed in closed form, with an error e^{2v}.
        var first = (int)Math.Floor(((0.5 * Math.Log(_tolerance)) - 2) / step);
        var leftmost = Math.Exp((first + offset) * step);
        addWeighted(0, Points * step * leftmost / _timeScale / (Math.Exp(step) - 1), sum);
        var total = 0.0;
        for (var node = 0; node < MostNodes; node++)
        {
            var time = Math.Exp((first + node + offset) * step) / _timeScale;
            var weight = Points * step * time * Damping(time);
            if (weight > 0)
            {
                addWeighted(time, weight, sum);
            }

            var contribution = weight * SizeOf(tail, time);
            total += contribution;
            var rate = DecayRate(time, tail);
            if (rate > 0 && contribution <= 0.1 * _tolerance * total * (1 - Math.Exp(-step * rate)))
            {
                return sum;
            }
        }

        throw new ArithmeticException($"the quadrature of {tail} has not ended after {MostNodes} nodes");
    }

    /// <summary>A lower bound on the rate at which the integrand decays in v at t; further to the right it never decays more slowly.</summary>
    private double DecayRate(double time, Tail tail)
    {
        var rate = (time * Points * _epsilon) - 1;
        foreach (var eigenvalue in Eigenvalues)
        {
            rate += time * eigenvalue / (1 + (2 * time * eigenvalue));
        }

        if (tail == Tail.Signal)
        {
            var least = 2 * time * Eigenvalues.Min();
            rate += least / (1 + least);
        }

        return tail == Tail.InverseSquaredVariance ? rate - 1 : rate;
    }

    /// <summary>g(t).</summary>
    private double Damping(double time)
    {
        var logarithm = -time * Points * _epsilon;
        foreach (var eigenvalue in Eigenvalues)
        {
            logarithm -= 0.5 * Math.Log(1 + (2 * time * eigenvalue));
        }

        return Math.Exp(logarithm);
    }

    /// <summary>The factor of the integrand beside g(t): Tr S_t for the signal, 1 for the inverse variance, t for its square.</summary>
    private double SizeOf(Tail tail, double time) =>
        tail switch
        {
            Tail.Signal => Eigenvalues.Sum(eigenvalue => eigenvalue / (1 + (2 * time * eigenvalue))),
            Tail.InverseSquaredVariance => time,
            _ => 1,
        };

    /// <summary>S_t (P × P), stored by columns; only the triangle that the sums read is computed.</summary>
    private unsafe double[] Covariance(double time, MatrixProduct<double> product)
    {
        var scaled = Directions.Clone();
        for (var k = 0; k < Rank; k++)
        {
            scaled.SetColumn(k, Directions.Column(k) * Math.Sqrt(Eigenvalues[k] / (1 + (2 * time * Eigenvalues[k]))));
        }

        var columns = scaled.ToColumnMajorArray();
        var covariance = new double[Points * Points];
        fixed (
            double* a = columns,
                c = covariance
        )
        {
            product.Multiply(
                MatrixOperand<double>.Transposed(a, Points),
                MatrixOperand<double>.RowMajor(a, Points),
                c,
                Points,
                scaled.ColumnCount,
                Points,
                upperOnly: true
            );
        }

        return covariance;
    }

    private void AddPairs(double[] covariance, double weight, double[] sum, Func<double, double, double> function)
    {
        if (Points < SharedFrom)
        {
            for (var i = 0; i < Points; i++)
            {
                AddRow(i);
            }
        }
        else
        {
            Parallel.For(0, Points, AddRow);
        }

        void AddRow(int i)
        {
            var variance = covariance[(i * Points) + i];
            for (var j = i; j < Points; j++)
            {
                var scale = Math.Sqrt(variance * covariance[(j * Points) + j]);
                var correlation = i == j || scale == 0 ? 1 : Math.Clamp(covariance[(i * Points) + j] / scale, -1, 1);
                var value = weight * function(scale, correlation);
                sum[(i * Points) + j] += value;
                if (i != j)
                {
                    sum[(j * Points) + i] += value;
                }
            }
        }
    }
}
