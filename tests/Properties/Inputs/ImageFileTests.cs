using System.IO.Compression;
using FluentAssertions;

namespace Wellbehaved.Tests.Properties;

/// <summary>Files of images as people have them.</summary>
public sealed class ImageFileTests : IDisposable
{
    private static readonly byte[] Idx = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("mnist", "", "", false)]
    [InlineData("mnist", "MNIST/raw", "", false)]
    [InlineData("mnist", "MNIST/raw", "MNIST", true)]
    [InlineData("mnist", "MNIST/raw", "MNIST/raw", true)]
    [InlineData("fashion_mnist", "FashionMNIST/raw", "", true)]
    [InlineData("fashion_mnist", "FashionMNIST/raw", "FashionMNIST", false)]
    [InlineData("fashion_mnist", "", "", true)]
    public void Idx_files_are_found_where_torchvision_puts_them(string dataset, string place, string given, bool compressed)
    {
        Write(Path.Combine(place, compressed ? "train-images-idx3-ubyte.gz" : "train-images-idx3-ubyte"), compressed ? Compressed(Idx) : Idx);
        var images = ImageSources.Open(dataset, Path.Combine(_folder, given));
        (images.Count, images.Height, images.Width, images.Channels).Should().Be((2, 2, 3, 1));
        images.AllPixels().Order().Should().Equal(Enumerable.Range(1, 12).Select(i => (double)i));
    }

    [Theory]
    [InlineData("mnist", "FashionMNIST/raw", "")]
    [InlineData("mnist", "FashionMNIST/raw", "FashionMNIST")]
    [InlineData("fashion_mnist", "MNIST/raw", "")]
    [InlineData("fashion_mnist", "MNIST/raw", "MNIST")]
    public void MNIST_files_are_not_read_as_Fashion_MNIST_and_vice_versa(string dataset, string place, string given)
    {
        Write(Path.Combine(place, "train-images-idx3-ubyte"), Idx);
        FluentActions
            .Invoking(() => ImageSources.Open(dataset, Path.Combine(_folder, given)))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*expected one of the files train-images-idx3-ubyte*raw*");
    }

    [Theory]
    [InlineData("train-images-idx3-ubyte", true)]
    [InlineData("train-images-idx3-ubyte.gz", false)]
    public void Compression_of_a_file_is_recognised_by_its_content(string name, bool compressed)
    {
        Write(name, compressed ? Compressed(Idx) : Idx);
        ImageSources.Open("mnist", _folder).Count.Should().Be(2);
    }

    [Fact]
    public void Compressed_records_of_Cifar_are_read()
    {
        byte[] record = [.. Enumerable.Range(0, 3073).Select(i => (byte)i)];
        for (var file = 1; file <= 5; file++)
        {
            Write($"data_batch_{file}.bin", file % 2 == 0 ? record : Compressed(record));
        }

        ImageSources.Open("cifar10", _folder).Count.Should().Be(5);
    }

    /// <summary>200 MiB of zeros in 200 KB, after a header that announces them, fewer, more, or nothing that is a header.</summary>
    [Theory]
    [InlineData(0x803, 200, "*expected at most * bytes of images in a gzip file of *, found more")]
    [InlineData(0x803, 4000, "*expected at most * bytes of images in a gzip file of *, found more")]
    [InlineData(0x803, 1, "*expected 1048592 bytes, as its header says, found more")]
    [InlineData(0, 1, "*expected IDX images*")]
    public void A_gzip_file_that_grows_far_beyond_its_size_is_refused_before_memory_is_taken(int magic, int mebibytes, string message)
    {
        using (var file = File.Create(Path.Combine(_folder, "train-images-idx3-ubyte")))
        using (var gzip = new GZipStream(file, CompressionLevel.SmallestSize))
        {
            foreach (var number in new[] { magic, mebibytes, 1 << 10, 1 << 10 })
            {
                gzip.Write(BitConverter.GetBytes(number).Reverse().ToArray());
            }

            var zeros = new byte[1 << 20];
            for (var i = 0; i < 200; i++)
            {
                gzip.Write(zeros);
            }
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => ImageSources.Open("mnist", _folder)).Should().Throw<InvalidInputException>().WithMessage(message);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(4L << 20, "the header says what is needed before anything is read");
    }

    [Theory]
    [InlineData(0x0c, 3, "32-bit integers of 3 axes (0x00000C03)")]
    [InlineData(0x0d, 3, "32-bit floats of 3 axes (0x00000D03)")]
    [InlineData(0x08, 4, "bytes of 4 axes (0x00000804)")]
    [InlineData(0x08, 1, "bytes of 1 axis (0x00000801)")]
    [InlineData(0x07, 3, "0x00000703, which is none of IDX")]
    public void An_idx_file_of_another_type_is_refused_with_what_was_found(byte type, byte axes, string found)
    {
        Write("train-images-idx3-ubyte", [0, 0, type, axes, .. Idx[4..]]);

        FluentActions
            .Invoking(() => ImageSources.Open("mnist", _folder))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"*expected IDX images (magic number 0x00000803) of positive size, found {found}");
    }

    [Theory]
    [InlineData("garbage", false)]
    [InlineData("g", false)]
    [InlineData("\u001f", false)]
    [InlineData("\0\0\0\0\0\0\0\0\0", true)]
    [InlineData("\0\0\0\0\0g", false)]
    public void Bytes_after_a_gzip_stream_are_refused_unless_they_are_padding(string after, bool isRead)
    {
        foreach (var content in new[] { Compressed(Idx), [.. Compressed(Idx[..10]), .. Compressed(Idx[10..])] })
        {
            Write("train-images-idx3-ubyte", [.. content, .. after.Select(letter => (byte)letter)]);
            var opening = FluentActions.Invoking(() => ImageSources.Open("mnist", _folder));
            if (isRead)
            {
                opening.Should().NotThrow();
            }
            else
            {
                opening.Should().Throw<InvalidInputException>().WithMessage("*expected a *gzip file*");
            }
        }
    }

    [Fact]
    public void Much_garbage_after_a_gzip_stream_is_refused()
    {
        Write("train-images-idx3-ubyte", [.. Compressed(Idx), .. Enumerable.Repeat((byte)7, 1 << 20)]);

        FluentActions.Invoking(() => ImageSources.Open("mnist", _folder)).Should().Throw<InvalidInputException>().WithMessage("*ends with its stream*");
    }

    [Theory]
    [InlineData(new byte[] { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0 }, "a gzip stream, which must be decompressed first")]
    [InlineData(new byte[] { 0x80, 4, 0x95, 0, 0, 0, 0, 0 }, "a pickle, whose array np.save writes anew")]
    [InlineData(new byte[] { (byte)'P', (byte)'K', 3, 4, 0, 0, 0, 0 }, "an archive (.npz or .zip)")]
    [InlineData(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10 }, "a PNG picture")]
    [InlineData(new byte[] { 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 9, 0 }, "a NumPy array of another version")]
    [InlineData(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, "another file")]
    public void Another_format_under_the_name_of_an_array_is_refused_by_what_it_is(byte[] start, string found)
    {
        Write("images.npy", [.. start, .. new byte[100]]);

        FluentActions
            .Invoking(() => ImageSources.Open(Path.Combine(_folder, "images.npy")))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"*expected a NumPy array (.npy, version 1 to 3), found {found}");
    }

    [Fact]
    public void A_gzip_file_that_ends_before_what_its_header_announces_is_refused()
    {
        Write("train-images-idx3-ubyte", Compressed(Idx[..^1]));

        FluentActions.Invoking(() => ImageSources.Open("mnist", _folder)).Should().Throw<InvalidInputException>().WithMessage("*as its header says, found *");
    }

    [Fact]
    public void An_array_in_an_archive_is_named_after_a_colon()
    {
        var path = Archive("mnist.npz", "x_train", "y_train");
        ImageSources.Open($"{path}:x_train").Count.Should().Be(2);
        ImageSources.Open($"{path}:x_train.npy").Count.Should().Be(2);
        ImageSources.Open($"{path}:x_train", layout: ImageLayout.Hwc).Count.Should().Be(1);
        ImageSources.Open(Archive("one.npz", "images")).Count.Should().Be(2, "the only array needs no name");
        foreach (var wrong in new[] { path, $"{path}:", $"{path}:x_test" })
        {
            FluentActions
                .Invoking(() => ImageSources.Open(wrong))
                .Should()
                .Throw<InvalidInputException>()
                .WithMessage($"Dataset: expected {path}:NAME with one of x_train, y_train, got *");
        }

        FluentActions
            .Invoking(() => ImageSources.Open($"{Path.Combine(_folder, "missing.npz")}:x"))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*missing.npz*");
    }

    [Theory]
    [InlineData("'<V2'", 2, "type '<V2' (bfloat16? save it as float32)")]
    [InlineData("'|V2'", 2, "type '|V2' (bfloat16? save it as float32)")]
    [InlineData("'<c8'", 8, "type '<c8', complex numbers*")]
    [InlineData("'|O'", 8, "type '|O', Python objects*")]
    [InlineData("'<M8[ns]'", 8, "type '<M8[ns]', dates*")]
    [InlineData("'|S3'", 3, "type '|S3', texts of bytes*")]
    [InlineData("'<f12'", 12, "type '<f12'")]
    [InlineData("[('r', '|u1'), ('g', '|u1')]", 2, "records of several fields*")]
    public void An_unsupported_type_is_refused_with_advice(string type, int size, string expected) =>
        FluentActions
            .Invoking(() => ImageSources.Open(NpyFiles.Write(PathOf("images.npy"), type, "2, 2, 2", new byte[8 * size])))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"{PathOf("images.npy")}: *found {expected}");

    [Fact]
    public void An_array_of_text_is_refused_and_the_type_is_named() =>
        FluentActions
            .Invoking(() => ImageSources.Open(NpyFiles.Write(PathOf("images.npy"), "'<U5'", "2, 2, 2", new byte[8 * 20])))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*images.npy: *text of type <U5");

    [Fact]
    public void Wide_floats_of_ambiguous_format_are_refused()
    {
        // Neither x86's, whose leading bit is stored, nor zeros.
        var element = new byte[16];
        element[9] = 0x40;
        var path = NpyFiles.Write(PathOf("images.npy"), "'<f16'", "2, 2, 2", [.. Enumerable.Repeat(element, 8).SelectMany(bytes => bytes)]);
        foreach (var most in new[] { long.MaxValue, 0 })
        {
            FluentActions
                .Invoking(() => ImageSources.OpenArray(path, null, most).AllPixels())
                .Should()
                .Throw<InvalidInputException>()
                .WithMessage("*images.npy: *");
        }
    }

    [Theory]
    [InlineData("'|u1'", 1, "7, 5, 6, 3", null)]
    [InlineData("'|u1'", 1, "7, 3, 5, 6", ImageLayout.Nchw)]
    [InlineData("'<f4'", 4, "7, 5, 6", null)]
    [InlineData("'>f8'", 8, "12, 9, 4", ImageLayout.Hwc)]
    [InlineData("'<i2'", 2, "12, 9, 4", ImageLayout.Nhw)]
    public void Images_read_when_they_are_drawn_are_those_read_at_once(string type, int size, string shape, ImageLayout? layout)
    {
        var numbers = shape.Split(", ").Select(int.Parse).Aggregate(1, (product, extent) => product * extent);
        var bytes = new byte[numbers * size];
        new Random(3).NextBytes(bytes);
        if (type is "'<f4'" or "'>f8'")
        {
            // Small exponents: numbers that pixels may be.
            for (var i = 0; i < numbers; i++)
            {
                bytes[(i * size) + (type[1] == '<' ? size - 1 : 0)] = 0x3f;
            }
        }

        var path = NpyFiles.Write(PathOf("images.npy"), type, shape, bytes);
        var (drawn, whole) = (ImageSources.OpenArray(path, layout, mostInMemory: 0), ImageSources.OpenArray(path, layout, mostInMemory: long.MaxValue));
        drawn.Should().BeOfType<ImagesInFile>();
        whole.Should().BeOfType<StoredImages>();
        drawn.BatchShape(2).Should().Be(whole.BatchShape(2));
        drawn.AllPixels().Should().Equal(whole.AllPixels());
    }

    [Fact]
    public void Of_a_file_beyond_2_GiB_only_the_drawn_images_are_read()
    {
        const int images = 900_000;
        const int length = 32 * 32 * 3;
        var path = PathOf("large.npy");
        var header = NpyFiles.Header("'|u1'", $"{images}, 32, 32, 3");
        var chosen = BatchSelection.WithoutReplacement(7, 4, images, 3);
        using (var file = File.Create(path))
        {
            // Sparse: 2.8 GB that take no space but for the images that are drawn.
            file.Write(header);
            foreach (var image in chosen)
            {
                file.Position = header.Length + ((long)image * length);
                file.Write([.. Enumerable.Repeat((byte)(1 + (image % 255)), length)]);
            }

            file.SetLength(header.Length + ((long)images * length));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var source = ImageSources.Open(path);
        var batch = new double[3 * length];
        source.FillBatch(7, 4, 3, batch);
        source.Checksum.Should().StartWith("sample-");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20, "an image and its numbers, and not the file");

        source.Count.Should().Be(images);
        batch.Chunk(length).Select(image => image.Distinct().Single()).Should().Equal(chosen.Select(image => 1.0 + (image % 255)));
        var checksum = source.Checksum;
        Directory.CreateDirectory(PathOf("other"));
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = file.Length - 1;
            file.WriteByte(9);
        }

        ImageSources.Open(path).Checksum.Should().NotBe(checksum);
    }

    [Theory]
    [InlineData("'<f4'", "2, 2, 2", 31, false, "expected 32 bytes of elements*found 31")]
    [InlineData("'<f4'", "2, 2, 2", 32, true, "*C order*")]
    [InlineData("'<U1'", "2, 2, 2", 32, false, "*text of type <U1*")]
    [InlineData("'<f4'", "2, 4", 32, false, "*found shape (2, 4)")]
    public void A_large_file_is_refused_for_what_a_small_one_is(string type, string shape, int bytes, bool fortran, string message)
    {
        var path = NpyFiles.Write(PathOf("images.npy"), type, shape, new byte[bytes], fortran);
        FluentActions
            .Invoking(() => ImageSources.OpenArray(path, null, mostInMemory: 0))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"{path}: {message}");
    }

    [Fact]
    public void NaN_in_the_pixels_of_a_large_file_is_refused_when_the_image_is_drawn()
    {
        var path = NpyFiles.Write(PathOf("images.npy"), NpyArray.From([1, 2, 3, 4, 5, double.NaN, 7, 8], 2, 2, 2));
        var images = ImageSources.OpenArray(path, null, mostInMemory: 0);
        FluentActions
            .Invoking(images.AllPixels)
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"{path}: expected finite pixels of magnitude up to 1e15, found NaN at element 5");

        File.WriteAllBytes(path, [.. File.ReadAllBytes(path).SkipLast(9)]);
        FluentActions.Invoking(images.AllPixels).Should().Throw<InvalidInputException>("the file has become shorter");
    }

    private static byte[] Compressed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private string Archive(string name, params string[] arrays)
    {
        NpzArchive.Write(PathOf(name), arrays.Select(array => KeyValuePair.Create(array, NpyArray.From(new double[32], 2, 4, 4))));
        return PathOf(name);
    }

    private void Write(string place, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(place))!);
        File.WriteAllBytes(PathOf(place), content);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
