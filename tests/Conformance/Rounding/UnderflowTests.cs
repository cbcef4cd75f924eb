using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Numbers below the smallest normal one: a subject may keep them or flush them to zero, but must not lose larger numbers.</summary>
public class UnderflowTests
{
    private const double SmallestNormal = 1.1754943508222875e-38;

    /// <summary>Layers that make denormal numbers of large ones, and what reads them.</summary>
    public static TheoryData<string> Layers =>
        ["silu", "gelu_tanh", "sigmoid", "tanh", "softplus", "attention", "dropout", "max_pool", "norm", "convolution", "residual"];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_subject_may_keep_or_flush_denormal_numbers(string reads)
    {
        using var reference = new ReferenceSubject();
        using var flushing = new Flushing(below: SmallestNormal);
        var denormals = 0;
        for (var seed = 0ul; seed < 4; seed++)
        {
            var drawn = Case(reads, seed);
            denormals += Denormals(drawn);
            drawn.CanBeJudged(Math.ScaleB(1, -24)).Should().BeTrue("nothing is dropped for being small");
            foreach (var subject in new ISubject[] { reference, flushing })
            {
                foreach (var given in new[] { true, false })
                {
                    var answer = GeneratedAnswer.Ask(subject, drawn, given, GeneratedJudge.AllClaims);

                    answer.Failure.Should().BeNull();
                    answer
                        .Found.Where(pair => pair.Measurement.Verdict == Verdict.Rejected)
                        .Select(pair => $"{pair.Claim}: {pair.Measurement}")
                        .Should()
                        .BeEmpty($"seed {seed}");
                }
            }
        }

        denormals.Should().BePositive("otherwise this says nothing");
    }

    [Fact]
    public void A_subject_that_flushes_normal_numbers_is_rejected()
    {
        using var wrong = new Flushing(below: 1e-2);

        Enumerable
            .Range(0, 4)
            .SelectMany(seed => GeneratedAnswer.Ask(wrong, Case("silu", (ulong)seed), given: true, GeneratedJudge.AllClaims).Found)
            .Should()
            .Contain(pair => pair.Claim == "O6" && pair.Measurement.Verdict == Verdict.Rejected);
    }

    [Fact]
    public void A_number_that_is_exactly_zero_has_tolerance_zero()
    {
        var zeros = SiteState.Exactly(new(1, 1, 1, 2, [0, -3], [0, 0]));

        var after = LayerRounding.Apply(new Activation(Function.Relu), zeros, [], WrittenOutNoise.Mapping, Math.ScaleB(1, -24))!;

        after.Bounds.Noise.Should().Equal(0, 0);
        after.Bounds.Signal[0].Should().Be(0);
        Underflow.Smallest(Math.ScaleB(1, -24)).Should().Be(SmallestNormal);
        Underflow.Smallest(Math.ScaleB(1, -53)).Should().Be(2.2250738585072014e-308);
        Underflow.Smallest(Math.ScaleB(1, -11)).Should().Be(0, "cases that leave the range of sixteen bits are not judged");
    }

    private static GeneratedCase Case(string reads, ulong seed)
    {
        Networks.Layers last = reads switch
        {
            "attention" => [new Attention(2)],
            "dropout" => [new Dropout(0.5) { Mask = DropoutMask.ByPoint }],
            "max_pool" => [new MaxPool(2)],
            "norm" => [new LayerNorm(), new RmsNorm { Over = NormalisedOver.All }],
            "convolution" => [new Convolution(3) { Boundary = Boundary.ZeroPadding }, new Convolution(3)],
            "residual" => [new Residual([new Dense()]) { BranchScale = 0.5 }],
            _ => [],
        };
        var function = new Function(
            reads switch
            {
                "gelu_tanh" => FunctionKind.GeluTanh,
                "sigmoid" => FunctionKind.Sigmoid,
                "tanh" => FunctionKind.Tanh,
                "softplus" => FunctionKind.Softplus,
                _ => FunctionKind.Silu,
            }
        );
        var network = new Network("small", new(4, 4, 4), [new Convolution(1) { Channels = 8 }, new Activation(function), .. last]);
        return new(network, 3, NoiseKind.Mapping, GeneratedInput.Gaussian, 60, seed);
    }

    private static int Denormals(GeneratedCase drawn)
    {
        var batch = drawn.Batch();
        var input = new WrittenOutFeatures(drawn.Images, 4, 4, 4, batch.Signal, batch.Noise);
        return new WrittenOutMapping(drawn.Network, new SiteCase(drawn.Network, drawn.Images).Parameters(drawn.Seed))
            .Propagate(input)
            .Places.Sum(place => place.Features.Signal.Concat(place.Features.Noise).Count(value => value != 0 && Math.Abs(value) < SmallestNormal));
    }

    /// <summary>Flushes what is below a number to zero after each layer.</summary>
    private sealed class Flushing(double below)
        : LayerInterpreter(
            "flushing",
            new LayerRules
            {
                Value = (function, u) => Flushed(WrittenOutFunction.Value(function, Flushed(u, below)), below),
                Derivative = (function, u) => Flushed(WrittenOutFunction.Derivative(function, Flushed(u, below)), below),
            }
        )
    {
        public override void Propagate(Network network, NoiseKind noise, Weights weights, Batch input, Action<NetworkSnapshot> observe) =>
            base.Propagate(network, noise, weights, input, snapshot => observe(snapshot with { Signal = All(snapshot.Signal), Noise = All(snapshot.Noise) }));

        private static double Flushed(double value, double below) => Math.Abs(value) < below ? 0 : value;

        private double[] All(double[] values) => [.. values.Select(value => Flushed(value, below))];
    }
}
