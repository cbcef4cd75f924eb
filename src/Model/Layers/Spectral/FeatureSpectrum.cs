using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>The Fourier transforms of all images and channels of signal and noise, there and back.</summary>
/// <remarks>
/// Two images of the signal, or two of the noise, are the real and imaginary part of one complex image, a row; a real kernel keeps them apart. Signal and noise
/// never share one, so neither's rounding reaches the other and a noise of zeros stays zero.
/// </remarks>
internal sealed unsafe class FeatureSpectrum : IDisposable
{
    /// <summary>Bytes of an image's block of channels while it is transformed: a quarter of a common second-level cache.</summary>
    private const int BlockBytes = 1 << 18;

    private readonly TensorShape _shape;
    private readonly int _pairs;
    private readonly int _blockChannels;
    private readonly int _blocks;
    private readonly FourierTransform _alongColumns;
    private readonly FourierTransform _alongRows;
    private readonly AlignedBuffer<float> _spectrum;
    private readonly AlignedBuffer<float>[] _images;
    private readonly float[][] _largest;

    /// <summary>Prepares transforms.</summary>
    /// <param name="shape">Shape of signal and noise.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public FeatureSpectrum(TensorShape shape, int threads)
    {
        _shape = shape;
        _pairs = (shape.Images + 1) / 2;
        PaddedChannels = RoundUp(shape.Channels, Vector512<float>.Count);
        _alongColumns = new FourierTransform(shape.Height);
        _alongRows = new FourierTransform(shape.Width);
        Frequencies = Frequency.Rows(_alongColumns, _alongRows);
        _spectrum = new AlignedBuffer<float>(Length(shape));
        var positions = shape.Height * shape.Width;
        _blockChannels = Math.Clamp(BlockBytes / (2 * sizeof(float) * positions) / Vector512<float>.Count, 1, 8) * Vector512<float>.Count;
        _blocks = (shape.Channels + _blockChannels - 1) / _blockChannels;
        _images = [.. Enumerable.Range(0, threads).Select(_ => new AlignedBuffer<float>(positions * ElementLength))];
        _largest = [.. Enumerable.Range(0, threads).Select(_ => new float[2])];
    }

    /// <summary>Complex images of signal and noise.</summary>
    public int Rows => 2 * _pairs;

    /// <summary>Channels, filled up to whole vectors.</summary>
    public int PaddedChannels { get; }

    /// <summary>The frequencies, by that along the columns.</summary>
    public Frequency[][] Frequencies { get; }

    /// <summary>Number of blocks, of two images and some channels each, that are transformed apart.</summary>
    public int Blocks => Rows * _blocks;

    /// <summary>Largest absolute value of the signal that was written last.</summary>
    public float LargestSignal => _largest.Max(ofWorker => ofWorker[0]);

    /// <summary>Largest absolute value of the noise that was written last.</summary>
    public float LargestNoise => _largest.Max(ofWorker => ofWorker[1]);

    /// <summary>The spectrum's row at a position: real parts of all channels; the imaginary parts are <see cref="PlaneLength"/> further on.</summary>
    public float* Row(int position, int row) => _spectrum.Pointer + ((nint)position * 2 * PlaneLength) + ((nint)row * PaddedChannels);

    /// <summary>Floats from real to imaginary parts.</summary>
    public nint PlaneLength => (nint)Rows * PaddedChannels;

    /// <summary>Floats between the elements that are transformed; the odd vector keeps powers of two from meeting in the same cache sets.</summary>
    private int ElementLength => (2 * _blockChannels) + Vector512<float>.Count;

    /// <summary>Floats of the spectrum of signal and noise.</summary>
    public static int Length(TensorShape shape) =>
        checked(shape.Height * shape.Width * 4 * ((shape.Images + 1) / 2) * RoundUp(shape.Channels, Vector512<float>.Count));

    /// <summary>The next multiple.</summary>
    public static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>Copies numbers, or zeros from nowhere, and fills up with zeros.</summary>
    public static void Copy(float* source, float* target, int count, int paddedCount)
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

    /// <summary>Begins anew with the largest values.</summary>
    public void ForgetLargest() => Array.ForEach(_largest, ofWorker => ofWorker.AsSpan().Clear());

    /// <summary>Transforms a block of channels of two images.</summary>
    /// <param name="source">The signal, followed by the noise.</param>
    /// <param name="item">Which block.</param>
    /// <param name="worker">Whose memory to use.</param>
    public void Analyse(float* source, int item, int worker)
    {
        var (row, firstChannel) = (item / _blocks, item % _blocks * _blockChannels);
        var image = _images[worker].Pointer;
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
            var target = Row(position, row) + firstChannel;
            Copy(element, target, lanes, lanes);
            Copy(element + lanes, target + PlaneLength, lanes, lanes);
        }
    }

    /// <summary>Transforms a block of channels back to two images.</summary>
    /// <param name="target">Receives the signal, followed by the noise.</param>
    /// <param name="item">Which block.</param>
    /// <param name="worker">Whose memory to use.</param>
    public void Synthesise(float* target, int item, int worker)
    {
        var (row, firstChannel) = (item / _blocks, item % _blocks * _blockChannels);
        var image = _images[worker].Pointer;
        var (first, second) = Images(target, row);
        var channels = Math.Min(_blockChannels, _shape.Channels - firstChannel);
        var lanes = RoundUp(channels, Vector512<float>.Count);
        for (var position = 0; position < _shape.Height * _shape.Width; position++)
        {
            var element = image + ((nint)position * ElementLength);
            var source = Row(position, row) + firstChannel;
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

        ref var largestOfWorker = ref _largest[worker][row / _pairs];
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

    /// <inheritdoc/>
    public void Dispose()
    {
        _spectrum.Dispose();
        Array.ForEach(_images, image => image.Dispose());
    }

    /// <summary>The two images of a row of the spectrum; the second is null where the number of images is odd.</summary>
    private (nint First, nint Second) Images(float* signalAndNoise, int row)
    {
        var image = row % _pairs * 2;
        var imageLength = (nint)_shape.Height * _shape.Width * _shape.Channels;
        var first = signalAndNoise + ((nint)(row / _pairs) * _shape.Elements) + (image * imageLength);
        return ((nint)first, image + 1 < _shape.Images ? (nint)(first + imageLength) : 0);
    }
}
