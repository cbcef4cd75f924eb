using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Thousands of units: powers of two kept beside the tensors hold signal and noise in range, and layers that need true values get them.</summary>
public class DeepDescribedNetworkTests
{
    private const int Depth = 2000;
    private static readonly Shape Image = new(2, 2, 8);

    public static TheoryData<string> Units =>
        [
            "batch_norm",
            "layer_norm",
            "rms_norm",
            "group_norm",
            "instance_norm",
            "tanh",
            "silu",
            "gelu",
            "scaling",
            "dropout",
            "attention",
            "pre_norm",
            "zero_norm",
        ];

    [Theory]
    [MemberData(nameof(Units))]
    public void Two_thousand_units_neither_overflow_nor_vanish(string unit)
    {
        var network = new Network(unit, Image, [new Repeat(Depth, Unit(unit))]);
        foreach (var kind in Enum.GetValues<NoiseKind>())
        {
            using var machine = new NetworkPropagation<float>(network, 4, kind);
            new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(machine.Input.Signal, 1);
            new RandomNumbers(1, 1, 0, RandomPurpose.InputNoise).FillNormal(machine.Input.Noise, 1);

            var output = machine.Propagate(new RandomParameters<float>(3, 1), new InRange());

            output.Signal.ToArray().Should().OnlyContain(value => float.IsFinite(value)).And.Contain(value => value != 0);
            output.Noise.ToArray().Should().OnlyContain(value => float.IsFinite(value)).And.Contain(value => value != 0);
        }
    }

    [Theory]
    [InlineData(FunctionKind.Tanh)]
    [InlineData(FunctionKind.Erf)]
    [InlineData(FunctionKind.Sine)]
    [InlineData(FunctionKind.Gelu)]
    [InlineData(FunctionKind.GeluTanh)]
    [InlineData(FunctionKind.Silu)]
    [InlineData(FunctionKind.Elu)]
    [InlineData(FunctionKind.HardSwish)]
    public void An_activation_of_a_vanishing_signal_multiplies_by_its_slope_at_zero(FunctionKind kind)
    {
        // The signal ends near 2^-6600, the noise with it.
        var (before, after) = Around(0.01, new Activation(new(kind)));

        var slope =
            kind is FunctionKind.Tanh or FunctionKind.Sine or FunctionKind.Elu ? 1
            : kind == FunctionKind.Erf ? 2 / Math.Sqrt(Math.PI)
            : 0.5;
        before.LogNu2Signal.Should().BeLessThan(-2000);
        after.LogNu2Signal.Should().BeApproximately(before.LogNu2Signal + (2 * Math.Log(slope)), 1e-4);
        after.LogMu2Noise.Should().BeApproximately(before.LogMu2Noise + (2 * Math.Log(slope)), 1e-4);
    }

    [Theory]
    [InlineData(FunctionKind.Gelu)]
    [InlineData(FunctionKind.GeluTanh)]
    [InlineData(FunctionKind.Silu)]
    [InlineData(FunctionKind.Elu)]
    [InlineData(FunctionKind.Softplus)]
    [InlineData(FunctionKind.HardSwish)]
    public void An_unbounded_smooth_activation_of_an_exploding_signal_acts_as_a_ReLU(FunctionKind kind)
    {
        var (_, expected) = Around(100, new Activation(Function.Relu));
        var (before, after) = Around(100, new Activation(new(kind)));

        before.LogNu2Signal.Should().BeGreaterThan(2000);
        after.LogNu2Signal.Should().BeApproximately(expected.LogNu2Signal, 1e-4);
        after.LogMu2Noise.Should().BeApproximately(expected.LogMu2Noise, 1e-4);
    }

    [Theory]
    [InlineData(FunctionKind.Tanh, 1)]
    [InlineData(FunctionKind.Erf, 1)]
    [InlineData(FunctionKind.Sigmoid, 0.5)]
    public void A_bounded_function_of_an_exploding_signal_saturates(FunctionKind kind, double meanSquare)
    {
        var (_, after) = Around(100, new Activation(new(kind)));

        // Half of the sigmoids are 1 and half 0, on average over signs.
        after.Nu2Signal.Should().BeApproximately(meanSquare, kind == FunctionKind.Sigmoid ? 0.3 : 1e-6);
        after.Mu2Noise.Should().Be(0);
    }

    [Theory]
    [InlineData("batch_norm")]
    [InlineData("layer_norm")]
    [InlineData("rms_norm")]
    [InlineData("group_norm")]
    [InlineData("instance_norm")]
    public void A_norm_removes_the_scale_of_the_signal_and_divides_the_noise_by_it(string norm)
    {
        foreach (var factor in new[] { 0.01, 100 })
        {
            var (before, after) = Around(factor, Norm(norm) with { Epsilon = 0 });

            after.Nu2Signal.Should().BeApproximately(1, 1e-4);
            after.LogMu2Noise.Should().BeApproximately(before.LogMu2Noise - before.LogNu2Signal, 4);
        }
    }

    [Fact]
    public void A_norm_of_a_signal_far_below_epsilon_divides_by_its_root()
    {
        foreach (var norm in new[] { "batch_norm", "layer_norm", "rms_norm", "group_norm", "instance_norm" })
        {
            var (before, after) = Around(0.01, Norm(norm) with { Epsilon = 1e-4 });
            var centred = before.LogMu2Signal;

            after.LogNu2Signal.Should().BeInRange(centred - Math.Log(1e-4) - 3, before.LogNu2Signal - Math.Log(1e-4) + 1e-3, norm);
            after.LogMu2Noise.Should().BeApproximately(before.LogMu2Noise - Math.Log(1e-4), 3, norm);
        }
    }

