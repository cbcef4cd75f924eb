using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Convolution on a torus by Fourier transforms, in single precision: at each spatial frequency it is one complex matrix product.</summary>
/// <remarks>
/// Two images of the signal, or two of the noise, are the real and imaginary part of one complex image, which the real kernel keeps apart; signal and noise
/// never share one, so neither's rounding reaches the other and a noise of zeros stays zero. The opposite frequency has the conjugate kernel, so the conjugate
/// rows from there are multiplied along. That makes 3·N² multiply-adds a point instead of 2·k²·N² for signal and noise together: with k = 3 six times fewer.
/// Every element is computed by one thread in a fixed order, so the bits do not depend on the number of threads.
/// </remarks>
internal sealed unsafe class SpectralConvolution : IDisposable
{
    /// <summary>Bytes of an image's block of channels while it is transformed: a quarter of a common second-level cache.</summary>
    private const int BlockBytes = 1 << 18;

    /// <summary>Frequencies for which a worker transforms a panel of the kernel along its columns once: many save time, few share work evenly.</summary>
    private const int FrequenciesTogether = 8;

    private readonly TensorShape _shape;
    private readonly int _threads;
    private readonly int _pairs;
    private readonly int _rows;
    private readonly int _paddedChannels;
    private readonly int _blockChannels;
    private readonly int _tileRows;
    private readonly int _tileColumns;
    private readonly FourierTransform _alongColumns;
    private readonly FourierTransform _alongRows;
    private readonly Frequency[][] _frequencies;
    private readonly KernelSpectrum _kernel;
    private readonly AlignedBuffer<float> _spectrum;
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
        _pairs = (shape.Images + 1) / 2;
        _rows = 2 * _pairs;
        _paddedChannels = RoundUp(shape.Channels, Vector512<float>.Count);
        _alongColumns = new FourierTransform(shape.Height);
        _alongRows = new FourierTransform(shape.Width);
        _frequencies = Frequency.Rows(_alongColumns, _alongRows);
        var positions = shape.Height * shape.Width;
        _spectrum = new AlignedBuffer<float>(SpectrumLength(shape));
        _blockChannels = Math.Clamp(BlockBytes / (2 * sizeof(float) * positions) / Vector512<float>.Count, 1, 8) * Vector512<float>.Count;
        _workers = [.. Enumerable.Range(0, threads).Select(_ => new Worker(positions * ElementLength, kernelShape, wide))];
        (_tileRows, _tileColumns) = (_workers[0].Tile.Rows, _workers[0].Tile.Columns);
        _kernel = new KernelSpectrum(kernelShape, shape.Height, shape.Width, _tileColumns);

