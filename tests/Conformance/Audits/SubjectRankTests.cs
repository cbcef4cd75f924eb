using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Effective ranks below 1 of live subjects: what rounding can do, and no more, whatever the largest rank is.</summary>
public class SubjectRankTests
{
    [Theory]
    [InlineData(64, 512)]
    [InlineData(32, 128)]
    public void A_rank_below_one_is_out_of_range_if_rounding_cannot_explain_it(int points, int channels)
    {
        var range = MomentRange.OfSubject(points, channels, Math.ScaleB(1, -24));

        range.KindOf("reff_signal", 0.999).Should().Be(ValueKind.OutOfRange);
        range.KindOf("reff_signal", points - 1).Should().Be(ValueKind.Possible);
        range.KindOf("reff_signal", points).Should().Be(ValueKind.OutOfRange);
        range.KindOf("reff_signal", 1 - 2e-5).Should().Be(ValueKind.Possible);
    }

    [Fact]
    public void A_collapsed_signal_in_single_precision_is_in_range()
    {
        // Points along one direction with a thousandth of their size as scatter, centred and summed up in single precision, in the worst order.
        const int points = 64,
            channels = 512;
        var random = new Random(8);
        var range = MomentRange.OfSubject(points, channels, Math.ScaleB(1, -24));
        for (var run = 0; run < 20; run++)
        {
            float[] direction = [.. Enumerable.Range(0, channels).Select(_ => random.NextSingle())];
            float[] sizes = [.. Enumerable.Range(0, points).Select(_ => 1 + (0.001f * random.NextSingle()))];
            var mean = 0f;
            foreach (var size in sizes)
            {
                mean += size / points;
            }

            // Rank one: its trace summed over channels, its largest eigenvalue as the Rayleigh quotient of the direction, both in single precision.
            var (trace, variance, square) = (0f, 0f, 0f);
            foreach (var size in sizes)
            {
                variance += (size - mean) * (size - mean) / points;
            }

            foreach (var component in direction)
            {
                trace += component * component * variance;
                square += component * component;
            }

            range.KindOf("reff_signal", trace / (variance * square)).Should().Be(ValueKind.Possible);
        }
    }

    [Fact]
    public void A_precision_too_low_for_the_covariance_allows_any_positive_rank()
    {
        var range = MomentRange.OfSubject(64, 512, Math.ScaleB(1, -8));

        range.KindOf("reff_signal", 0.2).Should().Be(ValueKind.Possible);
        range.KindOf("reff_signal", 0).Should().Be(ValueKind.OutOfRange);
        range.KindOf("reff_signal", -1).Should().Be(ValueKind.OutOfRange);
        MomentRange.OfSubject(1, 4, Math.ScaleB(1, -24)).KindOf("reff_signal", 1e9).Should().Be(ValueKind.Possible, "a single point has no rank at all");
    }
}
