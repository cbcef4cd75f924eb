using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Every law of parameters: moments, bounds, independence of threads, and today's numbers for normal weights.</summary>
public class RandomParametersTests
{
    private const int FanIn = 300;
    private const int Outputs = 500;

    [Theory]
    [InlineData(WeightLaw.Normal, 3)]
    [InlineData(WeightLaw.Uniform, 1.8)]
    [InlineData(WeightLaw.TruncatedNormal, 2.3656)]
    [InlineData(WeightLaw.Orthogonal, 2.9661)]
    public void Weights_have_the_variance_and_the_kurtosis_of_their_law(WeightLaw law, double kurtosis)
    {
        var tensor = Weights(law, FanIn, Outputs);
        var values = Filled(tensor, 1);

        // 150,000 numbers: five standard errors of a mean square are 5·sqrt(2/150,000) = 0.018, of a kurtosis below 5·sqrt(96/150,000) = 0.13. Elements of
        // an orthonormal row of 500 have the kurtosis 3·500/502, and no variation of their mean square at all.
        var variance = values.Average(value => (double)value * value);
        (variance / tensor.Variance).Should().BeApproximately(1, 0.02);
        (values.Average(value => Math.Pow(value, 4)) / (variance * variance)).Should().BeApproximately(kurtosis, 0.13);
        (values.Average() / Math.Sqrt(tensor.Variance)).Should().BeApproximately(0, 0.013);
    }

    [Fact]
    public void Uniform_and_truncated_weights_stay_within_their_bounds()
    {
        var uniform = Weights(WeightLaw.Uniform, FanIn, Outputs);
        var truncated = Weights(WeightLaw.TruncatedNormal, FanIn, Outputs);

        Filled(uniform, 1)
            .Max(Math.Abs)
            .Should()
            .BeInRange((float)(0.999 * Math.Sqrt(3 * uniform.Variance)), (float)(1.000001 * Math.Sqrt(3 * uniform.Variance)));
        Filled(truncated, 1).Max(Math.Abs).Should().BeInRange((float)(2.27 * Math.Sqrt(truncated.Variance)), (float)(2.27370 * Math.Sqrt(truncated.Variance)));
    }

    [Theory]
    [InlineData(12, 30)]
    [InlineData(30, 12)]
    [InlineData(20, 20)]
    [InlineData(1, 5)]
    public void Orthogonal_weights_have_orthonormal_rows_or_columns_times_one_factor(int fanIn, int outputs)
    {
        var tensor = Weights(WeightLaw.Orthogonal, fanIn, outputs);
        var values = Filled(tensor, 1);
        var (vectors, length) = (Math.Min(fanIn, outputs), Math.Max(fanIn, outputs));

        for (var i = 0; i < vectors; i++)
        {
            for (var k = 0; k <= i; k++)
            {
                var product = Enumerable.Range(0, length).Sum(j => (double)Element(i, j) * Element(k, j)) / (tensor.Variance * length);
                product.Should().BeApproximately(i == k ? 1 : 0, 1e-6);
            }
        }

        float Element(int vector, int j) => fanIn >= outputs ? values[(j * outputs) + vector] : values[(vector * outputs) + j];
    }

    [Fact]
    public void Orthogonal_weights_have_positive_and_negative_first_elements_equally_often()
    {
        // Without positive diagonals in the triangular factor the first element of each vector would prefer a sign.
        var positive = Enumerable.Range(0, 400).Count(simulation => Filled(Weights(WeightLaw.Orthogonal, 3, 3), 1, (uint)simulation)[0] > 0);

        positive.Should().BeInRange(150, 250);
    }

    [Fact]
    public void Normal_weights_are_those_of_random_kernels()
    {
        var shape = new KernelShape(3, 40, 50, 2);
        var expected = new float[shape.Length];
        new RandomKernels<float>(5, 6).Fill(0, shape, expected);
        var actual = new float[shape.Length];

        new RandomParameters<float>(5, 6).Fill(shape.Tensor(), actual);

        actual.Should().Equal(expected);
    }

    [Theory]
    [InlineData(WeightLaw.Normal)]
    [InlineData(WeightLaw.Uniform)]
    [InlineData(WeightLaw.TruncatedNormal)]
    [InlineData(WeightLaw.Orthogonal)]
    public void Threads_and_precision_change_no_number(WeightLaw law)
    {
        var tensor = Weights(law, FanIn, Outputs);
        var doubles = new double[FanIn * Outputs];
        new RandomParameters<double>(5, 1).Fill(tensor, doubles);

        Filled(tensor, 3).Should().Equal(Filled(tensor, 1));
        doubles.Should().Equal(Filled(tensor, 1).Select(value => (double)value));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(1.0)]
    public void Masks_keep_the_share_that_is_asked_for_and_divide_by_it(double keep)
    {
        var mask = new ParameterTensor(ParameterKind.Mask, 2, new Dropout(keep) { Mask = DropoutMask.ByPoint }, 0, 100);
        var (one, three) = (new float[200_000], new float[200_000]);
        new RandomParameters<float>(5, 1).Fill(mask, one);
        new RandomParameters<float>(5, 1, 3).Fill(mask, three);

        one.Should().Equal(three);
        one.Where(value => value != 0).Should().OnlyContain(value => value == (float)(1 / keep));
        one.Average(value => value == 0 ? 0 : 1.0).Should().BeApproximately(keep, 5 * Math.Sqrt(keep * (1 - keep) / one.Length));
    }

    [Fact]
    public void Survivals_are_ones_and_zeros_of_their_probability()
    {
        var alive = Enumerable
            .Range(0, 1000)
            .Sum(index =>
            {
                var value = new float[1];
                new RandomParameters<float>(5, 1).Fill(new(ParameterKind.Survival, index, new Residual([]) { Survival = 0.7 }, 1, 1), value);
                value[0].Should().BeOneOf(0, 1);
                return value[0];
            });

        alive.Should().BeInRange(700 - 73, 700 + 73);
    }

    [Fact]
    public void Parameters_of_different_kind_index_or_simulation_are_different_numbers()
    {
        var tensors = new[]
        {
            Weights(WeightLaw.Normal, 10, 10),
            Weights(WeightLaw.Normal, 10, 10) with
            {
                Index = 1,
            },
            Weights(WeightLaw.Uniform, 10, 10),
            Weights(WeightLaw.TruncatedNormal, 10, 10),
            Weights(WeightLaw.Orthogonal, 10, 10),
            Weights(WeightLaw.Normal, 10, 10) with
            {
                Kind = ParameterKind.Biases,
            },
        };
        var signs = tensors
            .SelectMany(tensor => new[] { Filled(tensor, 1), Filled(tensor, 1, 2) })
            .Select(values => string.Concat(values.Select(value => value > 0 ? '+' : '-')));

        signs.Should().OnlyHaveUniqueItems();
    }

    private static ParameterTensor Weights(WeightLaw law, int fanIn, int outputs)
    {
        var layer = new Dense { Channels = outputs, Parameters = new(1.7, 0, law) };
        return new(ParameterKind.Weights, 0, layer, fanIn, outputs) { Variance = 1.7 / fanIn, Law = law };
    }

    private static float[] Filled(ParameterTensor tensor, int threads, uint simulation = 1)
    {
        var values = new float[tensor.Kind == ParameterKind.Biases ? tensor.Outputs : tensor.Length];
        new RandomParameters<float>(5, simulation, threads).Fill(tensor, values);
        return values;
    }
}
