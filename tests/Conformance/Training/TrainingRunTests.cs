using System.Numerics;
using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Training;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// What training promises of itself: the same bits whatever the threads, statistics as they are defined, and an end where a loss is no number.
/// </summary>
public class TrainingRunTests
{
    [Fact]
    public void A_seed_gives_the_same_training_run_bit_for_bit_for_any_number_of_threads()
    {
        Layers convolutional =
        [
            new Convolution(3)
            {
                Channels = 6,
                Stride = 2,
                Boundary = Boundary.ZeroPadding,
            },
            new BatchNorm(),
            new Activation(new Function(FunctionKind.Gelu)),
            new GlobalAveragePool(),
        ];
        foreach (
            var options in new[]
            {
                Trainings.Options("bn_res", simulations: 3) with
                {
                    LearningRates = [0.001, 0.01],
                },
                Trainings.Options(convolutional, steps: 4),
            }
        )
        {
            var plan = TrainingPlan.Prepare(options);
            var one = TrainingCampaign.Run(plan, 1);
            var several = TrainingCampaign.Run(plan, 3);
            using var within = new TrainingRun<float>(plan, 3);

            one.Zip(several).Should().OnlyContain(pair => pair.First.Zip(pair.Second).All(runs => runs.First.IsIdenticalTo(runs.Second)));
            within.Run(0, options.LearningRates[0]).IsIdenticalTo(one[0][0]).Should().BeTrue("threads within a layer change nothing either");
            one[0][0].FinalLoss.Should().BePositive();
        }
    }

