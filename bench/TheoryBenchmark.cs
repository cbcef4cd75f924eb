using BenchmarkDotNet.Attributes;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Bench;

/// <summary>
/// The time limits of predictions, on two cores: less than a second for a layer of 1,024 points with any activation, less than half a second for batch norm
/// and GELU on 64 points.
/// </summary>
[ShortRunJob]
public class TheoryBenchmark
{
    private KernelState _wide = null!;
    private KernelState _batch = null!;

    /// <summary>The activation of the layer.</summary>
    [Params("relu", "gelu", "tanh", "silu", "hard_swish")]
    public string Word { get; set; } = "relu";

    [GlobalSetup]
    public void Setup() => (_wide, _batch) = (State(1024), State(64));

    /// <summary>An activation and fresh weights, signal and correlated noise.</summary>
    [Benchmark]
    public object LayerOf1024Points() => LayerMap.Apply([new Activation(new Function(Function.Find(Word)!.Value)), new Dense()], _wide);

    /// <summary>Batch norm before GELU.</summary>
    [Benchmark]
    public object BatchNormAndGeluOf64Points() => LayerMap.Apply([new BatchNorm(), new Activation(new Function(FunctionKind.Gelu))], _batch);

    private static KernelState State(int points)
    {
        var random = new Random(1);
        var features = Matrix<double>.Build.Dense(points, 96, (_, _) => random.NextDouble() - 0.5);
        var noise = Matrix<double>.Build.Dense(points, 96, (_, _) => random.NextDouble() - 0.5);
        return LayerMap.Apply(new Dense(), KernelState.FromFeatures(new Shape(1, 1, 96), features, noise * 0.01));
    }
}
