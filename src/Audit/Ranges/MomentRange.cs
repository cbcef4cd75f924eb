using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The values that each moment can have, for live subjects and for files. No other code defines them.</summary>
/// <remarks>
/// ν₁, ν₂, μ₂, μ₄, μ₂(dx) and the gradient of files are means of absolute values, squares and fourth powers, and χ is a square root: none is negative. A
/// logarithm is any finite number, or the logarithm of zero; no network of any depth reaches numbers beyond 2⁵³, whose differences would overflow. An effective
/// rank lies between 1 and min(N, P - 1) (law D2).
/// </remarks>
/// <param name="LargestRank">min(N, P - 1), or infinity if channels or points are unknown.</param>
/// <param name="Rounding">Rounding of an effective rank, relative to its size.</param>
/// <param name="IsRecorded">Whether the numbers come from a result file, where an effective rank of -1 means "not computed".</param>
internal readonly record struct MomentRange(double LargestRank, double Rounding, bool IsRecorded)
{
    /// <summary>
    /// Rounding of moments of tensors of single precision or better, with ten thousand numbers or more: √n·u, with a factor for the worst of many.
    /// </summary>
    public const double RoundingOfSingle = 3e-5;

    /// <summary>The prefix of logarithms.</summary>
    public const string Log = "log_";

    /// <summary>The largest possible logarithm: no layer changes a logarithm by more than some thousands, and no network has more than 2³¹ layers.</summary>
    public const double LargestLogarithm = 1L << 53;

    private const double UnitRoundoffOfSingle = 1.0 / (1 << 24);
    private const string Rank = "reff_";
    private static readonly string[] Nonnegative = ["nu1_abs_signal", "nu2_signal", "mu2_signal", "mu4_signal", "mu2_noise", "chi", "gradient"];
    private static readonly string[] NonnegativeAtPlace = [.. Nonnegative.Select(moment => moment + "_loc")];

    /// <summary>The ranges for numbers of a file.</summary>
    /// <param name="largestRank">min(N, P - 1), or infinity.</param>
    public static MomentRange OfFile(double largestRank = double.PositiveInfinity) => new(largestRank, RoundingOfSingle, IsRecorded: true);

    /// <summary>The ranges for moments that a subject reports; rounding grows with its unit roundoff.</summary>
    /// <param name="largestRank">min(N, P - 1), or infinity.</param>
    /// <param name="unitRoundoff">Unit roundoff of its tensors.</param>
    public static MomentRange OfSubject(double largestRank, double unitRoundoff) =>
        new(largestRank, RoundingOfSingle * Math.Max(1, unitRoundoff / UnitRoundoffOfSingle), IsRecorded: false);

    /// <summary>How far below 1 rounding may bring an effective rank; NaN stands for <see cref="Rounding"/>.</summary>
    public double BelowOne { get; init; } = double.NaN;

    /// <summary>The ranges for moments that a subject reports of a signal of known size.</summary>
    /// <remarks>
    /// A covariance of points that were centred first, even inexactly, is a sum of squares: rounding changes it by at most γ_{3P+N+4} times its own trace. So a
    /// rank r near 1 changes by <see cref="EffectiveRankRounding"/>'s g(1 + r)/(λ - g) with g = γλr. This depends neither on the largest rank nor on how far
    /// the signal has collapsed.
    /// </remarks>
    /// <param name="points">P.</param>
    /// <param name="channels">N.</param>
    /// <param name="unitRoundoff">Unit roundoff of its tensors.</param>
    public static MomentRange OfSubject(int points, int channels, double unitRoundoff)
    {
        // A single point has no effective rank.
        var largest = points < 2 ? double.PositiveInfinity : Theory.Bounds.LargestEffectiveRank(points, channels);
        var range = OfSubject(largest, unitRoundoff);
        return range with
        {
            BelowOne = Math.Min(Math.Max(range.Rounding, EffectiveRankRounding.NearOne(points, channels, unitRoundoff)), Math.BitDecrement(1)),
        };
    }

    /// <summary>Whether the name is that of a moment, or of an effective rank, whose range is known.</summary>
    /// <param name="name">Name in result files, with or without the suffix of its place.</param>
    public static bool IsMoment(string name) => IsNonnegative(name) || IsRank(name);

    /// <summary>Whether the name is that of an effective rank.</summary>
    public static bool IsRank(string name) => name.StartsWith(Rank, StringComparison.Ordinal);

    /// <summary>Least and largest value, and the rounding by which a number may exceed them.</summary>
    /// <param name="name">Name in result files. If this project does not know the name, any number is possible.</param>
    public (double Lower, double Upper, double Tolerance) LimitsOf(string name) =>
        IsRank(name) ? (1, LargestRank, Rounding * (double.IsFinite(LargestRank) ? LargestRank : 1))
        : IsNonnegative(name) ? (0, double.PositiveInfinity, 0)
        : name.StartsWith(Log, StringComparison.Ordinal) && IsNonnegative(name[Log.Length..]) ? (-LargestLogarithm, LargestLogarithm, 0)
        : (double.NegativeInfinity, double.PositiveInfinity, 0);

    /// <summary>Classifies a number.</summary>
    /// <param name="name">Name of the moment in result files.</param>
    /// <param name="value">The number.</param>
    public ValueKind KindOf(string name, double value)
    {
        var isLog = name.StartsWith(Log, StringComparison.Ordinal);
        if (double.IsNaN(value))
        {
            return ValueKind.NotANumber;
        }

        if (isLog && MomentSet.IsLogOfZero(value))
        {
            return ValueKind.Extinct;
        }

        if (double.IsInfinity(value))
        {
            return ValueKind.Infinite;
        }

        if (IsRecorded && IsRank(name) && value == EffectiveRank.NotComputed)
        {
            return ValueKind.NotComputed;
        }

        var (lower, upper, tolerance) = LimitsOf(name);
        var below =
            !IsRank(name) ? tolerance
            : double.IsNaN(BelowOne) ? Rounding
            : BelowOne;
        return value < lower - below || value > upper + tolerance ? ValueKind.OutOfRange
            : value == 0 && IsNonnegative(name) ? ValueKind.Extinct
            : ValueKind.Possible;
    }

    private static bool IsNonnegative(string name) =>
        Nonnegative.Contains(name) || Array.Exists(NonnegativeAtPlace, prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
