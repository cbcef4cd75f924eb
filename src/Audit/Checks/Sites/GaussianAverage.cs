using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Averages over a normal variable, accurate to a thousandth. They are used for variances, for which tests need only a bound.</summary>
internal static class GaussianAverage
{
    /// <summary>A factor that is larger than the rule's relative error at a kink.</summary>
    public const double Margin = 1.002;

    private const int Nodes = 145;
    private static readonly (double Node, double Weight)[] Rule =
    [
        .. Enumerable.Range(0, Nodes).Select(i => (i - (Nodes / 2)) / 8.0).Select(z => (z, Math.Exp(-z * z / 2) / (8 * Math.Sqrt(2 * Math.PI)))),
    ];

    /// <summary>E f(s(u), s'(u), u) for a normal u with the given variance.</summary>
    public static double Integrate(Function function, double variance, Func<double, double, double, double> of)
    {
        var (deviation, sum) = (Math.Sqrt(variance), 0.0);
        foreach (var (node, weight) in Rule)
        {
            var u = deviation * node;
            sum += weight * of(WrittenOutFunction.Value(function, u), WrittenOutFunction.Derivative(function, u), u);
        }

        return sum;
    }
}
