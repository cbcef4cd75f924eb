using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The bounds of false alarms of the weights' claims with a twentieth of the samples, at a rate that a test can measure.</summary>
public class CalibrationTests
{
    private const int Seeds = 120;
    private const double Rate = 0.01;

    /// <summary>
    /// Of 120 true claims at most seven have a bound of 1 %, but for once in 10,000 sets of seeds; a convolution that is compared with itself in reverse gets
    /// there in 8 % of them.
    /// </summary>
    [Theory]
    [InlineData("I8")]
    [InlineData("I9")]
    public void False_alarms_of_claims_on_independent_weights_are_as_rare_as_their_bounds(string claim)
    {
        var check = Suite.Checks.Single(check => check.ClaimId == claim && check.Architecture == "vanilla");
        using var reference = new ReferenceSubject();
        var (small, measured) = (
            new System.Collections.Concurrent.ConcurrentDictionary<int, int>(),
            new System.Collections.Concurrent.ConcurrentDictionary<int, int>()
        );
        Parallel.For(
            0,
            Seeds,
            seed =>
            {
                var deep = new DeepExperiments(reference, Scale.Quick, (ulong)seed, null, default) { SampleShare = CalibrationStudy.SampleShare };
                foreach (var (index, measurement) in CalibrationStudy.Execute(check, reference, (ulong)seed, deep).Measurements.Index())
                {
                    // A bound that is missing would count as a large one.
                    var isBound = measurement.FalseAlarmBound is >= 0 and <= 1 ? 1 : 0;
                    measured.AddOrUpdate(index, isBound, (_, count) => count + isBound);
                    var isSmall = measurement.FalseAlarmBound <= Rate ? 1 : 0;
                    small.AddOrUpdate(index, isSmall, (_, count) => count + isSmall);
                }
            }
        );

        measured.Values.Should().NotBeEmpty().And.OnlyContain(count => count == Seeds, "each quantity has a bound at each seed");
        var most = Enumerable.Range(0, Seeds).First(count => 1 - Binomial.CDF(Rate, Seeds, count) <= 1e-4 / small.Count);
        small.Should().NotBeEmpty().And.AllSatisfy(quantity => quantity.Value.Should().BeLessThanOrEqualTo(most, $"quantity {quantity.Key} of {claim}"));
    }
}
