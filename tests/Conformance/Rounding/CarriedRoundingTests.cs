using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>O3, D2, D5 to D7: bounds carried through networks hold, at the gates too.</summary>
public class CarriedRoundingTests
{
    private static readonly double Single = Math.ScaleB(1, -24);

    public static TheoryData<string, int, Boundary> Networks
    {
        get
        {
            var data = new TheoryData<string, int, Boundary>();
            foreach (var architecture in Architecture.Names)
            {
                data.Add(architecture, 1, Boundary.Periodic);
                data.Add(architecture, 2, Boundary.Periodic);
                data.Add(architecture, 3, Boundary.Periodic);
                data.Add(architecture, 3, Boundary.Symmetric);
                data.Add(architecture, 3, Boundary.ZeroPadding);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void The_reference_stays_within_the_bound_at_every_place(string architecture, int size, Boundary boundary)
    {
        using var reference = new ReferenceSubject();
        foreach (var (network, weights, input) in Drawn(architecture, size, boundary, 10))
        {
            var carried = new CarriedRounding(network, weights, Single).Through(input);
            Trace
                .Record(reference, network, new Weights.Given(weights), input)
                .Snapshots.Zip(carried)
                .Should()
                .HaveCount(carried.Count)
                .And.AllSatisfy(pair => Largest(pair.First.Signal, pair.First.Noise, pair.Second).Should().BeLessThanOrEqualTo(1));
        }
    }

    /// <summary>What is exact of the bounds is the network written out, and weights that are each off by a unit of roundoff stay within them: in half
    /// precision, where gates do open and close.</summary>
    [Theory]
    [MemberData(nameof(Networks))]
    public void Rounded_weights_and_inputs_stay_within_the_bound(string architecture, int size, Boundary boundary)
    {
        var half = Math.ScaleB(1, -11);
        foreach (var (network, weights, input) in Drawn(architecture, size, boundary, 10))
        {
            var carried = new CarriedRounding(network, weights, half).Through(input);
            var (exact, rounded) = (
                Places(network, weights, input),
                Places(network, [.. weights.Select(Rounded)], input with { Signal = Rounded(input.Signal), Noise = Rounded(input.Noise) })
            );
            carried.Should().HaveCount(exact.Count);
            for (var place = 0; place < exact.Count; place++)
            {
                carried[place].Signal.Should().Equal(exact[place].Signal);
                carried[place].Noise.Should().Equal(exact[place].Noise);
                Largest(rounded[place].Signal, rounded[place].Noise, carried[place]).Should().BeLessThanOrEqualTo(1);
            }
        }

        static double[] Rounded(double[] values) => [.. values.Select(value => (double)(Half)value)];

        static List<(double[] Signal, double[] Noise)> Places(NetworkSettings network, IReadOnlyList<double[]> weights, Batch input)
        {
            var places = new List<(double[] Signal, double[] Noise)>();
            new WrittenOutNetwork(network, weights).Propagate(input, (_, _, signal, noise) => places.Add((signal, noise)));
            return places;
        }
    }

    [Fact]
    public void The_bound_on_noise_at_an_uncertain_gate_allows_an_open_and_a_closed_gate()
    {
        // One point, weights of one: signals 1, 1e-4, 0, -1e-4 and -1 with noise 1, and 2 % for each rounding.
        var network = new NetworkSettings(Architecture.Named("vanilla"), new TensorShape(5, 1, 1, 1), 1, 1, 1, Boundary.Periodic, 0);
        var unit = new CarriedRounding(
            network,
            [
                [1],
                [1],
            ],
            0.001
        );
        var place = unit.Through(new Batch(network.NetworkInput, [1, 1e-4, 0, -1e-4, -1], [1, 1, 1, 1, 1]))[^1];
        place.SignalBound[2..].Should().Equal(0, 0, 0);
        place.NoiseBound[0].Should().BeInRange(0.003, 0.01, "the gate is open");
        place.NoiseBound[3..].Should().Equal([0, 0], "errors are relative here, so these gates are shut");

        // Differences: 1 - 0.9999 may come out as zero or below.
        var pair = network with
        {
            Input = new TensorShape(3, 1, 1, 2),
        };
        place = new CarriedRounding(
            pair,
            [
                [1, 1],
                [1],
            ],
            0.001
        ).Through(new Batch(pair.NetworkInput, [1, -0.9999, 0.9999, -1, 1, -0.5], [1, 0, 1, 0, 1, 0]))[^1];
        place.Noise.Should().Equal(1, 0, 1);
        place.NoiseBound[0].Should().BeGreaterThanOrEqualTo(1, "the gate may be shut");
        place.NoiseBound[1].Should().BeGreaterThanOrEqualTo(1, "the gate may be open");
        place.NoiseBound[2].Should().BeLessThan(0.02);
        place.SignalBound[1].Should().BeLessThan(place.SignalBound[0], "of a shut gate only the excess over it comes out");
    }

    [Fact]
    public void An_infinite_tolerance_compares_nothing_and_a_NaN_is_rejected()
    {
        var comparison = new ExactComparison();
        comparison.Add(new Observed(5), new Expected(1), double.PositiveInfinity, "here");
        comparison.Add(new Observed(5), new Expected(1), double.NaN, "here");
        comparison.Conclude("x").Verdict.Should().Be(Verdict.Inconclusive);
        comparison.Add(new Observed(double.NaN), new Expected(1), double.PositiveInfinity, "there");
        comparison.Conclude("x").Verdict.Should().Be(Verdict.Rejected);
        comparison.TypicalTolerance.Should().Be(0);
    }

    private static double Largest(double[] signal, double[] noise, Enclosure enclosure) =>
        Math.Max(
            signal.Zip(enclosure.Signal, (a, b) => Math.Abs(a - b)).Zip(enclosure.SignalBound, (distance, bound) => distance == 0 ? 0 : distance / bound).Max(),
            noise.Zip(enclosure.Noise, (a, b) => Math.Abs(a - b)).Zip(enclosure.NoiseBound, (distance, bound) => distance == 0 ? 0 : distance / bound).Max()
        );

    private static IEnumerable<(NetworkSettings Network, double[][] Weights, Batch Input)> Drawn(string architecture, int size, Boundary boundary, uint count)
    {
        var network = new NetworkSettings(
            Architecture.Named(architecture, 2),
            size == 1 ? new TensorShape(8, 1, 1, 10) : new TensorShape(2, 8, 6, 2),
            2,
            4,
            size,
            boundary,
            0.1
        );
        for (var index = 0u; index < count; index++)
        {
            var weights = network.Kernels.Select(
                (shape, layer) =>
                {
                    var values = new double[shape.Length];
                    new RandomNumbers(7, index, (uint)layer, RandomPurpose.Weights).FillNormal<double>(values, shape.StandardDeviation);
                    return values;
                }
            );
            yield return (network, [.. weights], Batch.Gaussian(network, 7, index));
        }
    }
}
