using BenchmarkDotNet.Attributes;
using Wellbehaved.Model;

namespace Wellbehaved.Bench;

/// <summary>A million random weights on one thread.</summary>
public class NormalNumbersBenchmark
{
    private readonly float[] _weights = new float[1 << 20];

    [Benchmark(OperationsPerInvoke = 1 << 20)]
    public void Fill() => new RandomNumbers(1, 2, 3, RandomPurpose.Weights).FillNormal<float>(_weights, 0.1);
}
