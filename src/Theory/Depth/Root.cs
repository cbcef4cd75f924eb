using MathNet.Numerics.RootFinding;

namespace Wellbehaved.Theory;

/// <summary>Roots of functions of one variable.</summary>
internal static class Root
{
    /// <summary>The root between two points at which the function has different signs.</summary>
    /// <param name="function">The function.</param>
    /// <param name="from">One end.</param>
    /// <param name="to">The other.</param>
    public static double Find(Func<double, double> function, double from, double to)
    {
        if (function(from) == 0)
        {
            return from;
        }

        return Brent.TryFindRoot(function, from, to, 1e-15 * Math.Abs(to), 300, out var root)
            ? root
            : Bisection.FindRoot(function, from, to, 1e-15 * Math.Abs(to), 400);
    }
}
