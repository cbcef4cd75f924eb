using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What a prediction takes from the experiment that it is of, and what it refuses.</summary>
public class PredictionInputTests
{
    private static readonly ExperimentOptions FullyConnected = new()
    {
        Architecture = "vanilla",
        TotalDepth = 1,
        NumComputations = 1,
        KernelSize = 1,
        NumChannels = 4,
        BatchSize = 6,
        NumSims = 1,
        Epsilon = 0,
    };

    [Theory]
    [InlineData(4096, 3, 1)]
    [InlineData(1024, 5, 4)]
    [InlineData(1024, 2, 2)]
    public void A_prediction_uses_as_many_images_as_fit_the_largest_kernel(int height, int batch, int used) =>
        Prediction
            .Predict(FullyConnected with { KernelSize = 3, BatchSize = batch }, new Columns(height))
            .ImagesUsed.Should()
            .Be(used, "the first layer halves each column, and a kernel has at most 2048 points");

    [Fact]
    public void Images_too_large_for_a_kernel_are_refused() =>
        FluentActions
            .Invoking(() => Prediction.Predict(FullyConnected with { KernelSize = 3 }, new Columns(4098)))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*Dataset*expected images of at most 2048 positions inside the network, got 2049*");

    [Fact]
    public void Chi_is_relative_to_the_input_for_any_scale_of_the_input()
    {
        // The first convolution of a fully connected net keeps signal and noise in the mean: ln χ = 0.
        var prediction = Prediction.Predict(FullyConnected with { Normalize = InputNormalization.None }, new Columns(2));

        prediction.Mu2InputSignal.Should().BeGreaterThan(2, "or nothing is tried");
        prediction.LogChiAtDepth0.Should().BeApproximately(0, 1e-12, "a few roundings of numbers near 1");
    }

    [Fact]
    public void An_impossible_prediction_is_refused_and_the_option_is_named()
    {
        Refused(() => Prediction.Predict(FullyConnected with { Architecture = "bn_ff", BatchSize = 1, Normalize = InputNormalization.None }, new Columns(2)))
            .Should()
            .StartWith("Epsilon, BatchSize: ");
        Refused(() => FiniteWidthPrediction.Sample(FullyConnected with { KernelSize = 3 }, new Columns(2), 2))
            .Should()
            .Be("samples: expected a fully connected net (KernelSize 1): convolutions correlate neurons over all positions");
        Refused(() => FiniteWidthPrediction.Sample(FullyConnected, new Columns(2), 1))
            .Should()
            .Be("samples: expected at least 2 networks for a standard error, got 1");
        FiniteWidthPrediction.Sample(FullyConnected, new Columns(2), 2).LogChiStandardError.Single().Should().BeGreaterThan(0);
        Refused(() => PredictedKind.Find(FullyConnected with { Architecture = "mlp" }))
            .Should()
            .Be("Architecture: expected one that theory knows, vanilla, vanilla_res, bn_ff, bn_res, got 'mlp'");
        Refusal.OfNull("options", () => Prediction.Predict(null!, new Columns(2)));
        Refusal.OfNull("options", () => FiniteWidthPrediction.Sample(null!, new Columns(2), 2));

        static string Refused(Action call) => FluentActions.Invoking(call).Should().Throw<InvalidInputException>().Which.Message;
    }

    [Theory]
    [InlineData("vanilla", 1, 1)]
    [InlineData("vanilla_res", 2, 4)]
    [InlineData("bn_ff", 0, 0)]
    [InlineData("bn_res", 1, 1)]
    public void Equal_images_have_no_variance_at_any_depth(string architecture, double first, double second)
    {
        // ν₂ stays (W2), doubles (W4), or is what the skip connection keeps: batch norm makes zeros of equal numbers.
        var images = new Made((_, position) => Math.Sin(position));
        var nu2 = Enumerable.Range(0, Made.Side * Made.Side).Average(position => Math.Pow(Math.Sin(position), 2));
        var options = FullyConnected with
        {
            Architecture = architecture,
            TotalDepth = 2,
            NumComputations = 2,
            Normalize = InputNormalization.None,
            Epsilon = 0.001,
        };
        foreach (var prediction in new[] { Prediction.Predict(options, images), Prediction.GivenNoise(options, images) })
        {
            prediction.Moments.Select(moments => moments.LogMu2Signal).Should().OnlyContain(logarithm => logarithm == double.NegativeInfinity);
            prediction.Moments.Select(moments => moments.ReffSignal).Should().OnlyContain(rank => double.IsNaN(rank));
            prediction.LogChi.Should().OnlyContain(logarithm => !double.IsFinite(logarithm));
            Math.Exp(prediction.Moments[0].LogNu2Signal).Should().BeApproximately(first * nu2, 1e-12);
            Math.Exp(prediction.Moments[1].LogNu2Signal).Should().BeApproximately(second * nu2, 1e-12);
            (prediction.Tau, prediction.DeltaChiLimit).Should().Be((null, null), "nothing tends to anything");
        }
    }

    [Fact]
    public void Images_that_become_equal_after_the_first_convolution_are_predicted_with_variance_zero()
    {
        // A chequerboard of period 2 under a stride of 2; borders of zeros would be seen.
        var images = new Made((_, position) => ((position / Made.Side) + (position % Made.Side)) % 2);
        var options = FullyConnected with { Architecture = "bn_ff", KernelSize = 3, Normalize = InputNormalization.None, Epsilon = 0.1 };
        Prediction.GivenNoise(options, images).Moments[0].LogMu2Signal.Should().Be(double.NegativeInfinity);
        double.IsFinite(Prediction.GivenNoise(options with { Boundary = Boundary.ZeroPadding }, images).Moments[0].LogMu2Signal).Should().BeTrue();
    }

