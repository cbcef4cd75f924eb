using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>The backward pass is the adjoint of the noise, its signal is the machine's, and threads change no bit.</summary>
/// <remarks>
/// Rounding: if layer l adds the error δ_l to the noise dx_l and δ'_l to the gradient g_l, then ⟨J dx, w⟩ and ⟨dx, Jᵀ w⟩ differ by Σ_l ⟨δ_l, g_l⟩ + ⟨dx_l,
/// δ'_l⟩ to first order, and |δ_l| is at most n u times what the layer adds up, n terms at most. With u = 1.1e-16, at most a thousand terms and sums at most
/// 300 times larger than what is left of them, that is 1e-10/3 (|dx_l||g_l|) for each.
/// </remarks>
public class AdjointTests
{
    private const double RoundingOfLayer = 1e-10 / 3;

    public static TheoryData<string> Names => [.. DescribedNetworks.Examples.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradient_at_the_input_is_the_adjoint_of_the_noise(string name) => CompareWithNoise(DescribedNetworks.Examples[name]);

    [Law(MaxTest = 150)]
    public void Gradient_at_the_input_is_the_adjoint_of_the_noise_of_generated_networks(Network network)
    {
        try
        {
            CompareWithNoise(network);
        }
        catch (DegenerateChannelException)
        {
            DescribedNetworks.MayRefuse(network.Layers).Should().BeTrue("only a norm without ε refuses constant features: {0}", network);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_backward_pass_computes_the_signal_of_the_forward_pass_bit_for_bit(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var signal = DescribedNetworks.Input(network, 1);
        var expected = DescribedNetworks.Propagate(network, signal, new double[signal.Length]).Signal;
        using var pass = new BackwardPass<double>(network, DescribedNetworks.Images, gradients: Gradients.None);
        signal.CopyTo(pass.Input);

        pass.Forward(new RandomParameters<double>(7, 1));

        True(pass.Output, pass.OutputExponent).Should().Equal(expected);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Threads_change_no_bit_of_gradients(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (one, three) = (Differentiate(network, NoiseKind.Full, 1), Differentiate(network, NoiseKind.Full, 3));

        three.Input.Should().Equal(one.Input);
        three.Parameters.Should().Equal(one.Parameters);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_of_parameters_are_difference_quotients(string name)
    {
        var network = DescribedNetworks.Examples[name];
        var (signal, cotangent) = (DescribedNetworks.Input(network, 1), Cotangent(network));
        using var pass = new BackwardPass<double>(network, DescribedNetworks.Images);
        using var parameters = new ParameterVector<double>(pass.Layout, new RandomParameters<double>(7, 1));
        signal.CopyTo(pass.Input);
        cotangent.CopyTo(pass.OutputGradient);
        pass.Forward(parameters);
        pass.Backward();
        var gradients = pass.ParameterGradients.ToArray();
        double[] initial = [.. parameters.Values];
        var rounding = 1e-13 * Norm(True(pass.Output, pass.OutputExponent)) * Norm(cotangent);

        double Value(int offset, ReadOnlySpan<double> direction, double step)
        {
            initial.CopyTo(parameters.Values);
            for (var i = 0; i < direction.Length; i++)
            {
                parameters.Values[offset + i] += step * direction[i];
            }

            var output = DescribedNetworks.Propagate(network, signal, new double[signal.Length], parameters: parameters).Signal;
            return Dot(output, cotangent);
        }

        foreach (var (index, tensor) in pass.Layout.Tensors.Index())
        {
            var (offset, length) = (pass.Layout.OffsetOf(tensor), (int)tensor.Length);
            var direction = new double[length];
            new RandomNumbers(5, (uint)index, 0, RandomPurpose.InputNoise).FillNormal<double>(direction, 1);
            var expected = Dot(gradients.AsSpan(offset, length), direction);
            var scale = Propagations.Rms(gradients.AsSpan(offset, length)) * Math.Sqrt(length);

            // A difference has the rounding of its two values; the derivative itself may be zero, as that of a bias before batch norm is.
            var distance = new[] { 1e-4, 1e-5, 1e-6 }.Min(step =>
                Math.Abs(((Value(offset, direction, step) - Value(offset, direction, -step)) / (2 * step)) - expected) - (rounding / step)
            );
            distance.Should().BeLessThan(1e-6 * (scale + Math.Abs(expected)) + double.Epsilon, "{0} number {1} of {2}", tensor.Kind, tensor.Index, name);
        }
    }

    [Theory]
    [InlineData("conv_batch_norm")]
    [InlineData("pre_batch_norm")]
    public void Given_statistics_are_used_and_held(string name)
    {
        var network = DescribedNetworks.Examples[name];
        using var training = new BackwardPass<double>(network, DescribedNetworks.Images, NoiseKind.Mapping);
        using var evaluation = new BackwardPass<double>(network, DescribedNetworks.Images, NoiseKind.Full);
        foreach (var pass in new[] { training, evaluation })
        {
            DescribedNetworks.Input(network, 1).CopyTo(pass.Input);
            Cotangent(network).CopyTo(pass.OutputGradient);
        }

        training.Forward(new RandomParameters<double>(7, 1));
        training.Backward();
        evaluation.Forward(new RandomParameters<double>(7, 1), training.BatchStatistics);
        evaluation.Backward();

        evaluation.Output.ToArray().Should().Equal(training.Output.ToArray());
        evaluation.InputGradient.ToArray().Should().Equal(training.InputGradient.ToArray());

        // Other statistics give another output.
        training.BatchStatistics[0].Variances.Fill(4);
        evaluation.Forward(new RandomParameters<double>(7, 1), training.BatchStatistics);
        evaluation.Output.ToArray().Should().NotEqual(training.Output.ToArray());
    }

    [Fact]
    public void A_pass_without_kept_values_refuses_to_compute_a_gradient()
    {
        using var pass = new BackwardPass<double>(DescribedNetworks.Examples["nested"], DescribedNetworks.Images, gradients: Gradients.None);
        pass.Forward(new RandomParameters<double>(7, 1));

        var backward = () => pass.Backward();

        backward.Should().Throw<InvalidOperationException>().WithMessage("*forward pass*");
    }

    [Fact]
    public void Gradients_of_deep_networks_neither_overflow_nor_vanish_in_single_precision()
    {
        // A gradient doubles its power in each unit: 2^500 in single precision, which ends at 2^128.
        var network = new Network("deep", new(1, 1, 16), [new Repeat(500, [new Residual([new Activation(Function.Relu), new Dense()])])]);
        using var pass = new BackwardPass<float>(network, 4);
        new RandomNumbers(1, 1, 0, RandomPurpose.InputNoise).FillNormal(pass.Input, 1);
        pass.OutputGradient.Fill(1);

        pass.Forward(new RandomParameters<float>(3, 1));
        pass.Backward();

        pass.InputGradientExponent.Should().BeGreaterThan(128);
        pass.InputGradient.ToArray().Should().OnlyContain(value => float.IsFinite(value));
        pass.InputGradient.ToArray().Should().Contain(value => value != 0);
    }

    private static void CompareWithNoise(Network network)
    {
        var (signal, noise, cotangent) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2), Cotangent(network));
        foreach (var kind in Enum.GetValues<NoiseKind>())
        {
            var norms = new double[network.Places.Count];
            var output = DescribedNetworks.Propagate(network, signal, noise, kind, observer: new NoiseNorms(norms)).Noise;
            var gradient = Differentiate(network, kind, 1, norms);
            var scale = norms.Sum() + (Norm(noise) * Norm(gradient.Input)) + (Norm(output) * Norm(cotangent));
            scale.Should().BeLessThan(double.PositiveInfinity);

            Math.Abs(Dot(output, cotangent) - Dot(noise, gradient.Input))
                .Should()
                .BeLessThanOrEqualTo(2 * RoundingOfLayer * scale, "noise {0} of {1}", kind, network);
        }
    }

    /// <summary>Gradients for a random cotangent; norms, if given, are multiplied by those of the gradients at the places.</summary>
    private static (double[] Input, double[] Parameters) Differentiate(Network network, NoiseKind kind, int threads, double[]? norms = null)
    {
        using var pass = new BackwardPass<double>(network, DescribedNetworks.Images, kind, threads, Gradients.Input | Gradients.Parameters | Gradients.Places);
        DescribedNetworks.Input(network, 1).CopyTo(pass.Input);
        Cotangent(network).CopyTo(pass.OutputGradient);
        pass.Forward(new RandomParameters<double>(7, 1));
        var seen = new List<int>();
        pass.Backward(new GradientNorms(norms, seen));
        seen.Order().Should().Equal(Enumerable.Range(0, network.Places.Count));
        return (True(pass.InputGradient, pass.InputGradientExponent), [.. pass.ParameterGradients]);
    }

    private static double[] Cotangent(Network network)
    {
        var values = new double[DescribedNetworks.Images * network.Output.Features];
        new RandomNumbers(11, 4, 0, RandomPurpose.InputNoise).FillNormal<double>(values, 1);
        return values;
    }

    private static double[] True(ReadOnlySpan<double> stored, int exponent)
    {
        double[] values = [.. stored];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Math.ScaleB(values[i], exponent);
        }

        return values;
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        x.Length.Should().Be(y.Length);
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }

    private static double Norm(ReadOnlySpan<double> x) => Math.Sqrt(Dot(x, x));

    private sealed class NoiseNorms(double[] norms) : IPlaceObserver<double>
    {
        public bool Observes(int index, Networks.Place place) => true;

        public void Observe(int index, Networks.Place place, SignalAndNoise<double> values) => norms[index] = Norm(values.TrueNoise());
    }

    private sealed class GradientNorms(double[]? norms, List<int> seen) : IGradientObserver<double>
    {
        public void Observe(int index, Networks.Place place, ReadOnlySpan<double> stored, int exponent)
        {
            seen.Add(index);
            if (norms is not null)
            {
                norms[index] *= Norm(True(stored, exponent));
            }
        }
    }
}
