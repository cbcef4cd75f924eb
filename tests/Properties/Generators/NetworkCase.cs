using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

/// <summary>A small network with random inputs and weights, all determined by a seed.</summary>
public sealed record NetworkCase(
    string Architecture,
    int Images,
    int Height,
    int Width,
    int InputChannels,
    int Channels,
    int KernelSize,
    Boundary Boundary,
    int Depth,
    int ResidualDepth,
    int Seed
)
{
    public NetworkSettings Settings(double epsilon = 0) =>
        new(
            Model.Architecture.Named(Architecture, ResidualDepth),
            new TensorShape(Images, Height, Width, InputChannels),
            Depth,
            Channels,
            KernelSize,
            Boundary,
            epsilon
        );

    /// <summary>The same network, written out as it is defined.</summary>
    internal WrittenOutNetwork WrittenOut(double epsilon, IReadOnlyList<double[]> kernels) => new(Settings(epsilon), kernels);

    public Batch Batch(double[] signal, double[] noise) => new(Settings().NetworkInput, signal, noise);

    public double[] RandomInput(int salt) => RandomNumbersOf(Settings().Input.Elements, salt);

    public List<double[]> RandomKernels() =>
        [
            .. Settings()
                .Kernels.Select((shape, index) => RandomNumbersOf(shape.Length, 1000 + index).Select(value => value * shape.StandardDeviation).ToArray()),
        ];

    public double[] RandomNumbersOf(int count, int salt)
    {
        var random = new Random((Seed * 7919) + salt);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
    }
}
