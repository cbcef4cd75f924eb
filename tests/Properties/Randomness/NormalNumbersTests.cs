using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public class NormalNumbersTests
{
    /// <summary>Each statistic below errs once in a million seeds; the seed is fixed, so a failure is a defect.</summary>
    private const double FalseAlarmRate = 1e-6;

    private const int Count = 1 << 22;

    [Fact]
    public void Moments_up_to_the_eighth_are_those_of_a_normal_distribution()
    {
        var sums = new double[9];
        foreach (var value in Draw())
        {
            var power = 1.0;
            for (var order = 1; order <= 8; order++)
            {
                power *= value;
                sums[order] += power;
            }
        }

        // E x^p = (p-1)!! for even p; the variance of the estimate is ((2p-1)!! - E²)/n. Central limit: 4·10⁶ samples.
        double[] moments = [1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395, 0, 135135, 0, 2027025];
        var z = Normal.InvCDF(0, 1, 1 - (FalseAlarmRate / 2));
        for (var order = 1; order <= 8; order++)
        {
            var deviation = Math.Sqrt((moments[2 * order] - (moments[order] * moments[order])) / Count);
            (sums[order] / Count).Should().BeApproximately(moments[order], z * deviation, "moment {0}", order);
        }
    }

    [Fact]
    public void The_distribution_function_agrees_within_the_bound_of_Dvoretzky_Kiefer_and_Wolfowitz()
    {
        var values = Draw();
        Array.Sort(values);
        var largest = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            var expected = Normal.CDF(0, 1, values[i]);
            largest = Math.Max(largest, Math.Max(expected - (i / (double)Count), ((i + 1) / (double)Count) - expected));
        }

        largest.Should().BeLessThan(Math.Sqrt(Math.Log(2 / FalseAlarmRate) / (2.0 * Count)));
    }

    [Theory]
    [InlineData(3.0)]
    [InlineData(4.0)]
    [InlineData(4.5)]
    public void The_tail_beyond_a_threshold_has_its_normal_probability(double threshold)
    {
        var beyond = Draw().Count(value => Math.Abs(value) > threshold);
        var share = 2 * Normal.CDF(0, 1, -threshold);

        // Exact binomial limits of the count.
        var lower = Binomial.CDF(share, Count, beyond);
        var upper = 1 - Binomial.CDF(share, Count, beyond - 1);
        Math.Min(lower, upper).Should().BeGreaterThan(FalseAlarmRate / 2);
    }

    [Fact]
    public void Neighbouring_numbers_layers_and_simulations_are_uncorrelated()
    {
        var z = Normal.InvCDF(0, 1, 1 - (FalseAlarmRate / 2)) / Math.Sqrt(Count);
        var reference = Draw();
        Correlation(reference[1..], reference[..^1]).Should().BeLessThan(z);
        Correlation(reference[32..], reference[..^32]).Should().BeLessThan(z);
        Correlation(reference, Draw(layer: 4)).Should().BeLessThan(z);
        Correlation(reference, Draw(simulation: 8)).Should().BeLessThan(z);
        Correlation(reference, Draw(seed: 2)).Should().BeLessThan(z);
        Correlation(reference, Draw(purpose: RandomPurpose.InputNoise)).Should().BeLessThan(z);
    }

    [Fact]
    public void Random_words_give_the_numbers_of_Box_and_Muller()
    {
        // The definition in double precision, from the same words.
        var numbers = new RandomNumbers(11, 7, 3, RandomPurpose.Weights);
        var values = new float[64 * 50];
        numbers.FillNormal<float>(values, 1);
        for (var i = 0; i < values.Length; i++)
        {
            var (group, within) = (i / 64, i % 64);
            var block = numbers.Block((uint)((group * 16) + (within % 16)));
            var (radiusWord, angleWord) = within < 32 ? (block.Word0, block.Word1) : (block.Word2, block.Word3);
            var radius = Math.Sqrt(-2 * Math.Log((radiusWord + 0.5) / 4294967296.0));
            var angle = 2 * Math.PI * (angleWord / 4294967296.0);
            var expected = radius * (within % 32 < 16 ? Math.Cos(angle) : Math.Sin(angle));

            // Single precision: a few roundings of 2⁻²⁴ each, of numbers up to the radius; and u itself is rounded by up to 2⁻²⁵,
            // which moves r = sqrt(-2 ln u) by 2⁻²⁵/(u r), felt where u is close to 1 and r small.
            var rounding = (6 * Math.Pow(2, -24) * Math.Max(radius, 1)) + (2 * Math.Pow(2, -25) / radius);
            ((double)values[i]).Should().BeApproximately(expected, rounding);
        }
    }

    [Law(MaxTest = 100)]
    public void Any_part_of_a_random_stream_can_be_computed_separately(ulong seed, byte groups, byte length)
    {
        var numbers = new RandomNumbers(seed, 1, 2, RandomPurpose.Weights);
        var whole = new float[(groups * 64) + length];
        numbers.FillNormal<float>(whole, 0.5);
        var part = new float[length];
        numbers.FillNormal<float>(part, 0.5, groups);
        var doubles = new double[length];
        numbers.FillNormal<double>(doubles, 0.5, groups);

        part.Should().Equal(whole[(groups * 64)..]);
        doubles.Should().Equal(part.Select(value => (double)value));
    }

    [Law(MaxTest = 100)]
    public void Registers_of_every_width_give_the_same_bits(ulong seed, byte layer, byte length, byte firstGroup)
    {
        var numbers = new RandomNumbers(seed, 1, layer, RandomPurpose.Weights);
        var usual = new float[length];
        NormalNumbers.Fill<float>(numbers, usual, 0.3f, firstGroup);
        Filled<WordRegister128>().Should().Equal(usual);
        Filled<WordRegister256>().Should().Equal(usual);
        Filled<WordRegister512>().Should().Equal(usual);

        float[] Filled<TRegister>()
            where TRegister : unmanaged, IWordRegister<TRegister>
        {
            var filled = new float[length];
            NormalNumbers.Fill<float, TRegister>(numbers, filled, 0.3f, firstGroup);
            return filled;
        }
    }

    [Fact]
    public void Weights_do_not_depend_on_the_number_of_threads()
    {
        var shape = new KernelShape(3, 100, 100, 2);
        var (one, two) = (new float[shape.Length], new float[shape.Length]);
        new RandomKernels<float>(5, 6, threads: 1).Fill(7, shape, one);
        new RandomKernels<float>(5, 6, threads: 2).Fill(7, shape, two);
        two.Should().Equal(one);
    }

    private static float[] Draw(ulong seed = 1, uint simulation = 2, uint layer = 3, RandomPurpose purpose = RandomPurpose.Weights)
    {
        var values = new float[Count];
        new RandomNumbers(seed, simulation, layer, purpose).FillNormal<float>(values, 1);
        return values;
    }

    private static double Correlation(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += (double)x[i] * y[i];
        }

        return Math.Abs(sum / x.Length);
    }
}
