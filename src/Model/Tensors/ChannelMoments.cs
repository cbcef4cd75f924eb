namespace Wellbehaved.Model;

/// <summary>Statistics of the elements of a channel over some points.</summary>
/// <param name="Count">Number of points.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Squares">Sum of the squares of their deviations from it.</param>
/// <param name="Cubes">Sum of the cubes.</param>
/// <param name="Fourths">Sum of the fourth powers.</param>
/// <param name="Absolutes">Sum of the absolute values of the elements themselves.</param>
internal readonly record struct ChannelMoments(double Count, double Mean, double Squares, double Cubes, double Fourths, double Absolutes)
{
    /// <summary>Mean square of the deviations, with P as denominator.</summary>
    public double Variance => Squares / Count;

    /// <summary>Mean square of the elements.</summary>
    public double MeanSquare => Variance + (Mean * Mean);

    /// <summary>The statistics of these points and others together.</summary>
    public ChannelMoments MergedWith(ChannelMoments other)
    {
        var count = Count + other.Count;
        var (share, otherShare) = (Count / count, other.Count / count);
        var distance = other.Mean - Mean;
        var (product, squared) = (share * other.Count, distance * distance);
        return new ChannelMoments(
            count,
            Mean + (distance * otherShare),
            Squares + other.Squares + (squared * product),
            Cubes + other.Cubes + (squared * distance * product * (share - otherShare)) + (3 * distance * ((share * other.Squares) - (otherShare * Squares))),
            Fourths
                + other.Fourths
                + (squared * squared * product * ((share * share) - (share * otherShare) + (otherShare * otherShare)))
                + (6 * squared * ((share * share * other.Squares) + (otherShare * otherShare * Squares)))
                + (4 * distance * ((share * other.Cubes) - (otherShare * Cubes))),
            Absolutes + other.Absolutes
        );
    }
}
