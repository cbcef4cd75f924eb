using MathNet.Numerics.Distributions;

namespace Wellbehaved.Statistics;

/// <summary>The permitted error rates of a test: with the discrepancy to detect, these two probabilities determine its number of samples.</summary>
/// <param name="FalseFail">α: probability that a true claim is rejected.</param>
/// <param name="FalsePass">β: probability that a claim that is wrong by the discrepancy is not rejected.</param>
internal readonly record struct ErrorRates(double FalseFail, double FalsePass)
{
    /// <summary>
    /// ln(2/α): the evidence that a two-sided test must collect. By Markov's inequality, a nonnegative martingale of mean 1 exceeds 2/α with a probability of
    /// at most α/2.
    /// </summary>
    public double Threshold => Math.Log(2 / FalseFail);

    /// <summary>Number of standard errors between a test's critical value and the mean of a claim that is wrong by the discrepancy.</summary>
    public double PowerMargin => -Normal.InvCDF(0, 1, FalsePass);

    /// <summary>The same false-pass rate, with the false-fail rate shared between several tests.</summary>
    /// <param name="tests">Number of tests, at least 1.</param>
    /// <returns>The rates of each test.</returns>
    public ErrorRates SharedBy(int tests) => this with { FalseFail = FalseFail / tests };
}
