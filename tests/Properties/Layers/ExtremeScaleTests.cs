using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

/// <summary>Signals, factors and ε that are far from 1, in single precision: what a power of two can express is neither lost nor refused.</summary>
public class ExtremeScaleTests
{
    private const int Images = 4;

    private static readonly Shape Features = new(2, 2, 16);

    /// <summary>Beside a signal of these powers of two, an ε of 0.001 is small, tiny, and at last below the smallest double.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(124)]
    [InlineData(200)]
    [InlineData(533)]
    [InlineData(900)]
    public void D4_constant_features_become_zero_beside_features_of_every_size(int exponent)
    {
        var values = WithConstantFeatures();
        foreach (var (norm, kind) in NormsAndKinds(1e-3))
        {
            var (signal, noise) = Normalise(norm, values, exponent, kind);

            signal.Should().OnlyContain(value => double.IsFinite(value));
            noise.Should().OnlyContain(value => double.IsFinite(value));
            signal.Where((_, i) => IsConstant(norm, i)).Should().OnlyContain(value => value == 0);
            Propagations.Distance(signal, Normalise(norm, values, 30, kind).Signal).Should().BeLessThan(1e-6, norm.Word);
            SignalOfAdjoint(norm, values, exponent, kind).Should().Equal(signal);
        }
    }

    [Fact]
    public void An_epsilon_far_below_a_tiny_variance_changes_nothing()
    {
        var values = Random(1);
        foreach (var (norm, kind) in NormsAndKinds(1e-100))
        {
            var (signal, noise) = Normalise(norm, values, -140, kind);
            var expected = Normalise(norm with { Epsilon = 0 }, values, -140, kind);

            Propagations.Distance(signal, expected.Signal).Should().BeLessThan(1e-6, norm.Word);
            Propagations.Distance(noise, expected.Noise).Should().BeLessThan(1e-6, norm.Word);
            SignalOfAdjoint(norm, values, -140, kind).Should().Equal(signal);
        }
    }

    /// <summary>A signal of 2⁻²⁰⁰ is small beside √ε = 10⁻⁴⁵, whose inverse is beyond single precision: z = γ (y - mean)/√ε.</summary>
    [Fact]
    public void A_tiny_epsilon_above_a_tinier_variance_is_a_constant_factor()
    {
        var (values, factor) = (Random(1), Math.ScaleB(1e45, -100));
        foreach (var (norm, kind) in NormsAndKinds(1e-90))
        {
            var (ofTiny, ofOne) = (Normalise(norm, values, -200, kind), Normalise(norm with { Epsilon = 1 }, values, -100, kind));

            Propagations.Distance(ofTiny.Signal, [.. ofOne.Signal.Select(value => factor * value)]).Should().BeLessThan(1e-6, norm.Word);
            Propagations.Distance(ofTiny.Noise, [.. ofOne.Noise.Select(value => factor * value)]).Should().BeLessThan(1e-6, norm.Word);
            SignalOfAdjoint(norm, values, -200, kind).Should().Equal(ofTiny.Signal);
        }
    }

    [Theory]
    [InlineData(1e30)]
    [InlineData(-1e30)]
    [InlineData(1e-30)]
    public void Factors_of_norms_and_variances_of_every_allowed_size_stay_in_single_precision(double scale)
    {
        foreach (var norm in Norms(1e-3))
        {
            Layer[] layers = [new Dense { Channels = 16 }, norm with { Scale = scale }, new Dense { Parameters = new(Math.Abs(scale)) }];
            CompareWithDouble(new Network(norm.Word, new Shape(2, 2, 12), [.. layers]), 1e-3);
        }
    }

