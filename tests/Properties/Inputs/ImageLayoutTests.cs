using FluentAssertions;

namespace Wellbehaved.Tests.Properties;

/// <summary>Which axis of an array of images is which.</summary>
public sealed class ImageLayoutTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(
        new[] { 64, 3, 32, 32 },
        "64 images of 3 × 32 pixels with 32 channels (Layout nhwc)",
        "64 images of 32 × 32 pixels with 3 channels (Layout nchw)"
    )]
    [InlineData(new[] { 64, 1, 28, 28 }, "64 images of 1 × 28 pixels with 28 channels (Layout nhwc)", "64 grey images of 28 × 28 pixels (Layout nchw)")]
    [InlineData(new[] { 2, 4, 9, 5 }, "2 images of 4 × 9 pixels with 5 channels (Layout nhwc)", "2 images of 9 × 5 pixels with 4 channels (Layout nchw)")]
    [InlineData(
        new[] { 1, 3, 224, 224 },
        "1 image of 3 × 224 pixels with 224 channels (Layout nhwc)",
        "1 image of 224 × 224 pixels with 3 channels (Layout nchw)"
    )]
    [InlineData(new[] { 300, 451, 3 }, "300 grey images of 451 × 3 pixels (Layout nhw)", "1 image of 300 × 451 pixels with 3 channels (Layout hwc)")]
    [InlineData(new[] { 12, 5, 4 }, "12 grey images of 5 × 4 pixels (Layout nhw)", "1 image of 12 × 5 pixels with 4 channels (Layout hwc)")]
    [InlineData(new[] { 28, 28, 1 }, "28 grey images of 28 × 1 pixels (Layout nhw)", "1 grey image of 28 × 28 pixels (Layout hwc)")]
    [InlineData(
        new[] { 50, 2, 32, 32 },
        "50 images of 2 × 32 pixels with 32 channels (Layout nhwc)",
        "50 images of 32 × 32 pixels with 2 channels (Layout nchw)"
    )]
    [InlineData(
        new[] { 50, 10, 24, 32 },
        "50 images of 10 × 24 pixels with 32 channels (Layout nhwc)",
        "50 images of 24 × 32 pixels with 10 channels (Layout nchw)"
    )]
    [InlineData(new[] { 50, 64, 8, 8 }, "50 images of 64 × 8 pixels with 8 channels (Layout nhwc)", "50 images of 8 × 8 pixels with 64 channels (Layout nchw)")]
    [InlineData(
        new[] { 3, 50, 32, 32 },
        "3 images of 50 × 32 pixels with 32 channels (Layout nhwc)",
        "3 images of 32 × 32 pixels with 50 channels (Layout nchw) or, as in video, 50 images of 32 × 32 pixels with 3 channels, "
            + "which np.transpose(images, (1, 2, 3, 0)) brings into order"
    )]
    [InlineData(new[] { 50, 3, 32, 1 }, "50 grey images of 3 × 32 pixels (Layout nhwc)", "50 images of 32 × 1 pixels with 3 channels (Layout nchw)")]
    public void An_array_whose_shape_contradicts_the_default_layout_is_refused_with_both_readings(int[] shape, string usual, string other) =>
        FluentActions
            .Invoking(() => Read(shape))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"array: expected Layout, since shape ({string.Join(", ", shape)}) is either {usual} or {other}");

    [Theory]
    [InlineData(new[] { 64, 3, 32, 32 }, ImageLayout.Nchw, 64, 32, 32, 3)]
    [InlineData(new[] { 64, 3, 32, 32 }, ImageLayout.Nhwc, 64, 3, 32, 32)]
    [InlineData(new[] { 5, 7, 8, 9 }, ImageLayout.Nchw, 5, 8, 9, 7)]
    [InlineData(new[] { 300, 451, 3 }, ImageLayout.Hwc, 1, 300, 451, 3)]
    [InlineData(new[] { 300, 451, 3 }, ImageLayout.Nhw, 300, 451, 3, 1)]
    [InlineData(new[] { 6, 7, 8 }, ImageLayout.Hwc, 1, 6, 7, 8)]
    [InlineData(new[] { 3, 300, 451 }, ImageLayout.Chw, 1, 300, 451, 3)]
    [InlineData(new[] { 6, 7, 8 }, ImageLayout.Chw, 1, 7, 8, 6)]
    [InlineData(new[] { 64, 32, 32, 3 }, null, 64, 32, 32, 3)]
    [InlineData(new[] { 8, 4, 4, 3 }, null, 8, 4, 4, 3)]
    [InlineData(new[] { 8, 3, 5, 3 }, null, 8, 3, 5, 3)]
    [InlineData(new[] { 8, 6, 6, 2 }, null, 8, 6, 6, 2)]
    [InlineData(new[] { 32, 32, 16, 3 }, null, 32, 32, 16, 3)]
    [InlineData(new[] { 8, 4, 4, 1 }, null, 8, 4, 4, 1)]
    [InlineData(new[] { 3, 50, 32, 3 }, null, 3, 50, 32, 3)]
    [InlineData(new[] { 50, 8, 8, 64 }, null, 50, 8, 8, 64)]
    [InlineData(new[] { 3, 8, 8, 64 }, null, 3, 8, 8, 64)]
    [InlineData(new[] { 64, 64, 128, 4 }, null, 64, 64, 128, 4)]
    [InlineData(new[] { 28, 30, 20 }, null, 28, 30, 20, 1)]
    [InlineData(new[] { 1, 1, 784 }, null, 1, 1, 784, 1)]
    [InlineData(new[] { 28, 28, 1000 }, ImageLayout.Nhw, 28, 28, 1000, 1)]
    [InlineData(new[] { 50, 10, 32, 32 }, ImageLayout.Nhwc, 50, 10, 32, 32)]
    [InlineData(new[] { 50, 10, 32, 32 }, ImageLayout.Nchw, 50, 32, 32, 10)]
    [InlineData(new[] { 8, 4, 4 }, null, 8, 4, 4, 1)]
    [InlineData(new[] { 2, 1, 1 }, null, 2, 1, 1, 1)]
    [InlineData(new[] { 1, 28, 28 }, null, 1, 28, 28, 1)]
    [InlineData(new[] { 70, 28, 28 }, null, 70, 28, 28, 1)]
    public void An_array_with_a_given_or_clear_layout_is_read_in_that_layout(int[] shape, ImageLayout? layout, int count, int height, int width, int channels)
    {
        var images = Read(shape, layout);
        (images.Count, images.Height, images.Width, images.Channels).Should().Be((count, height, width, channels));
    }

    [Theory]
    [InlineData(new[] { 6, 4, 5 }, ImageLayout.Nhwc, "expected 4 axes with Layout nhwc, found shape (6, 4, 5)")]
    [InlineData(new[] { 6, 4, 5 }, ImageLayout.Nchw, "expected 4 axes with Layout nchw, found shape (6, 4, 5)")]
    [InlineData(new[] { 6, 4, 5, 3 }, ImageLayout.Nhw, "expected 3 axes with Layout nhw, found shape (6, 4, 5, 3)")]
    [InlineData(new[] { 6, 4, 5, 3 }, ImageLayout.Hwc, "expected 3 axes with Layout hwc, found shape (6, 4, 5, 3)")]
    [InlineData(new[] { 1, 3, 4, 5 }, ImageLayout.Chw, "expected 3 axes with Layout chw, found shape (1, 3, 4, 5)")]
    [InlineData(
        new[] { 6, 4 },
        ImageLayout.Hwc,
        "expected images of shape (count, height, width[, channels]), or another that Layout names, found shape (6, 4)"
    )]
    [InlineData(new[] { 6, 0, 4 }, null, "expected images of shape (count, height, width[, channels]), or another that Layout names, found shape (6, 0, 4)")]
    public void An_array_with_the_wrong_number_of_axes_is_refused(int[] shape, ImageLayout? layout, string message) =>
        FluentActions.Invoking(() => Read(shape, layout)).Should().Throw<InvalidInputException>().WithMessage($"array: {message}");

    [Theory]
    [InlineData(32, 32, 3, 100)]
    [InlineData(32, 32, 3, 26032)]
    [InlineData(28, 28, 1, 50)]
    [InlineData(64, 48, 4, 5)]
    [InlineData(32, 32, 2, 50)]
    [InlineData(32, 32, 6, 500)]
    [InlineData(32, 32, 3, 1)]
    public void An_array_with_its_images_last_is_refused_with_both_readings(int height, int width, int channels, int images)
    {
        int[] shape = [height, width, channels, images];

        FluentActions
            .Invoking(() => Read(shape, null))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"*{height} *image* of {width} × {channels} pixels*Layout nhwc*{images} *image* of {height} × {width} pixels*transpose*");
        Read(shape, ImageLayout.Nhwc).Channels.Should().Be(images);
    }

    [Theory]
    [InlineData(28, 28, 1000)]
    [InlineData(32, 32, 20)]
    [InlineData(300, 300, 2)]
    public void Grey_images_that_lie_last_are_refused_with_both_readings(int height, int width, int images)
    {
        FluentActions
            .Invoking(() => Read([height, width, images]))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage(
                $"array: expected images one after the other, since shape ({height}, {width}, {images}) is either {height} grey images of {width} × "
                    + $"{images} pixels "
                    + $"(Layout nhw) or, as in MATLAB's files, {images} grey images of {height} × {width} pixels, which np.transpose(images, (2, 0, 1)) brings "
                    + "into order; Layout nhw says the former"
            );
        Read([height, width, images], ImageLayout.Nhw).Count.Should().Be(height);
    }

    [Law(MaxTest = 50)]
    public void An_nchw_array_gives_the_same_pixels_as_its_transpose_in_nhwc(byte images, byte height, byte width, byte channels)
    {
        var (n, h, w, c) = (1 + (images % 4), 1 + (height % 5), 1 + (width % 5), 1 + (channels % 5));
        var (planes, pixels) = (new double[n * h * w * c], new double[n * h * w * c]);
        for (var i = 0; i < pixels.Length; i++)
        {
            var (image, row, column, channel) = (i / (h * w * c), i / (w * c) % h, i / c % w, i % c);
            pixels[i] = planes[(((((image * c) + channel) * h) + row) * w) + column] = i;
        }

        new StoredImages(NpyArray.From(planes, n, c, h, w), "planes", ImageLayout.Nchw)
            .AllPixels()
            .Should()
            .Equal(new StoredImages(NpyArray.From(pixels, n, h, w, c), "pixels", ImageLayout.Nhwc).AllPixels());
        new StoredImages(NpyArray.From(planes[..(h * w * c)], c, h, w), "planes", ImageLayout.Chw).AllPixels().Should().Equal(pixels[..(h * w * c)]);
    }

    [Theory]
    [InlineData("natural")]
    [InlineData("gaussian")]
    [InlineData("images.npy")]
    [InlineData("images.npz:x")]
    public void A_folder_is_refused_for_images_that_do_not_lie_in_it(string dataset) =>
        FluentActions
            .Invoking(() => ImageSources.Open(dataset, _folder))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"DataDir: expected with cifar10, cifar100, mnist, fashion_mnist only*Dataset {dataset}");

    [Fact]
    public void A_layout_is_refused_for_data_sets_that_are_not_arrays()
    {
        foreach (var dataset in ImageSources.Names)
        {
            // A folder is refused by itself where no files would be read from it.
            FluentActions
                .Invoking(() => ImageSources.Open(dataset, dataset is "natural" or "gaussian" ? null : _folder, ImageLayout.Nhwc))
                .Should()
                .Throw<InvalidInputException>()
                .WithMessage($"Layout: *Dataset {dataset}");
        }
    }

    [Theory]
    [InlineData(
        new[] { 3, 30, 45 },
        null,
        "array: read as 3 grey images of 30 × 45 pixels (Layout nhw); a single image whose channels come first is Layout chw"
    )]
    [InlineData(new[] { 4, 8, 8 }, null, "array: read as 4 grey images of 8 × 8 pixels (Layout nhw); *")]
    [InlineData(
        new[] { 28, 32, 1000 },
        null,
        "array: read as 28 grey images of 32 × 1000 pixels (Layout nhw), not, as in MATLAB's files, 1000 grey images of 28 × 32 pixels, which np.transpose*"
    )]
    [InlineData(new[] { 28, 28, 28 }, null, "array: read as 28 grey images of 28 × 28 pixels (Layout nhw), not, as in MATLAB's files, *")]
    [InlineData(
        new[] { 50, 64, 30, 45 },
        null,
        "array: read as 50 images of 64 × 30 pixels with 45 channels (Layout nhwc), not as 50 images of 30 × 45 pixels with 64 channels (Layout nchw)"
    )]
    [InlineData(new[] { 50, 8, 8, 8 }, null, "*(Layout nhwc), not as*(Layout nchw)")]
    [InlineData(new[] { 50, 64, 3, 3 }, null, "*(Layout nhwc), not as 50 images of 3 × 3 pixels with 64 channels (Layout nchw)")]
    [InlineData(new[] { 50, 64, 1, 1 }, null, "*(Layout nhwc), not as 50 images of 1 × 1 pixels with 64 channels (Layout nchw)")]
    [InlineData(new[] { 8, 3, 5, 3 }, null, "*(Layout nhwc), not as 8 images of 5 × 3 pixels with 3 channels (Layout nchw)")]
    [InlineData(new[] { 3, 50, 24, 32 }, null, "*(Layout nhwc), not, as in video, 50 images of 24 × 32 pixels with 3 channels, *")]
    [InlineData(new[] { 32, 32, 3, 3 }, null, "*(Layout nhwc), not, as in MATLAB's files, 3 images of 32 × 32 pixels with 3 channels, *")]
    public void A_remark_is_given_for_an_ambiguous_layout(int[] shape, ImageLayout? layout, string remark) => Read(shape, layout).Remark.Should().Match(remark);

    [Fact]
    public void No_remark_is_given_for_a_clear_layout()
    {
        Read([5, 8, 8]).Remark.Should().BeNull();
        Read([3, 2, 2]).Remark.Should().BeNull();
        Read([28, 80, 1000]).Remark.Should().BeNull();
        Read([50, 8, 8, 64]).Remark.Should().BeNull();
        Read([8, 4, 4, 3]).Remark.Should().BeNull();
        Read([50, 24, 32, 3]).Remark.Should().BeNull();
        Read([50, 8, 8, 8], ImageLayout.Nhwc).Remark.Should().BeNull();
        Read([3, 30, 45], ImageLayout.Nhw).Remark.Should().BeNull();
        ImageSources.Open("natural").Remark.Should().BeNull();
    }

    [Fact]
    public void The_checksum_of_the_default_layout_is_that_of_older_versions_and_other_layouts_have_others()
    {
        var array = NpyArray.From([.. Enumerable.Range(0, 36).Select(i => (double)i)], 3, 2, 2, 3);
        var usual = new StoredImages(array, "array");

        // What results of version 1.0 hold for this array: a run of today must go on with them.
        usual.Checksum.Should().Be("66b601cbc00b4c62907a8c7b82022f5c");
        new StoredImages(array, "array", ImageLayout.Nhwc).Checksum.Should().Be(usual.Checksum);
        new StoredImages(array, "array", ImageLayout.Nchw).Checksum.Should().NotBe(usual.Checksum);
    }

    [Fact]
    public void A_configuration_records_only_a_layout_other_than_the_default()
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 1,
            KernelSize = 1,
            NumChannels = 1,
            BatchSize = 2,
            NumSims = 1,
            NumComputations = 1,
        };
        ResultConfiguration.Write(options).Should().NotContain("layout");
        ResultConfiguration.Read(ResultConfiguration.Write(options)).Should().Be(options);
        foreach (var layout in Enum.GetValues<ImageLayout>())
        {
            var text = ResultConfiguration.Write(options with { Layout = layout });
            text.Should().Contain($"\"layout\":\"{layout.ToString().ToLowerInvariant()}\"");
            ResultConfiguration.Read(text)!.Layout.Should().Be(layout);
        }

        FluentActions
            .Invoking(() => (options with { Layout = (ImageLayout)9 }).Validate())
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("Layout: expected nhwc, nchw, nhw, hwc, chw, got '9'");
    }

    [Fact]
    public void Experiments_with_different_layouts_are_different_and_the_difference_is_named()
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 1,
            KernelSize = 1,
            NumChannels = 1,
            BatchSize = 2,
            NumSims = 1,
            NumComputations = 1,
        };
        var array = NpyArray.From(new double[2 * 5 * 5 * 5], 2, 5, 5, 5);
        var (usual, planes) = (Identity(null), Identity(ImageLayout.Nchw));
        usual.DifferenceFrom(planes).Should().Be("no layout, not nchw");
        planes.DifferenceFrom(usual).Should().Be("layout nchw, not nothing");

        ExperimentIdentity Identity(ImageLayout? layout) =>
            ExperimentIdentity.Compute(options with { Layout = layout }, new StoredImages(array, "array", layout));
    }

    private static StoredImages Read(int[] shape, ImageLayout? layout = null) =>
        new(NpyArray.From(new double[shape.Aggregate(1, (product, extent) => product * extent)], shape), "array", layout);
}
