namespace Wellbehaved.Statistics;

/// <summary>The cosine of two vectors of independent numbers of mean 0, which are known up to errors of bounded norm.</summary>
/// <param name="Value">The cosine.</param>
/// <param name="Dimensions">Number of components of both vectors.</param>
/// <param name="Error">Bound of the error of the cosine.</param>
internal readonly record struct Cosine(double Value, long Dimensions, double Error)
{
    /// <summary>The smallest absolute value that the true cosine may have.</summary>
    public double AtLeast => Math.Max(0, Math.Abs(Value) - Error);

    /// <summary>Computes the cosine from sums over both vectors.</summary>
    /// <param name="product">Scalar product.</param>
    /// <param name="squares">Squared norms.</param>
    /// <param name="squaredErrors">Bounds of the squared norms of their errors.</param>
    /// <param name="dimensions">Number of components of both vectors.</param>
    /// <returns>The cosine.</returns>
    /// <remarks>An error turns a vector by an angle whose sine is at most the ratio of the norms of error and vector.</remarks>
    public static Cosine FromSums(double product, (double A, double B) squares, (double A, double B) squaredErrors, long dimensions) =>
        squares.A > 0 && squares.B > 0
            ? new Cosine(
                Math.Clamp(product / Math.Sqrt(squares.A * squares.B), -1, 1),
                dimensions,
                Angle(squaredErrors.A / squares.A) + Angle(squaredErrors.B / squares.B)
            )
            : new Cosine(squares.A + squares.B + product is double.NaN ? double.NaN : 0, 0, 1);

    /// <summary>An interval of the correlation ρ in <c>b = ρa + √(1-ρ²)g</c>, where a and g are independent standard Gaussian vectors.</summary>
    /// <param name="falseRate">Probability that the interval misses ρ.</param>
    /// <returns>Lower and upper end.</returns>
    /// <remarks>
    /// If g has the cosine c with a, and the angle of a and b is φ, then <c>ρ/√(1-ρ²) = (cot φ √(1-c²) - c)‖g‖/‖a‖</c>. c lies within ±t, except for half of
    /// the rate, by <see cref="CosineTail"/>; the two norms lie within Chernoff's bounds of χ², except for the other half.
    /// </remarks>
    public (double Lower, double Upper) Interval(double falseRate)
    {
        if (Dimensions < CosineTail.FewestDimensions || double.IsNaN(Value) || !(Error < 1))
        {
            return (-1, 1);
        }

        var (t, ratio) = (CosineTail.Critical(falseRate / 2, Dimensions), NormRatio(falseRate / 8, Dimensions));
        var (lower, upper) = (-End(-(Value - Error)), End(Value + Error));
        return (lower, upper);

        // The upper end; the lower end is its mirror image.
        double End(double cosine)
        {
            var cotangent =
                cosine >= 1 ? double.PositiveInfinity
                : cosine <= -1 ? double.NegativeInfinity
                : cosine / Math.Sqrt(1 - (cosine * cosine));
            var largest = (cotangent >= 0 ? cotangent : cotangent * Math.Sqrt(1 - (t * t))) + t;
            var odds = largest >= 0 ? largest * ratio : largest / ratio;
            return double.IsInfinity(odds) ? Math.Sign(odds) : odds / Math.Sqrt(1 + (odds * odds));
        }
    }

    private static double Angle(double squaredRatio) => squaredRatio < 1 ? Math.Asin(Math.Sqrt(squaredRatio)) : Math.PI / 2;

    /// <summary>
    /// The ratio of two norms of n Gaussian numbers, each at the limit that its tail exceeds with at most the given probability: <c>P(χ²_n ≤ xn), P(χ²_n ≥ xn)
    /// ≤ (xe^{1-x})^{n/2}</c>.
    /// </summary>
    private static double NormRatio(double probability, long dimensions)
    {
        var target = 2 * Math.Log(probability) / dimensions;
        var (below, above) = (Solve(0, 1), Solve(1, 2 - (2 * target)));
        return Math.Sqrt(above / below);

        // ln x + 1 - x increases below 1 and decreases above 1.
        double Solve(double from, double to)
        {
            var rises = from == 0;
            for (var i = 0; i < 50; i++)
            {
                var x = 0.5 * (from + to);
                var isOutside = Math.Log(x) + 1 - x <= target;
                (from, to) = isOutside == rises ? (x, to) : (from, x);
            }

            return rises ? from : to;
        }
    }
}
