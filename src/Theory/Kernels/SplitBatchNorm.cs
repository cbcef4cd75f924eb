using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Batch norm of many points, with a split kernel instead of an eigendecomposition. Laws B1 and B5, statistics held.</summary>
internal sealed class SplitBatchNorm
{
    /// <summary>Step of the trapezoidal rule in ln √t, for means.</summary>
    private const double MeanStep = 1.0 / 8;

    private const int FewestNodes = 4;
    private const int MostNodes = 128;

    private readonly SplitKernel _split;
    private readonly double _tolerance;
    private (Matrix<double> Given, SplitCross Parts)? _known;

    /// <summary>Prepares the integrals.</summary>
    /// <param name="split">The kernel.</param>
    /// <param name="tolerance">Relative error to aim at.</param>
    public SplitBatchNorm(SplitKernel split, double tolerance) => (_split, _tolerance) = (split, tolerance);

    /// <summary>Whether the points vary in more than two directions.</summary>
    public bool HasMoreThanTwoDirections => _split.Powers.Length > 0 || _split.Values.Length > 2;

    /// <summary>r = (Tr S)²/Tr S².</summary>
    public double Directions => _split.Trace * _split.Trace / _split.Squares;

    /// <summary>The largest eigenvalue, or a bound on it.</summary>
    public double Largest => _split.Spectrum.Max();

    private int Points => _split.Points;

    private LaplaceMeasure Measure => _split.Measure;

    private double Error => Math.Max(_tolerance, _split.Error);

    /// <summary>E 1/(σ²+ε).</summary>
    public (double Value, double Error) InverseVariance() => (Measure.Weights.Sum(), Error);

    /// <summary>E 1/(σ²+ε)².</summary>
    public (double Value, double Error) InverseSquaredVariance() => (Measure.Weights.Zip(Measure.Times, (weight, time) => weight * Points * time).Sum(), Error);

    /// <summary>E z_i z_j, batch norm alone.</summary>
    public (Matrix<double> Kernel, double Error) Linear()
    {
        var coefficients = Mean(_split.Polynomial);
        var factors = SplitRule.Scaled(_split.Values, Mean(_split.Damping));
        return (Assembled(_split.Vectors, factors, _split.Vectors, _split.Powers, coefficients, isSymmetric: true), Error);
    }

    /// <summary>Noise after batch norm alone: its covariance, and its covariance with the signal.</summary>
    /// <param name="noise">D (P × P).</param>
    /// <param name="cross">C (P × P); null where it is zero.</param>
    public (Matrix<double> Noise, Matrix<double>? Cross, double Error) LinearNoise(Matrix<double> noise, Matrix<double>? cross)
    {
        var all = Measure.Weights.Sum();
        if (cross is null)
        {
            return (noise * all, null, Error);
        }

        var parts = PartsOf(cross);
        var taken = Assembled(
            parts.Along,
            Mean(time => Times(_split.Damping(time), time)),
            parts.Along,
            parts.Squares,
            Mean(time => Times(_split.Polynomial(time), time)),
            isSymmetric: true
        );
        var joint = Assembled(parts.Along, Mean(_split.Damping), _split.Vectors, parts.Powers, Mean(_split.Polynomial), isSymmetric: false);
        var result = new double[Points * Points];
        var (given, less) = (DenseProduct.Columns(noise), DenseProduct.Columns(taken));
        Parallel.For(
            0,
            Points,
            i =>
            {
                var row = result.AsSpan(i * Points, Points);
                VectorMath.AddScaled(row, all, given.AsSpan(i * Points, Points));
                VectorMath.AddScaled(row, -2, less.AsSpan(i * Points, Points));
            }
        );
        return (Matrix<double>.Build.Dense(Points, Points, result), joint, Error);

        static double[] Times(double[] values, double time) => Array.ConvertAll(values, value => value * time);
    }

    /// <summary>Mean squares of noise after a leaky activation, for noise of any correlation with the signal. They need no pairs of points.</summary>
    /// <param name="cross">C (P × P).</param>
    /// <param name="variances">E dy_i² (P).</param>
    /// <param name="slope">a.</param>
    public double[] NoiseSquares(Matrix<double> cross, IReadOnlyList<double> variances, double slope)
    {
        var (parts, half) = (PartsOf(cross), 0.5 * (1 + (slope * slope)));
        var (all, damping, polynomial) = (
            Measure.Weights.Sum(),
            Mean(time => Array.ConvertAll(_split.Damping(time), value => value * time)),
            Mean(time => Array.ConvertAll(_split.Polynomial(time), value => value * time))
        );
        var taken = SplitRule.Diagonal(parts.Along, parts.Along, parts.Squares, damping, polynomial, Points);
        return [.. taken.Select((less, i) => half * ((all * variances[i]) - (2 * less)))];
    }

