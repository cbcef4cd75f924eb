using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Convolution on a torus by Fourier transforms, in single precision: at each spatial frequency it is one complex matrix product.</summary>
/// <remarks>
/// The opposite frequency has the conjugate kernel, so the conjugate rows from there are multiplied along. That makes 3·N² multiply-adds a point instead of 2·k²·N² for signal and noise together: with k = 3 six times fewer.
/// Every element is computed by one thread in a fixed order, so the bits do not depend on the number of threads.
/// </remarks>
internal sealed unsafe class SpectralConvolution : IDisposable
{
    /// <summary>Frequencies for which a worker transforms a panel of the kernel along its columns once: many save time, few share work evenly.</summary>
    private const int FrequenciesTogether = 8;

    private readonly TensorShape _shape;
    private readonly int _threads;
    private readonly int _rows;
    private readonly int _tileRows;
    private readonly int _tileColumns;
    private readonly Frequency[][] _frequencies;
    private readonly KernelSpectrum _kernel;
    private readonly FeatureSpectrum _spectrum;
    private readonly AlignedBuffer<float> _features;
    private readonly nint _featuresLength;
    private readonly Worker[] _workers;

    /// <summary>Prepares a convolution.</summary>
    /// <param name="shape">Shape of the signal, before and after.</param>
    /// <param name="kernelShape">Arrangement of the weights, which keep the number of channels.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <param name="wide">Whether to use 512-bit vectors in the products; by default where the processor has them.</param>
    public SpectralConvolution(TensorShape shape, KernelShape kernelShape, int threads, bool? wide = null)
    {
        (_shape, _threads) = (shape, threads);
        _spectrum = new FeatureSpectrum(shape, threads);
        _rows = _spectrum.Rows;
        _frequencies = _spectrum.Frequencies;
        _workers = [.. Enumerable.Range(0, threads).Select(_ => new Worker(kernelShape, wide))];
        (_tileRows, _tileColumns) = (_workers[0].Tile.Rows, _workers[0].Tile.Columns);
        _kernel = new KernelSpectrum(kernelShape, shape.Height, shape.Width, _tileColumns);

        // Conjugation works on whole vectors and may run beyond the last panel by one of them.
        _featuresLength = ((nint)FeatureSpectrum.RoundUp(2 * _rows, _tileRows) * shape.Channels) + Vector512<float>.Count;
        _features = new AlignedBuffer<float>(checked((int)(3 * _featuresLength * shape.Width)));
    }

    /// <summary>Largest absolute value of the signal that was written last.</summary>
    public float LargestSignal => _spectrum.LargestSignal;

    /// <summary>Largest absolute value of the noise that was written last.</summary>
    public float LargestNoise => _spectrum.LargestNoise;

    /// <summary>Whether images of a shape can be transformed.</summary>
    public static bool Supports(TensorShape shape) => FourierTransform.Supports(shape.Height) && FourierTransform.Supports(shape.Width);

    /// <summary>Convolves signal and noise.</summary>
    /// <param name="source">The signal, followed by the noise.</param>
    /// <param name="target">Receives both; may be the source.</param>
    /// <param name="kernel">The weights.</param>
    public void Convolve(float* source, float* target, float* kernel)
    {
        var transforms = _spectrum.Blocks;
        Workers.ForEach(transforms + _kernel.Panels, _threads, (item, worker) =>
        {
            if (item < transforms)
            {
                _spectrum.Analyse(source, item, worker);
            }
            else
            {
                _kernel.Arrange(kernel, item - transforms);
            }
        });
        for (var row = 0; row < _frequencies.Length; row++)
        {
            Multiply(row);
        }

        _spectrum.ForgetLargest();
        Workers.ForEach(transforms, _threads, (item, worker) => _spectrum.Synthesise(target, item, worker));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernel.Dispose();
        _spectrum.Dispose();
        _features.Dispose();
        foreach (var worker in _workers)
        {
            worker.Dispose();
        }
    }

    /// <summary>Multiplies the features at the frequencies that share one along the columns, and at their opposites, by the kernel there; in place.</summary>
    private void Multiply(int row)
    {
        var frequencies = _frequencies[row];
        Workers.ForEach(frequencies.Length, _threads, (item, _) => PackFeatures(frequencies[item], Features(item)));
        var shares = (frequencies.Length + FrequenciesTogether - 1) / FrequenciesTogether;
        Workers.ForEach(_kernel.Panels * shares, _threads, (item, worker) =>
        {
            var (panel, share) = Math.DivRem(item, shares);
            var scratch = _workers[worker];
            _kernel.TransformColumns(panel, row, scratch.TransformedColumns);
            for (var i = share * FrequenciesTogether; i < Math.Min(frequencies.Length, (share + 1) * FrequenciesTogether); i++)
            {
                _kernel.TransformRows(scratch.TransformedColumns, frequencies[i].Column, scratch.Kernel);
                MultiplyPanel(frequencies[i], Features(i), scratch.Kernel, panel, scratch.Tile);
            }
        });
    }

