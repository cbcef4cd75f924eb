using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Shapes, against positions that are counted one by one.</summary>
public class NetworkShapeTests
{
    [Law(MaxTest = 1000)]
    public void The_output_shape_of_a_network_agrees_with_counted_positions(Network network) =>
        network.Output.Should().Be(Counted(network.Layers, network.Input));

    [Law]
    public void The_output_shape_of_each_layer_agrees_with_counted_positions(Network network)
    {
        var shape = network.Input;
        foreach (var layer in network.Layers)
        {
            layer.OutputOf(shape).Should().Be(Counted([layer], shape), layer.ToString());
            shape = layer.OutputOf(shape);
        }
    }

    [Law]
    public void The_number_of_multiplications_agrees_with_counted_products(Network network) =>
        Operations.MultiplyAdds(network.Layers, network.Input).Should().Be(Products(network.Layers, network.Input));

    [Theory]
    [InlineData(7, 2, 4)]
    [InlineData(8, 2, 4)]
    [InlineData(8, 3, 3)]
    [InlineData(9, 3, 3)]
    [InlineData(1, 5, 1)]
    public void A_stride_keeps_the_first_of_each_run_of_positions(int extent, int stride, int outputs) =>
        new Convolution(1) { Stride = stride }
            .OutputOf(new Shape(extent, 1, 2))
            .Should()
            .Be(new Shape(outputs, 1, 2));

    [Fact]
    public void Shapes_and_counts_of_absurd_sizes_are_computed_fast_and_without_overflow()
    {
        var widest = new Shape(Limits.Extent, Limits.Extent, Limits.Channels);
        widest.Features.Should().Be(1L << 60);
        new Network("wide", widest, [new Repeat(Limits.Layers / 2, [new Convolution(1 << 5), new Activation(Function.Relu)])]).Output.Should().Be(widest);
        Operations.MultiplyAdds([new Repeat(Limits.Layers, [new Convolution(1 << 5)])], widest).Should().Be(Math.Pow(2, 20 + 10 + 20 + 60));
        ParameterList
            .Enumerate(new Network("wide", widest, [new Convolution(1 << 5)]))
            .Should()
            .ContainSingle()
            .Which.Length.Should()
            .Be(1L << 50)
            .And.Be(Limits.Weights);
        FluentActions
            .Invoking(() => new Network("wider", widest, [new Convolution((1 << 5) + 1)]))
            .Should()
            .Throw<InvalidNetworkException>()
            .WithMessage("layers[0]: expected at most 1125899906842624 weights, got 33×33 for each of 1048576 to 1048576 channels");
    }

    private static Shape Counted(Layers layers, Shape input) =>
        layers.Aggregate(
            input,
            (shape, layer) =>
                layer switch
                {
                    Convolution convolution => new(
                        Count(shape.Height, convolution.Stride),
                        Count(shape.Width, convolution.Stride),
                        convolution.Channels ?? shape.Channels
                    ),
                    Dense dense => new(shape.Height, shape.Width, dense.Channels ?? shape.Channels),
                    Pooling pooling => new(Windows(shape.Height, pooling.Size), Windows(shape.Width, pooling.Size), shape.Channels),
                    GlobalAveragePool => new(1, 1, shape.Channels),
                    Flatten => new(1, 1, shape.Height * shape.Width * shape.Channels),
                    Residual residual => Counted(residual.Skip, shape),
                    Repeat repeat => Enumerable.Repeat(repeat.Unit, repeat.Times).Aggregate(shape, (before, unit) => Counted(unit, before)),
                    Norm or Activation or Scaling or Dropout or Attention => shape,
                    _ => throw new UnknownLayerException(layer),
                }
        );

    /// <summary>Positions 0, stride, 2·stride and so on that there are.</summary>
    private static int Count(int extent, int stride) => Enumerable.Range(0, extent).Count(position => position % stride == 0);

    private static int Windows(int extent, int size) => extent == 1 ? 1 : Enumerable.Range(0, extent).Select(position => position / size).Distinct().Count();

    private static double Products(Layers layers, Shape input)
    {
        var (sum, shape) = (0.0, input);
        foreach (var layer in layers)
        {
            var output = Counted([layer], shape);
            sum += layer switch
            {
                Convolution convolution => output.Features
                    * convolution.Kernel
                    * convolution.Kernel
                    * (shape.Channels / (convolution.Groups == 0 ? shape.Channels : convolution.Groups)),
                Dense => output.Features * shape.Channels,
                Attention => (4 * shape.Features * shape.Channels) + (2 * shape.Positions * shape.Positions * shape.Channels),
                Residual residual => Products(residual.Branch, shape) + Products(residual.Skip, shape),
                Repeat repeat => Products([.. Enumerable.Repeat(repeat.Unit, repeat.Times).SelectMany(unit => unit)], shape),
                _ => 0,
            };
            shape = output;
        }

        return sum;
    }
}
