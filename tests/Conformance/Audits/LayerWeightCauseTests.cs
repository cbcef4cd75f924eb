using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Mistakes in parameters that a subject draws itself, and in moments that it reports, are named by what was recovered or reported.</summary>
public class LayerWeightCauseTests
{
    /// <summary>Mistakes in weights, what they are mistaken in, and words of the explanation: weights are recovered in seconds.</summary>
    private static readonly (string Mistake, string In, string Cause)[] InWeights =
    [
        ("weights of half of their variance", "variance", "weights of 0.500"),
        ("the variance for the deviation", "variance", "the variance σ_w²/fan-in in the place of its root"),
        ("weights of kernels of 5 a twentieth too large", "layers of one kind", "weights of layers with kernel 5"),
        ("weights of kernels of 7 by 3 % too small", "layers of one kind", "weights of layers with kernel 7"),
        ("weights of dilated kernels a tenth too large", "layers of one kind", "dilated"),
        ("weights of groups a tenth too small", "layers of one kind", "grouped"),
        ("weights of strided kernels a tenth too small", "layers of one kind", "strided"),
        ("uniform weights for normal ones", "law", "uniform weights where normal ones are asked for"),
        ("cut weights for normal ones", "law", "truncated normal weights where normal ones are asked for"),
        ("normal weights for uniform ones", "law", "normal weights where uniform ones are asked for"),
        ("orthogonal weights that are not", "law", "uniform weights where orthogonal ones are asked for"),
        ("biases of the variance's root", "biases", "biases of the variance σ_b, the deviation that is asked for"),
        ("biases of a hundredth of their variance", "biases", "biases of 0.010"),
    ];

    /// <summary>On every push one of each kind, and all of them at night.</summary>
    public static TheoryData<string, string> OfWeights
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (mistake, _, cause) in Breadth.OfEachKind(InWeights, row => row.In))
            {
                data.Add(mistake, cause);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(OfWeights))]
    public void A_mistake_in_own_weights_is_named_by_what_is_recovered(string mistake, string cause) =>
        A_mistake_in_own_parameters_or_moments_is_named_by_what_is_measured(mistake, "I13", cause);

    [Theory]
    [InlineData("normal weights for orthogonal ones", "V3", "normal weights where orthogonal ones are asked for")]
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