    [Fact]
    public void A_signal_behind_a_saturated_function_keeps_its_digits()
    {
        // Values of e⁻⁵⁰⁰ and below: rounding of the argument, up to a thousand, counts.
        var sigmoid = new Activation(new Function(FunctionKind.Sigmoid));
        Layer[] layers = [new Dense(), new Activation(new Function(FunctionKind.Abs)), sigmoid, new Scaling(-1000), sigmoid];
        CompareWithDouble(new Network("saturated", new Shape(1, 1, 12), [.. layers]), 1e-2);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(499)]
    [InlineData(600)]
    public void Elu_of_large_negative_numbers_is_minus_one(int exponent)
    {
        Layer[] layers =
        [
            new Activation(new Function(FunctionKind.Abs)),
            new Scaling(-Math.ScaleB(1, exponent)),
            new Activation(new Function(FunctionKind.Elu)),
        ];
        var network = new Network("elu", new Shape(1, 1, 12), [.. layers]);
        var signal = DescribedNetworks.Input(network, 1);

        DescribedNetworks.PropagateSingle(network, signal, signal).Signal.Should().OnlyContain(value => value == -1);
        Backward(network, signal).Signal.Should().OnlyContain(value => value == -1);
    }

    [Theory]
    [InlineData(499)]
    [InlineData(501)]
    [InlineData(600)]
    [InlineData(890)]
    public void Sine_is_that_of_its_argument_up_to_its_largest_one(int exponent)
    {
        var network = new Network("sine", new Shape(1, 1, 12), [new Scaling(Math.ScaleB(1, exponent)), new Activation(new Function(FunctionKind.Sine))]);
        var signal = DescribedNetworks.Input(network, 1);

        var sines = DescribedNetworks.Propagate(network, signal, signal).Signal;

        Propagations.Distance(sines, [.. signal.Select(value => Math.Sin(Math.ScaleB(value, exponent)))]).Should().BeLessThan(1e-12);
    }

    /// <summary>Gradients of the weights of queries and keys are of the third degree in a small input, however small its logits are.</summary>
    [Fact]
    public void Gradients_of_attention_weights_are_homogeneous_in_tiny_signals()
    {
        var network = new Network("attention", new Shape(1, 5, 8), [new Attention(2)]);
        var (small, tiny) = (AttentionGradients(network, -100), AttentionGradients(network, -160));
        for (var kind = 0; kind < 2; kind++)
        {
            Propagations.Distance([.. tiny[kind].Select(value => Math.ScaleB(value, 180))], small[kind]).Should().BeLessThan(1e-9);
        }
    }

    private static Norm[] Norms(double epsilon) =>
        [
            new BatchNorm { Epsilon = epsilon },
            new LayerNorm { Epsilon = epsilon },
            new RmsNorm { Epsilon = epsilon },
            new GroupNorm(16) { Epsilon = epsilon },
            new InstanceNorm { Epsilon = epsilon },
        ];

    private static IEnumerable<(Norm Norm, NoiseKind Kind)> NormsAndKinds(double epsilon) =>
        Norms(epsilon).SelectMany(norm => Enum.GetValues<NoiseKind>().Select(kind => (norm, kind)));

    private static float[] Random(uint salt)
    {
        var values = new float[Images * Features.Features];
        new RandomNumbers(3, salt, 0, RandomPurpose.InputNoise).FillNormal<float>(values, 1);
        return values;
    }

    /// <summary>Random numbers with zeros in channel 3 and at the first point.</summary>
    private static float[] WithConstantFeatures()
    {
        var values = Random(1);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i % Features.Channels == 3 || i < Features.Channels ? 0 : values[i];
        }

