using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Single layers against their sums, written out position by position.</summary>
public class LayerByHandTests
{
    private const int Images = DescribedNetworks.Images;

    [Theory]
    [InlineData(1, 1, 1, 4)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(3, 2, 1, 1)]
    [InlineData(2, 1, 3, 1)]
    [InlineData(3, 1, 2, 2)]
    [InlineData(3, 3, 1, 4)]
    [InlineData(5, 2, 1, Convolution.EachChannel)]
    [InlineData(2, 1, 1, Convolution.EachChannel)]
    public void Convolutions_are_sums_over_patches(int kernel, int stride, int dilation, int groups)
    {
        foreach (var boundary in Enum.GetValues<Boundary>())
        {
            if (boundary == Boundary.Symmetric && kernel % 2 == 0)
            {
                continue;
            }

            foreach (var (inputs, outputs) in new[] { (4, 8), (32, 64), (4, 4) })
            {
                var input = new Shape(7, 5, inputs);
                var layer = new Convolution(kernel)
                {
                    Channels = outputs,
                    Stride = stride,
                    Dilation = dilation,
                    Groups = groups,
                    Boundary = boundary,
                    Parameters = new(1.5, 0.5),
                };
                Check(new("convolution", input, [layer]), (signal, parameters, withBias) => Convolve(layer, input, signal, parameters, withBias));
            }
        }
    }

    [Fact]
    public void Convolution_and_pooling_of_a_single_row_act_along_the_row()
    {
        var input = new Shape(1, 6, 3);
        var layer = new Convolution(3) { Channels = 4, Boundary = Boundary.ZeroPadding };
        Check(new("row", input, [layer]), (signal, parameters, withBias) => Convolve(layer, input, signal, parameters, withBias));
        Check(new("row", input, [new AveragePool(2)]), (signal, _, _) => Pool(input, signal, 1, 2, (window, _) => window.Average()));
    }

    [Fact]
    public void Dense_layers_act_on_each_position_alone()
    {
        var input = new Shape(3, 2, 5);
        var layer = new Dense { Channels = 4, Parameters = new(1, 2) };
        Check(
            new("dense", input, [layer]),
            (signal, parameters, withBias) => Convolve(new Convolution(1) { Channels = 4, Parameters = layer.Parameters }, input, signal, parameters, withBias)
        );
    }

    [Fact]
    public void Pools_take_means_and_maxima_of_windows()
    {
        var input = new Shape(6, 4, 3);
        Check(new("average", input, [new AveragePool(2)]), (signal, _, _) => Pool(input, signal, 2, 2, (window, _) => window.Average()));
        Check(new("global", input, [new GlobalAveragePool()]), (signal, _, _) => Pool(input, signal, 6, 4, (window, _) => window.Average()));
        var original = DescribedNetworks.Input(new("max", input, []), 1);
        Check(
            new("max", input, [new MaxPool(2)]),
            (values, _, _) => Pool(input, values, 2, 2, (window, at) => window[Largest(at.Select(index => original[index]))])
        );
    }

    [Fact]
    public void Max_pooling_of_equal_values_passes_the_noise_of_the_first()
    {
        var input = new Shape(2, 2, 1);
        var (signal, noise) = (Enumerable.Repeat(1.0, 4 * Images).ToArray(), Enumerable.Range(0, 4 * Images).Select(i => (double)i).ToArray());

        DescribedNetworks.Propagate(new("max", input, [new MaxPool(2)]), signal, noise).Noise.Should().Equal(0, 4, 8);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_averages_values_by_softmax_of_queries_and_keys(bool causal)
    {
        var input = new Shape(1, 4, 6);
        var layer = new Attention(3) { Causal = causal, Parameters = new(2, 0.5) };
        var network = new Network("attention", input, [layer]);
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));

        var actual = DescribedNetworks.Propagate(network, signal, noise);

