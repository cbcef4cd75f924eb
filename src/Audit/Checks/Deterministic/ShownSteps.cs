using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// Compares each step that a subject shows with its definition, applied to the tensors that the subject itself put into it. So errors do not accumulate,
/// and depth does not matter.
/// </summary>
/// <param name="unitRoundoff">u of the subject's tensors.</param>
internal sealed class ShownSteps(double unitRoundoff)
{
    private readonly ExactComparison _convolutions = new(),
        _norms = new(),
        _relus = new(),
        _ends = new(),
        _beginnings = new();

    /// <summary>The results: a measurement for each kind of step that occurred.</summary>
    /// <param name="where">Added to the name of each quantity.</param>
    public IEnumerable<Measurement> Conclude(string where)
    {
        foreach (
            var (comparison, step) in new[]
            {
                (_convolutions, "convolution"),
                (_norms, "batch norm"),
                (_relus, "ReLU"),
                (_ends, "end of a residual unit"),
                (_beginnings, "beginning of a layer or unit"),
            }
        )
        {
            if (comparison.Comparisons > 0)
            {
                yield return comparison.Conclude($"{step}, {where}");
            }
        }
    }

    /// <summary>Compares the steps of a propagation.</summary>
    /// <param name="trace">What the subject showed.</param>
    /// <param name="weights">The weights; null where the subject drew them: then convolutions and units of several layers are left out.</param>
    /// <param name="description">The network, for messages.</param>
    public void Add(Trace trace, IReadOnlyList<double[]>? weights, string description)
    {
        var network = trace.Network;
        var before = trace.At(0, 0);
        if (weights is not null)
        {
            AddConvolution(network, network.NetworkInput, trace.Input.Signal, trace.Input.Noise, weights[0], network.FirstStride, before, description);
        }

        for (var depth = 1; depth <= network.Depth; depth++)
        {
            foreach (var place in network.Architecture.Places)
            {
                var after = trace.At(depth, place.Number);
                AddStep(network, weights, trace.At(depth, 1), before, after, description);
                before = after;
            }
        }
    }

    private void AddStep(NetworkSettings network, IReadOnlyList<double[]>? weights, Snapshot beginning, Snapshot before, Snapshot after, string description)
    {
        switch (after.Place.Kind)
        {
            case UnitPlaceKind.Before:
                // The same tensors; a subject that keeps scales beside them rounds once before and once after.
                var same = Roundings.Gamma(2, unitRoundoff);
                _beginnings.AddTensor(after.Signal, before.Signal, same, $"signal, {after.Where}, {description}");
                _beginnings.AddTensor(after.Noise, before.Noise, same, $"noise, {after.Where}, {description}");
                break;
            case UnitPlaceKind.Convolution when weights is not null:
                var convolution = 1 + ((after.Depth - 1) * network.Architecture.ConvolutionsPerUnit);
                AddConvolution(network, network.FeatureShape, before.Signal, before.Noise, weights[convolution], 1, after, description);
                break;
            case UnitPlaceKind.Convolution:
                break;
            case UnitPlaceKind.BatchNorm:
                _norms.AddEnclosure(
                    after,
                    BatchNormRounding.Enclose(Enclosure.Exactly(before.Signal, before.Noise), network.Channels, network.Epsilon, unitRoundoff),
                    description
                );
                break;
            case UnitPlaceKind.Relu:
                var (signal, noise) = WrittenOutLayers.Rectify(before.Signal, before.Noise);
                _relus.AddTensor(after.Signal, signal, Roundings.Gamma(2, unitRoundoff), $"signal, {after.Where}, {description}");
                _relus.AddTensor(after.Noise, noise, Roundings.Gamma(2, unitRoundoff), $"noise, {after.Where}, {description}");
                break;
            case UnitPlaceKind.Addition when weights is not null:
                _ends.AddEnclosure(
                    after,
                    new CarriedRounding(network, weights, unitRoundoff).ThroughUnit(after.Depth, beginning.Signal, beginning.Noise),
                    description
                );
                break;
            case UnitPlaceKind.Addition when network.Architecture.ResidualDepth == 1:
                _ends.AddSum(after.Signal, beginning.Signal, before.Signal, unitRoundoff, $"signal, {after.Where}, {description}");
                _ends.AddSum(after.Noise, beginning.Noise, before.Noise, unitRoundoff, $"noise, {after.Where}, {description}");
                break;
            case UnitPlaceKind.Addition:
                break;
            default:
                throw new InvalidOperationException($"expected a place of the four architectures, got {after.Place.Kind}");
        }
    }

    private void AddConvolution(
        NetworkSettings network,
        TensorShape shape,
        double[] signal,
        double[] noise,
        double[] weights,
        int stride,
        Snapshot after,
        string description
    )
    {
        foreach (var (input, output, what) in new[] { (signal, after.Signal, "signal"), (noise, after.Noise, "noise") })
        {
            var exact = WrittenOutLayers.Convolve(shape, input, weights, network.KernelSize, stride, network.Boundary);
            var bounds = ConvolutionRounding.Bound(
                shape,
                Array.ConvertAll(input, Math.Abs),
                weights,
                network.KernelSize,
                stride,
                network.Boundary,
                unitRoundoff
            );
            _convolutions.AddTensor(output, exact, bounds, $"{what}, {after.Where}, {description}");
        }
    }
}
