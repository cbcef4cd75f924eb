using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

public class DefinitionRefusalTests
{
    [Fact]
    public void A_custom_step_declared_as_ReLU_is_not_written_out_as_a_ReLU()
    {
        var tanh = new RewrittenStep(UnitPlaceKind.Relu, tensors => ([.. tensors.Signal.Select(Math.Tanh)], tensors.Noise));
        foreach (
            var architecture in new Architecture[]
            {
                new("tanh", [new ConvolutionStep(), tanh]),
                new("tanh_res", [new ResidualStep([tanh, new ConvolutionStep()], 2)], 2),
            }
        )
        {
            var network = new NetworkSettings(architecture, new TensorShape(2, 1, 1, 2), 1, 2, 1, Boundary.Periodic, 0);
            double[][] kernels = [.. network.Kernels.Select(kernel => new double[kernel.Length])];

            FluentActions
                .Invoking(() => new WrittenOutNetwork(network, kernels).Propagate(Batch.Gaussian(network, 1, 0)))
                .Should()
                .Throw<InvalidOperationException>()
                .WithMessage("expected a layer that has been written out, got RewrittenStep in tanh*");
        }
    }
}