        // Conjugation works on whole vectors and may run beyond the last panel by one of them.
        _featuresLength = ((nint)RoundUp(2 * _rows, _tileRows) * shape.Channels) + Vector512<float>.Count;
        _features = new AlignedBuffer<float>(checked((int)(3 * _featuresLength * shape.Width)));
    }

    /// <summary>Largest absolute value of the signal that was written last.</summary>
    public float LargestSignal => _workers.Max(worker => worker.Largest[0]);

    /// <summary>Largest absolute value of the noise that was written last.</summary>
    public float LargestNoise => _workers.Max(worker => worker.Largest[1]);

    /// <summary>Floats between the elements that are transformed; the odd vector keeps powers of two from meeting in the same cache sets.</summary>
    private int ElementLength => (2 * _blockChannels) + Vector512<float>.Count;

    /// <summary>Whether images of a shape can be transformed.</summary>
    public static bool Supports(TensorShape shape) => FourierTransform.Supports(shape.Height) && FourierTransform.Supports(shape.Width);

    /// <summary>Floats of the spectrum of signal and noise.</summary>
    public static int SpectrumLength(TensorShape shape) =>
        checked(shape.Height * shape.Width * 4 * ((shape.Images + 1) / 2) * RoundUp(shape.Channels, Vector512<float>.Count));

    /// <summary>Convolves signal and noise.</summary>
    /// <param name="source">The signal, followed by the noise.</param>
    /// <param name="target">Receives both; may be the source.</param>
    /// <param name="kernel">The weights.</param>
    public void Convolve(float* source, float* target, float* kernel)
    {
        Array.ForEach(_workers, worker => worker.Largest.AsSpan().Clear());
        var blocks = (_shape.Channels + _blockChannels - 1) / _blockChannels;
        var transforms = _rows * blocks;
        Workers.ForEach(transforms + _kernel.Panels, _threads, (item, worker) =>
        {
            if (item < transforms)
            {
                Analyse(source, item / blocks, item % blocks * _blockChannels, _workers[worker].Image);
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

        Workers.ForEach(transforms, _threads, (item, worker) => Synthesise(target, item / blocks, item % blocks * _blockChannels, _workers[worker]));
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

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>The spectrum's row at a position: real parts of all channels; the imaginary parts are <see cref="PlaneLength"/> further on.</summary>
    private float* SpectrumRow(int position, int row) => _spectrum.Pointer + ((nint)position * 2 * PlaneLength) + ((nint)row * _paddedChannels);

    private nint PlaneLength => (nint)_rows * _paddedChannels;

    /// <summary>The two images of a row of the spectrum; the second is null where the number of images is odd.</summary>
    private (nint First, nint Second) Images(float* signalAndNoise, int row)
    {
        var image = row % _pairs * 2;
        var imageLength = (nint)_shape.Height * _shape.Width * _shape.Channels;
        var first = signalAndNoise + ((nint)(row / _pairs) * _shape.Elements) + (image * imageLength);
        return ((nint)first, image + 1 < _shape.Images ? (nint)(first + imageLength) : 0);
    }

    /// <summary>Transforms a block of channels of two images.</summary>
    private void Analyse(float* source, int row, int firstChannel, float* image)
    {
        var (first, second) = Images(source, row);
        var channels = Math.Min(_blockChannels, _shape.Channels - firstChannel);
        var lanes = RoundUp(channels, Vector512<float>.Count);
        for (var position = 0; position < _shape.Height * _shape.Width; position++)
        {
            var offset = ((nint)position * _shape.Channels) + firstChannel;
            var element = image + ((nint)position * ElementLength);
            Copy((float*)first + offset, element, channels, lanes);
            Copy(second == 0 ? null : (float*)second + offset, element + lanes, channels, lanes);
        }

        Transform(image, lanes, inverse: false);
        for (var position = 0; position < _shape.Height * _shape.Width; position++)
        {
            var element = image + ((nint)position * ElementLength);
            var target = SpectrumRow(position, row) + firstChannel;
            Copy(element, target, lanes, lanes);
            Copy(element + lanes, target + PlaneLength, lanes, lanes);
        }
    }

    /// <summary>Transforms a block of channels back to two images.</summary>
    private void Synthesise(float* target, int row, int firstChannel, Worker worker)
    {
        var image = worker.Image;
        var (first, second) = Images(target, row);
        var channels = Math.Min(_blockChannels, _shape.Channels - firstChannel);
        var lanes = RoundUp(channels, Vector512<float>.Count);
        for (var position = 0; position < _shape.Height * _shape.Width; position++)
        {
            var element = image + ((nint)position * ElementLength);
            var source = SpectrumRow(position, row) + firstChannel;
            Copy(source, element, lanes, lanes);
            Copy(source + PlaneLength, element + lanes, lanes, lanes);
        }

        Transform(image, lanes, inverse: true);
        var largest = Vector512<float>.Zero;
        for (var position = 0; position < _shape.Height * _shape.Width; position++)
        {
            var offset = ((nint)position * _shape.Channels) + firstChannel;
            var element = image + ((nint)position * ElementLength);
            for (var lane = 0; lane < (second == 0 ? lanes : 2 * lanes); lane += Vector512<float>.Count)
            {
                largest = Vector512.Max(largest, Vector512.Abs(Vector512.Load(element + lane)));
            }

            Copy(element, (float*)first + offset, channels, channels);
            if (second != 0)
            {
                Copy(element + lanes, (float*)second + offset, channels, channels);
            }
        }

        ref var largestOfWorker = ref worker.Largest[row / _pairs];
        for (var lane = 0; lane < Vector512<float>.Count; lane++)
        {
            largestOfWorker = Math.Max(largestOfWorker, largest[lane]);
        }
    }

    private void Transform(float* image, int lanes, bool inverse)
    {
        var (height, width, element) = (_shape.Height, _shape.Width, (nint)ElementLength);
        for (var row = 0; row < height; row++)
        {
            Along(_alongRows, image + (row * width * element), element);
        }

        for (var column = 0; column < width; column++)
        {
            Along(_alongColumns, image + (column * element), width * element);
        }

        void Along(FourierTransform transform, float* start, nint stride)
        {
            if (inverse)
            {
                transform.Inverse(start, stride, lanes);
            }
            else
            {
                transform.Forward(start, stride, lanes);
            }
        }
    }

    /// <summary>Copies numbers, or zeros from nowhere, and fills up with zeros.</summary>
    private static void Copy(float* source, float* target, int count, int paddedCount)
    {
        if (source is null)
        {
            new Span<float>(target, paddedCount).Clear();
            return;
        }

        // A handful of vectors: calling the general copy would take longer than copying.
        var i = 0;
        for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            Vector512.Load(source + i).Store(target + i);
        }

        for (; i < paddedCount; i++)
        {
            target[i] = i < count ? source[i] : 0;
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
                rows[i] += rows[i] == 0 ? 0 : PlaneLength * sizeof(float);
            }

            ComplexTile.Pack(rows, _shape.Channels, panel.Im);
            Conjugate(panel, first);
        }
    }

    /// <summary>Where a row of the left factor lies: the rows of the frequency, then those of its opposite, or the imaginary parts if it is its own.</summary>
    private float* FeatureRow(Frequency frequency, int row) =>
        row < _rows ? SpectrumRow(frequency.Position, row)
        : row >= 2 * _rows ? null
        : frequency.IsReal ? SpectrumRow(frequency.Position, row - _rows) + PlaneLength
        : SpectrumRow(frequency.Opposite, row - _rows);

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
        var columns = Math.Min(_tileColumns, _paddedChannels - firstColumn);
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
                Copy(tile.Re + (i * _tileColumns), target, columns, columns);
                if (!frequency.IsReal)
                {
                    StoreImaginary(tile.Im + (i * _tileColumns), target + PlaneLength, columns, first + i < _rows ? 1 : -1);
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
        private readonly AlignedBuffer<float> _image;
        private readonly AlignedBuffer<float> _transformedColumns;
        private readonly AlignedBuffer<float> _kernel;

        public Worker(int imageLength, KernelShape shape, bool? wide)
        {
            Tile = new ComplexTile(wide);
            var panelLength = checked(shape.InputChannels * Tile.Columns);
            _image = new AlignedBuffer<float>(imageLength);
            _transformedColumns = new AlignedBuffer<float>(checked(2 * shape.Size * panelLength));
            _kernel = new AlignedBuffer<float>(checked(3 * panelLength));
            Kernel = ComplexPanel.Of(_kernel.Pointer, panelLength);
        }

        /// <summary>Largest absolute values of signal and noise among what the thread has written.</summary>
        public float[] Largest { get; } = new float[2];

        public float* Image => _image.Pointer;

        public float* TransformedColumns => _transformedColumns.Pointer;

        public ComplexPanel Kernel { get; }

        public ComplexTile Tile { get; }

        public void Dispose()
        {
            _image.Dispose();
            _transformedColumns.Dispose();
            _kernel.Dispose();
            Tile.Dispose();
        }
    }
}