    private ComplexPanel Features(int index) => ComplexPanel.Of(_features.Pointer + (3 * _featuresLength * index), _featuresLength);

    private void PackFeatures(Frequency frequency, ComplexPanel target)
    {
        Span<nint> rows = stackalloc nint[_tileRows];
        for (var first = 0; first < 2 * _rows; first += _tileRows)
        {
            var panel = target.From((nint)first * _shape.Channels);
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = (nint)FeatureRow(frequency, first + i);
            }

            ComplexTile.Pack(rows, _shape.Channels, panel.Re);
            if (frequency.IsReal)
            {
                continue;
            }

            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] += rows[i] == 0 ? 0 : _spectrum.PlaneLength * sizeof(float);
            }

            ComplexTile.Pack(rows, _shape.Channels, panel.Im);
            Conjugate(panel, first);
        }
    }

    /// <summary>Where a row of the left factor lies: the rows of the frequency, then those of its opposite, or the imaginary parts if it is its own.</summary>
    private float* FeatureRow(Frequency frequency, int row) =>
        row < _rows ? _spectrum.Row(frequency.Position, row)
        : row >= 2 * _rows ? null
        : frequency.IsReal ? _spectrum.Row(frequency.Position, row - _rows) + _spectrum.PlaneLength
        : _spectrum.Row(frequency.Opposite, row - _rows);

    /// <summary>Conjugates the rows from the opposite frequency, and adds real and imaginary parts.</summary>
    private void Conjugate(ComplexPanel panel, int firstRow)
    {
        // Row after row repeats the pattern of the tile's rows; after three vectors the vectors repeat too, for 6 rows and for 12.
        Span<float> signs = stackalloc float[3 * Vector512<float>.Count];
        for (var i = 0; i < signs.Length; i++)
        {
            signs[i] = firstRow + (i % _tileRows) < _rows ? 1 : -1;
        }

        var patterns = MemoryMarshal.Cast<float, Vector512<float>>(signs);
        for (nint offset = 0, vector = 0; offset < (nint)_tileRows * _shape.Channels; offset += Vector512<float>.Count, vector++)
        {
            var im = Vector512.Load(panel.Im + offset) * patterns[(int)(vector % 3)];
            im.Store(panel.Im + offset);
            (Vector512.Load(panel.Re + offset) + im).Store(panel.Sum + offset);
        }
    }

    private void MultiplyPanel(Frequency frequency, ComplexPanel features, ComplexPanel kernel, int panel, ComplexTile tile)
    {
        var firstColumn = panel * _tileColumns;
        var columns = Math.Min(_tileColumns, _spectrum.PaddedChannels - firstColumn);
        for (var first = 0; first < 2 * _rows; first += _tileRows)
        {
            var left = features.From((nint)first * _shape.Channels);
            if (frequency.IsReal)
            {
                tile.MultiplyReal(_shape.Channels, left.Re, kernel.Re);
            }
            else
            {
                tile.Multiply(_shape.Channels, left, kernel);
            }

            for (var i = 0; i < _tileRows && first + i < 2 * _rows; i++)
            {
                var target = FeatureRow(frequency, first + i) + firstColumn;
                FeatureSpectrum.Copy(tile.Re + (i * _tileColumns), target, columns, columns);
                if (!frequency.IsReal)
                {
                    StoreImaginary(tile.Im + (i * _tileColumns), target + _spectrum.PlaneLength, columns, first + i < _rows ? 1 : -1);
                }
            }
        }
    }

    private static void StoreImaginary(float* source, float* target, int count, float sign)
    {
        var signs = Vector512.Create(sign);
        for (var i = 0; i < count; i += Vector512<float>.Count)
        {
            (Vector512.Load(source + i) * signs).Store(target + i);
        }
    }

    /// <summary>Scratch memory of one thread.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly AlignedBuffer<float> _transformedColumns;
        private readonly AlignedBuffer<float> _kernel;

        public Worker(KernelShape shape, bool? wide)
        {
            Tile = new ComplexTile(wide);
            var panelLength = checked(shape.InputChannels * Tile.Columns);
            _transformedColumns = new AlignedBuffer<float>(checked(2 * shape.Size * panelLength));
            _kernel = new AlignedBuffer<float>(checked(3 * panelLength));
            Kernel = ComplexPanel.Of(_kernel.Pointer, panelLength);
        }

        public float* TransformedColumns => _transformedColumns.Pointer;

        public ComplexPanel Kernel { get; }

        public ComplexTile Tile { get; }

        public void Dispose()
        {
            _transformedColumns.Dispose();
            _kernel.Dispose();
            Tile.Dispose();
        }
    }
}
