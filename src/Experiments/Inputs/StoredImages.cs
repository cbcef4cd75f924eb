using System.IO.Hashing;
using System.Text;

namespace Wellbehaved.Experiments;

/// <summary>Images of a data set, held in memory.</summary>
public sealed class StoredImages : ImageSource
{
    private readonly NpyArray _images;
    private readonly ImageAxes _axes;

    /// <summary>Takes images from an array.</summary>
    /// <param name="images">Array (images, height, width, channels), or (images, height, width) for one channel, or as the layout says.</param>
    /// <param name="name">The array's name in messages.</param>
    /// <param name="layout">The meaning of each axis; if null, four axes are <see cref="ImageLayout.Nhwc"/> and three are
    /// <see cref="ImageLayout.Nhw"/>.</param>
    /// <exception cref="InvalidInputException">
    /// The array has another number of axes, is empty, or holds something else than finite numbers of magnitude up to 1e15; or no layout was given and its axes
    /// contradict the default.
    /// </exception>
    public StoredImages(NpyArray images, string name, ImageLayout? layout = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        _images = images;
        _axes = ImageAxes.Read(images.Shape, layout, name);
        PixelRange.RequireNumbers(images.ElementType, name);
        Remark = _axes.Remark is { } remark ? $"{name}: {remark}" : null;
        EnsureFinite(name);
    }

    private StoredImages(NpyArray images, ImageAxes axes) => (_images, _axes) = (images, axes);

    /// <summary>The first images, as training on a part of a data set takes them.</summary>
    /// <param name="count">Their number.</param>
    /// <returns>The images; null if there are not so many.</returns>
    internal StoredImages? First(int count) =>
        count is <= 0 || count > _axes.Count || _axes.Count != _images.Shape[0]
            ? null
            : new(
                new NpyArray(
                    _images.ElementType,
                    [count, .. _images.Shape.Skip(1)],
                    _images.Bytes[..(int)((long)count * _axes.ImageLength * _images.ElementType.Size)].ToArray()
                ),
                _axes with
                {
                    Count = count,
                }
            );

    /// <inheritdoc/>
    public override int? Count => _axes.Count;

    /// <inheritdoc/>
    public override int Height => _axes.Height;

    /// <inheritdoc/>
    public override int Width => _axes.Width;

    /// <inheritdoc/>
    public override int Channels => _axes.Channels;

    /// <inheritdoc/>
    internal override string? Remark { get; }

    /// <inheritdoc/>
    public override string Checksum
    {
        get
        {
            var hash = new XxHash128();
            hash.Append(Encoding.ASCII.GetBytes(ChecksumLabel(_images.ElementType, _images.Shape, _axes.Layout)));
            hash.Append(_images.Bytes);
            return Convert.ToHexStringLower(hash.GetCurrentHash());
        }
    }

    /// <inheritdoc/>
    public override void FillBatch(ulong seed, uint simulation, int images, Span<double> destination)
    {
        var chosen = BatchSelection.WithoutReplacement(seed, simulation, _axes.Count, images);
        var length = (int)_axes.ImageLength;
        var stored = _axes.HasChannelsFirst ? new double[length] : null;
        for (var i = 0; i < images; i++)
        {
            var pixels = destination.Slice(i * length, length);
            _images.Decode(chosen[i] * length, stored ?? pixels);
            if (stored is not null)
            {
                _axes.Arrange(stored, pixels);
            }
        }
    }

    /// <summary>
    /// The part of a checksum that describes the array and not its bytes. It names a layout other than the default, which gives other images.
    /// </summary>
    internal static string ChecksumLabel(NpyElementType type, IReadOnlyList<int> shape, ImageLayout layout) =>
        $"{type.Kind}{type.Size}{type.IsBigEndian} "
        + $"{string.Join(',', shape)}{(layout is ImageLayout.Nchw or ImageLayout.Hwc or ImageLayout.Chw ? $" {layout}" : string.Empty)}";

    private void EnsureFinite(string name)
    {
        if (_images.ElementType.Kind != 'f')
        {
            return;
        }

        var values = new double[Math.Min(_images.Count, 1 << 12)];
        try
        {
            for (var first = 0; first < _images.Count; first += values.Length)
            {
                var part = values.AsSpan(0, Math.Min(values.Length, _images.Count - first));
                _images.Decode(first, part);
                PixelRange.Require(part, first, name);
            }
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(name, $"{exception.Message}; save a.astype('float32'), which can be read on every system", exception);
        }
    }
}
