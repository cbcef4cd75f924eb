using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Mutants of the Python example are rejected through the process interface, by the claim that names their defect.</summary>
public class PythonMutantTests
{
    [NumPyTheory]
    [InlineData("lecun-weights", "S2", "explains the numbers: its own weights: a variance of 0.50")]
    [InlineData("variance-5-percent-too-large", "S2")]
    [InlineData("fan-in-without-kernel-area", "I1")]
    [InlineData("uniform-weights", "I1")]
    [InlineData("weights-shared-between-layers", "I2")]
    [InlineData("weights-reused-between-simulations", "I3")]
    [InlineData("noise-not-masked", "O2")]
    [InlineData("noise-masked-by-its-own-sign", "O2")]
    [InlineData("leaky-relu", "O2", "explains the numbers: ReLU: a leaky ReLU of slope 0.")]
    [InlineData("derivative-1-at-zero", "O2")]
    [InlineData("noise-centred-by-norm", "D4")]
    [InlineData("noise-not-divided-by-norm", "D4")]
    [InlineData("variance-with-p-minus-1", "D4")]
    [InlineData("layer-norm", "D4")]
    [InlineData("norm-per-image", "D4")]
    [InlineData("epsilon-of-its-own", "D4")]
    [InlineData("epsilon-on-the-deviation", "D4", "explains the numbers: batch norm: ε added to the standard deviation, not to the variance")]
    [InlineData("kernel-flipped-for-the-noise", "O1", "explains the numbers: convolution: a kernel flipped, as in a true convolution, for the noise only")]
    [InlineData("zero-padding-called-periodic", "O1")]
    [InlineData("symmetric-padding-called-periodic", "O1")]
    [InlineData("rank-from-singular-values", "D2", "an effective rank from singular values, not from eigenvalues (")]
    [InlineData("chi-without-the-root", "D1")]
    [InlineData("mu2-reported-for-nu2", "D1")]
    public void Mutant_is_rejected_by_its_claim(string mutant, string claim, string? cause = null)
    {
        // The claim asks the same of each architecture that has what is wrong.
        string[] one = ["--architecture", claim == "D4" ? "bn_ff" : "vanilla"];
        var outcome = Audited.Run(Audited.Mutant(mutant), ["--claim", claim, .. cause is null ? Breadth.Choose<string[]>(usual: one, atNight: []) : one]);

        outcome.ExitStatus.Should().Be(1, outcome.Output + outcome.Error);
        outcome.Output.Should().MatchRegex($@"(?m)^{claim} \w+: rejected: ").And.NotContain("adapter: ").And.NotContain("INCONCLUSIVE");
        outcome.Output.Should().Contain($"mutants.py'\\'' {mutant}' --scale quick --claim {claim} --seed 0", "the replay must work in a shell");
        if (cause is not null)
        {
            outcome
                .Output.ReplaceLineEndings(" ")
                .Should()
                .MatchRegex(
                    string.Join(@"\s+", cause.Split(' ').Select(System.Text.RegularExpressions.Regex.Escape)),
                    "the cause is named by the numbers of a program in another language"
                );
        }
    }

    /// <summary>Its logarithms of variances are those of its own tensors, near 0 or 0: right, whatever is wrong with batch norm.</summary>
    [NumPyFact]
    public void One_mistake_gets_one_cause_and_its_consequences_are_listed()
    {
        var outcome = Audited.Run(Audited.Mutant("epsilon-of-its-own"), "--claim", "O1", "O3", "D1", "D4", "--architecture", "bn_ff", "bn_res");

        var sentences = outcome.Output.Split('\n');
        outcome.Output.Should().MatchRegex("(?m)^O3 bn_res: rejected").And.NotContain("not explained");
        sentences
            .Should()
            .ContainSingle(sentence => sentence.StartsWith("explains the numbers", StringComparison.Ordinal))
            .Which.Should()
            .StartWith("explains the numbers: batch norm: ε = 1e-5 where 0.1 was asked for");
        sentences
            .Should()
            .ContainSingle(sentence => sentence.StartsWith("follows from it", StringComparison.Ordinal))
            .Which.Should()
            .StartWith("follows from it: skip connection: O3 is rejected")
            .And.EndWith("on bn_res)");
    }

    /// <summary>
    /// Where a layer in a branch is wrong, what goes into the hidden convolution is not what the definition says: claims on its weights follow.
    /// </summary>
    [NumPyFact]
    public void Claims_that_depend_on_a_wrong_layer_are_reported_as_consequences()
    {
        var outcome = Audited.Run(Audited.Mutant("noise-not-divided-by-norm"), "--claim", "O3", "D4", "D7", "I7", "I10", "--architecture", "bn_res");

        outcome.Output.Should().MatchRegex("(?m)^I10 bn_res: rejected").And.MatchRegex("(?m)^D7 bn_res: rejected").And.NotContain("not explained");
        string[] following = [.. outcome.Output.Split('\n').Where(line => line.StartsWith("follows from it", StringComparison.Ordinal))];
        following.Should().HaveCount(3);
        following
            .Should()
            .Contain(line => line.StartsWith("follows from it: skip connection: O3 is rejected"))
            .And.Contain(line => line.Contains("D7 is rejected, since"))
            .And.Contain(line => line.Contains("I7, I10 are rejected where a branch has several layers"));
    }

    [NumPyFact]
    public void A_program_that_offers_a_single_epsilon_is_tested_with_it()
    {
        var folder = Directory.CreateTempSubdirectory("wellbehaved");
        try
        {
            var program = Path.Combine(folder.FullName, "with_one_epsilon.py");
            var source = File.ReadAllText(Path.Combine(Audited.Examples, "wellbehaved_numpy.py"));
            source.Should().Contain("\"epsilons\": None");
            File.WriteAllText(program, source.Replace("\"epsilons\": None", "\"epsilons\": [1e-5]", StringComparison.Ordinal));

            var outcome = Audited.Run($"{NumPy.Python} '{program}'", "--claim", "O1", "O2", "D1", "D4", "D7", "--architecture", "bn_ff");

            outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
            outcome.Output.Should().Contain("ε = 1e-5").And.NotContain("declined");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
