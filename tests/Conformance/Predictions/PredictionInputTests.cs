using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What a prediction takes from the experiment that it is of, and what it refuses.</summary>
public class PredictionInputTests
{
    private static readonly ExperimentOptions FullyConnected = new() { Architecture = "vanilla", TotalDepth = 1, NumComputations = 1, KernelSize = 1, NumChannels = 4, BatchSize = 6, NumSims = 1, Epsilon = 0 };

    [Theory]
    [InlineData(4096, 3, 1)]
    [InlineData(1024, 5, 4)]
    [InlineData(1024, 2, 2)]
    public void As_many_images_are_used_as_a_kernel_has_room_for(int height, int batch, int used) =>
        Prediction.Of(FullyConnected with { KernelSize = 3, BatchSize = batch }, new Columns(height)).ImagesUsed.Should().Be(used, "the first layer halves each column, and a kernel has at most 2048 points");

    [Fact]
    public void Images_too_large_for_a_kernel_are_refused() =>
        FluentActions.Invoking(() => Prediction.Of(FullyConnected with { KernelSize = 3 }, new Columns(4098))).Should().Throw<InvalidInputException>()
            .WithMessage("*--dataset*expected images of at most 2048 positions inside the network, got 2049*");

    [Fact]
    public void Chi_is_relative_to_the_input_whatever_its_scale()
    {
        // The first convolution of a fully connected net keeps signal and noise in the mean: ln χ = 0.
        var prediction = Prediction.Of(FullyConnected with { Normalize = InputNormalization.None }, new Columns(2));

        prediction.Mu2InputSignal.Should().BeGreaterThan(2, "or nothing is tried");
        prediction.LogChiAtDepth0.Should().BeApproximately(0, 1e-12, "a few roundings of numbers near 1");
    }

    [Fact]
    public void What_cannot_be_predicted_is_refused_by_the_option_that_asks_for_it()
    {
        Refused(() => Prediction.Of(FullyConnected with { Architecture = "bn_ff", BatchSize = 1, Normalize = InputNormalization.None }, new Columns(2))).Should().StartWith("--epsilon, --batch-size: ");
        Refused(() => FiniteWidthPrediction.Of(FullyConnected with { KernelSize = 3 }, new Columns(2), 2)).Should().Be("--finite-width: expected a fully connected net (--kernel-size 1): convolutions correlate neurons over all positions");
        Refused(() => FiniteWidthPrediction.Of(FullyConnected, new Columns(2), 1)).Should().Be("--finite-width: expected at least 2 networks for a standard error, got 1");
        FiniteWidthPrediction.Of(FullyConnected, new Columns(2), 2).LogChiStandardError.Single().Should().BeGreaterThan(0);
        Refused(() => PredictedKind.Of(FullyConnected with { Architecture = "mlp" })).Should().Be("--architecture: expected one that theory knows, vanilla, vanilla_res, bn_ff, bn_res, got 'mlp'");
        Refusal.OfNull("options", () => Prediction.Of(null!, new Columns(2)));
        Refusal.OfNull("options", () => FiniteWidthPrediction.Of(null!, new Columns(2), 2));

        static string Refused(Action call) => FluentActions.Invoking(call).Should().Throw<InvalidInputException>().Which.Message;
    }

    [Fact]
    public void A_prediction_stops_when_it_is_asked_to()
    {
        var (stopped, advanced) = (new CancellationToken(canceled: true), 0);

        FluentActions.Invoking(() => Prediction.Of(FullyConnected, new Columns(2), () => advanced++, stopped)).Should().Throw<OperationCanceledException>();
        FluentActions.Invoking(() => FiniteWidthPrediction.Of(FullyConnected, new Columns(2), 2, () => advanced++, stopped)).Should().Throw<OperationCanceledException>();
        advanced.Should().Be(0);
    }

    /// <summary>Images of one column, each pixel another.</summary>
    private sealed class Columns(int height) : ImageSource
    {
        public override int? Count => null;

        public override int Height => height;

        public override int Width => 1;

        public override int Channels => 1;

        public override string Checksum => "made up";

        public override void FillBatch(ulong seed, uint simulation, int images, Span<double> destination)
        {
            for (var i = 0; i < destination.Length; i++)
            {
                destination[i] = 1.5 * (i * 7 % destination.Length);
            }
        }
    }
}
