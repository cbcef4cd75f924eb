using System.Globalization;

namespace Wellbehaved.Audit;

/// <summary>
/// Tests a recorded mean: by a theorem if the law has one that is sharp enough, otherwise by Student's asymptotic test together with the theorem.
/// </summary>
internal static class RecordedTest
{
    /// <summary>Tests a mean.</summary>
    /// <param name="figure">The quantity, one value for each simulation.</param>
    /// <param name="rates">The permitted error rates of the test.</param>
    /// <param name="expected">The claimed mean, not 0.</param>
    /// <param name="discrepancy">The relative discrepancy that must be detected.</param>
    /// <param name="words">The quantity, in words.</param>
    /// <param name="exact">A theorem about the quantity; null if there is none.</param>
    /// <returns>The measurement; inconclusive if simulations are missing without an explanation in the file.</returns>
    public static Measurement Judge(RecordedSummary figure, ErrorRates rates, double expected, double discrepancy, string words, ExactTail? exact = null)
    {
        var (n, missing) = (figure.Count, figure.NotFinite + figure.Unknown);
        var measured = new Observed(n == 0 ? double.NaN : figure.Mean);
        if (missing > 0 || n == 0 || (n == 1 && exact is null))
        {
            return new Measurement(words, new Expected(expected), measured, Verdict.Inconclusive)
            {
                Samples = n,
                FalseFailRate = rates.FalseFail,
                FalseAlarmBound = 1,
                Deviation = double.NaN,
                Detectable = double.PositiveInfinity,
                Remark = missing > 0 ? $"no number in {Files.Counted.Spell(missing, n + missing, "simulation")}" : null,
            };
        }

        var error = n == 1 ? double.PositiveInfinity : figure.Deviation / Math.Sqrt(n);
        var distance = figure.Mean - expected;
        var t = distance == 0 ? 0 : distance / error;
        var spread = n == 1 ? 0 : rates.PowerMargin * error / Math.Abs(expected);
        var remark = n == 1 ? "a single simulation: its scatter is not known, only the theorem's bound of it" : null;

        // The theorem is used alone if it sees the discrepancy. Otherwise each of the two tests has half of the rate of false alarms.
        var reach = exact is null ? double.PositiveInfinity : exact.Reach(expected, rates.FalseFail) + spread;
        if (exact is not null && reach <= discrepancy)
        {
            var alarm = exact.FalseAlarm(figure.Mean);
            return new Measurement(words, new Expected(expected), measured, alarm <= rates.FalseFail ? Verdict.Rejected : Verdict.Holds)
            {
                Deviation = t,
                Samples = n,
                FalseFailRate = rates.FalseFail,
                FalseAlarmBound = alarm,
                Detectable = reach,
                Effect = Ratio(exact.Interval?.Invoke(figure.Mean, rates.FalseFail)),
                Remark = remark,
            };
        }

        var share = exact is null ? rates : rates.SharedBy(2);
        var (tail, bound) = (new CorrectedTail(Math.Max(2, n), figure.Skewness), exact?.FalseAlarm(figure.Mean) ?? 1);
        var (critical, student) = n == 1 ? (double.PositiveInfinity, 1.0) : (tail.Critical(share.FalseFail), tail.Bound(Math.Abs(t)));
        var detectable = Math.Min(
            double.IsFinite(critical) ? (critical * error / Math.Abs(expected)) + spread : double.PositiveInfinity,
            exact is null ? double.PositiveInfinity : exact.Reach(expected, share.FalseFail) + spread
        );
        var rejected = Math.Min(bound, student) <= share.FalseFail;
        var decides = SimulationsThat(count =>
            (new CorrectedTail(count, figure.Skewness).Critical(share.FalseFail) + rates.PowerMargin) * figure.Deviation / Math.Sqrt(count)
            <= discrepancy * Math.Abs(expected)
        );
        return new Measurement(
            words,
            new Expected(expected),
            measured,
            rejected ? Verdict.Rejected
                : detectable <= discrepancy ? Verdict.Holds
                : Verdict.Inconclusive
        )
        {
            Deviation = t,
            Samples = n,
            FalseFailRate = rates.FalseFail,
            FalseAlarmBound = Math.Min(1, (exact is null ? 1 : 2) * Math.Min(bound, student)),
            IsAsymptotic = !(bound <= share.FalseFail),
            Detectable = detectable,
            Effect = Ratio(
                double.IsFinite(critical)
                    ? (figure.Mean - (critical * error), figure.Mean + (critical * error))
                    : exact?.Interval?.Invoke(figure.Mean, share.FalseFail)
            ),
            Remark = rejected || detectable <= discrepancy ? remark : remark ?? WouldDecide(decides, "simulations"),
        };

        Effect Ratio((double Lower, double Upper)? interval) =>
            new(
                EffectKind.Ratio,
                figure.Mean / expected,
                interval is { } one ? Math.Min(one.Lower / expected, one.Upper / expected) : double.NegativeInfinity,
                interval is { } other ? Math.Max(other.Lower / expected, other.Upper / expected) : double.PositiveInfinity
            );
    }

