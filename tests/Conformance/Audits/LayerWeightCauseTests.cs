using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Mistakes in parameters that a subject draws itself, and in moments that it reports, are named by what was recovered or reported.</summary>
public class LayerWeightCauseTests
{
    [Theory]
    [InlineData("weights of half of their variance", "I13", "weights of 0.500")]
    [InlineData("the variance for the deviation", "I13", "the variance σ_w²/fan-in in the place of its root")]
    [InlineData("weights of kernels of 5 a twentieth too large", "I13", "weights of layers with kernel 5")]
    [InlineData("weights of kernels of 7 by 3 % too small", "I13", "weights of layers with kernel 7")]
    [InlineData("weights of dilated kernels a tenth too large", "I13", "dilated")]
    [InlineData("weights of groups a tenth too small", "I13", "grouped")]
    [InlineData("weights of strided kernels a tenth too small", "I13", "strided")]
    [InlineData("uniform weights for normal ones", "I13", "uniform weights where normal ones are asked for")]
    [InlineData("cut weights for normal ones", "I13", "truncated normal weights where normal ones are asked for")]
    [InlineData("normal weights for uniform ones", "I13", "normal weights where uniform ones are asked for")]
    [InlineData("orthogonal weights that are not", "I13", "uniform weights where orthogonal ones are asked for")]
    [InlineData("normal weights for orthogonal ones", "V3", "normal weights where orthogonal ones are asked for")]
    [InlineData("biases of the variance's root", "I13", "biases of the variance σ_b, the deviation that is asked for")]
    [InlineData("biases of a hundredth of their variance", "I13", "biases of 0.010")]
    [InlineData("weights a tenth too wide, by activations", "N1", "weights of 1.2")]
    [InlineData("weights a third too wide, in the ordered phase", "V1", "weights of 1.5")]
    [InlineData("a seed that is ignored", "I14", "the seed is ignored")]
    [InlineData("the high bits of a seed ignored, in described networks", "I14", "the high bits of a seed are ignored, from bit 32 on")]
    [InlineData("the low byte of a seed ignored", "I14", "bits of a seed are ignored: 0, 1")]
    [InlineData("weights of described networks that repeat after 64 simulations", "I14", "weights repeat after 64 simulations")]
    [InlineData("simulations in 16 bits", "I14", "cut to 16 bits")]
    [InlineData("layers seeded by seed + layer, in described networks", "I14", "layers are seeded by seed + layer")]
    [InlineData("simulations seeded by seed + simulation, in described networks", "I14", "simulations are seeded by seed + simulation")]
    [InlineData("one set of weights for all layers of a shape", "I14", "all layers of one size share their weights")]
    [InlineData("every second layer a copy", "I14", "each second layer has the weights of the one before")]
    [InlineData("logarithms of base 10", "D9", "log_nu2_signal: a logarithm to the base 10")]
    [InlineData("a variance over one less", "D9", "mu2_signal: P - 1 in the denominator")]
    [InlineData("the noise's moment centred on the sample", "D9", "mu2_noise: noise centred on the sample")]
    [InlineData("an effective rank of described networks that is not centred", "D9", "not centred")]
    [InlineData("an effective rank by the squares of the spectrum", "D9", "the participation ratio (Tr)²/Tr of squares")]
    public void A_mistake_in_own_parameters_or_moments_is_named_by_what_is_measured(string mistake, string claim, string cause)
    {
        using var subject = LayerMutants.List.Single(mutant => mutant.Name == mistake).Create();

        var found = LayerCauses.Explain(subject, Rejected(claim)).ToArray();

        found
            .Should()
            .Contain(
                explanation => explanation.Kind == ExplanationKind.ExplainsTheNumbers && explanation.Cause.Contains(cause, StringComparison.Ordinal),
                string.Join("\n", found.Select(explanation => explanation.Cause))
            );
        found.Should().OnlyContain(explanation => explanation.Architectures.Single() == Suite.Composed);
    }

    [Theory]
    [InlineData("I13")]
    [InlineData("I14")]
    [InlineData("D9")]
    public void A_correct_subject_gets_no_cause(string claim)
    {
        using var reference = new ReferenceSubject();
        using var right = new LayerInterpreter("by the rules", new LayerRules());

        LayerCauses.Explain(reference, Rejected(claim)).Should().BeEmpty();
        LayerCauses.Explain(right, Rejected(claim)).Should().BeEmpty();
    }

    private static CheckOutcome[] Rejected(string claim) =>
        [
            .. Suite
                .Checks.Where(check => check.Architecture == Suite.Composed && check.ClaimId == claim)
                .Select(check => new CheckOutcome(check, Verdict.Rejected, [], null)),
        ];
}
