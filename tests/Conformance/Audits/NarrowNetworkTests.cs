using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// No chance of a narrow or an unusual layer makes a claim on weights reject the reference: layers that are switched off altogether, slopes near 1, masks of
/// a single position, biases far beyond the weights.
/// </summary>
public class NarrowNetworkTests
{
    private static readonly Activation Relu = new(Function.Relu);

    /// <summary>All sixteen units of a layer are off with a probability of 2⁻¹⁶; a run of V2 looks at seven thousand layers.</summary>
    [Fact]
    public void V2_does_not_judge_steps_behind_a_layer_that_is_off()
    {
        var network = Of(new(1, 1, 8), new Dense { Channels = 16 }, new Repeat(12, [new Dense(), Relu]));

        VerdictsOf("V2", network, images: 1, Breadth.Choose(40, 400)).Should().OnlyContain(verdict => verdict == Verdict.Holds);
    }

    /// <summary>The nearer a slope is to ±1, the faster the probability rises that the quadrature of its law must resolve.</summary>
    [Theory]
    [InlineData(64, 0.9)]
    [InlineData(256, 0.85)]
    [InlineData(16, 0.6)]
    [InlineData(33, -0.95)]
    [InlineData(20, 0.0)]
    public void V2_holds_for_every_slope(int channels, double slope)
    {
        var network = Of(new(1, 1, 8), new Dense { Channels = channels }, new Repeat(6, [new Dense(), new Activation(Function.LeakyRelu(slope))]));

        VerdictsOf("V2", network, images: 1, 1).Should().Equal(Verdict.Holds);
    }

    /// <summary>A branch of eight channels is 0 now and then, and then says nothing about the sign of its product with the skip connection.</summary>
    [Fact]
    public void Z1_does_not_judge_the_sign_of_a_branch_that_is_zero()
    {
        Residual unit = new([new RmsNorm(), Relu, new Dense(), new RmsNorm(), Relu, new Dense()]);

        VerdictsOf("Z1", Of(new(1, 1, 8), new Repeat(8, [unit])), images: 4, Breadth.Choose(8, 100)).Should().NotContain(Verdict.Rejected);
    }

    /// <summary>A weight is read as a sum with its bias less that bias, and so has the rounding of the bias.</summary>
    [Theory]
    [InlineData(WeightLaw.Uniform)]
    [InlineData(WeightLaw.TruncatedNormal)]
    public void I18_allows_weights_the_rounding_of_their_biases(WeightLaw law)
    {
        // A standard deviation of biases of 100 times that of weights, the largest of which weights are read.
        var network = Of(
            new(1, 1, 64),
            new Dense
            {
                Channels = 64,
                Parameters = new(1, 1e4 / 64) { Law = law },
            }
        );

        VerdictsOf("I18", network, images: 2, 3).Should().NotContain(Verdict.Rejected);
    }

    /// <summary>With one position the next position is the next image, and with one channel the next channel is, too.</summary>
    [Theory]
    [InlineData(1, 1, new[] { 1 })]
    [InlineData(1, 32, new[] { 1, 32 })]
    [InlineData(4, 1, new[] { 1, 4 })]
    [InlineData(4, 3, new[] { 1, 3, 12 })]
    public void Each_pair_of_a_mask_counts_once(int positions, int channels, int[] lags)
    {
        using var reference = new ReferenceSubject();
        var network = Of(new(1, positions, channels), new Dense(), new Dropout(0.5) { Mask = DropoutMask.ByPoint });
        var batch = new GeneratedCase(network, 4, NoiseKind.Mapping, GeneratedInput.Gaussian, 1, 7).Batch();

        var trace = NetworkTrace.Record(reference, network, NoiseKind.Mapping, new Weights.Own(7, 0), batch);

        DrawnMask.OfDropouts(trace).Should().ContainSingle().Which.Lags.Should().Equal(lags);
    }

    private static IEnumerable<Verdict> VerdictsOf(string claim, Network network, int images, int seeds)
    {
        using var reference = new ReferenceSubject();
        return
        [
            .. Enumerable
                .Range(0, seeds)
                .SelectMany(seed => VerificationRun.OfNetwork(reference, Scale.Quick, (ulong)seed, [claim], new SiteCase(network, images)).Outcomes)
                .Select(outcome => outcome.Verdict),
        ];
    }

    private static Network Of(Shape input, params Layer[] layers) => new("narrow", input, [.. layers]);
}
