namespace Wellbehaved.Evidence;

/// <summary>The likelihood of a generalised Pareto law for excesses over a threshold: P(Y &gt; y) = (1 + ξy/σ)^(-1/ξ), exponential at ξ = 0.</summary>
/// <remarks>
/// Maximum likelihood, since it gives the limit of a small probability without a Gaussian approximation: by the ratio of likelihoods, which follows the
/// skewness that a delta method leaves out and which no choice of scale changes. It is regular for ξ &gt; -½ (Smith, Biometrika 1985); smaller shapes,
/// whose tails end sooner, are not searched: where the data ask for one, the shape -½ is on the safe side.
/// </remarks>
/// <param name="excesses">Positive numbers.</param>
internal sealed class ParetoLikelihood(double[] excesses)
{
    /// <summary>The least shape that is searched.</summary>
    public const double LeastShape = -0.5;

    private const double LargestShape = 2;

    /// <summary>Coarse nodes before a maximum is refined: the likelihood may have a ridge at the end of the tail.</summary>
    private const int Nodes = 26;

    /// <summary>Golden sections: the bracket shrinks to 10⁻⁵ of itself, the likelihood errs by the square of that.</summary>
    private const int Sections = 24;

    /// <summary>Shapes nearer to 0 give the exponential law to twelve digits.</summary>
    private const double NearlyExponential = 1e-9;

    private readonly double _mean = excesses.Average();

    /// <summary>The scale of the search. Unlike the mean, the median is stable in heavy tails; at the likeliest law θ·median = 2^ξ - 1.</summary>
    private readonly double _median = excesses.Order().ElementAt(excesses.Length / 2);

    /// <summary>ln L of shape ξ and scale σ; negative infinity where an excess lies beyond the end of the tail.</summary>
    public double At(double shape, double scale)
    {
        if (!(scale > 0) || !double.IsFinite(scale))
        {
            return double.NegativeInfinity;
        }

        var ratio = shape / scale;
        if (Math.Abs(shape) < NearlyExponential)
        {
            return -excesses.Length * (Math.Log(scale) + (_mean / scale));
        }

        var sum = SumOfLogarithms(ratio);
        return double.IsNaN(sum) ? double.NegativeInfinity : -(excesses.Length * Math.Log(scale)) - ((1 + (1 / shape)) * sum);
    }

    /// <summary>Shape and scale of the largest likelihood, and its logarithm.</summary>
    /// <remarks>
    /// With θ = ξ/σ the likelihood of a given θ is largest at ξ = mean ln(1 + θy), so one number is searched (Grimshaw, Technometrics 1993); it rises
    /// up to there and falls after it, so the nearest admitted shape is the best one.
    /// </remarks>
    public (double Shape, double Scale, double Value) Maximum()
    {
        var largest = excesses.Max();
        var (ends, goesOn) = (Argmax(1e-6, 1 - 1e-9, t => Candidate(-t / largest).Value), Argmax(1e-6, 0.99, t => Candidate(t / (1 - t) / _median).Value));
        return new[] { Candidate(-ends / largest), Candidate(goesOn / (1 - goesOn) / _median), (0, _mean, At(0, _mean)) }.MaxBy(candidate => candidate.Item3);

        (double Shape, double Scale, double Value) Candidate(double ratio)
        {
            var shape = SumOfLogarithms(ratio) / excesses.Length;
            shape = ratio < 0 ? Math.Max(shape, LeastShape) : Math.Min(shape, LargestShape);
            return (shape, shape / ratio, At(shape, shape / ratio));
        }
    }

    /// <summary>The likeliest of all laws that leave a probability beyond a distance.</summary>
    /// <param name="logProbability">ln P(Y &gt; distance), below 0.</param>
    /// <param name="distance">The distance, positive.</param>
    public (double Shape, double Scale, double Value) Profile(double logProbability, double distance)
    {
        var shape = Argmax(LeastShape, LargestShape, candidate => At(candidate, ScaleOf(candidate)));
        return (shape, ScaleOf(shape), At(shape, ScaleOf(shape)));

        // P(Y > d) = p requires σ = ξd/(p^(-ξ) - 1).
        double ScaleOf(double candidate) =>
            Math.Abs(candidate) < NearlyExponential ? -distance / logProbability : candidate * distance / ExpMinus1(-candidate * logProbability);
    }

    /// <summary>ln P(Y &gt; distance) of a law; negative infinity beyond the end of its tail.</summary>
    public static double LogBeyond(double shape, double scale, double distance) =>
        Math.Abs(shape) < NearlyExponential ? -distance / scale
        : 1 + (shape * distance / scale) is var argument && argument > 0 ? -Math.Log(argument) / shape
        : double.NegativeInfinity;

    /// <summary>Turns a uniform random number into an excess of a law.</summary>
    public static double Excess(double shape, double scale, double uniform)
    {
        var exponential = -Math.Log(1 - uniform);
        return scale * (Math.Abs(shape) < NearlyExponential ? exponential : ExpMinus1(shape * exponential) / shape);
    }

    /// <summary>Σ ln(1 + θy), NaN where an excess lies beyond the end.</summary>
    /// <remarks>Logarithms are slow: eight factors of 10⁻⁹ to 10¹² are multiplied before a logarithm is taken.</remarks>
    private double SumOfLogarithms(double ratio)
    {
        var (sum, product) = (0.0, 1.0);
        for (var i = 0; i < excesses.Length; i++)
        {
            var factor = 1 + (ratio * excesses[i]);
            if (factor <= 0)
            {
                return double.NaN;
            }

            product *= factor;
            if (i % 8 == 7)
            {
                sum += Math.Log(product);
                product = 1;
            }
        }

        return sum + Math.Log(product);
    }

    /// <summary>e^x - 1, without cancellation near 0.</summary>
    public static double ExpMinus1(double x) => Math.Abs(x) < 1e-5 ? x + (x * x / 2) : Math.Exp(x) - 1;

    private static double Argmax(double low, double high, Func<double, double> function)
    {
        var (best, at) = (double.NegativeInfinity, low);
        var step = (high - low) / (Nodes - 1);
        for (var i = 0; i < Nodes; i++)
        {
            var value = function(low + (i * step));
            (best, at) = value > best ? (value, low + (i * step)) : (best, at);
        }

        var golden = (Math.Sqrt(5) - 1) / 2;
        var (left, right) = (Math.Max(low, at - step), Math.Min(high, at + step));
        var (one, two) = (right - (golden * (right - left)), left + (golden * (right - left)));
        var (first, second) = (function(one), function(two));
        for (var i = 0; i < Sections; i++)
        {
            if (first >= second)
            {
                (right, two, second) = (two, one, first);
                one = right - (golden * (right - left));
                first = function(one);
            }
            else
            {
                (left, one, first) = (one, two, second);
                two = left + (golden * (right - left));
                second = function(two);
            }
        }

        // The ends themselves are candidates: a shape of -½ is one.
        var middle = (left + right) / 2;
        return function(middle) >= best ? middle : at;
    }
}
