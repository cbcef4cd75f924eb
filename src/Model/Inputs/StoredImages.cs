using System.IO.Hashing;
using System.Text;

namespace Wellbehaved.Model;

/// <summary>Images of a data set, held in memory.</summary>
public sealed class StoredImages : ImageSource
{
    /// <summary>Single precision holds sums of the squares of such pixels with room to spare.</summary>
    private const double LargestPixel = 1e15;

    private readonly NpyArray _images;

    /// <summary>Takes images from an array.</summary>
    /// <param name="images">Array (images, height, width, channels), or (images, height, width) for one channel.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="InvalidInputException">The array has another number of axes, is empty, or holds something else than finite numbers of magnitude up to 1e15.</exception>
    public StoredImages(NpyArray images, string name)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Shape.Count is not (3 or 4) || images.Count == 0 || images.ElementType.Kind == 'U')
        {
            throw new InvalidInputException(name, $"expected images of shape (count, height, width[, channels]), found shape ({string.Join(", ", images.Shape)})");
        }

        _images = images;
        EnsureFinite(name);
    }

    /// <inheritdoc/>
    public override int? Count => _images.Shape[0];

    /// <inheritdoc/>
    public override int Height => _images.Shape[1];

    /// <inheritdoc/>
    public override int Width => _images.Shape[2];

    /// <inheritdoc/>
    public override int Channels => _images.Shape.Count == 4 ? _images.Shape[3] : 1;

    /// <inheritdoc/>
    public override string Checksum
    {
        get
        {
            var hash = new XxHash128();
            hash.Append(Encoding.ASCII.GetBytes($"{_images.ElementType.Kind}{_images.ElementType.Size}{_images.ElementType.IsBigEndian} {string.Join(',', _images.Shape)}"));
            hash.Append(_images.Bytes);
            return Convert.ToHexStringLower(hash.GetCurrentHash());
        }
    }

    /// <inheritdoc/>
    public override void FillBatch(ulong seed, uint simulation, int images, Span<double> destination)
    {
        var chosen = BatchSelection.WithoutReplacement(seed, simulation, Count!.Value, images);
        var length = Height * Width * Channels;
        for (var i = 0; i < images; i++)
        {
            _images.Decode(chosen[i] * length, destination.Slice(i * length, length));
        }
    }

    private void EnsureFinite(string name)
    {
        if (_images.ElementType.Kind != 'f')
        {
            return;
        }

        Span<double> value = stackalloc double[1];
        for (var i = 0; i < _images.Count; i++)
        {
            _images.Decode(i, value);
            if (!(Math.Abs(value[0]) <= LargestPixel))
            {
                throw new InvalidInputException(name, $"expected finite pixels of magnitude up to {LargestPixel:e0}, found {value[0]} at element {i}");
            }
        }
    }
}
