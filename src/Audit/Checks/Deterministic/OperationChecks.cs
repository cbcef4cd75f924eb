using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// O1 to O3: each operation does to the subject's own tensors what its definition says. So errors do not accumulate, and the wrong place is identified.
/// </summary>
internal static class OperationChecks
{
    private const double Epsilon = 0.1;

    /// <summary>O1: the same weights convolve signal and noise.</summary>
    public static IEnumerable<Measurement> Convolution(CheckContext context, Architecture architecture)
    {
        var comparison = new ExactComparison();
        foreach (
            var given in GivenCase
                .All(context, architecture, Epsilon, zeroWillDo: true)
                .Concat(GivenCase.Sparse(context, architecture, Epsilon, zeroWillDo: true))
        )
        {
            var (network, trace) = (given.Network, given.Trace(context.Subject));
            var kernel = 0;
            Compare(network.NetworkInput, given.Input.Signal, given.Input.Noise, trace.At(0, 0), network.FirstStride);
            for (var depth = 1; depth <= network.Depth; depth++)
            {
                var before = trace.Before(depth, UnitPlaceKind.Convolution);
                kernel = 1 + ((depth - 1) * network.Architecture.ConvolutionsPerUnit);
                Compare(before.Shape, before.Signal, before.Noise, trace.At(depth, UnitPlaceKind.Convolution), 1);
            }

            void Compare(TensorShape shape, double[] signal, double[] noise, Snapshot after, int stride)
            {
                foreach (var (input, output, what) in new[] { (signal, after.Signal, "signal"), (noise, after.Noise, "noise") })
                {
                    var exact = WrittenOutLayers.Convolve(shape, input, given.Kernels[kernel], network.KernelSize, stride, network.Boundary);
                    var bounds = ConvolutionRounding.Bound(
                        shape,
                        [.. input.Select(Math.Abs)],
                        given.Kernels[kernel],
                        network.KernelSize,
                        stride,
                        network.Boundary,
                        context.UnitRoundoff
                    );
                    comparison.AddTensor(output, exact, bounds, $"{what}, {after.Where}, {given.Description}");
                }
            }
        }

        yield return comparison.Conclude("convolution");
    }

    /// <summary>O2: the ReLU takes the positive part of the signal, and lets the noise pass where the signal is positive; exact zeros let none pass.</summary>
    public static IEnumerable<Measurement> Relu(CheckContext context, Architecture architecture)
    {
        var comparison = new ExactComparison();
        foreach (var given in GivenCase.All(context, architecture, Epsilon))
        {
            foreach (
                var (input, description) in new[]
                {
                    (given.Input, given.Description),
                    (given.Input with { Signal = new double[given.Input.Signal.Length] }, given.Description + ", zero signal"),
                }
            )
            {
                var trace = Trace.Record(context.Subject, given.Network, new Weights.Given(given.Kernels), input);
                for (var depth = 1; depth <= given.Network.Depth; depth++)
                {
                    var (before, after) = (trace.Before(depth, UnitPlaceKind.Relu), trace.At(depth, UnitPlaceKind.Relu));
                    var (signal, noise) = WrittenOutLayers.Rectify(before.Signal, before.Noise);

                    // Only a subject that keeps scales beside its tensors rounds here: once before and once after. Zeros stay zeros.
                    var rounding = Roundings.Gamma(2, context.UnitRoundoff);
                    comparison.AddTensor(after.Signal, signal, rounding, $"signal, {after.Where}, {description}");
                    comparison.AddTensor(after.Noise, noise, rounding, $"noise, {after.Where}, {description}");
                }
            }
        }

        yield return comparison.Conclude("ReLU");
    }

    /// <summary>O3: the skip connection adds the unit's input to the end of its branch, signal and noise.</summary>
    public static IEnumerable<Measurement> SkipConnection(CheckContext context, Architecture architecture)
    {
        var comparison = new ExactComparison();
        foreach (
            var given in GivenCase
                .All(context, architecture, Epsilon, zeroWillDo: true)
                .Concat(GivenCase.Sparse(context, architecture, Epsilon, zeroWillDo: true))
        )
        {
            var trace = given.Trace(context.Subject);
            for (var depth = 1; depth <= given.Network.Depth; depth++)
            {
                if (given.Network.Architecture.ResidualDepth > 1)
                {
                    AddUnit(given, trace, depth);
                    continue;
                }

                // If the branch has one layer, its end is a place of its own.
                var (skip, branch, sum) = (trace.At(depth, 1), trace.At(depth, UnitPlaceKind.Convolution), trace.At(depth, UnitPlaceKind.Addition));
                comparison.AddSum(sum.Signal, skip.Signal, branch.Signal, context.UnitRoundoff, $"signal, {sum.Where}, {given.Description}");
                comparison.AddSum(sum.Noise, skip.Noise, branch.Noise, context.UnitRoundoff, $"noise, {sum.Where}, {given.Description}");
            }
        }

        yield return comparison.Conclude("skip connection");

        // Of a deeper branch only the first layer is shown: so the whole unit is written out, from the input that the subject shows.
        void AddUnit(GivenCase given, Trace trace, int depth)
        {
            var (skip, sum) = (trace.At(depth, 1), trace.At(depth, UnitPlaceKind.Addition));
            comparison.AddEnclosure(
                sum,
                new CarriedRounding(given.Network, given.Kernels, context.UnitRoundoff).ThroughUnit(depth, skip.Signal, skip.Noise),
                given.Description
            );
        }
    }
}
