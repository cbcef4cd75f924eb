using System.Globalization;
using System.Text.RegularExpressions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What each deliberately wrong implementation must be called once its numbers are looked at, and how it is asked.</summary>
public static class KnownCauses
{
    /// <summary>
    /// Words of the cause, by the name of the mutant, of both where it has two, separated by a bar; &lt;a..b&gt; stands for a number from a to b. Those that
    /// are not here leave no number that a known cause gives.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Words { get; } =
        new Dictionary<string, string>
        {
            ["LeCun instead of He weights"] = "LeCun's variance",
            ["a weight variance 5 % too large"] = "a variance of the convolutions after the first of <1.02..1.08>",
            ["a weight variance 5 % too small"] = "a variance of the convolutions after the first of <0.92..0.98>",
            ["fan-in without the kernel area"] = "a fan-in without the kernel's area",
            ["fan-out of another kernel size"] = "divided by the kernel's area twice",
            ["uniform weights of a sixth of the variance"] = "uniform weights in ±1/√(fan-in), PyTorch's default|the high bits of a seed are ignored",
            ["sparse weights of the right variance"] = "sparse",
            ["weights shared between layers"] = "all convolutions after the first share their weights",
            ["weights shared between units"] = "weights repeat after 2 convolutions",
            ["weights reused between simulations"] = "every simulation has the same weights",
            ["every second simulation a copy"] = "each second simulation is a copy of the one before",
            ["a first convolution of gain 2"] = "He's variance 2/fan-in in the first convolution too",
            ["a first convolution of fan-out"] = "1/fan-out in the first convolution",
            ["a first convolution of a hundredfold variance"] = "a variance of the first convolution of <90..110>",
            ["a first convolution of a hundredfold variance before batch norm"] = "a variance of the first convolution of <90..110>",
            ["a first convolution of truncated normals"] = "truncated normal weights in the first convolution of the right variance",
            ["truncated normals of the right variance"] = "truncated normal weights after the first convolution of the right variance",
            ["uniform weights of the right variance"] = "uniform weights after the first convolution of the right variance",
            ["variances that alternate between convolutions"] = "variances that differ between convolutions: 1.1",
            ["variances that alternate between convolutions of a branch"] = "variances that differ between convolutions: 1.1",
            ["biases of ±1/√(fan-in) left in"] = "biases uniform in ±1/√(fan-in), PyTorch's default",
            ["biases left in before batch norm"] = "biases uniform in ±1/√(fan-in), PyTorch's default",
            ["biases left in in a residual branch"] = "biases uniform in ±1/√(fan-in), PyTorch's default",
            ["noise through weights of its own"] = "noise passes through weights of its own",
            ["noise through weights of its own in the last layer"] = "noise passes through weights of its own in the last convolution",
            ["noise through weights of its own at the end of a branch"] = "noise passes through weights of its own",
            ["symmetric weights"] = "symmetric weights",
            ["output channels 0 and 1 of equal weights"] = "output channels 0 and 1 of equal weights",
            ["input channels 0 and 1 of equal weights"] = "input channels 0 and 1 of equal weights",
            ["each second layer the transpose of the one before"] = "the transpose of the one before",
            ["a stream of weights that repeats after 100 numbers"] = "repeats after 100 numbers",
            ["orthogonal weights"] = "orthogonal weights",
            ["weights of a third of the rank"] = "weights of rank 21",
            ["successive layers correlated by 0.02"] = "successive convolutions correlated by <0.01..0.03>",
            ["weights that repeat after 7 convolutions"] = "weights repeat after 7 convolutions",
            ["weights that repeat after 16 convolutions"] = "weights repeat after 16 convolutions",
            ["weights that repeat after 16 convolutions, without batch norm"] = "weights repeat after 16 convolutions",
            ["seeds ignored"] = "the seed is ignored",
            ["the high bits of a seed ignored"] = "the high bits of a seed are ignored",
            ["the last bit of a seed ignored"] = "the last bit of a seed is ignored",
            ["weights that repeat after 64 simulations"] = "weights repeat after 64 simulations",
            ["layers seeded by seed + layer"] = "layers are seeded by seed + layer",
            ["simulations seeded by seed + simulation"] = "simulations are seeded by seed + simulation",
            ["layers numbered by simulation + layer"] = "layers are numbered by simulation + layer",

            ["noise not masked by the ReLU"] = "the noise is not masked by the ReLU",
            ["noise masked by its own sign"] = "masked by its own sign",
            ["leaky ReLU of slope 0.01"] = "a leaky ReLU of slope 0.01",
            ["a ReLU whose derivative at exact zeros is 1"] = "derivative at exact zeros is 1,",
            ["a ReLU whose derivative at exact zeros is 1/2"] = "derivative at exact zeros is 0.5,",
            ["noise centred by batch norm"] = "the noise loses its mean in batch norm",
            ["noise not divided by batch norm"] = "the noise is not divided in batch norm",
            ["noise that differentiates the batch statistics"] = "the noise differentiates the batch statistics",
            ["a batch variance with P - 1"] = "a variance with P - 1 in the denominator",
            ["batch norm per position"] = "statistics per position",
            ["batch norm per image"] = "statistics per image",
            ["layer norm"] = "layer norm",
            ["epsilon added to the standard deviation"] = "ε added to the standard deviation",
            ["batch norm without subtracting the mean"] = "the mean is not subtracted",
            ["batch norm after the ReLU"] = "batch norm and ReLU exchanged",
            ["an epsilon of 1e-5 whatever is asked for"] = "ε = 1e-5 where 0.1 was asked for",
            ["an epsilon ten times as large"] = "ε = 1 where 0.1 was asked for",
            ["running averages before any training"] = "running averages that start at mean 0 and variance 1",
            ["a skip connection scaled by 1/2"] = "the skip connection is scaled by 0.5",
            ["a skip connection scaled by the root of 1/2"] = "the skip connection is scaled by 0.7071",
            ["a skip connection taken after the first ReLU"] = "the skip connection is taken after the first ReLU",
            ["noise not added at the skip connection"] = "the unit's input is not added, for the noise only",
            ["a branch subtracted from its noise"] = "the branch is subtracted, for the noise only",
            ["one layer too few in the branch"] = "1 layer too few in the branch",
            ["zero padding called periodic"] = "zero padding in the place of periodic padding",
            ["symmetric padding called periodic"] = "symmetric padding (edge repeated) or edge padding in the place of periodic padding",
            ["reflect padding called symmetric"] = "reflect padding (edge not repeated) in the place of symmetric padding",
            ["a kernel flipped for the noise"] = "a kernel flipped, as in a true convolution, for the noise only",
            ["a kernel shifted for the noise"] = "a kernel shifted by one entry, for the noise only",
            ["a true convolution"] = "a kernel flipped, as in a true convolution, for signal and noise",
            ["height and width of the kernel exchanged"] = "height and width of the kernel exchanged, for signal and noise",
            ["input and output channels of the weights exchanged"] = "input and output channels of the weights exchanged, for signal and noise",
            ["TensorFlow's SAME at stride 2"] = "TensorFlow's padding SAME",
            ["padding of even kernels aligned to the other side"] = "padding aligned otherwise: it reads 1 up 1 left at stride 2 and size 2",
            ["padding that begins one position later at stride 2"] = "padding aligned otherwise: it reads 1 down 1 right at stride 2 and size <1..9>",
            ["accumulation in half precision"] = "sums kept in half precision",
            ["products of TF32 operands"] = "rounded to TF32 or half precision",
            ["products of bfloat16 operands"] = "rounded to bfloat16",
            ["sums in half precision"] = "sums kept in half precision",
            ["products of TF32 operands in 3 × 3 convolutions alone"] = "rounded to TF32 or half precision",
            ["products of TF32 operands in the branches' 3 × 3 convolutions alone"] = "rounded to TF32 or half precision",
            ["products of bfloat16 operands in 3 × 3 convolutions alone"] = "rounded to bfloat16",
            ["sums in half precision in 3 × 3 convolutions alone"] = "sums kept in half precision",
            ["truncated normals without their correction"] = "cut at two deviations and not corrected: variance 0.774",
            ["He's variance by fan-out"] = "He's variance by fan-out",
            ["Glorot's variance"] = "Glorot's variance",

            ["effective rank from singular values"] = "an effective rank from singular values",
            ["effective rank not centred"] = "not centred",
            ["effective rank by entropy"] = "the exponential of the entropy of the eigenvalues",
            ["effective rank by the participation ratio"] = "the participation ratio",
            ["χ without the square root"] = "χ without the square root",
            ["μ₂ reported for ν₂"] = "μ₂ for ν₂",
            ["noise centred on the sample"] = "noise centred on the sample",
            ["a log scale dropped"] = "a scale dropped",
            ["moments of the wrong place"] = "the moments of the place before",
        };