    [Fact]
    public void Other_seeds_and_other_mappings_give_other_training_runs()
    {
        var options = Trainings.Options("vanilla", simulations: 2);
        var outcomes = TrainingCampaign.Run(TrainingPlan.Prepare(options), 1);
        var others = TrainingCampaign.Run(TrainingPlan.Prepare(options with { Experiment = options.Experiment with { Seed = 6 } }), 1);

        new[] { outcomes[0][0].FinalLoss, outcomes[1][0].FinalLoss, others[0][0].FinalLoss }.Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void A_loss_of_NaN_ends_the_run_and_counts_as_not_trained()
    {
        var plan = TrainingPlan.Prepare(Trainings.Options("vanilla") with { Optimiser = OptimiserKind.Sgd, LearningRates = [1e30, 0.001] });
        var result = TrainingResult.Summarise(plan, TrainingCampaign.Run(plan, 1));

        var failed = result.Outcomes[0][0];
        failed.FailedAt.Should().BeInRange(2, 20);
        failed.IsFinite.Should().BeFalse();
        failed.FinalAccuracy.Should().Be(double.NaN);
        result.BestRate(0).Should().Be(1, "a run that failed is never the best");
        new TrainingResult(
            [1e30],
            result.Steps,
            result.Corruptions,
            [
                [failed],
            ]
        ).BestRate(0).Should().BeNull();
    }

    [Fact]
    public void A_channel_that_training_makes_constant_ends_its_own_run_only()
    {
        Layers saturating = [new Flatten(), new Dense { Channels = 8 }, new Activation(new Function(FunctionKind.Tanh)), new BatchNorm { Epsilon = 0 }];
        var plan = TrainingPlan.Prepare(Trainings.Options(saturating) with { LearningRates = [10, 0.001] });

        var outcomes = TrainingCampaign.Run(plan, 1)[0];

        outcomes[0].FailedAt.Should().BeInRange(2, 20, "weights of ±10 saturate tanh, so that a channel has one value for a whole batch");
        outcomes[1].IsFinite.Should().BeTrue("the other learning rate has no part in it");
    }

    [Fact]
    public void A_channel_that_is_constant_before_training_is_a_question_of_the_network()
    {
        Layers dead = [new Flatten(), new Dense { Channels = 8 }, new Activation(Function.Relu), new BatchNorm { Epsilon = 0 }];
        var plan = TrainingPlan.Prepare(Trainings.Options(dead));

        FluentActions.Invoking(() => TrainingCampaign.Run(plan, 1)).Should().Throw<InvalidInputException>().WithMessage("*expected a positive epsilon*");
    }

    [Fact]
    public void Training_stops_after_the_first_pass_whose_mean_loss_reaches_the_target()
    {
        var options = Trainings.Options("bn_res", steps: 200);
        var whole = TrainingCampaign.Run(TrainingPlan.Prepare(options with { Steps = 200 }), 1)[0][0];
        var plan = TrainingPlan.Prepare(options with { TargetLoss = 1 });
        var losses = new List<double>();
        using var run = new TrainingRun<float>(plan);
        var outcome = run.Run(0, 0.003, losses.Add);

        var passes = losses.Chunk(5).Select(pass => pass.Average()).ToArray();
        outcome.Steps.Should().Be(losses.Count).And.BeLessThan(200).And.BePositive();
        passes[..^1].Should().OnlyContain(loss => loss > 1);
        passes[^1].Should().BeLessThanOrEqualTo(1);
        outcome.Loss[0].Should().Be(whole.Loss[0], "until then it is the same run");
        outcome.Loss[^1].Should().Be(double.NaN, "what was not trained has no loss");
    }

    [Fact]
    public void Running_statistics_are_the_mean_of_ten_batches_and_later_an_exponential_average()
    {
        var running = new RunningStatistics([(1, 5)]);
        var expected = 0.0;
        for (var batch = 1; batch <= 12; batch++)
        {
            var statistics = new BatchStatistics(1);
            (statistics.Means[0], statistics.Variances[0]) = (batch, 4 * batch);
            running.Add([statistics]);
            expected = batch <= 10 ? (1 + batch) / 2.0 : (0.9 * expected) + (0.1 * batch);
            running.Averages[0].Means[0].Should().BeApproximately(expected, 1e-12);
            running
                .Averages[0]
                .Variances[0]
                .Should()
                .BeApproximately(5 * expected, 1e-12, "variances have one point less in the denominator: 4/5 of it is the batch's");
        }
    }

    [Fact]
    public void The_readout_receives_features_of_scale_1_at_any_depth()
    {
        // Without the power of two the logits of 200 units would be of the order of 2¹⁰⁰.
        var plan = TrainingPlan.Prepare(Trainings.Options("vanilla_res", depth: 200, steps: 1));
        var losses = new List<double>();
        using var run = new TrainingRun<float>(plan);
        run.Run(0, 0.003, losses.Add);

        losses[0].Should().BeInRange(1, 6);
        run.Scale.Should().BeGreaterThan(30);
    }

    /// <summary>
    /// The gradient by a signal of size 2¹⁵⁰ or 2⁻¹⁸⁰ does not fit single precision; those by the weights do, and double precision gives the same.
    /// </summary>
    [Theory]
    [InlineData("vanilla_res", 300, 120)]
    [InlineData("shrinking", 20, -150)]
    public void Gradients_of_weights_do_not_depend_on_the_scale_of_the_signal(string name, int depth, int least)
    {
        var options =
            name == "shrinking"
                ? Trainings.Options([
                    new Flatten(),
                    new Dense { Channels = 32 },
                    new Repeat(depth, [new Dense { Parameters = new(1) }, new Activation(new Function(FunctionKind.Abs))]),
                    new Scaling(Math.ScaleB(1, -60)),
                    new Scaling(Math.ScaleB(1, -60)),
                    new Scaling(Math.ScaleB(1, -60)),
                ])
                : Wide(Trainings.Options(name, depth));
        var plan = TrainingPlan.Prepare(options);

        var (single, exponent) = Gradients<float>(plan);
        var (both, _) = Gradients<double>(plan);

        (Math.Sign(least) * exponent).Should().BeGreaterThan(Math.Abs(least));
        single.Should().OnlyContain(gradient => double.IsFinite(gradient));

        // Rounding of some hundred layers in single precision: 10⁻⁷ each, in a gradient that grows and shrinks by chance.
        var distance = Math.Sqrt(single.Zip(both, (x, y) => (x - y) * (x - y)).Sum());
        distance.Should().BeLessThan(1e-3 * Math.Sqrt(both.Sum(y => y * y)));
        both.Should().Contain(gradient => gradient != 0);
    }

    /// <summary>What counts is the images, not the folder that they lie in; another option is another training all the same.</summary>
    [Theory]
    [InlineData("""{"dataset": "fashion_mnist", "data_dir": "/there", "seed": 1}""", "checksum", null)]
    [InlineData("""{"dataset": "fashion_mnist", "data_dir": "/there", "seed": 2}""", "checksum", "data_dir")]
    [InlineData("""{"dataset": "fashion_mnist", "data_dir": "/here", "seed": 2}""", "checksum", "seed 1, not 2")]
    [InlineData("""{"dataset": "fashion_mnist", "data_dir": "/there", "seed": 1}""", "another", "data_dir")]
    public void A_training_is_the_same_wherever_its_images_lie(string network, string checksum, string? difference)
    {
        var mine = new TrainingIdentity("""{"dataset": "fashion_mnist", "data_dir": "/here", "seed": 1}""", "{}", "checksum", "wellbehaved");

        var found = mine.DifferenceFrom(mine with { Network = network, DatasetChecksum = checksum });

        (found ?? "the same").Should().Contain(difference ?? "the same");
    }

    [Fact]
    public void Corrupted_images_are_the_same_for_every_network_of_a_seed()
    {
        var (vanilla, residual) = (TrainingPlan.Prepare(Trainings.Options("vanilla")), TrainingPlan.Prepare(Trainings.Options("bn_res")));
        var (one, other, weak, clean) = (Noisy(vanilla, [3, 9], 2), Noisy(residual, [9, 3], 2), Noisy(vanilla, [3, 9], 1), Noisy(vanilla, [3, 9], 0));
        var length = one.Length / 2;

        one[..length].Should().Equal(other[length..], "noise belongs to the image, not to its place in a batch");
        one.Zip(weak, (strong, half) => strong - half)
            .Zip(weak.Zip(clean, (noisy, pixel) => noisy - pixel))
            .Should()
            .OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-5, "twice the deviation is twice the noise");
        one.Zip(clean, (noisy, pixel) => (double)(noisy - pixel) * (noisy - pixel)).Average().Should().BeApproximately(4, 0.5);

        static float[] Noisy(TrainingPlan plan, int[] images, double deviation)
        {
            var batch = new float[images.Length * (int)plan.Data.Shape.Features];
            plan.Data.Fill(plan.Data.Test, images, batch.AsSpan(), new int[images.Length]);
            plan.Data.Corrupt(images, batch.AsSpan(), deviation, 5, 0);
            return batch;
        }
    }

    /// <summary>In eight channels all branches are off some day, and the signal grows no more.</summary>
    private static TrainingOptions Wide(TrainingOptions options) => options with { Experiment = options.Experiment with { NumChannels = 64 } };

    /// <summary>The gradients of all weights by the mean of the outputs in units of their own power of two, and that power.</summary>
    private static (double[] Gradients, int Exponent) Gradients<T>(TrainingPlan plan)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var mapping = new Mapping<T>(plan.Network, plan.BatchSize, 1);
        mapping.Draw(new RandomParameters<T>(5, 0, 1));
        for (var i = 0; i < mapping.Input.Length; i++)
        {
            mapping.Input[i] = T.CreateTruncating(Math.Sin(i));
        }

        mapping.Forward(null);
        var scale = mapping.Exponent;
        mapping.Backward(Enumerable.Repeat(T.One, mapping.Features.Length).ToArray(), -scale);
        return ([.. mapping.Gradients.ToArray().Select(gradient => double.CreateTruncating(gradient))], scale);
    }
}
