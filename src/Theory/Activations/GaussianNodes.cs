using MathNet.Numerics.Integration;

namespace Wellbehaved.Theory;

/// <summary>
/// Nodes and weights of expectations over one Gaussian variable: Legendre panels that end at kinks and are short where the function varies fast.
/// </summary>
/// <remarks>
/// Activations vary over unit distances around 0, which is a thirtieth of the standard deviation of a variable of deviation 30. So panels are halved towards 0
/// until they are as short as that.
/// The probability beyond twelve deviations is less than 1e-32.
/// </remarks>
internal static class GaussianNodes
{
    /// <summary>Number of deviations on each side.</summary>
    public const double Reach = 12;

    private const int Order = 20;
    private const double RootOfTwoPi = 2.50662827463100050242;
    private static readonly (double[] Nodes, double[] Weights) Rule = Legendre(Order);

    /// <summary>Gauss's rule on [-1, 1].</summary>
    /// <param name="order">Number of nodes.</param>
    public static (double[] Nodes, double[] Weights) Legendre(int order)
    {
        var rule = new GaussLegendreRule(-1, 1, order);
        return (rule.Abscissas, rule.Weights);
    }

    /// <summary>Nodes z and weights w with <c>E f(mean + deviation·z) = Σ w f(mean + deviation·z)</c>.</summary>
    /// <param name="mean">Mean.</param>
    /// <param name="deviation">Deviation, at least 0.</param>
    /// <param name="kinks">The points where f is not smooth.</param>
    public static (double[] Nodes, double[] Weights) Make(double mean, double deviation, IReadOnlyList<double> kinks)
    {
        if (deviation == 0)
        {
            return ([0], [1]);
        }

        var edges = Edges(mean, deviation, kinks);
        var (nodes, weights) = (new double[(edges.Length - 1) * Order], new double[(edges.Length - 1) * Order]);
        for (var panel = 0; panel + 1 < edges.Length; panel++)
        {
            var (half, middle) = (0.5 * (edges[panel + 1] - edges[panel]), 0.5 * (edges[panel + 1] + edges[panel]));
            for (var k = 0; k < Order; k++)
            {
                var z = middle + (half * Rule.Nodes[k]);
                nodes[(panel * Order) + k] = z;
                weights[(panel * Order) + k] = half * Rule.Weights[k] * Math.Exp(-0.5 * z * z) / RootOfTwoPi;
            }
        }

        return (nodes, weights);
    }

    /// <summary>E f(mean + deviation·z).</summary>
    /// <param name="mean">Mean.</param>
    /// <param name="deviation">Deviation, at least 0.</param>
    /// <param name="kinks">The points where f is not smooth.</param>
    /// <param name="function">f.</param>
    public static double Expectation(double mean, double deviation, IReadOnlyList<double> kinks, Func<double, double> function)
    {
        var (nodes, weights) = Make(mean, deviation, kinks);
        var sum = 0.0;
        for (var k = 0; k < nodes.Length; k++)
        {
            sum += weights[k] * function(mean + (deviation * nodes[k]));
        }

        return sum;
    }

    private static double[] Edges(double mean, double deviation, IReadOnlyList<double> kinks)
    {
        var edges = new SortedSet<double>();
        for (var edge = -Reach; edge <= Reach; edge++)
        {
            edges.Add(edge);
        }

        var centre = -mean / deviation;
        Add(centre);
        for (var distance = 0.5; distance > 0.25 / deviation; distance /= 2)
        {
            Add(centre - distance);
            Add(centre + distance);
        }

        foreach (var kink in kinks)
        {
            Add((kink - mean) / deviation);
        }

        return [.. edges];

        void Add(double edge)
        {
            if (edge is > -Reach and < Reach)
            {
                edges.Add(edge);
            }
        }
    }
}