    /// <summary>
    /// The share of each point's noise that batch norm can treat as a function of the signal: <c>2t (C (I + 2tS)⁻¹ Cᵀ)_ii/E dy_i²</c> at the last t whose
    /// weight is not negligible.
    /// </summary>
    /// <param name="cross">C (P × P).</param>
    /// <param name="variances">E dy_i² (P).</param>
    public double[] ReachedNoise(Matrix<double> cross, IReadOnlyList<double> variances)
    {
        var (parts, time, total) = (PartsOf(cross), 0.0, 0.0);
        for (var k = 0; k < Measure.Times.Length; k++)
        {
            total += Measure.Weights[k];
            (time, total) = Measure.Weights[k] > 1e-6 * total ? (Measure.Times[k], total) : (time, total);
        }

        var shared = SplitRule.Diagonal(parts.Along, parts.Along, parts.Squares, _split.Damping(time), _split.Polynomial(time), Points);
        return [.. shared.Select((share, i) => variances[i] > 0 ? Math.Max(0, 2 * time * share / variances[i]) : 0)];
    }

    /// <summary>E s(z_i) and E s'(z_i)dz_i, as in <see cref="BatchNormKernel.Means"/>.</summary>
    /// <param name="slope">a.</param>
    /// <param name="cross">C (P × P); null where it is zero.</param>
    /// <exception cref="NotFiniteNumberException">The slope is so large that the means are not finite.</exception>
    public (Vector<double> Signal, Vector<double>? Noise) Means(double slope, Matrix<double>? cross)
    {
        var (signal, noise) = (Vector<double>.Build.Dense(Points), cross is null ? null : Vector<double>.Build.Dense(Points));
        var parts = cross is null ? null : PartsOf(cross);
        var scale = _split.Trace + (Points * _split.Epsilon);

        // The integral is over w = √t: P g dt is 2P g w dw.
        var factor = 2 * (1 - slope) * Math.Sqrt(Points / Math.PI) / Math.Sqrt(2 * Math.PI);
        var (first, total) = (-9.0, 0.0);
        var (times, weights) = (new List<double> { 0 }, new List<double> { factor * Math.Exp(first) / (Math.Exp(MeanStep) - 1) * MeanStep });
        for (var v = first; ; v += MeanStep)
        {
            var time = Math.Exp(2 * v) / scale;
            var logarithm = v - (time * Points * _split.Epsilon);
            for (var k = 0; k < _split.Spectrum.Length; k++)
            {
                logarithm -= 0.5 * _split.Counts[k] * Math.Log(1 + (2 * time * _split.Spectrum[k]));
            }

            var weight = factor * MeanStep * Math.Exp(logarithm);
            times.Add(time);
            weights.Add(weight);
            total += weight;
            if (!double.IsFinite(total))
            {
                throw new NotFiniteNumberException("the means of the activation are not finite");
            }

            // Standard deviations decay as 1/w, also where there are at most two directions and the weights do not decay. A slope above 1 makes all of these
            // weights negative.
            if (v > 0 && Math.Abs(weight) * Math.Exp(-v) <= 1e-16 * Math.Abs(total))
            {
                break;
            }
        }

        var rule = new SplitRule(_split, parts, [.. times], [.. weights]);
        for (var node = 0; node < times.Count; node++)
        {
            for (var i = 0; i < Points; i++)
            {
                var deviation = Math.Sqrt(Math.Max(0, rule.Variances[node][i]));
                signal[i] += weights[node] * deviation;
                if (noise is not null && deviation > 0)
                {
                    noise[i] += weights[node] * rule.Joint[node][i] / deviation;
                }
            }
        }

        var unit = 1 / Math.Sqrt(scale);
        return (unit * signal, noise is null ? null : unit * noise);
    }

