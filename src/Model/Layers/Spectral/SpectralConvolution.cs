using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// Convolution by Fourier transforms in single precision. On tiles with periodic boundaries it is one complex matrix product at each spatial frequency.
/// </summary>
/// <remarks>
/// The kernel at the opposite frequency is the conjugate one, so the conjugate rows from there are included in the product. That takes 3·N² multiply-adds for
/// each position of a tile instead of 2·k²·N² for each point, for signal and noise together: on a torus with k = 3, six times fewer. Every element is computed
/// by one thread in a fixed order, so the bits do not depend on the number of threads.
/// </remarks>
internal sealed unsafe class SpectralConvolution : IDisposable
{
    private readonly int _threads;
    private readonly int _groups;
    private readonly KernelSpectrum _kernel;
    private readonly SpectralGroup[] _workers;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="input">Shape of the signal before it.</param>
    /// <param name="kernelShape">Arrangement of the weights.</param>
    /// <param name="geometry">Stride, dilation and boundary.</param>
    /// <param name="tiling">How images are cut.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <param name="wide">Whether to use 512-bit vectors in the products; by default where the processor has them.</param>
    public SpectralConvolution(TensorShape input, KernelShape kernelShape, PatchGeometry geometry, SpectralTiling tiling, int threads, bool? wide = null)
    {
        _threads = threads;
        tiling = tiling.SharedBy(threads);
        _groups = checked((int)tiling.Groups);
        var axes = (geometry.Along(input.Height, kernelShape.Size), geometry.Along(input.Width, kernelShape.Size));
        var output = new TensorShape(input.Images, axes.Item1.Outputs, axes.Item2.Outputs, kernelShape.OutputChannels);
        using (var tile = new ComplexTile(wide))
        {
            _kernel = new KernelSpectrum(kernelShape, tiling.Rows.Length, tiling.Columns.Length, geometry.Dilation, tile.Columns);
        }

        var (workers, threadsOfWorker) = tiling.IsShared ? (1, threads) : (Math.Min(threads, _groups), 1);
        _workers =
        [
            .. Enumerable
                .Range(0, workers)
                .Select(_ => new SpectralGroup(new FeatureSpectrum(input, output, axes, tiling, threadsOfWorker), _kernel, kernelShape, threadsOfWorker, wide)),
        ];
    }

    /// <summary>Largest absolute value of the signal that was written last.</summary>
    public float LargestSignal => _workers.Max(worker => worker.Spectrum.LargestSignal);

    /// <summary>Largest absolute value of the noise that was written last.</summary>
    public float LargestNoise => _workers.Max(worker => worker.Spectrum.LargestNoise);

    /// <summary>Convolves signal and noise.</summary>
    /// <param name="source">The signal, followed by the noise.</param>
    /// <param name="target">Receives both; it must not be the source.</param>
    /// <param name="kernel">The weights.</param>
    public void Convolve(float* source, float* target, float* kernel)
    {
        Workers.ForEach(_kernel.Panels, _threads, (panel, _) => _kernel.Arrange(kernel, panel));
        Array.ForEach(_workers, worker => worker.Spectrum.ForgetLargest());
        Workers.ForEach(_groups, _workers.Length, (group, worker) => _workers[worker].Convolve(source, target, group));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel.Dispose();
        Array.ForEach(_workers, worker => worker.Dispose());
    }
}