        Propagations.Distance(actual.Signal, Attend(layer, input, signal, Parameters(network))).Should().BeLessThan(1e-13);
    }

    [Fact]
    public void Masks_and_survivals_act_on_signal_and_noise_alike()
    {
        var network = new Network(
            "masks",
            new Shape(2, 2, 3),
            [new Dropout(0.5), new Dropout(0.5) { Mask = DropoutMask.ByPoint }, new Residual([new Scaling(2)]) { Survival = 0.5 }]
        );
        var values = DescribedNetworks.Input(network, 1);
        foreach (var survives in new[] { 0.0, 1.0 })
        {
            var shared = new[] { 2.0, 0, 2 };
            var byPoint = Enumerable.Range(0, values.Length).Select(i => i % 5 == 0 ? 0.0 : 2).ToArray();
            var parameters = new GivenParameters<double>(
                new Dictionary<(ParameterKind, int), double[]>
                {
                    [(ParameterKind.Mask, 0)] = shared,
                    [(ParameterKind.Mask, 1)] = byPoint,
                    [(ParameterKind.Survival, 0)] = [survives],
                }
            );

            var (signal, noise) = DescribedNetworks.Propagate(network, values, values, parameters: parameters);

            signal.Should().Equal(values.Select((value, i) => value * shared[i % 3] * byPoint[i] * (1 + (2 * survives))));
            noise.Should().Equal(signal);
        }
    }

    [Theory]
    [InlineData("batch_norm")]
    [InlineData("layer_norm")]
    [InlineData("rms_norm")]
    [InlineData("group_norm")]
    [InlineData("instance_norm")]
    public void Norms_without_epsilon_refuse_constant_features(string word)
    {
        Norm norm = word switch
        {
            "batch_norm" => new BatchNorm { Epsilon = 0 },
            "layer_norm" => new LayerNorm { Epsilon = 0 },
            "rms_norm" => new RmsNorm { Epsilon = 0 },
            "group_norm" => new GroupNorm(2) { Epsilon = 0 },
            _ => new InstanceNorm { Epsilon = 0 },
        };
        var network = new Network(word, new Shape(2, 2, 4), [norm]);
        var constant = new double[4 * 4 * Images];
        Array.Fill(constant, word == "rms_norm" ? 0 : 0.1);

        foreach (var threads in new[] { 1, 2 })
        {
            var propagating = () => DescribedNetworks.Propagate(network, constant, constant, threads: threads);
            propagating.Should().Throw<DegenerateChannelException>().WithMessage(word == "batch_norm" ? "*channel 0 is constant*" : $"*{word} with epsilon 0*");
        }
    }

    private static int Largest(IEnumerable<double> values)
    {
        var list = values.ToList();
        return list.IndexOf(list.Max());
    }

    /// <summary>Compares signal and noise of a network of one linear layer (max pooling included) with sums.</summary>
    private static void Check(Network network, Func<double[], Dictionary<(ParameterKind Kind, int Index), double[]>, bool, double[]> sums)
    {
        var (signal, noise) = (DescribedNetworks.Input(network, 1), DescribedNetworks.Input(network, 2));
        var parameters = Parameters(network);

        var actual = DescribedNetworks.Propagate(network, signal, noise);

        Propagations.Distance(actual.Signal, sums(signal, parameters, true)).Should().BeLessThan(1e-13, "{0}", network);
        Propagations.Distance(actual.Noise, sums(noise, parameters, false)).Should().BeLessThan(1e-13, "{0}", network);
    }

    private static Dictionary<(ParameterKind Kind, int Index), double[]> Parameters(Network network)
    {
        var random = new RandomParameters<double>(7, 1);
        return ParameterList
            .Enumerate(network)
            .ToDictionary(
                tensor => (tensor.Kind, tensor.Index),
                tensor =>
                {
                    var values = new double[tensor.Length];
                    random.Fill(tensor, values);
                    return values;
                }
            );
    }

    private static double[] Convolve(
        Convolution layer,
        Shape input,
        double[] values,
        Dictionary<(ParameterKind Kind, int Index), double[]> parameters,
        bool withBias
    )
    {
        var output = layer.OutputOf(input);
        var groups = layer.Groups == Convolution.EachChannel ? input.Channels : layer.Groups;
        var (inputs, outputs) = (input.Channels / groups, output.Channels / groups);
        var weights = parameters[(ParameterKind.Weights, 0)];
        var result = new List<double>();
        for (var point = 0; point < Images * output.Positions; point++)
        {
            var (image, row, column) = (point / (int)output.Positions, point / output.Width % output.Height, point % output.Width);
            for (var channel = 0; channel < output.Channels; channel++)
            {
                var sum = withBias && layer.Parameters.BiasVariance > 0 ? parameters[(ParameterKind.Biases, 0)][channel] : 0;
                for (var offset = 0; offset < layer.Kernel * layer.Kernel; offset++)
                {
                    var sourceRow = Folded(
                        (row * layer.Stride) + (((offset / layer.Kernel) - ((layer.Kernel - 1) / 2)) * layer.Dilation),
                        input.Height,
                        layer.Boundary
                    );
                    var sourceColumn = Folded(
                        (column * layer.Stride) + (((offset % layer.Kernel) - ((layer.Kernel - 1) / 2)) * layer.Dilation),
                        input.Width,
                        layer.Boundary
                    );
                    for (var i = 0; i < inputs && sourceRow >= 0 && sourceColumn >= 0; i++)
                    {
                        var source =
                            (((((image * input.Height) + sourceRow) * input.Width) + sourceColumn) * input.Channels) + (channel / outputs * inputs) + i;
                        sum += values[source] * weights[(((offset * inputs) + i) * output.Channels) + channel];
                    }
                }

                result.Add(sum);
            }
        }

        return [.. result];
    }

    private static int Folded(int position, int extent, Boundary boundary)
    {
        while (boundary != Boundary.ZeroPadding && (position < 0 || position >= extent))
        {
            position =
                boundary == Boundary.Periodic ? (position + extent) % extent
                : position < 0 ? -1 - position
                : (2 * extent) - 1 - position;
        }

        return position < 0 || position >= extent ? -1 : position;
    }

    private static double[] Pool(Shape input, double[] values, int height, int width, Func<double[], int[], double> pooled)
    {
        var result = new List<double>();
        for (var image = 0; image < Images; image++)
        {
            for (var row = 0; row < input.Height; row += height)
            {
                for (var column = 0; column < input.Width; column += width)
                {
                    for (var channel = 0; channel < input.Channels; channel++)
                    {
                        var at = Enumerable
                            .Range(0, height * width)
                            .Select(k => (((((image * input.Height) + row + (k / width)) * input.Width) + column + (k % width)) * input.Channels) + channel)
                            .ToArray();
                        result.Add(pooled([.. at.Select(index => values[index])], at));
                    }
                }
            }
        }

        return [.. result];
    }

    private static double[] Attend(Attention layer, Shape input, double[] signal, Dictionary<(ParameterKind Kind, int Index), double[]> parameters)
    {
        var (positions, channels, width) = ((int)input.Positions, input.Channels, input.Channels / layer.Heads);
        var (queries, keys, values) = (Project(signal, 0), Project(signal, 1), Project(signal, 2));
        var mixed = new double[signal.Length];
        for (var image = 0; image < Images; image++)
        {
            for (var head = 0; head < layer.Heads; head++)
            {
                for (var position = 0; position < positions; position++)
                {
                    var seen = Enumerable.Range(0, layer.Causal ? position + 1 : positions).ToArray();
                    var weights = seen.Select(other =>
                            Math.Exp(Enumerable.Range(0, width).Sum(i => queries[At(position, i)] * keys[At(other, i)]) / Math.Sqrt(width))
                        )
                        .ToArray();
                    for (var i = 0; i < width; i++)
                    {
                        mixed[At(position, i)] = seen.Sum(other => weights[other] * values[At(other, i)]) / weights.Sum();
                    }
                }

                int At(int position, int i) => (((image * positions) + position) * channels) + (head * width) + i;
            }
        }

        return Project(mixed, 3);

        double[] Project(double[] source, int index) =>
            [
                .. Enumerable
                    .Range(0, source.Length)
                    .Select(k =>
                        parameters[(ParameterKind.Biases, index)][k % channels]
                        + Enumerable
                            .Range(0, channels)
                            .Sum(i => source[(k / channels * channels) + i] * parameters[(ParameterKind.Weights, index)][(i * channels) + (k % channels)])
                    ),
            ];
    }
}
