using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>I12 compares the images that are large enough for it, and sees an image that depends on others among them.</summary>
public class SmallImageTests
{
    /// <summary>
    /// Found by 6,000 generated networks: a convolution by Fourier transforms takes two images at once, and leaves rounding of the one in the zeros of
    /// the other.
    /// </summary>
    [Theory]
    [InlineData(nameof(GeneratedInput.OnePosition), 1)]
    [InlineData(nameof(GeneratedInput.OnePosition), 3)]
    [InlineData(nameof(GeneratedInput.ZeroSignal), 1)]
    [InlineData(nameof(GeneratedInput.Gaussian), 1)]
    public void I12_holds_for_the_reference_where_images_are_zero(string input, int channels)
    {
        using var reference = new ReferenceSubject();
        var network = new Network("one convolution", new(1, 10, channels), [new Convolution(3) { Channels = 4 }]);

        var outcomes = Enumerable
            .Range(0, 40)
            .SelectMany(seed =>
                GeneratedJudge.Judge(reference, new(network, 2, NoiseKind.Mapping, Enum.Parse<GeneratedInput>(input), 1, (ulong)seed), given: false, ["I12"])
            )
            .ToArray();

        outcomes.Should().OnlyContain(outcome => outcome.Measurement.Verdict == Verdict.Holds);
    }
}
