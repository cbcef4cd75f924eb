using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Own weights that are wrong in one way.</summary>
/// <param name="weights">What was asked for.</param>
/// <param name="convolutionOf">Which convolution's weights are used for which.</param>
/// <param name="simulationOf">Which simulation's weights are used for which.</param>
/// <param name="factor">What the standard deviation is multiplied by.</param>
internal sealed class RewrittenKernels(
    Weights.Own weights,
    Func<int, int>? convolutionOf = null,
    Func<uint, uint>? simulationOf = null,
    Func<KernelShape, double>? factor = null
) : IKernelSource<float>
{
    public void Fill(int convolution, KernelShape shape, Span<float> kernel)
    {
        new RandomKernels<float>(weights.Seed, simulationOf?.Invoke(weights.Simulation) ?? weights.Simulation).Fill(
            convolutionOf?.Invoke(convolution) ?? convolution,
            shape,
            kernel
        );
        var scale = convolution == 0 ? 1 : (float)(factor?.Invoke(shape) ?? 1);
        foreach (ref var value in kernel)
        {
            value *= scale;
        }
    }
}

/// <summary>Weights uniform in ±1/√(fan-in), of variance 1/(3·fan-in): what a well-known library initialises linear layers with.</summary>
/// <param name="weights">What was asked for.</param>
internal sealed class UniformKernels(Weights.Own weights) : IKernelSource<float>
{
    public void Fill(int convolution, KernelShape shape, Span<float> kernel)
    {
        var random = new Random(unchecked(((int)weights.Seed * 31) + ((int)weights.Simulation * 1009) + convolution));
        foreach (ref var value in kernel)
        {
            value = (float)(((2 * random.NextDouble()) - 1) / Math.Sqrt(shape.FanIn));
        }
    }
}

/// <summary>Weights of which one in twenty is not zero, with twenty times the variance: right second moments, wrong distribution.</summary>
/// <param name="weights">What was asked for.</param>
internal sealed class SparseKernels(Weights.Own weights) : IKernelSource<float>
{
    private const int OneIn = 20;

    public void Fill(int convolution, KernelShape shape, Span<float> kernel)
    {
        new RandomKernels<float>(weights.Seed, weights.Simulation).Fill(convolution, shape, kernel);
        var random = new Random(unchecked(((int)weights.Seed * 17) + ((int)weights.Simulation * 1013) + convolution));
        foreach (ref var value in kernel)
        {
            value *= random.Next(OneIn) == 0 ? (float)Math.Sqrt(OneIn) : 0;
        }
    }
}
