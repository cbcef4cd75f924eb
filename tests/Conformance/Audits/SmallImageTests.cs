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
                GeneratedAnswer
                    .Ask(reference, new(network, 2, NoiseKind.Mapping, Enum.Parse<GeneratedInput>(input), 1, (ulong)seed), given: false, ["I12"])
                    .Found
            )
            .ToArray();

        outcomes.Should().OnlyContain(outcome => outcome.Measurement.Verdict == Verdict.Holds);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.5)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void I12_rejects_an_image_that_shrinks_or_is_not_finite_when_others_change(double factor)
    {
        var network = new Network("one layer", new(1, 1, 4), [new Dense()]);
        var input = Batch.Gaussian(network, 2, 1, 0);
        using var reference = new ReferenceSubject();
        var (first, second) = (Ask(), Ask());
        foreach (var signal in second.Snapshots.Select(snapshot => snapshot.Signal))
        {
            for (var i = 0; i < signal.Length / 2; i++)
            {
                signal[i] *= factor;
            }
        }

        var comparison = new ExactComparison();
        SeparateImages.Compare(first, second, [false, true], 6e-8, comparison, "a network");

        comparison.Conclude("images").Verdict.Should().Be(Verdict.Rejected);

        NetworkTrace Ask() => NetworkTrace.Record(reference, network, NoiseKind.Mapping, new Weights.Own(1, 0), input);
    }
}
