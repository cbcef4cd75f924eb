using BenchmarkDotNet.Attributes;
using Wellbehaved.Model;

namespace Wellbehaved.Bench;

/// <summary>One layer of <c>bn_ff</c>, random weights included, for signal and noise: the paper's convolution and the fully connected layers.</summary>
[MemoryDiagnoser]
public class LayerBenchmark
{
    private NetworkPropagation<float> _network = null!;

    [ParamsSource(nameof(Layers))]
    public Layer Case { get; set; } = null!;

    public static IEnumerable<Layer> Layers =>
        [new("conv 3x3, 16x16, N=512, M=64", 3, 512, 64), new("fully connected, N=512, M=64", 1, 512, 64), new("fully connected, N=128, M=1024", 1, 128, 1024)];

    [GlobalSetup]
    public void Setup()
    {
        _network = new NetworkPropagation<float>(Settings(Case, depth: 1), Environment.ProcessorCount);
        new NetworkInput(ImageSources.Open("natural"), InputNormalization.Channel, 1).Fill(0, _network.Input);
    }

    [GlobalCleanup]
    public void Cleanup() => _network.Dispose();

    [Benchmark]
    public void FirstConvolutionAndOneLayer() => _network.Propagate(new RandomKernels<float>(1, 2, Environment.ProcessorCount));

    private static NetworkSettings Settings(Layer layer, int depth) =>
        new(Architecture.Named("bn_ff"), new TensorShape(layer.BatchSize, 32, 32, 3), depth, layer.Channels, layer.KernelSize);

    /// <summary>Sizes of a layer.</summary>
    public sealed record Layer(string Name, int KernelSize, int Channels, int BatchSize)
    {
        public override string ToString() => Name;
    }
}