        return values;
    }

    /// <summary>Whether a feature of these numbers is among others of its norm that are all zero.</summary>
    private static bool IsConstant(Norm norm, int index) => norm is LayerNorm or RmsNorm ? index < Features.Channels : index % Features.Channels == 3;

    private static (double[] Signal, double[] Noise) Normalise(Norm norm, float[] values, int exponent, NoiseKind kind)
    {
        using var product = new MatrixProduct<float>();
        using var factory = new LayerFactory<float>(Images, kind, product);
        using var state = new PropagationState<float>(factory.Tensor(Features));
        values.CopyTo(state.Current.Signal);
        Random(2).CopyTo(state.Current.Noise);
        (state.Current.SignalExponent, state.Current.NoiseExponent) = (exponent, exponent);
        factory.Make(norm, Features)!.Propagate(state);
        return (state.Current.TrueSignal(), state.Current.TrueNoise());
    }

    private static double[] SignalOfAdjoint(Norm norm, float[] values, int exponent, NoiseKind kind)
    {
        using var factory = new AdjointFactory<float>(Images, kind, Gradients.Input, 1);
        using var context = new PassContext<float>(null, Gradients.Input, 1);
        using var layer = factory.Make(norm, Features)!;
        using var source = new ScaledTensor<float>(values.Length);
        using var target = new ScaledTensor<float>(values.Length);
        values.CopyTo(source.Stored(layer.Input));
        source.Exponent = exponent;
        layer.Forward(source, target, context);
        var signal = True(target.Stored(layer.Output), target.Exponent);

        // The gradient is a number, too.
        layer.Backward((source, target), source, target, context);
        True(target.Stored(layer.Input), target.Exponent).Should().OnlyContain(value => double.IsFinite(value));
        return signal;
    }

    private static void CompareWithDouble(Network network, double tolerance)
    {
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        var expected = DescribedNetworks.Propagate(network, signal, noise);
        var single = DescribedNetworks.PropagateSingle(network, signal, noise);

        expected.Signal.Should().Contain(value => value != 0);
        Distance(single.Signal, expected.Signal).Should().BeLessThan(tolerance, network.Name);
        Distance(single.Noise, expected.Noise).Should().BeLessThan(tolerance, network.Name);
        var backward = Backward(network, signal);
        Distance(backward.Signal, expected.Signal).Should().BeLessThan(tolerance, network.Name);
        backward.Gradient.Should().OnlyContain(value => double.IsFinite(value)).And.Contain(value => value != 0);
    }

    /// <summary>The relative distance, of numbers whose squares may be below the smallest one.</summary>
    private static double Distance(double[] actual, double[] expected)
    {
        var largest = expected.Max(Math.Abs);
        return Propagations.Distance([.. actual.Select(value => value / largest)], [.. expected.Select(value => value / largest)]);
    }

    private static (double[] Signal, double[] Gradient) Backward(Network network, double[] signal)
    {
        using var pass = new BackwardPass<float>(network, DescribedNetworks.Images, NoiseKind.Mapping, gradients: Gradients.Input);
        for (var i = 0; i < signal.Length; i++)
        {
            pass.Input[i] = (float)signal[i];
        }

        new RandomNumbers(11, 4, 0, RandomPurpose.InputNoise).FillNormal(pass.OutputGradient, 1);
        pass.Forward(new RandomParameters<float>(7, 1));
        pass.Backward();
        return (True(pass.Output, pass.OutputExponent), True(pass.InputGradient, pass.InputGradientExponent));
    }

    private static double[][] AttentionGradients(Network network, int exponent)
    {
        using var pass = new BackwardPass<double>(network, DescribedNetworks.Images);
        var signal = DescribedNetworks.Input(network, 1);
        for (var i = 0; i < signal.Length; i++)
        {
            pass.Input[i] = Math.ScaleB(signal[i], exponent);
        }

        DescribedNetworks.Input(network, 2).CopyTo(pass.OutputGradient);
        pass.Forward(new RandomParameters<double>(7, 1));
        pass.Backward();
        var gradients = pass.ParameterGradients.ToArray();
        return [.. pass.Layout.Tensors.Take(2).Select(tensor => gradients.AsSpan(pass.Layout.OffsetOf(tensor), (int)tensor.Length).ToArray())];
    }

    private static double[] True(ReadOnlySpan<float> stored, int exponent)
    {
        var values = new double[stored.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.ScaleB(stored[i], exponent);
        }

        return values;
    }
}
