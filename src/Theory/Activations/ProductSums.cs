namespace Wellbehaved.Theory;

/// <summary>Sums of products of a curve s at two variables u and v.</summary>
internal struct ProductSums
{
    /// <summary>s(u)s(v).</summary>
    public double Values;

    /// <summary>s'(u)s'(v).</summary>
    public double Slopes;

    /// <summary>s''(u)s(v).</summary>
    public double CurvatureOfFirst;

    /// <summary>s(u)s''(v).</summary>
    public double CurvatureOfSecond;

    /// <summary>s''(u)s''(v).</summary>
    public double Curvatures;

    /// <summary>u s''(u)s'(v).</summary>
    public double CurvatureAlongFirst;

    /// <summary>s'(u) v s''(v).</summary>
    public double CurvatureAlongSecond;

    /// <summary>Adds the products at a node.</summary>
    public void Add(ActivationCurve curve, double u, double v, double weight)
    {
        var (value1, slope1, curvature1) = (curve.Value(u), curve.Slope(u), curve.Curvature(u));
        var (value2, slope2, curvature2) = (curve.Value(v), curve.Slope(v), curve.Curvature(v));
        Values += weight * value1 * value2;
        Slopes += weight * slope1 * slope2;
        CurvatureOfFirst += weight * curvature1 * value2;
        CurvatureOfSecond += weight * value1 * curvature2;
        Curvatures += weight * curvature1 * curvature2;
        CurvatureAlongFirst += weight * u * curvature1 * slope2;
        CurvatureAlongSecond += weight * slope1 * v * curvature2;
    }
}
