using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// Layers of any network that multiply in a coarser format than they say, as graphics processors do unless they are told not to, are rejected with that cause.
/// </summary>
public class LayerPrecisionTests
{
    [Theory]
    [InlineData(PrecisionMutants.TensorFloat32, MidpointRounding.ToZero, true, true, "TF32 or half precision, 11")]
    [InlineData(PrecisionMutants.TensorFloat32, MidpointRounding.AwayFromZero, true, false, "TF32 or half precision, 11")]
    [InlineData(PrecisionMutants.TensorFloat32, MidpointRounding.ToEven, false, true, "TF32 or half precision, 11")]
    [InlineData(PrecisionMutants.BFloat16, MidpointRounding.ToEven, true, true, "bfloat16, 8")]
    public void Products_of_coarse_operands_are_rejected_and_named(int bits, MidpointRounding mode, bool convolutions, bool dense, string format)
    {
        using var subject = new LayerInterpreter(
            "coarse products",
            new LayerRules { Operand = (layer, value) => layer is Convolution ? InBits(convolutions, value) : InBits(dense && layer is Dense, value) }
        );

        var outcome = Reject(subject);

        var explanation = LayerCauses.Explain(subject, [outcome]).Should().ContainSingle().Subject;
        explanation.Kind.Should().Be(ExplanationKind.ExplainsTheNumbers);
        explanation.Cause.Should().Be($"operands of products rounded to {format} significant bits");
        explanation
            .Part.Should()
            .Be(
                (convolutions, dense) switch
                {
                    (true, true) => "layers (conv, dense)",
                    (true, false) => "layers (conv)",
                    _ => "layers (dense)",
                }
            );

        double InBits(bool isCoarse, double value) => isCoarse ? PrecisionMutants.Rounded(value, bits, mode) : value;
    }

    [Fact]
    public void Sums_in_half_precision_are_rejected_and_named()
    {
        using var subject = new LayerInterpreter("half", new LayerRules { SumOfProducts = (layer, value) => layer is Dense ? (double)(Half)value : value });

        var explanation = LayerCauses.Explain(subject, [Reject(subject)]).Should().ContainSingle().Subject;

        explanation.Cause.Should().StartWith("sums kept in half precision");
        explanation.Part.Should().Be("layers (dense)");
    }

    /// <summary>The format gives all wrong numbers or it is no cause: a gain besides is another mistake.</summary>
    [Fact]
    public void Coarse_products_with_another_mistake_stay_unexplained()
    {
        using var subject = new LayerInterpreter(
            "coarse and too strong",
            new LayerRules { Operand = (_, value) => (double)(Half)value, Gain = (layer, _) => layer is Dense ? 1.07 : 1 }
        );

        LayerCauses.Explain(subject, [Reject(subject)]).Should().ContainSingle().Which.Kind.Should().Be(ExplanationKind.Unexplained);
    }

    [Fact]
    public void A_correct_subject_has_no_coarse_layer()
    {
        using var right = new LayerInterpreter("by the rules", new LayerRules());
        using var reference = new ReferenceSubject();

        LayerPrecision.Explain(right, CancellationToken.None).Should().BeNull();
        LayerPrecision.Explain(reference, CancellationToken.None).Should().BeNull();
    }

    private static CheckOutcome Reject(ISubject subject)
    {
        var check = Suite.Checks.Single(check => check is { ClaimId: "O5", Architecture: Suite.Composed });
        var outcome = Suite.Execute(check, subject, Scale.Quick, 7);
        outcome.Verdict.Should().Be(Verdict.Rejected);
        return outcome;
    }
}
