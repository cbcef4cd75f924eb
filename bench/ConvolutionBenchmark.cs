using BenchmarkDotNet.Attributes;
using Wellbehaved.Model;
using Wellbehaved.Numerics;

namespace Wellbehaved.Bench;

/// <summary>
/// The paper's convolution of signal and noise, with each boundary. All use Fourier transforms, of the image itself or of an image with a margin.
/// </summary>
public class ConvolutionBenchmark
{
    private static readonly TensorShape Shape = new(64, 16, 16, 512);
    private static readonly KernelShape Kernel = new(3, 512, 512, VarianceTimesFanIn: 2);
    private MatrixProduct<float> _product = null!;
    private Convolution<float> _convolution = null!;
    private PropagationState<float> _state = null!;
    private GivenKernels<float> _kernels = null!;

    [Params(Boundary.Periodic, Boundary.Symmetric, Boundary.ZeroPadding)]
    public Boundary Boundary { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _product = new MatrixProduct<float>(Environment.ProcessorCount);
        _convolution = new Convolution<float>(Shape, Kernel, 1, Boundary, _product);
        _state = new PropagationState<float>(Shape);
        new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(_state.Current.Signal, 1);
        var kernel = new float[Kernel.Length];
        new RandomKernels<float>(1, 0).Fill(0, Kernel, kernel);
        _kernels = new GivenKernels<float>([kernel]);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _product.Dispose();
        _convolution.Dispose();
        _state.Dispose();
    }

    [Benchmark]
    public void Convolve()
    {
        _state.Start(_kernels, null);
        _convolution.Propagate(_state);
    }
}
