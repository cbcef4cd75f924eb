using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>D1, D2: bounds of moments hold for sums in single precision, centred first or by expanding the powers.</summary>
public class MomentRoundingTests
{
    private static readonly double Single = Math.ScaleB(1, -24);
    private static readonly TensorShape Shape = new(2, 4, 3, 4);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(10, 0.1)]
    public void Moments_in_single_precision_stay_within_their_bounds(double mean, double deviation)
    {
        var rounding = new MomentRounding(Shape, Single);
        var largest = 0.0;
        for (var seed = 0; seed < 200; seed++)
        {
            var values = Drawn(seed, mean, deviation);
            var means = WrittenOutLayers.Means(values, Shape.Channels);
            var (nu1, nu2, fourth) = (values.Average(Math.Abs), values.Average(x => x * x), values.Average(x => Math.Pow(x, 4)));
            var mu2 = WrittenOutLayers.Variances(values, Shape.Channels).Average();
            var mu4 = WrittenOutLayers.OverPoints(values, Shape.Channels, (x, channel) => Math.Pow(x - means[channel], 4)).Average();
            Check(Mean(values, MathF.Abs), nu1, rounding.Nu1 * nu1);
            Check(Mean(values, x => x * x), nu2, rounding.Nu2 * nu2);
            Check(MathF.Log(Mean(values, x => x * x)), Math.Log(nu2), rounding.OfLogarithm(rounding.Nu2, Math.Log(nu2)));
            foreach (var expanded in new[] { false, true })
            {
                Check(OverChannels(values, channel => Central(channel, expanded).Second), mu2, rounding.Mu2 * nu2);
                Check(OverChannels(values, channel => Central(channel, expanded).Fourth), mu4, rounding.Mu4 * fourth);
            }
        }

        largest.Should().BeInRange(0.01, 1);

        void Check(float computed, double exact, double bound) => largest = Math.Max(largest, Math.Abs(computed - exact) / bound);
    }

    [Fact]
    public void Counts_of_roundings_agree_with_their_formulas()
    {
        var rounding = new MomentRounding(Shape, Single);

        // P = 24 points, N = 4 channels.
        rounding.Nu1.Should().Be(Roundings.Gamma(96, Single));
        rounding.Nu2.Should().Be(Roundings.Gamma(97, Single));
        rounding.Mu2.Should().Be(Roundings.Gamma(80, Single));
        rounding.Mu4.Should().Be(Roundings.Gamma((39 * 24) + 119, Single));
        rounding.OfLogarithm(1, 5).Should().Be(double.PositiveInfinity);
        rounding.OfLogarithm(0.5, 0).Should().Be(1);
    }

    /// <summary>An effective rank from a covariance in single precision, expanded or centred first, of which eigenvalues are exact; and of another
    /// signal.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Effective_ranks_stay_within_their_bounds(double mean)
    {
        var (largest, largestChange) = (0.0, 0.0);
        for (var seed = 0; seed < 100; seed++)
        {
            var values = Drawn(seed, mean, 1);
            var exact = MomentChecks.Spectrum.Compute(values, Shape);
            var bound = EffectiveRankRounding.OfReported(Shape, exact.Squares, exact.Largest, exact.Rank, Single);
            foreach (var expanded in new[] { false, true })
            {
                largest = Math.Max(largest, Math.Abs(Rank(values, expanded) - exact.Rank) / bound);
            }

            var error = Drawn(seed + 5000, 0, 0.03);
            var moved = MomentChecks.Spectrum.Compute([.. values.Zip(error, (x, e) => x + e)], Shape);
            largestChange = Math.Max(
                largestChange,
                Math.Abs(moved.Rank - exact.Rank) / EffectiveRankRounding.OfChanged(Shape.Points, exact.Largest, exact.Rank, Enclosure.Norm(error))
            );
        }

        largest.Should().BeInRange(0.005, 1);
        largestChange.Should().BeInRange(0.01, 1);
        EffectiveRankRounding.OfReported(Shape, 1, 0, 1, Single).Should().Be(double.PositiveInfinity);
        EffectiveRankRounding.OfChanged(4, 0.25, 2, 1).Should().Be(double.PositiveInfinity, "nothing is left of a spectral norm of 1");
    }

    private static double[] Drawn(int seed, double mean, double deviation)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable
                .Range(0, Shape.Elements)
                .Select(_ =>
                    (double)(float)(mean + (deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))
                ),
        ];
    }

    private static float Mean(double[] values, Func<float, float> power)
    {
        var sum = 0f;
        foreach (var value in values)
        {
            sum += power((float)value);
        }

        return sum / values.Length;
    }

    private static float OverChannels(double[] values, Func<double[], float> moment) =>
        Mean([.. Enumerable.Range(0, Shape.Channels).Select(channel => (double)moment([.. values.Where((_, i) => i % Shape.Channels == channel)]))], x => x);

    private static (float Second, float Fourth) Central(double[] channel, bool expanded)
    {
        var m = Mean(channel, x => x);
        if (!expanded)
        {
            return (Mean(channel, x => (x - m) * (x - m)), Mean(channel, x => (x - m) * (x - m) * (x - m) * (x - m)));
        }

        var (second, third, fourth) = (Mean(channel, x => x * x), Mean(channel, x => x * x * x), Mean(channel, x => x * x * x * x));
        return (second - (m * m), fourth - (4 * m * third) + (6 * m * m * second) - (3 * m * m * m * m));
    }

    private static double Rank(double[] values, bool expanded)
    {
        var columns = Enumerable
            .Range(0, Shape.Channels)
            .Select(channel => values.Where((_, i) => i % Shape.Channels == channel).Select(x => (float)x).ToArray())
            .ToArray();
        var means = columns.Select(column => column.Aggregate(0f, (sum, x) => sum + x) / column.Length).ToArray();
        var covariance = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(
            Shape.Channels,
            Shape.Channels,
            (i, j) =>
            {
                var sum = 0f;
                for (var p = 0; p < Shape.Points; p++)
                {
                    sum += expanded ? columns[i][p] * columns[j][p] : (columns[i][p] - means[i]) * (columns[j][p] - means[j]);
                }

                return (sum / Shape.Points) - (expanded ? means[i] * means[j] : 0);
            }
        );
        var spectrum = covariance.Evd(MathNet.Numerics.LinearAlgebra.Symmetricity.Symmetric).EigenValues.Select(value => value.Real).ToArray();
        return spectrum.Sum() / spectrum.Max();
    }
}