    /// <summary>How a mutant was explained.</summary>
    /// <param name="mutant">The mutant.</param>
    /// <param name="explanations">What was said.</param>
    /// <returns><c>alone</c>, <c>tie</c> (the right cause beside another one), <c>wrong</c> or <c>none</c>.</returns>
    public static string Judge(Mutant mutant, IReadOnlyList<Explanation> explanations)
    {
        var right = Words.GetValueOrDefault(mutant.Name)?.Split('|') ?? [];
        string[] causes =
        [
            .. explanations.Where(explanation => explanation.Kind == ExplanationKind.ExplainsTheNumbers).Select(explanation => explanation.Cause),
        ];
        bool IsRight(string cause) => right.Any(words => Says(cause, words));
        return causes.Length == 0 ? "none"
            : !causes.Any(IsRight) ? "wrong"
            : causes.All(cause => IsRight(cause) && !cause.Contains("; or ", StringComparison.Ordinal)) ? "alone"
            : "tie";
    }

    /// <summary>Whether a cause has these words, and a number in the range where they have one.</summary>
    private static bool Says(string cause, string words)
    {
        if (words.Split('<', '>') is not [var before, var range, var after])
        {
            return cause.Contains(words, StringComparison.Ordinal);
        }

        double[] limits = [.. range.Split("..").Select(limit => double.Parse(limit, CultureInfo.InvariantCulture))];
        return Regex.Match(cause, $@"{Regex.Escape(before)}(-?\d+(\.\d+)?){Regex.Escape(after)}") is { Success: true } found
            && double.Parse(found.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is var number
            && number >= limits[0]
            && number <= limits[1];
    }

    /// <summary>Explains a mutant: its rejections are those of its signature, and its own claim.</summary>
    /// <param name="mutant">The mutant.</param>
    /// <param name="seed">The seed of what is asked.</param>
    public static IReadOnlyList<Explanation> Explain(Mutant mutant, ulong seed)
    {
        using var subject = mutant.Create();
        var rejects = KnownDefects.Signatures.SingleOrDefault(signature => signature.Defect == mutant.Name)?.Rejects ?? [];
        CheckOutcome[] outcomes =
        [
            .. Suite
                .Checks.Where(check => check.Architecture != Suite.Composed)
                .Select(check => new CheckOutcome(
                    check,
                    rejects.Contains(Signature.NameOf(check)) || check == mutant.Check ? Verdict.Rejected : Verdict.Holds,
                    [],
                    null
                )),
        ];
        return Investigation.Investigate(subject, Scale.Quick, seed, outcomes, new DeepExperiments(subject, Scale.Quick, seed));
    }
}
