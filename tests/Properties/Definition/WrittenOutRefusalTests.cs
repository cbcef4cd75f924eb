using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

public class WrittenOutRefusalTests
{
    private static readonly Shape Pair = new(1, 2, 2);

    [Fact]
    public void A_layer_unknown_to_the_definition_is_refused_at_any_position()
    {
        foreach (
            var layers in new Networks.Layers[]
            {
                [new Strange()],
                [new Repeat(2, [new Strange()])],
                [new Residual([new Strange()])],
                [new Residual([]) { Skip = [new Strange()] }],
            }
        )
        {
            Propagating(new("strange", Pair, layers)).Should().Throw<UnknownLayerException>().WithMessage("*strange*");
        }
    }

    [Fact]
    public void Functions_boundaries_sets_and_masks_unknown_to_the_definition_are_refused()
    {
        FluentActions.Invoking(() => WrittenOutFunction.Value(new((FunctionKind)99), 1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => WrittenOutFunction.Derivative(new((FunctionKind)99), 1)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => WrittenOutBoundary.Source((Boundary)99, -1, 3)).Should().Throw<ArgumentOutOfRangeException>();
        var features = Features();
        FluentActions.Invoking(() => WrittenOutLayerNorm.Sets((NormalisedOver)99, features)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions
            .Invoking(() => WrittenOutDropout.Propagate(new(0.5) { Mask = (DropoutMask)99 }, features, new([])))
            .Should()
            .Throw<ArgumentOutOfRangeException>();
        FluentActions
            .Invoking(() => WrittenOutResidual.Add(new([]) { BranchScale = ResidualScale.ByDepth }, features, features, survives: true, null))
            .Should()
            .Throw<ArgumentOutOfRangeException>();
        FluentActions
            .Invoking(() => new WrittenOutMapping(new("norm", Pair, [new BatchNorm()]), []).Propagate(features, (WrittenOutNoise)99))
            .Should()
            .Throw<InvalidOperationException>();
    }

    [Fact]
    public void Parameters_of_wrong_number_or_length_are_refused()
    {
        var network = new Networks.Network("dense", Pair, [new Dense { Parameters = new(1, 1) }]);

        Propagating(network, [new double[4], new double[2]]).Should().NotThrow();
        Propagating(network, [new double[4]]).Should().Throw<ArgumentException>().WithMessage("*biases*no more*");
        Propagating(network, [new double[3], new double[2]]).Should().Throw<ArgumentException>().WithMessage("expected 4 numbers*array 0*weights*got 3");
        Propagating(network, [new double[4], new double[2], new double[2]]).Should().Throw<ArgumentException>().WithMessage("expected 2 arrays*got 3");
        Propagating(
                new("survival", Pair, [new Residual([]) { Survival = 0.5 }]),
                [
                    [0.5],
                ]
            )
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*1 or 0*0.5");
    }

    [Fact]
    public void Inputs_of_another_shape_are_refused()
    {
        Propagating(new("none", new(2, 1, 2), Networks.Layers.None)).Should().Throw<ArgumentException>().WithMessage("expected images of 2×1×2, got 1×2×2");
        FluentActions.Invoking(() => new WrittenOutFeatures(1, 1, 2, 2, new double[4], new double[3])).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Equal_features_are_refused_by_norms_without_epsilon_and_vanish_in_others()
    {
        double[] equal = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1];
        foreach (
            var norm in new Norm[]
            {
                new BatchNorm(),
                new LayerNorm(),
                new LayerNorm { Over = NormalisedOver.All },
                new GroupNorm(1),
                new InstanceNorm(),
            }
        )
        {
            var input = new WrittenOutFeatures(1, 1, 3, 2, equal, equal);
            FluentActions
                .Invoking(() => new WrittenOutMapping(new("norm", new(1, 3, 2), [norm with { Epsilon = 0 }]), []).Propagate(input))
                .Should()
                .Throw<WrittenOutConstantException>()
                .WithMessage($"*{norm.Word} with epsilon 0*");
            new WrittenOutMapping(new("norm", new(1, 3, 2), [norm]), []).Propagate(input).Output.Signal.Should().OnlyContain(value => Math.Abs(value) < 1e-12);
        }

        Propagating(new("norm", Pair, [new Scaling(0), new RmsNorm { Epsilon = 0 }])).Should().Throw<WrittenOutConstantException>();
    }

    private static Action Propagating(Networks.Network network, params double[][] parameters) =>
        () => new WrittenOutMapping(network, parameters).Propagate(Features());

    private static WrittenOutFeatures Features() => new(1, 1, 2, 2, [1, 2, 3, 4], new double[4]);

    /// <summary>A layer of a later release.</summary>
    private sealed record Strange : Layer
    {
        internal override string Word => "strange";

        internal override Shape OutputOf(Shape input, string path) => input;

        internal override void Validate(string path)
        {
            // Nothing can be out of range.
        }
    }
}
