using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>The Fourier transforms, forward and back, of a group of tiles of signal and noise with all channels.</summary>
/// <remarks>
/// The tiles at the same place of two images of the signal, or of the noise, are the real and imaginary part of one complex tile, which is a row. Since the
/// kernel is real, the two stay separate. A complex tile never combines signal and noise, so that rounding of one does not affect the other, and zero noise
/// stays zero.
/// </remarks>
internal sealed unsafe class FeatureSpectrum : IDisposable
{
    /// <summary>Bytes of a tile's block of channels while it is transformed: the size of a common first-level cache.</summary>
    private const int BlockBytes = 3 << 14;

    private readonly TensorShape _input;
    private readonly TensorShape _output;
    private readonly SpectralTiling _tiling;
    private readonly int _height;
    private readonly int _width;
    private readonly int _strideDown;
    private readonly int _strideAcross;
    private readonly int[] _rowSources;
    private readonly int[] _columnSources;
    private readonly int _pairs;
    private readonly int _blockChannels;
    private readonly FourierTransform _alongColumns;
    private readonly FourierTransform _alongRows;
    private readonly AlignedBuffer<float> _spectrum;
    private readonly AlignedBuffer<float>[] _tiles;
    private readonly float[][] _largest;
    private int _firstRow;

    /// <summary>Prepares transforms.</summary>
    /// <param name="input">Shape of signal and noise.</param>
    /// <param name="output">Shape of the convolution's output.</param>
    /// <param name="axes">The inputs that the convolution reads along the columns and along the rows.</param>
    /// <param name="tiling">How images are cut.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public FeatureSpectrum(TensorShape input, TensorShape output, (AxisReach Rows, AxisReach Columns) axes, SpectralTiling tiling, int threads)
    {
        (_input, _output, _tiling, _pairs) = (input, output, tiling, checked((int)tiling.Pairs));
        (_height, _width) = (tiling.Rows.Length, tiling.Columns.Length);
        (_strideDown, _strideAcross) = (axes.Rows.Stride, axes.Columns.Stride);
        (_rowSources, _columnSources) = (tiling.Rows.Sources(axes.Rows), tiling.Columns.Sources(axes.Columns));
        GroupRows = checked((int)tiling.GroupRows);
        PaddedChannels = RoundUp(Math.Max(input.Channels, output.Channels), Vector512<float>.Count);
        _alongColumns = new FourierTransform(_height);
        _alongRows = new FourierTransform(_width);
        Frequencies = Frequency.Rows(_alongColumns, _alongRows);
        _spectrum = new AlignedBuffer<float>(checked(2 * _height * _width * ((GroupRows * PaddedChannels) + Vector512<float>.Count)));
        _blockChannels = Math.Clamp(BlockBytes / (2 * sizeof(float) * _height * _width) / Vector512<float>.Count, 1, 8) * Vector512<float>.Count;
        _tiles = [.. Enumerable.Range(0, threads).Select(_ => new AlignedBuffer<float>(_height * _width * ElementLength))];
        _largest = [.. Enumerable.Range(0, threads).Select(_ => new float[2])];
    }

    /// <summary>Greatest number of complex tiles in a group.</summary>
    public int GroupRows { get; }

    /// <summary>Number of complex tiles in the current group.</summary>
    public int Rows { get; private set; }

    /// <summary>Number of channels of input or output, whichever is larger, padded to whole vectors.</summary>
    public int PaddedChannels { get; }

    /// <summary>The frequencies, grouped by the frequency along the columns.</summary>
    public Frequency[][] Frequencies { get; }

    /// <summary>Number of blocks that are transformed separately, each of a complex tile and some input channels.</summary>
    public int InputBlocks => Rows * BlocksOf(_input);

    /// <summary>Number of blocks that are transformed back separately, each of a complex tile and some output channels.</summary>
    public int OutputBlocks => Rows * BlocksOf(_output);

    /// <summary>Largest absolute value of the signal that was written.</summary>
    public float LargestSignal => _largest.Max(ofWorker => ofWorker[0]);

    /// <summary>Largest absolute value of the noise that was written.</summary>
    public float LargestNoise => _largest.Max(ofWorker => ofWorker[1]);