    /// <summary>Tests the sign of a mean by Student's asymptotic test.</summary>
    /// <param name="figure">The quantity, one value for each mapping.</param>
    /// <param name="rates">The permitted error rates of the test.</param>
    /// <param name="sign">1 if the claim is that the mean is positive, -1 if negative.</param>
    /// <param name="words">The quantity, in words.</param>
    public static Measurement OfSign(RecordedSummary figure, ErrorRates rates, int sign, string words)
    {
        var (n, missing) = (figure.Count, figure.NotFinite + figure.Unknown);
        var error = figure.Deviation / Math.Sqrt(n);
        var t = sign * figure.Mean / error;
        var (tail, usable) = (new CorrectedTail(Math.Max(2, n), figure.Skewness), n >= 2 && missing == 0 && !double.IsNaN(t));
        var decides = SimulationsThat(count =>
            new CorrectedTail(count, figure.Skewness).Critical(rates.FalseFail) * figure.Deviation / Math.Sqrt(count) <= Math.Abs(figure.Mean)
        );
        var (probability, critical) = usable ? (tail.Bound(Math.Abs(t)), tail.Critical(rates.FalseFail)) : (1.0, double.PositiveInfinity);
        return new Measurement(
            words,
            new Expected(0),
            new Observed(figure.Mean),
            probability > rates.FalseFail ? Verdict.Inconclusive
                : t > 0 ? Verdict.Holds
                : Verdict.Rejected
        )
        {
            Deviation = t,
            Samples = n,
            FalseFailRate = rates.FalseFail,
            FalseAlarmBound = t < 0 ? probability : 1,
            IsAsymptotic = true,
            Effect = double.IsFinite(critical)
                ? new Effect(EffectKind.Difference, figure.Mean, figure.Mean - (critical * error), figure.Mean + (critical * error))
                : null,
            Remark =
                missing > 0 ? $"no number in {Files.Counted.Spell(missing, n + missing, "mapping")}"
                : usable && probability > rates.FalseFail ? WouldDecide(decides, "mappings")
                : null,
        };
    }

    private static string WouldDecide(long? count, string what) =>
        count is { } enough
            ? string.Create(CultureInfo.InvariantCulture, $"about {enough:0} {what} of the same scatter and skewness would decide")
            : $"no number of {what} of this scatter would decide";

    /// <summary>The least number of values, to one in a hundred, that meets a condition; larger numbers must meet it too.</summary>
    private static long? SimulationsThat(Func<long, bool> decide)
    {
        const double largest = 1e12;
        var (few, many) = (2.0, 4.0);
        while (!decide((long)many))
        {
            (few, many) = (many, 2 * many);
            if (many > largest)
            {
                return null;
            }
        }

        while (many > Math.Max(few + 1, 1.01 * few))
        {
            var middle = 0.5 * (few + many);
            (few, many) = decide((long)middle) ? (few, middle) : (middle, many);
        }

        return (long)Math.Ceiling(many);
    }
}
