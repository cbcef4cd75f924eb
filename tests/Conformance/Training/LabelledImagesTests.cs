using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Images with labels: the embedded ones, and those of files, right and wrong.</summary>
public sealed class LabelledImagesTests : IDisposable
{
    private const int Side = 4;
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Embedded_images_are_a_few_thousand_with_equal_counts_per_class_in_two_mebibytes()
    {
        var (training, test) = LabelledSources.Open("fashion_mnist");

        (training.Count, test.Count, training.Shape, test.Shape).Should().Be((3000, 1000, new Shape(28, 28, 1), new Shape(28, 28, 1)));
        PerClass(training).Should().OnlyContain(count => count == 300).And.HaveCount(10);
        PerClass(test).Should().OnlyContain(count => count == 100).And.HaveCount(10);
        var assembly = typeof(LabelledSources).Assembly;
        assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith("fashion_mnist/", StringComparison.Ordinal))
            .Sum(name => assembly.GetManifestResourceStream(name)!.Length)
            .Should()
            .BeLessThanOrEqualTo(2 << 20);
    }

    [FashionMnistFact]
    public void Embedded_images_are_the_first_of_each_class_of_the_published_ones()
    {
        var published = LabelledSources.Open("fashion_mnist", FashionMnistFactAttribute.Folder);
        var embedded = LabelledSources.Open("fashion_mnist");
        foreach (var (whole, part) in new[] { (published.Training, embedded.Training), (published.Test, embedded.Test) })
        {
            var most = part.Count / part.Classes;
            var seen = new int[part.Classes];
            int[] expected = [.. Enumerable.Range(0, whole.Count).Where(image => seen[whole.LabelOf(image)]++ < most)];
            expected.Should().HaveCount(part.Count);
            expected
                .Select((image, i) => whole.LabelOf(image) == part.LabelOf(i) && whole.PixelsOf(image).SequenceEqual(part.PixelsOf(i)))
                .Should()
                .OnlyContain(isSame => isSame);
        }
    }

    [Fact]
    public void Run_reads_the_embedded_images_without_their_labels()
    {
        var images = ImageSources.Open("fashion_mnist");
        (images.Count, images.Height, images.Width, images.Channels).Should().Be((3000, 28, 28, 1));
    }

    [Theory]
    [InlineData("mnist", "train-labels-idx1-ubyte", null, "*expected one of the files train-labels-idx1-ubyte*")]
    [InlineData("mnist", "t10k-labels-idx1-ubyte", null, "*expected one of the files t10k-labels-idx1-ubyte*")]
    [InlineData(
        "mnist",
        "train-labels-idx1-ubyte",
        new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 1, 10, 2 },
        "*train-labels-idx1-ubyte: expected labels from 0 to 9, found 10 at image 1"
    )]
    [InlineData(
        "fashion_mnist",
        "t10k-labels-idx1-ubyte",
        new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 255, 1, 2 },
        "*expected labels from 0 to 9, found 255 at image 0"
    )]
    [InlineData("mnist", "train-labels-idx1-ubyte", new byte[] { 0, 0, 8, 1, 0, 0, 0, 2, 1, 2 }, "*expected a label for each of 3 images, found 2")]
    [InlineData("mnist", "train-labels-idx1-ubyte", new byte[] { 0, 0, 8, 1, 0, 0, 0, 9, 1, 2, 3 }, "*expected 9 labels as its header says, found 3")]
    [InlineData("mnist", "train-labels-idx1-ubyte", new byte[] { 0, 0, 8, 3, 0, 0, 0, 3, 1, 2, 3 }, "*expected IDX labels*")]
    [InlineData("mnist", "train-labels-idx1-ubyte", new byte[] { 0, 0, 8 }, "*expected a whole IDX file*")]
    public void Missing_or_wrong_labels_are_refused_and_the_file_is_named(string dataset, string file, byte[]? content, string message)
    {
        WriteIdx();
        LabelledSources.Open(dataset, _folder).Training.Count.Should().Be(3, "the files are right before one is spoilt");
        File.Delete(Path.Combine(_folder, file));
        if (content is not null)
        {
            File.WriteAllBytes(Path.Combine(_folder, file), content);
        }

        FluentActions.Invoking(() => LabelledSources.Open(dataset, _folder)).Should().Throw<InvalidInputException>().WithMessage(message);
    }

    [Fact]
    public void Labels_of_Cifar_stand_before_the_planes_of_their_images()
    {
        for (var file = 0; file <= 5; file++)
        {
            byte[] record = [(byte)file, .. Enumerable.Range(0, 3 * 1024).Select(i => (byte)(i / 1024))];
            File.WriteAllBytes(Path.Combine(_folder, file == 0 ? "test_batch.bin" : $"data_batch_{file}.bin"), record);
        }

        var (training, test) = LabelledSources.Open("cifar10", _folder);
        Enumerable.Range(0, training.Count).Select(training.LabelOf).Should().Equal(1, 2, 3, 4, 5);
        test.LabelOf(0).Should().Be(0);
        training.PixelsOf(2)[..6].ToArray().Should().Equal(0, 1, 2, 0, 1, 2);
    }

    [Theory]
    [InlineData("natural")]
    [InlineData("cifar100")]
    [InlineData("images.npy")]
    public void Images_without_labels_are_refused(string dataset) =>
        FluentActions
            .Invoking(() => LabelledSources.Open(dataset))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("Dataset: expected fashion_mnist, mnist, cifar10, whose images have labels, got *");

    private static int[] PerClass(LabelledImages images) =>
        [.. Enumerable.Range(0, images.Classes).Select(label => Enumerable.Range(0, images.Count).Count(image => images.LabelOf(image) == label))];

    private void WriteIdx()
    {
        foreach (var part in new[] { "train", "t10k" })
        {
            File.WriteAllBytes(
                Path.Combine(_folder, $"{part}-images-idx3-ubyte"),
                [0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, Side, 0, 0, 0, Side, .. Enumerable.Range(0, 3 * Side * Side).Select(i => (byte)i)]
            );
            File.WriteAllBytes(Path.Combine(_folder, $"{part}-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9]);
        }
    }
}
