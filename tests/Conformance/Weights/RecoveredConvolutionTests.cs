using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Recovered weights equal those of the subject up to the stated error; weights that cannot be recovered stay unknown.</summary>
public class RecoveredConvolutionTests
{
    public static TheoryData<string, string> Networks()
    {
        var data = new TheoryData<string, string>();
        foreach (var architecture in Architecture.Names)
        {
            data.Add(architecture, "wide");
            data.Add(architecture, "kernel");
            data.Add(architecture, "narrow");
            data.Add(architecture, "deep");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Recovered_weights_of_the_reference_are_its_own_to_the_stated_error(string architecture, string name)
    {
        var networks = new WeightNetworks(Architecture.Named(architecture), 0);
        var network = name switch
        {
            "wide" => networks.Wide,
            "kernel" => networks.Kernel,
            "narrow" => networks.Narrow,
            _ => networks.Deep,
        };
        using var subject = new ReferenceSubject();
        var (largest, known, all) = (0.0, 0, 0);
        for (var simulation = 0u; simulation < 4; simulation++)
        {
            foreach (var convolution in Recover(subject, network, simulation))
            {
                var kernel = new float[convolution.Shape.Length];
                new RandomKernels<float>(TestSeed.Value, simulation).Fill(convolution.Index, convolution.Shape, kernel);
                (known, all) = (known + convolution.Known, all + convolution.Shape.Length);
                if (name != "deep")
                {
                    convolution.Loss.Should().BeNull();
                    convolution.KnownInputs.Should().BeGreaterThan(convolution.Shape.FanIn * 3 / 4);
                }

                for (var i = 0; i < kernel.Length; i++)
                {
                    var (input, output) = (i / convolution.Shape.OutputChannels, i % convolution.Shape.OutputChannels);
                    if (convolution.InputErrors[input] > 0)
                    {
                        var ratio =
                            Math.Abs(convolution.Weights[i] - (kernel[i] / convolution.Shape.StandardDeviation))
                            / (convolution.InputErrors[input] * convolution.OutputErrors[output]);
                        largest = Math.Max(largest, ratio);
                    }
                }
            }
        }

        largest.Should().BeInRange(1e-6, 1, "the bound is one, and is not infinite");

        // Without batch norm points become alike with depth: no single convolution must be known, but well above the half that a claim asks for of all.
        known.Should().BeGreaterThan(7 * all / 10);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void All_convolutions_are_recovered_in_the_order_of_propagation(string architecture, string name)
    {
        var networks = new WeightNetworks(Architecture.Named(architecture), 0);
        var network = name switch
        {
            "wide" => networks.Wide,
            "kernel" => networks.Kernel,
            "narrow" => networks.Narrow,
            _ => networks.Deep,
        };
        using var subject = new ReferenceSubject();

        var convolutions = Recover(subject, network, 0);

        convolutions.Select(convolution => convolution.Shape).Should().Equal(network.Kernels);
        convolutions.Select(convolution => convolution.Index).Should().Equal(Enumerable.Range(0, convolutions.Length));
    }

    [Fact]
    public void Inputs_that_are_copies_of_each_other_determine_no_weights()
    {
        var network = new WeightNetworks(Architecture.Named("vanilla"), 0).Narrow;
        var batch = Batch.Gaussian(network, 1, 0);
        double[] repeated = [.. batch.Signal.Select((_, i) => batch.Signal[i % network.NetworkInput.Channels])];
        using var subject = new ReferenceSubject();
        var trace = Trace.Record(subject, network, new Weights.Own(1, 0), new Batch(batch.Shape, repeated, repeated));

        var convolution = new RecoveredConvolution(
            ShownConvolution.AllOf(trace, subject.Description.UnitRoundoff).First(),
            subject.Description.UnitRoundoff,
            1
        );

        (convolution.IsSolved, convolution.Known).Should().Be((false, 0));
        convolution.Loss.Should().Be("the 64 equations of convolution 0 do not determine its 16 weights to an output beyond rounding");
    }

    [Fact]
    public void Weights_of_an_input_that_is_always_zero_stay_unknown_and_the_others_are_recovered()
    {
        var network = new WeightNetworks(Architecture.Named("vanilla"), 0).Narrow;
        var batch = Batch.Gaussian(network, 1, 0);
        using var subject = new ReferenceSubject();
        var trace = Trace.Record(subject, network, new Weights.Own(1, 0), new Batch(batch.Shape, Without(batch.Signal), Without(batch.Noise)));

        var convolution = new RecoveredConvolution(
            ShownConvolution.AllOf(trace, subject.Description.UnitRoundoff).First(),
            subject.Description.UnitRoundoff,
            1
        );

        var again = new RecoveredConvolution(ShownConvolution.AllOf(trace, subject.Description.UnitRoundoff).First(), subject.Description.UnitRoundoff, 1);
        var other = new RecoveredConvolution(ShownConvolution.AllOf(trace, subject.Description.UnitRoundoff).First(), subject.Description.UnitRoundoff, 2);

        (convolution.KnownInputs, convolution.Known).Should().Be((15, 240));
        convolution.InputErrors[3].Should().Be(0);
        convolution
            .Weights[(3 * 16)..(4 * 16)]
            .Should()
            .OnlyContain(weight => weight != 0 && Math.Abs(weight) < 6)
            .And.OnlyHaveUniqueItems("they are the auditor's own numbers");
        again.Weights.Should().Equal(convolution.Weights);
        Enumerable
            .Range(0, 256)
            .Where(i => other.Weights[i] != convolution.Weights[i])
            .Should()
            .Equal(Enumerable.Range(3 * 16, 16), "only the unknown ones are the auditor's own");

        static double[] Without(double[] values) => [.. values.Select((value, i) => i % 16 == 3 ? 0 : value)];
    }

    [Theory]
    [InlineData("I5")]
    [InlineData("I6")]
    [InlineData("I7")]
    [InlineData("I8")]
    public void A_subject_whose_layers_receive_only_zeros_is_inconclusive(string claim)
    {
        using var subject = new Dead();

        var outcome = Suite.Execute(
            Suite.Checks.Single(check => check.ClaimId == claim && check.Architecture == "vanilla"),
            subject,
            Scale.Quick,
            TestSeed.Value
        );

        outcome.Verdict.Should().Be(Verdict.Inconclusive, outcome.ToString());
        outcome.Measurements.Should().Contain(measurement => measurement.Remark != null && measurement.Remark.Contains("determine none of its weights"));
    }

    [Fact]
    public void The_share_of_weights_that_could_not_be_recovered_is_reported()
    {
        using var subject = new ReferenceSubject();

        var (lossy, complete) = (Law("vanilla"), Law("bn_ff"));

        lossy.Samples.Should().Be(complete.Samples);
        lossy.Remark.Should().MatchRegex("^[0-9.]+ % of the weights could not be recovered: the auditor's own numbers stand for them$");
        complete.Remark.Should().BeNull();

        Measurement Law(string architecture) =>
            Suite
                .Execute(Suite.Checks.Single(check => check.ClaimId == "I5" && check.Architecture == architecture), subject, Scale.Quick, TestSeed.Value)
                .Measurements.Single(measurement => measurement.Quantity == "variance of the weights of the other convolutions, 2×2 kernels");
    }

    [Fact]
    public void Weights_that_are_not_finite_are_rejected()
    {
        using var subject = new Poisoned();
        foreach (
            var check in Suite
                .Checks.Where(check => check.Architecture == "vanilla" && check.ClaimId is "I4" or "I5" or "I6" or "I7" or "I8" or "I9")
                .AtLeastOne()
        )
        {
            Suite.Execute(check, subject, Scale.Quick, TestSeed.Value).Verdict.Should().Be(Verdict.Rejected, check.ClaimId);
        }
    }

    [Fact]
    public void A_subject_without_kernels_larger_than_one_is_judged_by_the_other_networks()
    {
        using var subject = new FullyConnected();

        var outcome = Suite.Execute(Suite.Checks.Single(check => check is { ClaimId: "I5", Architecture: "bn_ff" }), subject, Scale.Quick, TestSeed.Value);

        outcome.Verdict.Should().Be(Verdict.Holds);
        outcome.Declined.Should().Equal("boundary periodic");
        outcome.Measurements.Should().HaveCount(3);
    }

    [Fact]
    public void Half_precision_recovers_too_few_weights_and_is_inconclusive()
    {
        using var subject = new HalfPrecision();

        var outcome = Suite.Execute(Suite.Checks.Single(check => check is { ClaimId: "I5", Architecture: "vanilla" }), subject, Scale.Quick, TestSeed.Value);

        outcome.Verdict.Should().Be(Verdict.Inconclusive);
        outcome.ToString().Should().Contain("only 0 % of the weights could be recovered");
    }

    private static RecoveredConvolution[] Recover(ReferenceSubject subject, NetworkSettings network, uint simulation)
    {
        var trace = Trace.Record(subject, network, new Weights.Own(TestSeed.Value, simulation), Batch.Gaussian(network, TestSeed.Value, simulation));
        return
        [
            .. ShownConvolution
                .AllOf(trace, subject.Description.UnitRoundoff)
                .Select(shown => new RecoveredConvolution(shown, subject.Description.UnitRoundoff, 1)),
        ];
    }

    private sealed class Dead : ReferenceSubject
    {
        public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) =>
            base.Propagate(
                network,
                weights,
                input,
                snapshot =>
                    observe(
                        snapshot.Depth == 0
                            ? snapshot
                            : snapshot with
                            {
                                Signal = new double[snapshot.Signal.Length],
                                Noise = new double[snapshot.Noise.Length],
                            }
                    )
            );
    }

    private sealed class Poisoned : ReferenceSubject
    {
        public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe) =>
            base.Propagate(
                network,
                weights,
                input,
                snapshot => observe(snapshot with { Noise = [.. snapshot.Noise.Select((value, i) => i == 3 ? double.NaN : value)] })
            );
    }

    private sealed class HalfPrecision : ReferenceSubject
    {
        public override SubjectDescription Description { get; } = new("half") { UnitRoundoff = Math.ScaleB(1, -11) };
    }

    private sealed class FullyConnected : ReferenceSubject
    {
        public override SubjectDescription Description { get; } = new("fully connected") { Boundaries = [] };
    }
}
