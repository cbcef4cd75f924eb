using MathNet.Numerics.Distributions;

namespace Wellbehaved.Audit;

/// <summary>How often a test may be wrong: the two probabilities from which, with the discrepancy to detect, its number of samples follows.</summary>
/// <param name="FalseFail">α: probability that a true claim is rejected.</param>
/// <param name="FalsePass">β: probability that a claim which is wrong by the discrepancy is not rejected.</param>
internal readonly record struct ErrorRates(double FalseFail, double FalsePass)
{
    /// <summary>
    /// ln(2/α): the evidence that a two-sided test must collect. By Markov's inequality a nonnegative martingale of mean 1 exceeds 2/α with probability α/2 at
    /// most.
    /// </summary>
    public double Threshold => Math.Log(2 / FalseFail);

    /// <summary>Standard errors that separate a test's critical value from the mean of a claim wrong by the discrepancy.</summary>
    public double PowerMargin => -Normal.InvCDF(0, 1, FalsePass);

    /// <summary>The same false-pass rate, with the false-fail rate shared between several tests.</summary>
    /// <param name="tests">Number of tests, at least 1.</param>
    /// <returns>The rates of each.</returns>
    public ErrorRates SharedBy(int tests) => this with { FalseFail = FalseFail / tests };
}