    /// <summary>Signal and noise after a leaky activation.</summary>
    /// <param name="dual">Dual of the activation.</param>
    /// <param name="noise">D (P × P); where <paramref name="cross"/> is null, the factor for noise that is independent of the signal. Null where noise is not
    /// needed.</param>
    /// <param name="cross">C (P × P); null where it is zero.</param>
    /// <param name="asksSlopes">Whether E s's'/(σ²+ε) is computed where there is no C.</param>
    /// <returns>Signal; the noise's covariance, or E s's'/(σ²+ε); its covariance with the signal; the error. Null where the nodes are not accurate
    /// enough.</returns>
    public ActivationKernel? Homogeneous(LeakyDual dual, Matrix<double>? noise, Matrix<double>? cross, bool asksSlopes)
    {
        var parts = cross is null ? null : PartsOf(cross);
        var (given, threads) = (noise is null ? null : DenseProduct.Columns(noise), Environment.ProcessorCount);
        var workers = Enumerable
            .Range(0, threads)
            .Select(_ => new Worker(_split, parts, parts is null ? null : given, dual, parts is null ? asksSlopes : given is not null))
            .ToArray();
        var sides = (Points + SplitTile.Side - 1) / SplitTile.Side;
        var nodes = FewestNodes;
        for (; nodes < MostNodes; nodes *= 2)
        {
            // A few tiles of pairs show how many nodes all tiles will need.
            var (coarse, fine) = (RuleOf(nodes, parts), RuleOf(2 * nodes, parts));
            var worker = workers[0];
            worker.Forget();
            foreach (var (i, j) in ((int, int)[])[(0, 0), (0, sides - 1), (sides / 2, sides - 1)])
            {
                worker.Evaluate(i, j, coarse, fine, null);
            }

            if (Finer(worker.Difference()) <= _tolerance)
            {
                break;
            }
        }

        for (; nodes <= MostNodes; nodes *= 2)
        {
            var (coarse, fine) = (RuleOf(nodes, parts), RuleOf(2 * nodes, parts));
            var results = new Results(Points, parts is null ? asksSlopes : given is not null, parts is not null);
            foreach (var worker in workers)
            {
                worker.Forget();
            }

            (int, int)[] squares = [.. from i in Enumerable.Range(0, sides) from j in Enumerable.Range(i, sides - i) select (i, j)];
            Workers.ForEach(
                squares.Length,
                threads,
                (square, worker) => workers[worker].Evaluate(squares[square].Item1, squares[square].Item2, coarse, fine, results)
            );
            var error = Finer(Worker.Difference(workers));
            if (error <= _tolerance || (nodes == MostNodes && error <= 1e-6))
            {
                Matrix<double>? Square(double[]? entries) => entries is null ? null : Matrix<double>.Build.Dense(Points, Points, entries);
                return new(Square(results.Signal)!, Square(results.Noise), Square(results.Cross), Math.Max(error, Error));
            }
        }

        return null;

        // Twice the nodes square the error. Where one direction holds most of the variance, the power is somewhat less (1.4 was measured at r = 3).
        static double Finer(double difference) => Math.Pow(difference, 4.0 / 3);
    }

    private SplitRule RuleOf(int nodes, SplitCross? cross)
    {
        var (times, weights) = Measure.Gauss(nodes);
        return new(_split, cross, times, weights);
    }

    private SplitCross PartsOf(Matrix<double> cross)
    {
        if (_known is not { } known || !ReferenceEquals(known.Given, cross))
        {
            known = (cross, new SplitCross(_split, DenseProduct.Columns(cross)));
            _known = known;
        }

        return known.Parts;
    }

    /// <summary>The integral of numbers that depend on t.</summary>
    private double[] Mean(Func<double, double[]> function)
    {
        double[]? sum = null;
        for (var k = 0; k < Measure.Times.Length; k++)
        {
            var values = function(Measure.Times[k]);
            sum ??= new double[values.Length];
            VectorMath.AddScaled(sum, Measure.Weights[k], values);
        }

        return sum!;
    }

    /// <summary>A diag(f) Bᵀ + Σ coefficient·power; of symmetric powers the upper triangle is used, other powers are stored by columns.</summary>
    private Matrix<double> Assembled(double[] a, double[] factors, double[] b, double[][] powers, double[] coefficients, bool isSymmetric)
    {
        var (result, k) = (new double[Points * Points], factors.Length);
        if (k > 0)
        {
            using var product = new MatrixProduct<double>(Environment.ProcessorCount);
            var scaled = new double[a.Length];
            for (var i = 0; i < a.Length; i++)
            {
                scaled[i] = a[i] * factors[i % k];
            }

            // The result is stored by columns: these are the rows of the transpose.
            DenseProduct.Multiply(product, new(b, k), new(scaled, k, true), result, Points, k, Points);
        }

        Parallel.For(
            0,
            Points,
            i =>
            {
                var start = isSymmetric ? i : 0;
                for (var m = 0; m < powers.Length; m++)
                {
                    VectorMath.AddScaled(
                        result.AsSpan((i * Points) + start, Points - start),
                        coefficients[m],
                        powers[m].AsSpan((i * Points) + start, Points - start)
                    );
                }
            }
        );
        if (isSymmetric)
        {
            SplitKernel.Mirror(result, Points);
        }

        return Matrix<double>.Build.Dense(Points, Points, result);
    }

