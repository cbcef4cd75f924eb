using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

public class D3_D4_BatchNormTests
{
    /// <summary>
    /// Batch norm of values whose mean is up to 10 and whose spread may be small against it: rounding of the mean enters relative to the spread.
    /// </summary>
    private const double Rounding = 1e-9;

    [Law(MaxTest = 300)]
    public void D3_kurtosis_of_P_points_stays_below_its_bound(Features features)
    {
        var values = features.Values();
        if (!Batches.EveryChannelVaries(features.Shape, values))
        {
            return;
        }

        double p = features.Points;
        var bound = ((p * p) - (3 * p) + 3) / (p - 1);
        foreach (var channel in Batches.ByChannel(features.Shape, Batches.Normalise(features.Shape, values, 0).Signal))
        {
            channel.Average(z => z * z * z * z).Should().BeLessThanOrEqualTo(bound * (1 + Rounding));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(64)]
    public void D3_one_point_far_from_equal_others_attains_the_bound(int points)
    {
        var values = new double[points];
        values[0] = 1;
        double p = points;
        var z = Batches.Normalise(new TensorShape(points, 1, 1, 1), values, 0).Signal;
        z.Average(value => Math.Pow(value, 4)).Should().BeApproximately(((p * p) - (3 * p) + 3) / (p - 1), 1e-10 * p);
    }

    [Law(MaxTest = 300)]
    public void D4_normalised_channels_have_mean_zero_variance_one_and_balanced_halves(Features features)
    {
        var values = features.Values();
        if (!Batches.EveryChannelVaries(features.Shape, values))
        {
            return;
        }

        foreach (var channel in Batches.ByChannel(features.Shape, Batches.Normalise(features.Shape, values, 0).Signal))
        {
            channel.Average().Should().BeApproximately(0, Rounding);
            channel.Average(z => z * z).Should().BeApproximately(1, Rounding);
            var positive = channel.Average(z => Math.Max(z, 0));
            positive.Should().BeApproximately(channel.Average(z => Math.Max(-z, 0)), Rounding);
            positive.Should().BeLessThanOrEqualTo(0.5 + Rounding);
        }
    }

    [Law(MaxTest = 200)]
    public void D4_epsilon_is_added_to_the_variance_and_the_noise_is_only_divided(Features features)
    {
        var values = features.Values();
        const double epsilon = 0.3;
        var (signal, noise) = Batches.Normalise(features.Shape, values, epsilon);
        var before = Batches.ByChannel(features.Shape, values);
        var after = Batches.ByChannel(features.Shape, signal);
        var noiseAfter = Batches.ByChannel(features.Shape, noise);
        for (var channel = 0; channel < features.Channels; channel++)
        {
            var variance = Batches.Variance(before[channel]);
            Batches.Variance(after[channel]).Should().BeApproximately(variance / (variance + epsilon), Rounding);
            for (var point = 0; point < features.Points; point++)
            {
                var expected = before[channel][point] / Math.Sqrt(variance + epsilon);
                noiseAfter[channel][point].Should().BeApproximately(expected, Rounding * (1 + Math.Abs(expected)));
            }
        }
    }

    [Law(MaxTest = 200)]
    public void D4_batch_norm_does_not_depend_on_scale_and_shift_of_its_input(Features features)
    {
        var values = features.Values();
        if (!Batches.EveryChannelVaries(features.Shape, values))
        {
            return;
        }

        var expected = Batches.Normalise(features.Shape, values, 0).Signal;
        var actual = Batches.Normalise(features.Shape, [.. values.Select(value => (3.7 * value) + (2 * features.Scale))], 0).Signal;
        actual.Zip(expected, (x, y) => Math.Abs(x - y)).Largest().Should().BeLessThan(1e-7, "the shift costs digits where channels hardly vary");
    }

    [Fact]
    public void D4_a_constant_channel_gives_zero_with_epsilon_and_an_error_without()
    {
        var shape = new TensorShape(3, 1, 1, 2);
        double[] values = [1, 5, 2, 5, 3, 5];

        Batches.ByChannel(shape, Batches.Normalise(shape, values, 0.001).Signal)[1].Should().AllBeEquivalentTo(0.0);
        FluentActions.Invoking(() => Batches.Normalise(shape, values, 0)).Should().Throw<DegenerateChannelException>().Which.Channel.Should().Be(1);
    }
}
