using System.IO.Compression;

namespace Wellbehaved.Experiments;

/// <summary>
/// The embedded images with labels: 3,000 for training and 1,000 for testing, the same number of each class, from Fashion-MNIST. Provenance: data/README.md.
/// </summary>
internal static class FashionMnist
{
    /// <summary>The data set's name.</summary>
    public const string Name = "fashion_mnist";

    private static readonly Lazy<LabelledImages> TrainingImages = new(() => Read("train"));
    private static readonly Lazy<LabelledImages> TestImages = new(() => Read("t10k"));

    /// <summary>The images to train on.</summary>
    public static LabelledImages Training => TrainingImages.Value;

    /// <summary>The images to test on.</summary>
    public static LabelledImages Test => TestImages.Value;

    private static LabelledImages Read(string part)
    {
        var (images, labels) = ($"{part}-images-idx3-ubyte.gz", $"{part}-labels-idx1-ubyte.gz");
        return new LabelledImages(IdxImages.Images(Content(images), images), IdxImages.Labels(Content(labels), labels), LabelledImages.ClassesOfAll, labels);
    }

    private static byte[] Content(string name)
    {
        using var stream = typeof(FashionMnist).Assembly.GetManifestResourceStream($"fashion_mnist/{name}")!;
        using var gzip = new GZipStream(stream, CompressionMode.Decompress);
        using var content = new MemoryStream();
        gzip.CopyTo(content);
        return content.ToArray();
    }
}