    /// <summary>
    /// The spectrum's row at a position: the real parts of all channels. The imaginary parts follow at a distance of <see cref="PlaneLength"/>.
    /// </summary>
    public float* Row(int position, int row) => _spectrum.Pointer + ((nint)position * 2 * PlaneLength) + ((nint)row * PaddedChannels);

    /// <summary>Distance in floats from real to imaginary parts. An additional vector keeps the positions of a tile from sharing the same cache sets.</summary>
    public nint PlaneLength => ((nint)Rows * PaddedChannels) + Vector512<float>.Count;

    /// <summary>Distance in floats between the rows of a tile.</summary>
    private nint RowLength => _width * (nint)ElementLength;

    /// <summary>Distance in floats between transformed elements. An additional vector keeps distances that are powers of two from sharing cache sets.</summary>
    private int ElementLength => (2 * _blockChannels) + Vector512<float>.Count;

    /// <summary>The least multiple that is not below a value.</summary>
    public static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;

    /// <summary>Copies numbers, or writes zeros if the source is null, and pads with zeros.</summary>
    public static void Copy(float* source, float* target, int count, int paddedCount)
    {
        if (source is null)
        {
            new Span<float>(target, paddedCount).Clear();
            return;
        }

        // For a few vectors, calling the general copy would take longer than the copying itself.
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

    /// <summary>Resets the largest values.</summary>
    public void ForgetLargest() => Array.ForEach(_largest, ofWorker => ofWorker.AsSpan().Clear());

    /// <summary>Sets the current group of complex tiles.</summary>
    /// <param name="group">Index of the group.</param>
    public void Take(int group)
    {
        _firstRow = group * GroupRows;
        Rows = Math.Min(GroupRows, (2 * _pairs) - _firstRow);
    }

    /// <summary>Transforms a block of input channels of a complex tile.</summary>
    /// <param name="source">The signal, followed by the noise.</param>
    /// <param name="item">Index of the block.</param>
    /// <param name="worker">Index of the worker whose memory is used.</param>
    public void Analyse(float* source, int item, int worker)
    {
        var (row, block) = Math.DivRem(item, BlocksOf(_input));
        var firstChannel = block * _blockChannels;
        var memory = _tiles[worker].Pointer;
        var tile = Tile(source, row, _input);
        var channels = Math.Min(_blockChannels, _input.Channels - firstChannel);
        var lanes = RoundUp(channels, Vector512<float>.Count);
        var rowSources = _rowSources.AsSpan(tile.Down * _height, _height);
        var columnSources = _columnSources.AsSpan(tile.Across * _width, _width);
        var element = memory;
        for (var y = 0; y < _height; y++)
        {
            for (var x = 0; x < _width; x++, element += ElementLength)
            {
                if (rowSources[y] == ConvolutionGeometry.Outside || columnSources[x] == ConvolutionGeometry.Outside)
                {
                    new Span<float>(element, 2 * lanes).Clear();
                    continue;
                }

                var offset = ((((nint)rowSources[y] * _input.Width) + columnSources[x]) * _input.Channels) + firstChannel;
                Copy((float*)tile.First + offset, element, channels, lanes);
                Copy(tile.Second == 0 ? null : (float*)tile.Second + offset, element + lanes, channels, lanes);
            }
        }

        // Rows of zeros need no transform.
        var first = Array.FindIndex(_rowSources, tile.Down * _height, _height, source => source != ConvolutionGeometry.Outside) - (tile.Down * _height);
        var last =
            Array.FindLastIndex(_rowSources, (tile.Down * _height) + _height - 1, _height, source => source != ConvolutionGeometry.Outside)
            - (tile.Down * _height);
        _alongRows.Forward(memory + (first * RowLength), ElementLength, lanes, last + 1 - first, RowLength);
        _alongColumns.Forward(memory, RowLength, lanes, _width, ElementLength);
        for (var position = 0; position < _height * _width; position++)
        {
            element = memory + ((nint)position * ElementLength);
            var target = Row(position, row) + firstChannel;
            Copy(element, target, lanes, lanes);
            Copy(element + lanes, target + PlaneLength, lanes, lanes);
        }
    }

    /// <summary>Transforms a block of output channels back to the outputs of two images.</summary>
    /// <param name="target">Receives the signal, followed by the noise.</param>
    /// <param name="item">Index of the block.</param>
    /// <param name="worker">Index of the worker whose memory is used.</param>
    public void Synthesise(float* target, int item, int worker)
    {
        var (row, block) = Math.DivRem(item, BlocksOf(_output));
        var firstChannel = block * _blockChannels;
        var memory = _tiles[worker].Pointer;
        var channels = Math.Min(_blockChannels, _output.Channels - firstChannel);
        var lanes = RoundUp(channels, Vector512<float>.Count);
        for (var position = 0; position < _height * _width; position++)
        {
            var element = memory + ((nint)position * ElementLength);
            var source = Row(position, row) + firstChannel;
            Copy(source, element, lanes, lanes);
            Copy(source + PlaneLength, element + lanes, lanes, lanes);
        }

        // Columns without an output need not be transformed back.
        var tile = Tile(target, row, _output);
        var outputsAcross = Math.Min(_tiling.Columns.Outputs, _output.Width - (tile.Across * _tiling.Columns.Outputs));
        _alongRows.Inverse(memory, ElementLength, lanes, _height, RowLength);
        _alongColumns.Inverse(memory + (_tiling.Columns.First * (nint)ElementLength), RowLength, lanes, outputsAcross, _strideAcross * (nint)ElementLength);
        Write(tile, memory, outputsAcross, (firstChannel, channels, lanes), ref _largest[worker][(_firstRow + row) / _pairs]);
    }

    private void Write(
        (int Down, int Across, nint First, nint Second) tile,
        float* memory,
        int outputsAcross,
        (int First, int Count, int Lanes) channels,
        ref float largestOfWorker
    )
    {
        var (rows, columns) = (_tiling.Rows, _tiling.Columns);
        var outputsDown = Math.Min(rows.Outputs, _output.Height - (tile.Down * rows.Outputs));
        var largest = Vector512<float>.Zero;
        for (var y = 0; y < outputsDown; y++)
        {
            var offset =
                ((((((nint)tile.Down * rows.Outputs) + y) * _output.Width) + ((nint)tile.Across * columns.Outputs)) * _output.Channels) + channels.First;
            for (var x = 0; x < outputsAcross; x++, offset += _output.Channels)
            {
                var element = memory + ((((rows.First + (y * _strideDown)) * (nint)_width) + columns.First + (x * _strideAcross)) * ElementLength);
                for (var lane = 0; lane < (tile.Second == 0 ? channels.Lanes : 2 * channels.Lanes); lane += Vector512<float>.Count)
                {
                    largest = Vector512.Max(largest, Vector512.Abs(Vector512.Load(element + lane)));
                }

                Copy(element, (float*)tile.First + offset, channels.Count, channels.Count);
                if (tile.Second != 0)
                {
                    Copy(element + channels.Lanes, (float*)tile.Second + offset, channels.Count, channels.Count);
                }
            }
        }

        for (var lane = 0; lane < Vector512<float>.Count; lane++)
        {
            largestOfWorker = Math.Max(largestOfWorker, largest[lane]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _spectrum.Dispose();
        Array.ForEach(_tiles, tile => tile.Dispose());
    }

    private int BlocksOf(TensorShape shape) => (shape.Channels + _blockChannels - 1) / _blockChannels;

    /// <summary>The tile of a row of the spectrum, and its two images; the second is null if the number of images is odd and this is the last one.</summary>
    private (int Down, int Across, nint First, nint Second) Tile(float* signalAndNoise, int row, TensorShape shape)
    {
        var (tensor, pair) = Math.DivRem(_firstRow + row, _pairs);
        var (images, tile) = Math.DivRem(pair, _tiling.Rows.Tiles * _tiling.Columns.Tiles);
        var (down, across) = Math.DivRem(tile, _tiling.Columns.Tiles);
        var imageLength = (nint)shape.Height * shape.Width * shape.Channels;
        var first = signalAndNoise + ((nint)tensor * shape.Elements) + (2 * images * imageLength);
        return (down, across, (nint)first, (2 * images) + 1 < shape.Images ? (nint)(first + imageLength) : 0);
    }
}