    [Theory]
    [InlineData("vanilla", 0.001)]
    [InlineData("vanilla_res", 0)]
    [InlineData("bn_ff", 0.001)]
    [InlineData("bn_ff", 0)]
    [InlineData("bn_res", 0.001)]
    public void Images_whose_variance_is_below_single_precision_are_refused_by_name(string architecture, double epsilon)
    {
        var images = new Made((image, position) => 100 + (1e-6 * Math.Sin((image * 17) + position)));
        var options = FullyConnected with
        {
            Architecture = architecture,
            Epsilon = epsilon,
            Normalize = InputNormalization.None,
            Dataset = "nearly.npy",
            NumChannels = 8,
        };
        FluentActions
            .Invoking(() => Prediction.GivenNoise(options, images))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("Dataset: *nearly.npy vary by 4.9e-17 of their mean square*Normalize channel*");
        FluentActions
            .Invoking(() => FiniteWidthPrediction.GivenNoise(options, images, 2))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("samples, Dataset: *nearly.npy*");

        using var simulation = new Simulation(options, images);
        FluentActions
            .Invoking(() => simulation.Run(0))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"{(epsilon == 0 && architecture == "bn_ff" ? "Epsilon, Dataset" : "Dataset")}: *nearly.npy*");
        double.IsFinite(Prediction.GivenNoise(options with { Epsilon = 0.001, Normalize = InputNormalization.Channel }, images).LogChi[0])
            .Should()
            .BeTrue("as the message says");
    }

    [Theory]
    [InlineData("vanilla")]
    [InlineData("bn_res")]
    public void A_simulation_of_equal_images_is_refused_by_name(string architecture)
    {
        var options = FullyConnected with
        {
            Architecture = architecture,
            Normalize = InputNormalization.Global,
            Epsilon = 0.001,
            Dataset = "equal.npy",
            NumChannels = 8,
        };
        using var simulation = new Simulation(options, new Made((_, position) => position));
        FluentActions.Invoking(() => simulation.Run(0)).Should().Throw<InvalidInputException>().WithMessage("Dataset: *equal.npy*");
    }

    [Fact]
    public void Equal_images_with_epsilon_zero_are_refused_and_both_options_are_named() =>
        FluentActions
            .Invoking(() =>
                Prediction.GivenNoise(
                    FullyConnected with
                    {
                        Architecture = "bn_res",
                        Normalize = InputNormalization.None,
                        Dataset = "equal.npy",
                    },
                    new Made((_, position) => position)
                )
            )
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("Epsilon, Dataset: *equal.npy*");

    [Theory]
    [InlineData("bn_ff")]
    [InlineData("bn_res")]
    public void A_common_shift_of_all_images_does_not_change_predictions_with_batch_norm(string architecture)
    {
        // Pixels of 1000 ± 0.1: their variance is 5e-9 of their mean square, where a Gram matrix has lost half its digits.
        var (bare, shifted) = (Predicted(0), Predicted(1000));

        for (var depth = 0; depth < 3; depth++)
        {
            shifted.LogChi[depth].Should().BeApproximately(bare.LogChi[depth], 1e-7);
            shifted.Moments[depth].LogMu2Signal.Should().BeApproximately(bare.Moments[depth].LogMu2Signal, 1e-7);
            shifted.Moments[depth].ReffSignal.Should().BeApproximately(bare.Moments[depth].ReffSignal, 1e-6);
        }

        Math.Exp(shifted.Moments[0].LogNu2Signal)
            .Should()
            .BeApproximately(
                Math.Exp(bare.Moments[0].LogNu2Signal) + (architecture == "bn_res" ? 1e6 : 0),
                100,
                "the skip connection keeps the mean, up to its product with the images' own means"
            );

        Prediction Predicted(double common) =>
            Prediction.GivenNoise(
                FullyConnected with
                {
                    Architecture = architecture,
                    TotalDepth = 3,
                    NumComputations = 3,
                    Normalize = InputNormalization.None,
                    Epsilon = 1e-4,
                },
                new Made((image, position) => common + (0.1 * Math.Sin((image * 17) + (position * position))))
            );
    }

    [Fact]
    public void A_prediction_can_be_cancelled()
    {
        var (stopped, advanced) = (new CancellationToken(canceled: true), 0);

        FluentActions
            .Invoking(() => Prediction.Predict(FullyConnected, new Columns(2), () => advanced++, stopped))
            .Should()
            .Throw<OperationCanceledException>();
        FluentActions
            .Invoking(() => FiniteWidthPrediction.Sample(FullyConnected, new Columns(2), 2, () => advanced++, stopped))
            .Should()
            .Throw<OperationCanceledException>();
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

    /// <summary>Images of 4 × 4 pixels, each made by a function of its number and its position.</summary>
    private sealed class Made(Func<int, int, double> pixel) : ImageSource
    {
        public const int Side = 4;

        public override int? Count => null;

        public override int Height => Side;

        public override int Width => Side;

        public override int Channels => 1;

        public override string Checksum => "made up";

        public override void FillBatch(ulong seed, uint simulation, int images, Span<double> destination)
        {
            for (var i = 0; i < destination.Length; i++)
            {
                destination[i] = pixel(i / (Side * Side), i % (Side * Side));
            }
        }
    }
}