    [Fact]
    public void A_sine_of_an_exploding_signal_is_refused()
    {
        var propagating = () => Around(100, new Activation(new(FunctionKind.Sine)));

        propagating.Should().Throw<ArithmeticException>().WithMessage("expected a signal below 2^900 before a sine*at depth*");
    }

    [Fact]
    public void A_dense_layer_after_a_vanishing_signal_gives_its_biases()
    {
        var (_, after) = Around(0.01, new Dense { Channels = 64, Parameters = new(0.01, 0.25) });

        after.Nu2Signal.Should().BeApproximately(0.25, 0.15);
        after.LogMu2Noise.Should().BeLessThan(-2000);
    }

    [Fact]
    public void A_branch_of_zeros_leaves_the_skip_connection_unchanged_for_any_exponent()
    {
        // The branch's noise is zero with a power of two far above the skip's.
        Layers silent = [new Repeat(200, [new Dense { Parameters = new(100) }, new Activation(Function.Relu)]), new BatchNorm { Scale = 0 }];
        var network = new Network("silent", Image, [new Dense(), new Residual(silent), new Residual([new Dense()]) { BranchScale = 0 }]);
        using var machine = new NetworkPropagation<float>(network, 4);
        new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(machine.Input.Signal, 1);
        new RandomNumbers(1, 1, 0, RandomPurpose.InputNoise).FillNormal(machine.Input.Noise, 1);
        var moments = new AllMoments(4);

        machine.Propagate(new RandomParameters<float>(3, 1), moments);

        moments.All[^1].Nu2Signal.Should().Be(moments.All[0].Nu2Signal);
        moments.All[^1].Mu2Noise.Should().Be(moments.All[0].Mu2Noise);
    }

    /// <summary>Moments before and after a layer whose input is multiplied by a factor a thousand times.</summary>
    private static (MomentSet Before, MomentSet After) Around(double factor, Layer layer)
    {
        var network = new Network("around", Image, [new Dense { Channels = 64 }, new Repeat(Depth / 2, [new Scaling(factor)]), layer]);
        using var machine = new NetworkPropagation<float>(network, 4);
        new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(machine.Input.Signal, 1);
        new RandomNumbers(1, 1, 0, RandomPurpose.InputNoise).FillNormal(machine.Input.Noise, 1);
        var moments = new AllMoments(4);
        machine.Propagate(new RandomParameters<float>(3, 1), moments);
        return (moments.All[^2], moments.All[^1]);
    }

    private static Norm Norm(string word) =>
        word switch
        {
            "batch_norm" => new BatchNorm(),
            "layer_norm" => new LayerNorm(),
            "rms_norm" => new RmsNorm(),
            "group_norm" => new GroupNorm(2),
            "instance_norm" => new InstanceNorm(),
            _ => throw new ArgumentException($"no norm {word}", nameof(word)),
        };

    private static Layers Unit(string word) =>
        word switch
        {
            "tanh" or "silu" or "gelu" => [new Dense { Parameters = new(3) }, new Activation(new(Function.Find(word)!.Value))],
            "scaling" => [new Scaling(1.9e-30), new Activation(Function.LeakyRelu(1e3)), new AveragePool(1)],
            "dropout" => [new Dropout(0.9), new Dense { Parameters = Initialisation.LeCun }, new MaxPool(1)],
            "attention" =>
            [
                new Residual([new LayerNorm(), new Attention(2)]),
                new Residual([new LayerNorm(), new Dense(), new Activation(Function.Relu), new Dense()]),
            ],
            "pre_norm" => [new Residual([new LayerNorm(), new Dense(), new Activation(new(FunctionKind.Tanh)), new Dense()]) { Survival = 0.9 }],
            "zero_norm" => [new Residual([new Dense(), new RmsNorm { Scale = 0 }]) { SkipScale = 0.5 }],
            _ => [new Convolution(1) { Parameters = new(4) }, Norm(word), new Activation(Function.LeakyRelu(0.2))],
        };

    /// <summary>Looks at every place and sees stored values that single precision can square, and raise to fourth powers.</summary>
    private sealed class InRange : IPlaceObserver<float>
    {
        public bool Observes(int index, Networks.Place place) => index % 97 == 0;

        public void Observe(int index, Networks.Place place, SignalAndNoise<float> values)
        {
            foreach (var stored in new[] { values.Signal.ToArray(), values.Noise.ToArray() })
            {
                var largest = stored.Max(Math.Abs);
                if (largest != 0 || place.After is not Norm { Scale: 0 })
                {
                    largest.Should().BeInRange(1e-18f, 1e18f, "at {0}", place);
                }
            }
        }
    }

    private sealed class AllMoments(int images) : IPlaceObserver<float>
    {
        public List<MomentSet> All { get; } = [];

        public bool Observes(int index, Networks.Place place) => true;

        public void Observe(int index, Networks.Place place, SignalAndNoise<float> values)
        {
            values.Shape.Images.Should().Be(images);
            using var computation = new MomentComputation<float>(values.Shape);
            All.Add(computation.Compute(values, reffSignal: false, reffNoise: false));
        }
    }
}
