namespace Wellbehaved.Theory;

/// <summary>Expectations of products of a curve at two Gaussian variables, in polar coordinates.</summary>
/// <remarks>
/// With <c>u = √q₁ r cos φ</c>, <c>v = √q₂ r cos(φ - θ)</c> and c = cos θ, kinks at 0 are rays. They divide the plane into four sectors, in each of which the
/// functions are smooth, so that Gauss–Legendre converges at every correlation, however narrow a sector is. Other kinks are straight lines: each radius is cut
/// where it crosses one, and sectors where two lines meet. Panels are halved towards the rays and the origin until they are as short as the curve's structure.
/// </remarks>
internal static class SectorQuadrature
{
    /// <summary>The radius of the disc; the probability outside of it is less than 1e-19.</summary>
    private const double Radius = 9.5;

    /// <summary>Angle below which a sector is a single panel.</summary>
    private const double Narrow = 0.3;

    /// <summary>Greatest number of halvings of panels, which resolve structure of a millionth of a sector's width.</summary>
    private const int MostLevels = 20;

    /// <summary>From this dimension on the density of a projection is smooth enough at its end.</summary>
    private const int SmoothDimensions = 14;

    private static readonly (double[] Nodes, double[] Weights) Radial = GaussianNodes.Legendre(16);
    private static readonly (double[] Nodes, double[] Weights) Angular = GaussianNodes.Legendre(16);
    private static readonly double[] OuterEdges = [1.5, 3, 5, 7, 10, 14];

    /// <summary>Computes all sums together, since evaluations of the curve cost most.</summary>
    /// <param name="curve">s.</param>
    /// <param name="q1">Variance of u, above 0.</param>
    /// <param name="q2">Variance of v, above 0.</param>
    /// <param name="p">Their covariance.</param>
    public static ProductSums Sum(ActivationCurve curve, double q1, double q2, double p)
    {
        var scale = DualActivation.Scale(q1, q2);
        return Sum(
            curve,
            Math.Sqrt(q1),
            Math.Sqrt(q2),
            Math.Atan2(Math.Sqrt(Math.Max(0, (scale - p) * (scale + p))), p),
            new Disc(Radius, r => Math.Exp(-0.5 * r * r))
        );
    }

    /// <summary>
    /// E s(γz)s(γw) for one channel of two vectors of n channels and mean square 1 at a given angle. The radius of the channel's two coordinates has the law of
    /// a projection.
    /// </summary>
    /// <param name="curve">s.</param>
    /// <param name="scale">γ.</param>
    /// <param name="angle">The angle.</param>
    /// <param name="dimension">n ≥ 4.</param>
    public static double OnSphere(ActivationCurve curve, double scale, double angle, int dimension)
    {
        var (share, power) = ((dimension - 2.0) / dimension, 0.5 * (dimension - 4));
        double Density(double r) => share * Math.Pow(Math.Max(0, 1 - (r * r / dimension)), power);
        var disc = new Disc(Math.Min(Math.Sqrt(dimension), 2 * Radius), Density, dimension < SmoothDimensions ? 8 : 0);
        return Sum(curve, Math.Abs(scale), Math.Abs(scale), angle, disc).Values;
    }

    private static ProductSums Sum(ActivationCurve curve, double first, double second, double theta, Disc disc)
    {
        var sums = default(ProductSums);
        var rays = Rays(curve, first, second, theta, disc);
        for (var sector = 0; sector + 1 < rays.Length; sector++)
        {
            // What counts is the length that a sector covers on the scale of the curve: at a deviation of a million, a thousandth of a turn is a thousand
            // units.
            var width = rays[sector + 1] - rays[sector];
            var levels = Levels(curve, Math.Max(first, second) * Math.Min(1, width / Narrow));
            foreach (var (start, end) in width < Narrow && levels == 0 ? [(rays[sector], rays[sector + 1])] : Halving(rays[sector], rays[sector + 1], levels))
            {
                var (half, middle) = (0.5 * (end - start), 0.5 * (end + start));
                for (var k = 0; k < Angular.Nodes.Length; k++)
                {
                    var angle = middle + (half * Angular.Nodes[k]);
                    AddRadius(curve, first * Math.Cos(angle), second * Math.Cos(angle - theta), half * Angular.Weights[k] / (2 * Math.PI), disc, ref sums);
                }
            }
        }

        return sums;
    }

