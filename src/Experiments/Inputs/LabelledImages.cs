using System.IO.Hashing;

namespace Wellbehaved.Experiments;

/// <summary>Images with the class of each, held in memory.</summary>
internal sealed class LabelledImages
{
    /// <summary>Number of classes in every named data set with labels.</summary>
    public const int ClassesOfAll = 10;

    private readonly NpyArray _pixels;
    private readonly byte[] _labels;

    /// <summary>Creates a data set of images and their labels.</summary>
    /// <param name="pixels">Bytes (images, height, width) or (images, height, width, channels).</param>
    /// <param name="labels">The class of each image, from 0.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="name">The name of the labels in messages.</param>
    /// <exception cref="InvalidInputException">There are more or fewer labels than images, or a label is not one of the classes.</exception>
    public LabelledImages(NpyArray pixels, byte[] labels, int classes, string name)
    {
        (_pixels, _labels, Classes) = (pixels, labels, classes);
        if (labels.Length != pixels.Shape[0])
        {
            throw new InvalidInputException(name, $"expected a label for each of {Counted.Spell(pixels.Shape[0], "image")}, found {labels.Length}");
        }

        if (labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(classes - 1)) is >= 0 and var wrong)
        {
            throw new InvalidInputException(name, $"expected labels from 0 to {classes - 1}, found {labels[wrong]} at image {wrong}");
        }
    }

    /// <summary>Number of images.</summary>
    public int Count => _labels.Length;

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Shape of an image.</summary>
    public Networks.Shape Shape => new(_pixels.Shape[1], _pixels.Shape[2], _pixels.Shape.Count > 3 ? _pixels.Shape[3] : 1);

    /// <summary>A checksum of pixels and labels.</summary>
    public string Checksum
    {
        get
        {
            var hash = new XxHash128();
            hash.Append(_pixels.Bytes);
            hash.Append(_labels);
            return Convert.ToHexStringLower(hash.GetCurrentHash());
        }
    }

    /// <summary>The class of an image.</summary>
    /// <param name="image">Index of the image.</param>
    public int LabelOf(int image) => _labels[image];

    /// <summary>The pixels of an image, (height, width, channels), from 0 to 255.</summary>
    /// <param name="image">Index of the image.</param>
    public ReadOnlySpan<byte> PixelsOf(int image)
    {
        var length = (int)Shape.Features;
        return _pixels.Bytes.Slice(image * length, length);
    }

    /// <summary>The first images.</summary>
    /// <param name="count">Their number, at most <see cref="Count"/>.</param>
    public LabelledImages First(int count) =>
        count == Count
            ? this
            : new(
                new NpyArray(_pixels.ElementType, [count, .. _pixels.Shape.Skip(1)], _pixels.Bytes[..(count * (int)Shape.Features)].ToArray()),
                _labels[..count],
                Classes,
                "labels"
            );

    /// <summary>The same images without their labels, as <c>run</c> draws batches from them.</summary>
    /// <param name="name">Their name in messages.</param>
    public ImageSource WithoutLabels(string name) => new StoredImages(_pixels, name, _pixels.Shape.Count > 3 ? ImageLayout.Nhwc : ImageLayout.Nhw);
}
