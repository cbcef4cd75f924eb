using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Effective ranks that a live subject reports of deep nets: rounding may carry a rank of 1 below 1, by so much and no more.</summary>
public class DeepMomentsTests
{
    // ν₂/μ₂ = e: a rank of 1 comes out below 1 by a few thousand roundings at most, and by one part in ten only of something else.
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1.5, 1.5)]
    [InlineData(1 - 1e-6, 1)]
    public void A_rank_below_1_by_rounding_counts_as_1_and_larger_ranks_stay_unchanged(double reported, double taken) =>
        TableOf(reported, logMu2: -1).Reff![0][0].Should().Be(taken);

    [Theory]
    [InlineData(0.9)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_rank_too_far_below_1_for_rounding_is_a_finding(double reported)
    {
        var table = TableOf(reported, logMu2: -1);

        table.Simulations.Should().Be(0);
        table.Unusable.Should().Be(1);
    }

    [Fact]
    public void The_rounding_allowance_of_a_rank_grows_when_the_variance_is_a_small_share_of_the_signal()
    {
        // ν₂/μ₂ = e⁸ ≈ 3,000: the subtraction of squares loses that much more.
        TableOf(1 - 1e-3, logMu2: -8).Reff![0][0].Should().Be(1);
        TableOf(1 - 1e-3, logMu2: 0).Unusable.Should().Be(1);
    }

    private static MomentTable TableOf(double reff, double logMu2)
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 1,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 4,
            NumSims = 1,
            NumComputations = 1,
        };
        using var reference = new ReferenceSubject();
        var moments = new DeepMoments(options, reference.Description);
        moments.Begin();
        foreach (var place in moments.Network.Architecture.Places.Skip(1).Prepend(moments.LastPlace).Distinct())
        {
            moments.Take(1, place, new ReportedMoments(0.4, 1, Math.Exp(logMu2), 3, 1e-6, 0, logMu2, Math.Log(1e-6), 1, 0, reff, 2));
        }

        return moments.Finish();
    }
}