    /// <summary>The computed matrices, each P × P and stored by columns.</summary>
    private sealed class Results(int points, bool noise, bool cross)
    {
        public double[] Signal { get; } = new double[points * points];

        public double[]? Noise { get; } = noise ? new double[points * points] : null;

        public double[]? Cross { get; } = cross ? new double[points * points] : null;
    }

    /// <summary>The memory of one thread, and the largest differences between two rules that it has found.</summary>
    private sealed class Worker
    {
        private readonly SplitTile _tile;
        private readonly int _points;

        /// <summary>Signal, noise, covariance of noise and signal, and the transpose of that, by the coarse rule and by the fine rule.</summary>
        private readonly double[]?[] _coarse;
        private readonly double[]?[] _fine;
        private readonly double[] _differences = new double[3];
        private readonly double[] _sizes = new double[3];

        public Worker(SplitKernel split, SplitCross? cross, double[]? noise, LeakyDual dual, bool asksNoise)
        {
            (_tile, _points) = (new SplitTile(split, cross, noise, dual), split.Points);
            double[]?[] Room() => [New(true), New(asksNoise), New(cross is not null), New(cross is not null)];
            static double[]? New(bool needed) => needed ? new double[SplitTile.Side * SplitTile.Side] : null;
            (_coarse, _fine) = (Room(), Room());
        }

        /// <summary>The largest relative difference of any quantity.</summary>
        public static double Difference(IEnumerable<Worker> workers)
        {
            var all = workers.ToArray();
            return Enumerable
                .Range(0, 3)
                .Select(k =>
                    all.Select(worker => worker._sizes[k]).Largest() is > 0 and var size ? all.Select(worker => worker._differences[k]).Largest() / size : 0
                )
                .Largest();
        }

        public double Difference() => Difference([this]);

        public void Forget()
        {
            Array.Clear(_differences);
            Array.Clear(_sizes);
        }

        /// <summary>Evaluates a tile of pairs by two rules, and stores the results of the finer one.</summary>
        public void Evaluate(int row, int column, SplitRule coarse, SplitRule fine, Results? results)
        {
            var (firstRow, firstColumn) = (row * SplitTile.Side, column * SplitTile.Side);
            _tile.Load(firstRow, firstColumn);
            _tile.Sum(coarse, _coarse[0]!, _coarse[1], _coarse[2], _coarse[3]);
            _tile.Sum(fine, _fine[0]!, _fine[1], _fine[2], _fine[3]);
            for (var quantity = 0; quantity < 4; quantity++)
            {
                if (_fine[quantity] is not { } values)
                {
                    continue;
                }

                var to =
                    quantity == 0 ? results?.Signal
                    : quantity == 1 ? results?.Noise
                    : results?.Cross;
                for (var i = 0; i < _tile.Rows; i++)
                {
                    for (var j = row == column ? i : 0; j < _tile.Columns; j++)
                    {
                        var (at, kind) = ((i * SplitTile.Side) + j, Math.Min(quantity, 2));
                        _differences[kind] = Math.Max(_differences[kind], Math.Abs(values[at] - _coarse[quantity]![at]));
                        _sizes[kind] = Math.Max(_sizes[kind], Math.Abs(values[at]));
                        if (to is null)
                        {
                            continue;
                        }

                        // Results are stored by columns: the covariance of the row's noise with the column's signal is at (column, row).
                        var (first, second) = ((firstRow + i, firstColumn + j), (firstColumn + j, firstRow + i));
                        if (quantity != 2)
                        {
                            to[(first.Item1 * _points) + first.Item2] = values[at];
                        }

                        if (quantity != 3)
                        {
                            to[(second.Item1 * _points) + second.Item2] = values[at];
                        }
                    }
                }
            }
        }
    }
}
