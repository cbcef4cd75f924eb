using System.IO.Compression;
using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public sealed class ImageSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_embedded_patches_are_1024_colour_images()
    {
        var images = ImageSources.Open("natural");
        (images.Count, images.Height, images.Width, images.Channels).Should().Be((1024, 32, 32, 3));
        var batch = new double[1024 * 3072];
        images.FillBatch(1, 2, 1024, batch);
        batch.Should().OnlyContain(pixel => pixel >= 0 && pixel <= 255);
    }

    [Fact]
    public void A_batch_of_all_images_holds_each_once_in_an_order_that_depends_on_the_simulation()
    {
        var first = BatchSelection.WithoutReplacement(1, 0, 1000, 1000);
        first.Order().Should().Equal(Enumerable.Range(0, 1000));
        BatchSelection.WithoutReplacement(1, 1, 1000, 1000).Should().NotEqual(first);
        BatchSelection.WithoutReplacement(1, 0, 1000, 1000).Should().Equal(first);
    }

    [Fact]
    public void Every_image_is_chosen_equally_often()
    {
        // 20,000 draws of 2 out of 5; a count is binomial with share 0.4. Six standard deviations: 2e-9 for each of five counts.
        var counts = new int[5];
        for (var simulation = 0u; simulation < 20_000; simulation++)
        {
            foreach (var image in BatchSelection.WithoutReplacement(3, simulation, 5, 2))
            {
                counts[image]++;
            }
        }

        counts.Should().OnlyContain(count => Math.Abs(count - 8000) < 6 * Math.Sqrt(20_000 * 0.4 * 0.6));
    }

    [Fact]
    public void Cifar10_is_read_from_its_binary_version()
    {
        for (var file = 1; file <= 5; file++)
        {
            // Two records in each file; plane c of record r holds 10·r + c throughout.
            File.WriteAllBytes(
                Path.Combine(_folder, $"data_batch_{file}.bin"),
                [
                    .. Enumerable
                        .Range(0, 2)
                        .SelectMany(record => Enumerable.Range(0, 3073).Select(i => i == 0 ? (byte)7 : (byte)((10 * record) + ((i - 1) / 1024)))),
                ]
            );
        }

        var images = ImageSources.Open("cifar10", _folder);
        images.Count.Should().Be(10);
        var batch = new double[10 * 3072];
        images.FillBatch(1, 0, 10, batch);
        batch[0].Should().BeOneOf(0, 10);
        batch[1].Should().Be(batch[0] + 1);
        batch[2].Should().Be(batch[0] + 2);
        batch.Average().Should().Be(6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mnist_is_read_plain_or_compressed(bool compressed)
    {
        WriteMnist([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], compressed);
        var images = ImageSources.Open("mnist", _folder);
        (images.Count, images.Height, images.Width, images.Channels).Should().Be((2, 2, 3, 1));
        var batch = new double[12];
        images.FillBatch(1, 0, 2, batch);
        batch.Order().Should().Equal(Enumerable.Range(1, 12).Select(i => (double)i));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1 })]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 1 })]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1 })]
    [InlineData(new byte[] { 0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 })]
    [InlineData(new byte[] { 0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1 })]
    [InlineData(new byte[] { 0, 0, 8 })]
    public void Damaged_idx_files_are_refused(byte[] content)
    {
        WriteMnist(content, compressed: false);
        FluentActions.Invoking(() => ImageSources.Open("mnist", _folder)).Should().Throw<InvalidInputException>().WithMessage("*train-images*");
    }

    [Fact]
    public void A_damaged_gzip_file_is_refused()
    {
        File.WriteAllBytes(Path.Combine(_folder, "train-images-idx3-ubyte.gz"), [0x1f, 0x8b, 8, 0, 1, 2, 3]);
        FluentActions.Invoking(() => ImageSources.Open("mnist", _folder)).Should().Throw<InvalidInputException>();
    }

    [Fact]
    public void A_truncated_cifar_file_is_refused()
    {
        for (var file = 1; file <= 5; file++)
        {
            File.WriteAllBytes(Path.Combine(_folder, $"data_batch_{file}.bin"), new byte[3000]);
        }

        FluentActions.Invoking(() => ImageSources.Open("cifar10", _folder)).Should().Throw<InvalidInputException>().WithMessage("*data_batch_1.bin*3073*");
    }

    [Fact]
    public void User_images_with_wrong_axes_or_NaN_are_refused()
    {
        FluentActions.Invoking(() => ImageSources.Open(WriteImages(NpyArray.From([1.0, 2], 2)))).Should().Throw<InvalidInputException>().WithMessage("*shape*");
        FluentActions
            .Invoking(() => ImageSources.Open(WriteImages(NpyArray.From([1.0, double.NaN], 2, 1, 1))))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*finite*");
        ImageSources.Open(WriteImages(NpyArray.From([1.0, 2], 2, 1, 1))).Channels.Should().Be(1);
    }

    [Law(MaxTest = 100)]
    public void Normalisation_per_channel_gives_mean_zero_and_variance_one(byte images, ulong seed)
    {
        var count = 2 + (images % 20);
        using var input = new SignalAndNoise<double>(new TensorShape(count, 32, 32, 3));
        var variance = new NetworkInput(ImageSources.Open("natural"), InputNormalization.Channel, seed).Fill(0, input);

        variance.Should().BeApproximately(1, 1e-12);
        foreach (var channel in Batches.ByChannel(input.Shape, input.Signal.ToArray()))
        {
            channel.Average().Should().BeApproximately(0, 1e-12);
            channel.Average(value => value * value).Should().BeApproximately(1, 1e-12);
        }
    }

    [Fact]
    public void Global_normalisation_reports_the_variance_within_channels()
    {
        using var input = new SignalAndNoise<double>(new TensorShape(8, 32, 32, 3));
        var variance = new NetworkInput(ImageSources.Open("natural"), InputNormalization.Global, 1).Fill(0, input);
        var values = input.Signal.ToArray();

        values.Average().Should().BeApproximately(0, 1e-12);
        values.Average(value => value * value).Should().BeApproximately(1, 1e-12);
        variance.Should().BeApproximately(Batches.ByChannel(input.Shape, values).Average(Batches.Variance), 1e-12).And.BeLessThan(1);
    }

    [Fact]
    public void A_constant_channel_is_refused_with_advice_on_normalisation()
    {
        using var input = new SignalAndNoise<double>(new TensorShape(1, 1, 1, 3072));
        FluentActions
            .Invoking(() => new NetworkInput(ImageSources.Open("natural"), InputNormalization.Channel, 1).Fill(0, input))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("Normalize: *Normalize global or none*");
    }

    private void WriteMnist(byte[] content, bool compressed)
    {
        using var file = File.Create(Path.Combine(_folder, compressed ? "train-images-idx3-ubyte.gz" : "train-images-idx3-ubyte"));
        using Stream stream = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(content);
    }

    private string WriteImages(NpyArray array)
    {
        var path = Path.Combine(_folder, "images.npy");
        using var stream = File.Create(path);
        NpyFormat.Write(stream, array);
        return path;
    }
}
