using BenchmarkDotNet.Attributes;
using Wellbehaved.Model;

namespace Wellbehaved.Bench;

/// <summary>All moments of the paper's layer, and both effective ranks.</summary>
public class MomentsBenchmark
{
    private SignalAndNoise<float> _values = null!;
    private MomentComputation<float> _computation = null!;

    [GlobalSetup]
    public void Setup()
    {
        _values = new SignalAndNoise<float>(new TensorShape(64, 16, 16, 512));
        _computation = new MomentComputation<float>(_values.Shape, Environment.ProcessorCount);
        new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(_values.Signal, 1);
        new RandomNumbers(1, 0, 1, RandomPurpose.InputNoise).FillNormal(_values.Noise, 1);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _values.Dispose();
        _computation.Dispose();
    }

    [Benchmark(Baseline = true)]
    public MomentSet Moments() => _computation.Compute(_values, reffSignal: false, reffNoise: false);

    [Benchmark]
    public MomentSet MomentsAndEffectiveRanks() => _computation.Compute(_values, reffSignal: true, reffNoise: true);
}
