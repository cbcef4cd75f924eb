namespace Wellbehaved.Statistics;

/// <summary>
/// Comparisons of numbers that must agree up to rounding. It keeps the first comparison that fails, where the mistake begins; if none fails, the worst one.
/// </summary>
internal sealed class ExactComparison
{
    private double _worst = -1;
    private Expected _expected;
    private Observed _observed;
    private string _where = "";
    private double _sumOfLogarithms;
    private long _tolerant;

    /// <summary>Number of comparisons so far.</summary>
    public long Comparisons { get; private set; }

    /// <summary>
    /// The geometric mean of the tolerances other than 0, in the units of the numbers: how far from equal a number may typically be. It is 0 if all comparisons
    /// require equality.
    /// </summary>
    /// <remarks>
    /// The worst comparison says nothing about the tolerances of the others: one that is far too wide passes everything and is never the worst.
    /// </remarks>
    public double TypicalTolerance => _tolerant == 0 ? 0 : Math.Exp(_sumOfLogarithms / _tolerant);

    /// <summary>Compares two numbers.</summary>
    /// <param name="observed">The observed number.</param>
    /// <param name="expected">The right number.</param>
    /// <param name="tolerance">
    /// A bound of the rounding between them, at least 0. 0 requires equality; with a bound that is not finite nothing is compared.
    /// </param>
    /// <param name="where">The place, for the report.</param>
    /// <remarks>A number that is not finite is always wrong, whatever was expected and however wide the tolerance is.</remarks>
    public void Add(Observed observed, Expected expected, double tolerance, string where)
    {
        if (Compare(observed, expected, tolerance))
        {
            _where = where;
        }
    }

    /// <summary>Compares two numbers, and puts their place into words only where it may be named.</summary>
    /// <typeparam name="TPlace">What tells the place.</typeparam>
    /// <param name="observed">The observed number.</param>
    /// <param name="expected">The right number.</param>
    /// <param name="tolerance">As for <see cref="Add(Observed, Expected, double, string)"/>.</param>
    /// <param name="place">The place.</param>
    /// <param name="words">The place in words, for the report. It is called only for the worst number so far, since most places are never named.</param>
    internal void Add<TPlace>(Observed observed, Expected expected, double tolerance, TPlace place, Func<TPlace, string> words)
    {
        if (Compare(observed, expected, tolerance))
        {
            _where = words(place);
        }
    }

    /// <summary>Compares numbers that must all be zero.</summary>
    /// <param name="observed">The observed numbers.</param>
    /// <param name="tolerances">A bound of the rounding of each.</param>
    /// <param name="where">The place of a number, for the report. It is called only for the worst number so far, since most places are never named.</param>
    internal void AddZeros(double[] observed, double[] tolerances, Func<int, string> where)
    {
        for (var i = 0; i < observed.Length; i++)
        {
            if (Compare(new Observed(observed[i]), new Expected(0), tolerances[i]))
            {
                _where = where(i);
            }
        }
    }

    /// <summary>Compares a number with two bounds.</summary>
    /// <param name="observed">The observed number.</param>
    /// <param name="lower">Least value.</param>
    /// <param name="upper">Largest value.</param>
    /// <param name="tolerance">A bound of the rounding.</param>
    /// <param name="where">The place, for the report.</param>
    public void AddBetween(Observed observed, Expected lower, Expected upper, double tolerance, string where) =>
        Add(
            observed,
            observed.Value < lower.Value ? lower
                : observed.Value > upper.Value ? upper
                : new Expected(observed.Value),
            tolerance,
            where
        );

    /// <summary>The verdict and the comparison that it rests on.</summary>
    /// <param name="quantity">What was compared.</param>
    /// <returns>Holds if all agree; inconclusive if nothing was compared.</returns>
    public Measurement Conclude(string quantity) =>
        new(
            quantity + (_where.Length == 0 ? "" : $" at {_where}"),
            _expected,
            _observed,
            Comparisons == 0 ? Verdict.Inconclusive
                : _worst <= 1 ? Verdict.Holds
                : Verdict.Rejected
        )
        {
            Deviation = Math.Max(0, _worst),
            Samples = Comparisons,
            Tolerance = TypicalTolerance,
        };

    /// <summary>Compares two numbers. True if this comparison is the one to report so far; then the caller must add its place.</summary>
    private bool Compare(Observed observed, Expected expected, double tolerance)
    {
        if (!double.IsFinite(tolerance) && double.IsFinite(observed.Value))
        {
            return false;
        }

        Comparisons++;
        if (tolerance > 0 && double.IsFinite(tolerance))
        {
            _tolerant++;
            _sumOfLogarithms += Math.Log(tolerance);
        }

        var distance = Math.Abs(observed.Value - expected.Value);
        var ratio =
            !double.IsFinite(observed.Value) ? double.PositiveInfinity
            : distance == 0 ? 0
            : tolerance > 0 ? distance / tolerance
            : double.PositiveInfinity;
        if (!(_worst <= 1 && (ratio > _worst || double.IsNaN(ratio))))
        {
            return false;
        }

        (_worst, _observed, _expected) = (double.IsNaN(ratio) ? double.PositiveInfinity : ratio, observed, expected);
        return true;
    }
}
