using FluentAssertions;
using FluentAssertions.Execution;
using Wellbehaved.Audit;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

public class WrittenOutDerivativeTests
{
    [Law(Arbitrary = [typeof(ComposedCases)], MaxTest = 300)]
    public void Mapping_noise_equals_the_difference_quotient_with_held_statistics(ComposedCase composed)
    {
        var mapping = composed.Mapping();
        var statistics = mapping.Propagate(composed.Features()).Statistics;
        CompareWithDifferences(composed, input => mapping.Propagate(input, WrittenOutNoise.Mapping, statistics), mapping.Propagate(composed.Features()));
    }

    [Law(Arbitrary = [typeof(ComposedCases)], MaxTest = 300)]
    public void Full_noise_equals_the_difference_quotient_of_the_whole_computation(ComposedCase composed)
    {
        var mapping = composed.Mapping();
        CompareWithDifferences(composed, input => mapping.Propagate(input, WrittenOutNoise.Full), mapping.Propagate(composed.Features(), WrittenOutNoise.Full));
    }

    [Law(Arbitrary = [typeof(ComposedCases)], MaxTest = 100)]
    public void Noise_is_linear(ComposedCase composed)
    {
        var (mapping, signal, first, second) = (composed.Mapping(), composed.Input(1), composed.Input(2), composed.Input(3));
        foreach (var noise in Enum.GetValues<WrittenOutNoise>())
        {
            var (one, two) = (Propagate(first), Propagate(second));
            // Powers of two are multiplied without rounding.
            Propagate([.. first.Select(dx => -4 * dx)]).Output.Noise.Should().Equal(one.Output.Noise.Select(dx => -4 * dx), "{0}", composed.Network);

            var sum = Propagate([.. first.Zip(second, (x, y) => x + y)]).Output.Noise;
            // A norm of nearly equal features multiplies rounding errors by 1/√ε.
            var largest = Math.Max(LargestAnywhere(one), LargestAnywhere(two));
            Distance(sum, [.. one.Output.Noise.Zip(two.Output.Noise, (x, y) => x + y)])
                .Should()
                .BeLessThanOrEqualTo(1e-7 * (1 + largest), "{0}", composed.Network);

            WrittenOutPropagation Propagate(double[] dx) => mapping.Propagate(composed.Features(signal, dx), noise);
        }

        static double LargestAnywhere(WrittenOutPropagation propagation) =>
            propagation.Places.Select(place => Largest(place.Features.Noise)).DefaultIfEmpty(0).Largest();
    }

    [Law(Arbitrary = [typeof(ComposedCases)], MaxTest = 100)]
    public void D8_zero_noise_stays_zero_at_every_place(ComposedCase composed)
    {
        foreach (var noise in Enum.GetValues<WrittenOutNoise>())
        {
            var propagation = composed.Mapping().Propagate(composed.Features(composed.Input(1), new double[composed.Input(1).Length]), noise);
            propagation
                .Places.SelectMany(place => place.Features.Noise)
                .Concat(propagation.Output.Noise)
                .Should()
                .OnlyContain(value => value == 0, "{0}", composed.Network);
        }
    }

    [Law(Arbitrary = [typeof(ComposedCases)], MaxTest = 100)]
    public void Mapping_noise_and_full_noise_have_the_same_signal_and_agree_without_batch_norm(ComposedCase composed)
    {
        var (held, full) = (composed.Mapping().Propagate(composed.Features()), composed.Mapping().Propagate(composed.Features(), WrittenOutNoise.Full));
        full.Output.Signal.Should().Equal(held.Output.Signal);
        if (!composed.Network.ToString().Contains(nameof(BatchNorm), StringComparison.Ordinal))
        {
            full.Output.Noise.Should().Equal(held.Output.Noise);
        }
    }

    /// <summary>
    /// A difference over 2h is the mean of the derivative from -h to h: it is no further from the derivative in the middle than the derivative
    /// moves on the way, be it by curvature or by a kink. What rounding does to it, the difference over 4h shows.
    /// </summary>
    private static void CompareWithDifferences(ComposedCase composed, Func<WrittenOutFeatures, WrittenOutPropagation> propagate, WrittenOutPropagation middle)
    {
        const double h = 1e-5;
        var (signal, noise) = (composed.Input(1), composed.Input(2));
        var (before, after, longBefore, longAfter) = (propagate(At(-h)), propagate(At(h)), propagate(At(-2 * h)), propagate(At(2 * h)));
        using var scope = new AssertionScope();
        foreach (var (place, i) in middle.Places.Select((place, i) => (place, i)))
        {
            var differences = Difference(before, after, h);
            var moved = Distance(before.Places[i].Features.Noise, after.Places[i].Features.Noise);
            var tolerance =
                (2 * moved)
                + (4 * Distance(differences, Difference(longBefore, longAfter, 2 * h)))
                + (1e-9 * (1 + Largest(place.Features.Noise) + Largest(place.Features.Signal)));
            Distance(differences, place.Features.Noise).Should().BeLessThanOrEqualTo(tolerance, "{0} {1} of {2}", place.Depth, place.After, composed.Network);

            double[] Difference(WrittenOutPropagation low, WrittenOutPropagation high, double step) =>
                [.. high.Places[i].Features.Signal.Zip(low.Places[i].Features.Signal, (y, x) => (y - x) / (2 * step))];
        }

        WrittenOutFeatures At(double t) => composed.Features([.. signal.Zip(noise, (x, dx) => x + (t * dx))], noise);
    }

    private static double Distance(double[] left, double[] right) => Largest(left.Zip(right, (x, y) => x - y));

    private static double Largest(IEnumerable<double> values) => values.Largest(Math.Abs);
}
