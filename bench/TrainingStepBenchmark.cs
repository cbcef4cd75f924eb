using BenchmarkDotNet.Attributes;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Bench;

/// <summary>
/// Compares a forward pass of the signal alone with a forward and a backward pass with the gradients of all parameters, which may cost 3.5 times as much.
/// </summary>
[MemoryDiagnoser]
public class TrainingStepBenchmark
{
    private BackwardPass<float> _forward = null!;
    private BackwardPass<float> _step = null!;
    private ParameterVector<float> _parameters = null!;

    [ParamsSource(nameof(Cases))]
    public StepCase Case { get; set; } = null!;

    public static IEnumerable<StepCase> Cases
    {
        get
        {
            var (relu, boundary) = (new Activation(Function.Relu), Boundary.ZeroPadding);
            yield return new("vanilla, depth 40, N=128, M=100", Dense([new Dense(), relu], 40), 100);
            yield return new("bn_ff, depth 40, N=128, M=100", Dense([new Dense(), new BatchNorm(), relu], 40), 100);
            yield return new("bn_res, 20 units of 2, N=128, M=100", Dense([new Residual([new Repeat(2, [new BatchNorm(), relu, new Dense()])])], 20), 100);
            yield return new("conv 3x3, bn, depth 4, N=64, 16x16, M=64", Images([new Convolution(3) { Boundary = boundary }, new BatchNorm(), relu]), 64);
            yield return new(
                "depthwise 3x3 and 1x1, depth 4, N=64, 16x16, M=64",
                Images([new Convolution(3) { Groups = Convolution.EachChannel }, new Convolution(1), relu]),
                64
            );
        }
    }

    [GlobalSetup]
    public void Setup()
    {
        _forward = new BackwardPass<float>(Case.Network, Case.Images, gradients: Gradients.None);
        _step = new BackwardPass<float>(Case.Network, Case.Images, gradients: Gradients.Parameters);
        _parameters = new ParameterVector<float>(_step.Layout, new RandomParameters<float>(1, 1));
        new RandomNumbers(1, 1, 0, RandomPurpose.InputNoise).FillNormal(_step.Input, 1);
        new RandomNumbers(1, 2, 0, RandomPurpose.OutputGradients).FillNormal(_step.OutputGradient, 1);
        _step.Input.CopyTo(_forward.Input);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _forward.Dispose();
        _step.Dispose();
        _parameters.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void ForwardPassOfTheSignal() => _forward.Forward(_parameters);

    [Benchmark]
    public void ForwardAndBackwardPass()
    {
        _step.Forward(_parameters);
        _step.Backward();
    }

    private static Network Dense(Layers unit, int depth) =>
        new(
            "dense",
            new Shape(1, 1, 784),
            [new Dense { Channels = 128, Parameters = Initialisation.LeCun }, new Repeat(depth, unit), new Dense { Channels = 10 }]
        );

    private static Network Images(Layers unit) =>
        new(
            "images",
            new Shape(32, 32, 3),
            [new Convolution(3) { Channels = 64, Stride = 2 }, new Repeat(4, unit), new GlobalAveragePool(), new Dense { Channels = 10 }]
        );

    /// <summary>A network and a batch.</summary>
    public sealed record StepCase(string Name, Network Network, int Images)
    {
        public override string ToString() => Name;
    }
}
