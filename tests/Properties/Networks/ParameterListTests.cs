using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>What a mapping draws, and in which order.</summary>
public class ParameterListTests
{
    [Theory]
    [InlineData("vanilla", 1, 1)]
    [InlineData("vanilla", 3, 1)]
    [InlineData("vanilla_res", 1, 2)]
    [InlineData("bn_ff", 3, 2)]
    [InlineData("bn_res", 3, 3)]
    [InlineData("bn_res", 1, 1)]
    public void Recipes_draw_the_weights_of_the_model_in_its_order(string name, int kernelSize, int residualDepth)
    {
        var settings = new NetworkSettings(Architecture.Named(name, residualDepth), new TensorShape(2, 6, 5, 3), Depth: 3, Channels: 4, kernelSize);
        var network = Recipes.Find(name, new RecipeSizes(new Shape(6, 5, 3), Depth: 3, Channels: 4, kernelSize, ResidualDepth: residualDepth))!;

        ParameterList.Enumerate(network).Should().OnlyContain(tensor => tensor.Kind == ParameterKind.Weights && tensor.Law == WeightLaw.Normal);
        ParameterList
            .Enumerate(network)
            .Select(tensor => (tensor.Index, tensor.FanIn, tensor.Outputs, Deviation: Math.Sqrt(tensor.Variance), tensor.Length))
            .Should()
            .Equal(
                settings.Kernels.Select((kernel, index) => (index, (long)kernel.FanIn, kernel.OutputChannels, kernel.StandardDeviation, (long)kernel.Length))
            );
    }

    [Law(MaxTest = 500)]
    public void Parameters_of_each_kind_are_numbered_consecutively_and_biases_follow_their_weights(Network network)
    {
        var tensors = ParameterList.Enumerate(network).ToArray();
        foreach (var kind in new[] { ParameterKind.Weights, ParameterKind.Mask, ParameterKind.Survival })
        {
            tensors
                .Where(tensor => tensor.Kind == kind)
                .Select(tensor => tensor.Index)
                .Should()
                .Equal(Enumerable.Range(0, tensors.Count(tensor => tensor.Kind == kind)));
        }

        foreach (var (before, tensor) in tensors.Zip(tensors.Skip(1)).Where(pair => pair.Second.Kind == ParameterKind.Biases))
        {
            (before.Kind, before.Index, before.Outputs, before.Layer).Should().Be((ParameterKind.Weights, tensor.Index, tensor.Outputs, tensor.Layer));
        }
    }

    [Law(MaxTest = 500)]
    public void The_parameter_list_contains_the_parameters_of_each_layer(Network network) =>
        ParameterList.Enumerate(network).Select(tensor => (tensor.Kind, tensor.Length)).Should().Equal(Drawn(network.Layers, network.Input));

    private static IEnumerable<(ParameterKind Kind, long Length)> Drawn(Layers layers, Shape input)
    {
        var shape = input;
        foreach (var layer in layers)
        {
            var inputs = (long)shape.Channels;
            var before = shape;
            shape = layer.OutputOf(shape);
            var outputs = (long)shape.Channels;
            foreach (
                var drawn in layer switch
                {
                    Convolution convolution => Affine(
                        convolution.Kernel * convolution.Kernel * (inputs / (convolution.Groups == 0 ? inputs : convolution.Groups)) * outputs,
                        outputs,
                        convolution.Parameters,
                        1
                    ),
                    Dense dense => Affine(inputs * outputs, outputs, dense.Parameters, 1),
                    Attention attention => Affine(inputs * inputs, inputs, attention.Parameters, 4),
                    Dropout { Mask: DropoutMask.Shared } => [(ParameterKind.Mask, inputs)],
                    Dropout => [(ParameterKind.Mask, 0)],
                    Residual residual => (residual.Survival < 1 ? new[] { (ParameterKind.Survival, 1L) } : [])
                        .Concat(Drawn(residual.Branch, before))
                        .Concat(Drawn(residual.Skip, before)),
                    Repeat repeat => Drawn([.. Enumerable.Repeat(repeat.Unit, repeat.Times).SelectMany(unit => unit)], before),
                    _ => [],
                }
            )
            {
                yield return drawn;
            }
        }
    }

    private static IEnumerable<(ParameterKind Kind, long Length)> Affine(long weights, long biases, Initialisation parameters, int times)
    {
        for (var i = 0; i < times; i++)
        {
            yield return (ParameterKind.Weights, weights);
            if (parameters.BiasVariance > 0)
            {
                yield return (ParameterKind.Biases, biases);
            }
        }
    }
}
