using System.Numerics;

namespace Wellbehaved.Training;

/// <summary>Images for training and testing as a network reads them: each channel has mean 0 and variance 1 over all pixels of all training images.</summary>
/// <remarks>Test images are normalised with the numbers of the training images, so that training uses nothing of the test images.</remarks>
internal sealed class TrainingData
{
    private readonly double[] _means,
        _factors;

    /// <summary>Measures mean and variance of the channels.</summary>
    /// <param name="training">Images to train on.</param>
    /// <param name="test">Images to test on, of the same shape.</param>
    /// <exception cref="InvalidInputException">A channel of the training images is constant.</exception>
    public TrainingData(LabelledImages training, LabelledImages test)
    {
        (Training, Test) = (training, test);
        var channels = Shape.Channels;
        (_means, _factors) = (new double[channels], new double[channels]);

        // Sums of bytes are exact.
        var (sums, squares) = (new long[channels], new long[channels]);
        for (var image = 0; image < training.Count; image++)
        {
            var pixels = training.PixelsOf(image);
            for (var i = 0; i < pixels.Length; i++)
            {
                sums[i % channels] += pixels[i];
                squares[i % channels] += pixels[i] * pixels[i];
            }
        }

        var count = (double)training.Count * Shape.Positions;
        for (var channel = 0; channel < channels; channel++)
        {
            _means[channel] = sums[channel] / count;
            var variance = ((Int128)training.Count * Shape.Positions * squares[channel]) - ((Int128)sums[channel] * sums[channel]);
            _factors[channel] =
                variance > 0
                    ? count / Math.Sqrt((double)variance)
                    : throw new InvalidInputException(
                        ParameterName.Spell(nameof(ExperimentOptions.Dataset)),
                        $"expected training images whose pixels vary, but those of channel {channel} are all equal"
                    );
        }
    }

    /// <summary>Images for training.</summary>
    public LabelledImages Training { get; }

    /// <summary>Images for testing.</summary>
    public LabelledImages Test { get; }

    /// <summary>Shape of an image.</summary>
    public Networks.Shape Shape => Training.Shape;

    /// <summary>Number of classes.</summary>
    public int Classes => Training.Classes;

    /// <summary>Fills a batch.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="images">The source of the images: <see cref="Training"/> or <see cref="Test"/>.</param>
    /// <param name="chosen">Indices of the images.</param>
    /// <param name="batch">Receives the normalised pixels (images, height, width, channels).</param>
    /// <param name="classes">Receives the class of each image.</param>
    public void Fill<T>(LabelledImages images, ReadOnlySpan<int> chosen, Span<T> batch, Span<int> classes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (channels, length) = (Shape.Channels, (int)Shape.Features);
        for (var k = 0; k < chosen.Length; k++)
        {
            classes[k] = images.LabelOf(chosen[k]);
            var pixels = images.PixelsOf(chosen[k]);
            var target = batch.Slice(k * length, length);
            for (var i = 0; i < length; i++)
            {
                target[i] = T.CreateTruncating((float)((pixels[i] - _means[i % channels]) * _factors[i % channels]));
            }
        }
    }

    /// <summary>
    /// Adds noise to test images: independent normal numbers that depend only on seed, simulation and image, so that all networks have the same noise.
    /// </summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="chosen">Indices of the images.</param>
    /// <param name="batch">Their normalised pixels.</param>
    /// <param name="deviation">Standard deviation of the noise, in units of that of the pixels.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="simulation">Index of the simulation.</param>
    public void Corrupt<T>(ReadOnlySpan<int> chosen, Span<T> batch, double deviation, ulong seed, uint simulation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (deviation == 0)
        {
            return;
        }

        var length = (int)Shape.Features;
        var noise = new T[length];
        for (var k = 0; k < chosen.Length; k++)
        {
            new RandomNumbers(seed, simulation, (uint)chosen[k], RandomPurpose.Corruption).FillNormal(noise.AsSpan(), deviation);
            var pixels = batch.Slice(k * length, length);
            for (var i = 0; i < length; i++)
            {
                pixels[i] += noise[i];
            }
        }
    }
}
