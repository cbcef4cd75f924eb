using MathNet.Numerics;

namespace Wellbehaved.Statistics;

/// <summary>Both tails of the χ² distribution and their inverses, at rates as small as those of verdicts.</summary>
internal static class ChiSquareTail
{
    /// <summary>Number of halvings of an interval in the logarithm, which gives more digits than a double has.</summary>
    private const int Halvings = 60;

    /// <summary>The probability of at most x.</summary>
    /// <param name="x">A sum of squares, at least 0.</param>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    public static double Below(double x, double freedom) => x <= 0 ? 0 : SpecialFunctions.GammaLowerRegularized(freedom / 2, x / 2);

    /// <summary>The probability of at least x.</summary>
    /// <param name="x">A sum of squares.</param>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    public static double Above(double x, double freedom) =>
        x <= 0 ? 1
        : double.IsPositiveInfinity(x) ? 0
        : SpecialFunctions.GammaUpperRegularized(freedom / 2, x / 2);

    /// <summary>The x with a given probability below it, rounded down.</summary>
    /// <param name="probability">The probability, in (0, ½].</param>
    /// <param name="freedom">Degrees of freedom.</param>
    public static double Lower(double probability, double freedom) => Search(freedom, freedom, -1, x => Below(x, freedom) > probability);

    /// <summary>The x with a given probability above it, rounded up.</summary>
    /// <param name="probability">The probability, in (0, ½].</param>
    /// <param name="freedom">Degrees of freedom.</param>
    public static double Upper(double probability, double freedom) => Search(freedom, freedom, 1, x => Above(x, freedom) > probability);

    /// <summary>Moves from the middle in one direction in growing steps until the tail is small enough, then bisects.</summary>
    private static double Search(double middle, double freedom, int direction, Func<double, bool> isTooLarge)
    {
        var (inner, step) = (middle, Math.Sqrt(2 * freedom));
        var outer = middle + (direction * step);
        while (outer > 0 && isTooLarge(outer))
        {
            (inner, step) = (outer, 2 * step);
            outer = inner + (direction * step);
        }

        outer = Math.Max(outer, 0);
        for (var i = 0; i < Halvings; i++)
        {
            var half = 0.5 * (inner + outer);
            (inner, outer) = isTooLarge(half) ? (half, outer) : (inner, half);
        }

        return outer;
    }
}