    /// <summary>Number of halvings of panels: down to the scale of the curve, or to that of the rays along which a kink leaves the disc.</summary>
    private static int Levels(ActivationCurve curve, double deviation)
    {
        var smooth = Math.Log2(deviation);
        var nearest = curve.Kinks.Where(kink => kink != 0).Select(Math.Abs).DefaultIfEmpty(0).Min();
        var kinked = nearest == 0 ? 0 : 3 + Math.Max(0, Math.Log2(deviation / nearest));
        return Math.Clamp((int)Math.Ceiling(Math.Max(smooth, kinked)), 0, MostLevels);
    }

    private static void AddRadius(ActivationCurve curve, double alongFirst, double alongSecond, double weight, Disc disc, ref ProductSums sums)
    {
        Span<double> edges = stackalloc double[48 + (2 * Math.Min(curve.Kinks.Count, 16))];
        var count = RadialEdges(curve, alongFirst, alongSecond, disc, edges);
        for (var panel = 0; panel + 1 < count; panel++)
        {
            var (half, middle) = (0.5 * (edges[panel + 1] - edges[panel]), 0.5 * (edges[panel + 1] + edges[panel]));
            for (var k = 0; k < Radial.Nodes.Length; k++)
            {
                var r = middle + (half * Radial.Nodes[k]);
                sums.Add(curve, r * alongFirst, r * alongSecond, weight * half * Radial.Weights[k] * r * disc.Density(r));
            }
        }
    }

    private static int RadialEdges(ActivationCurve curve, double alongFirst, double alongSecond, Disc disc, Span<double> edges)
    {
        var (count, radius) = (0, disc.Radius);
        edges[count++] = 0;
        foreach (var edge in OuterEdges)
        {
            if (edge < radius)
            {
                edges[count++] = edge;
            }
        }

        edges[count++] = radius;
        for (var k = 1; k <= disc.EndLevels; k++)
        {
            edges[count++] = radius * (1 - Math.ScaleB(1, -2 * k));
        }

        var shortest = 1 / Math.Max(Math.Abs(alongFirst), Math.Abs(alongSecond));
        for (var edge = OuterEdges[0] / 2; edge > 0.5 * shortest && count < 40; edge /= 2)
        {
            if (edge < radius)
            {
                edges[count++] = edge;
            }
        }

        foreach (var kink in curve.Kinks)
        {
            foreach (var along in (ReadOnlySpan<double>)[alongFirst, alongSecond])
            {
                var crossing = kink / along;
                if (crossing > 0 && crossing < radius && count < edges.Length)
                {
                    edges[count++] = crossing;
                }
            }
        }

        edges[..count].Sort();
        return count;
    }

    /// <summary>The edges of the sectors: a full turn is cut at u = 0, at v = 0 and where kinks of both meet.</summary>
    private static double[] Rays(ActivationCurve curve, double first, double second, double theta, Disc disc)
    {
        const double start = -0.5 * Math.PI;
        var rays = new SortedSet<double> { start, start + (2 * Math.PI), start + Math.PI, start + theta, start + theta + Math.PI };
        var (sine, cosine) = (Math.Sin(theta), Math.Cos(theta));
        foreach (var x in curve.Kinks.Where(kink => kink != 0))
        {
            foreach (var y in curve.Kinks.Where(kink => kink != 0))
            {
                var (across, along) = (x / first, ((y / second) - (cosine * x / first)) / sine);
                if (across * across + (along * along) < disc.Radius * disc.Radius)
                {
                    var angle = Math.Atan2(along, across);
                    rays.Add(angle < start ? angle + (2 * Math.PI) : angle);
                }
            }
        }

        return [.. rays];
    }

    /// <summary>
    /// The law of the radius: its greatest value, its density divided by that of the area, and the number of halvings of panels towards its end, where the
    /// density is not smooth in few dimensions.
    /// </summary>
    private readonly record struct Disc(double Radius, Func<double, double> Density, int EndLevels = 0);

    /// <summary>Cuts an interval in its middle, and then repeatedly halves the parts next to its ends.</summary>
    private static IEnumerable<(double Start, double End)> Halving(double start, double end, int levels)
    {
        var (middle, half) = (0.5 * (start + end), 0.5 * (end - start));
        for (var level = 0; level <= levels; level++)
        {
            var (outer, inner) = (Math.ScaleB(half, -level), level == levels ? 0 : Math.ScaleB(half, -level - 1));
            yield return (start + inner, level == 0 ? middle : start + outer);
            yield return (level == 0 ? middle : end - outer, end - inner);
        }
    }
}
