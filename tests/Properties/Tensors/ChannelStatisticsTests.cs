using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

/// <summary>Tensors of several chunks, whose statistics are merged: 37 channels are two blocks of vectors and a remainder.</summary>
public sealed unsafe class ChannelStatisticsTests
{
    private const int Channels = 37;
    private const int Points = 6000;

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void Merged_chunks_have_the_moments_of_the_definition(float offset)
    {
        var values = Values(offset);
        var statistics = Computed(values, threads: 1);

        for (var channel = 0; channel < Channels; channel++)
        {
            double[] column = [.. Enumerable.Range(0, Points).Select(point => (double)values[(point * Channels) + channel])];
            var mean = column.Average();
            double[] deviations = [.. column.Select(value => value - mean)];
            var moments = statistics[channel];

            // Means are rounded at 2⁻⁵³ of the offset, sums of 6,000 terms at less than 6,000·2⁻⁵³; 1e-10 of each scale leaves room for both.
            moments.Mean.Should().BeApproximately(mean, 1e-10 * (1 + offset));
            moments.Squares.Should().BeApproximately(deviations.Sum(d => d * d), 1e-10 * Points);
            moments.Cubes.Should().BeApproximately(deviations.Sum(d => d * d * d), 1e-10 * Points * (1 + offset));
            moments.Fourths.Should().BeApproximately(deviations.Sum(d => d * d * d * d), 1e-10 * Points * (1 + offset));
            moments.Absolutes.Should().BeApproximately(column.Sum(Math.Abs), 1e-10 * Points * (1 + offset));
            moments.MeanSquare.Should().BeApproximately(column.Average(value => value * value), 1e-10 * (1 + (offset * offset)));
        }
    }

    /// <summary>A chunk holds 2¹⁶ elements, 1771 points of 37 channels.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1770)]
    [InlineData(1771)]
    [InlineData(1772)]
    [InlineData(2 * 1771)]
    public void Statistics_are_correct_for_numbers_of_points_around_the_end_of_a_chunk(int points)
    {
        var values = Values(0);
        var statistics = Computed(values, threads: 1, points);

        foreach (var channel in new[] { 0, Channels - 1 })
        {
            double[] column = [.. Enumerable.Range(0, points).Select(point => (double)values[(point * Channels) + channel])];
            statistics[channel].Count.Should().Be(points);
            statistics[channel].Mean.Should().BeApproximately(column.Average(), 1e-10, "as above");
            statistics[channel].Absolutes.Should().BeApproximately(column.Sum(Math.Abs), 1e-10 * points);
        }
    }

    [Fact]
    public void Threads_change_no_bit_and_a_constant_channel_has_variance_zero()
    {
        var values = Values(0);
        for (var point = 0; point < Points; point++)
        {
            values[point * Channels] = values[(point * Channels) + Channels - 1] = 0.1f;
        }

        var alone = Computed(values, threads: 1);

        Computed(values, threads: 3).Should().Equal(alone);
        (alone[0].Variance, alone[^1].Variance).Should().Be((0, 0));
    }

    private static ChannelMoments[] Computed(float[] values, int threads, int points = Points)
    {
        var statistics = new ChannelStatistics(Channels, threads);
        fixed (float* pointer = values)
        {
            statistics.Compute(pointer, points, higherPowers: true);
        }

        return statistics.Channels.ToArray();
    }

    /// <summary>Skewed numbers whose mean drifts from chunk to chunk, so that every term of the merging formulas counts.</summary>
    private static float[] Values(float offset)
    {
        var values = new float[Points * Channels];
        new RandomNumbers(7, 0, 0, RandomPurpose.GaussianImages).FillNormal<float>(values, 1);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = offset + Math.Max(values[i], -0.5f) + (2f * i / values.Length);
        }

        return values;
    }
}
