using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using Wellbehaved.Numerics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>The parts of the sampled chain; that the whole has the law of the model's networks is tested where both can be seen.</summary>
public class SampledNeuronsTests
{
    [Trait("Evidence", "Sampling")]
    [Fact]
    public void Normal_numbers_have_the_normal_distribution_with_its_tail()
    {
        const int count = 2_000_000;
        var numbers = new double[count];
        new NormalSequence(20190611).Fill(numbers, 1);

        // Massart's form of the inequality of Dvoretzky, Kiefer and Wolfowitz: P(√n D > t) ≤ 2 exp(-2t²), exact for every n.
        var cumulative = numbers.Order().Select(value => Normal.CDF(0, 1, value));
        var distance = cumulative.Select((share, i) => Math.Max(share - ((double)i / count), ((i + 1.0) / count) - share)).Largest();
        distance.Should().BeLessThan(Math.Sqrt(Math.Log(2 / Sampling.FalseAlarmRate) / (2.0 * count)));

        // Beyond the ziggurat's last edge, 3.654, a rejection method of its own takes over: 516 are expected, on either side 258.
        foreach (var sign in new[] { -1, 1 })
        {
            var tail = numbers.Where(value => sign * value > 3.6541528853610088).Select(value => sign * value).ToArray();
            var expected = count * Normal.CDF(0, 1, -3.6541528853610088);
            tail.Length.Should().BeCloseTo((int)expected, (uint)(4.9 * Math.Sqrt(expected)));

            // In the tail the excess is nearly exponential: its mean is φ(r)/Q(r) - r, with a standard deviation that is a little smaller than the mean.
            var mean = (Normal.PDF(0, 1, 3.6541528853610088) / Normal.CDF(0, 1, -3.6541528853610088)) - 3.6541528853610088;
            (tail.Mean() - 3.6541528853610088).Should().BeApproximately(mean, 4.9 * mean / Math.Sqrt(tail.Length));
        }
    }

    [Trait("Evidence", "Sampling")]
    [Theory]
    [InlineData(1ul)]
    [InlineData(1ul << 63)]
    [InlineData(0x9E3779B97F4A7C15ul)]
    public void Sequences_of_related_seeds_are_unrelated(ulong difference)
    {
        const int count = 100_000;
        var (one, other) = (new double[count], new double[count]);
        foreach (var seed in new[] { 0ul, 7ul, 20190611ul })
        {
            new NormalSequence(seed).Fill(one, 1);
            new NormalSequence(seed + difference).Fill(other, 1);

            // Products of independent normal numbers have mean 0 and variance 1; of the squares less 1, mean 0 and variance 4.
            one.Zip(other, (x, y) => x * y).Mean().Should().BeApproximately(0, 4.9 / Math.Sqrt(count));
            one.Zip(other, (x, y) => ((x * x) - 1) * ((y * y) - 1)).Mean().Should().BeApproximately(0, 4.9 * 2 / Math.Sqrt(count));
        }
    }

    [Law(MaxTest = 200)]
    public void A_semidefinite_factor_reproduces_its_covariance_for_any_rank(KernelCase generated)
    {
        // Points on scales from 1e-8 to 1e8: what is lost is relative to the deviations of the two points.
        var scales = Vector<double>.Build.Dense(generated.Points, i => Math.Pow(10, (i % 3) * 8 - 8));
        var covariance = generated.Kernel().MapIndexed((i, j, value) => value * scales[i] * scales[j]);
        var factor = SemidefiniteFactor.Compute(covariance.ToRowMajorArray(), generated.Points);
        factor.Rank.Should().BeLessThanOrEqualTo(Math.Min(generated.Points, generated.Directions), "a rank that rounding makes is none");
        var rows = Matrix<double>.Build.DenseOfRowMajor(generated.Points, factor.Rank, factor.Rows);
        var back = rows.TransposeAndMultiply(rows);
        for (var i = 0; i < generated.Points; i++)
        {
            for (var j = 0; j < generated.Points; j++)
            {
                // 4n units may be left out by definition; remainder, entry and the product of this test round up to n times each.
                var allowance = 7 * generated.Points * Math.Pow(2, -53) * Math.Sqrt(covariance[i, i] * covariance[j, j]);
                back[i, j].Should().BeApproximately(covariance[i, j], allowance);
            }
        }
    }

