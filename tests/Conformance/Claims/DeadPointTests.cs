using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A point at which all ReLUs of a layer are off comes once in 2³² layers of 32 channels: rare, but not as rare as a false alarm may be.</summary>
public class DeadPointTests
{
    public static TheoryData<string, string> Checks
    {
        get
        {
            var checks = new TheoryData<string, string>();
            foreach (
                var check in Suite.Checks.Where(check => check.ClaimId is "I1" or "I2" or "I3" or "S1" or "S2" or "S3" or "S4" or "S6" or "S8").AtLeastOne()
            )
            {
                checks.Add(check.ClaimId, check.Architecture);
            }

            return checks;
        }
    }

    [Theory]
    [MemberData(nameof(Checks))]
    public void Check_of_a_right_subject_with_a_dead_point_holds(string claim, string architecture)
    {
        using var subject = new DeadPoint();

        var outcome = Suite.Execute(
            Suite.Checks.Single(check => check.ClaimId == claim && check.Architecture == architecture),
            subject,
            Scale.Quick,
            TestSeed.Value
        );

        subject.Deaths.Should().BePositive("the test is about a dead point");
        outcome.Verdict.Should().Be(Verdict.Holds, outcome.ToString());
    }

    /// <summary>
    /// The reference, but for the second simulation of the fully connected networks: there the weights that make the first point's inputs of the first ReLU
    /// have the signs that close it.
    /// </summary>
    /// <remarks>
    /// Signs of a channel's weights are fair coins whatever their magnitudes: such weights are what the reference draws once in 2³² layers, no worse ones.
    /// </remarks>
    private sealed class DeadPoint : ReferenceSubject
    {
        private int _deaths;

        public int Deaths => _deaths;

        public override void Propagate(NetworkSettings network, Weights weights, Batch input, Action<Snapshot> observe)
        {
            if (weights is not Weights.Own { Simulation: 1 } own || network.KernelSize > 1)
            {
                base.Propagate(network, weights, input, observe);
                return;
            }

            double[][] kernels = [.. network.Kernels.Select((shape, i) => Drawn(own, i, shape))];
            var relu = network.Architecture.Places.First(place => place.Kind == UnitPlaceKind.Relu).Number;
            var convolution = network.Architecture.IsResidual ? 0 : 1;
            base.Propagate(
                network,
                new Weights.Given(kernels),
                input,
                snapshot =>
                {
                    if (snapshot.Depth == 1 && snapshot.Place.Number == relu - 1)
                    {
                        var open = snapshot.Signal[..network.Channels];
                        kernels[convolution] = [.. kernels[convolution].Select((value, i) => open[i % network.Channels] > 0 ? -value : value)];
                    }
                }
            );
            base.Propagate(
                network,
                new Weights.Given(kernels),
                input,
                snapshot =>
                {
                    if (snapshot.Depth == 1 && snapshot.Place.Number == relu && Array.TrueForAll(snapshot.Signal[..network.Channels], value => value == 0))
                    {
                        Interlocked.Increment(ref _deaths);
                    }

                    observe(snapshot);
                }
            );
        }

        private static double[] Drawn(Weights.Own own, int convolution, KernelShape shape)
        {
            var kernel = new float[shape.Length];
            new RandomKernels<float>(own.Seed, own.Simulation).Fill(convolution, shape, kernel);
            return [.. kernel.Select(value => (double)value)];
        }
    }
}