    [Fact]
    public void The_semidefinite_factor_of_a_zero_matrix_has_no_columns()
    {
        var factor = SemidefiniteFactor.Compute(new double[9], 3);
        (factor.Rank, factor.Rows.Length).Should().Be((0, 0));
        SemidefiniteFactor.Compute([4, 0, 2, 0, 0, 0, 2, 0, 1], 3).Rows.Should().Equal(2, 0, 1);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(4, 3, 8)]
    [InlineData(9, 5, 17)]
    [InlineData(24, 24, 24)]
    [InlineData(7, 0, 9)]
    [InlineData(128, 128, 129)]
    public void Products_of_dense_matrices_below_and_above_the_blocked_size_are_correct(int rows, int inner, int columns)
    {
        // The last case is beyond the size from which the blocked product is used.
        var normal = new Normal(0, 1, new Random(rows));
        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => normal.Sample())];
        var (a, b, c) = (Draw(rows * inner), Draw(inner * columns), Draw(rows * columns));
        DenseProduct.Multiply(a, b, c, rows, inner, columns);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var (sum, sizes) = (0.0, 0.0);
                for (var k = 0; k < inner; k++)
                {
                    var term = a[(i * inner) + k] * b[(k * columns) + j];
                    (sum, sizes) = (sum + term, sizes + Math.Abs(term));
                }

                // Two sums of n terms in any order: n units of roundoff each.
                c[(i * columns) + j].Should().BeApproximately(sum, 2 * (inner + 1) * Math.Pow(2, -53) * sizes);
            }
        }
    }

    [Theory]
    [InlineData("vanilla")]
    [InlineData("vanilla_res")]
    [InlineData("bn_ff")]
    [InlineData("bn_res")]
    public void A_sampled_chain_depends_only_on_its_seed_on_every_thread(string architecture)
    {
        var joint = new KernelCase(6, 4, 1, 0.5, 2).Kernel();
        var all = Enumerable.Range(0, 16).AsParallel().AsOrdered().Select(number => Run((ulong)number % 8)).ToArray();
        all[..8].Should().Equal(all[8..]).And.OnlyHaveUniqueItems();

        PredictedMoments Run(ulong seed)
        {
            var chain = SampledNeurons.Given(NetworkKind.Named(architecture), joint, 5, 0.01, seed);
            chain.Advance();
            return chain.Next();
        }
    }

    [Fact]
    public void A_step_of_the_chain_without_moments_gives_the_same_state_as_one_with_them()
    {
        var joint = new KernelCase(6, 4, 1, 0.5, 2).Kernel();
        var (stepping, advancing) = (Start(), Start());
        var start = stepping.Moments();
        start.Depth.Should().Be(0);
        double.IsNaN(start.ReffSignal).Should().BeTrue("no ReLU has been passed");
        stepping.Next();
        advancing.Advance();
        advancing.Moments().Should().Be(stepping.Moments()).And.Be(advancing.Moments(), "looking changes nothing");

        SampledNeurons Start() => SampledNeurons.Given(NetworkKind.Named("bn_res"), joint, 5, 0.01, 3);
    }

    [Fact]
    public void A_narrow_net_that_has_died_stays_dead()
    {
        // A net of one neuron dies with probability 1/2 or more in each layer: ln 0 from then on, and χ = 0/0.
        var chain = SampledNeurons.Given(NetworkKind.Named("vanilla"), Matrix<double>.Build.DenseIdentity(4), 1, 0, 1);
        for (var depth = 0; depth < 60; depth++)
        {
            chain.Advance();
        }

        var moments = chain.Next();
        moments.Should().Be(new PredictedMoments(61, double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity, double.NaN));
        double.IsNaN(moments.LogChi(1, 1)).Should().BeTrue();
    }

    [Fact]
    public void Chi_is_relative_to_the_noise_of_the_input()
    {
        var moments = new PredictedMoments(1, 0, 1, 4, 2);
        moments.LogChi(Math.E, 1).Should().Be(moments.LogChi(Math.E));
        moments.LogChi(Math.E, Math.E * Math.E).Should().BeApproximately(1, 1e-15);
    }

    [Fact]
    public void An_impossible_joint_Gram_matrix_is_refused()
    {
        var kind = NetworkKind.Named("vanilla");
        Refused("expected signal and noise of as many points, got 3 rows", () => SampledNeurons.Given(kind, Matrix<double>.Build.DenseIdentity(3), 4, 0, 1));
        Refused(
            "correlation beyond 1",
            () =>
                SampledNeurons.Given(
                    kind,
                    Matrix<double>.Build.DenseOfArray(
                        new[,]
                        {
                            { 1, 2.0 },
                            { 2, 1 },
                        }
                    ),
                    4,
                    0,
                    1
                )
        );
        Refused("null", () => SampledNeurons.Given(kind, null!, 4, 0, 1));
        Refused("epsilon", () => SampledNeurons.Given(kind, Matrix<double>.Build.DenseIdentity(4), 4, double.NaN, 1));
        Refused("width", () => SampledNeurons.Given(kind, Matrix<double>.Build.DenseIdentity(4), 0, 0, 1));

        static void Refused(string words, Action call) => FluentActions.Invoking(call).Should().Throw<ArgumentException>().WithMessage($"*{words}*");
    }
}
