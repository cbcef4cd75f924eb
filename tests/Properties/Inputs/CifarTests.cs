using System.Text;
using FluentAssertions;

namespace Wellbehaved.Tests.Properties;

/// <summary>CIFAR in its versions: the same images, and nothing of a pickle is executed.</summary>
public sealed class CifarTests : IDisposable
{
    private const int ImageLength = 3072;
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", false)]
    [InlineData("cifar-10-batches-py", false)]
    [InlineData("cifar-10-batches-py", true)]
    public void Cifar10_for_Python_holds_the_images_of_the_binary_version(string inside, bool fortran)
    {
        var (python, binary) = (Folder("python", inside), Folder("binary", "cifar-10-batches-bin"));
        for (var file = 1; file <= 5; file++)
        {
            var pixels = Pixels(3, seed: file);
            File.WriteAllBytes(Path.Combine(python, $"data_batch_{file}"), Pickles.Write(3, ImageLength, fortran ? Transposed(pixels, 3) : pixels, fortran));
            File.WriteAllBytes(Path.Combine(binary, $"data_batch_{file}.bin"), [.. pixels.Chunk(ImageLength).SelectMany(image => image.Prepend((byte)7))]);
        }

        TheSame("cifar10", 15);
    }

    [Fact]
    public void Cifar100_for_Python_holds_the_images_of_the_binary_version()
    {
        var pixels = Pixels(4, seed: 1);
        File.WriteAllBytes(Path.Combine(Folder("python", "cifar-100-python"), "train"), Pickles.Write(4, ImageLength, pixels));
        File.WriteAllBytes(
            Path.Combine(Folder("binary", "cifar-100-binary"), "train.bin"),
            [.. pixels.Chunk(ImageLength).SelectMany(image => new byte[] { 3, 50 }.Concat(image))]
        );

        TheSame("cifar100", 4);
    }

    [Theory]
    [InlineData("posix\nsystem\n", "posix.system")]
    [InlineData("builtins\neval\n", "builtins.eval")]
    [InlineData("numpy.core.numeric\n_frombuffer\n", "numpy.core.numeric._frombuffer")]
    [InlineData("numpy\nload\n", "numpy.load")]
    public void A_pickle_that_names_anything_but_arrays_is_refused(string function, string named) =>
        Refused(Pickles.Write(1, ImageLength, Pixels(1, 1), function: function))
            .Should()
            .Contain($"contains only NumPy arrays, found {named}")
            .And.Contain("no code of the file was executed");

    [Fact]
    public void A_command_in_a_pickle_is_not_executed()
    {
        var witness = Path.Combine(_folder, "witness");
        Refused(Encoding.Latin1.GetBytes($"cposix\nsystem\n(S'touch {witness}'\ntR.")).Should().Contain("posix.system");
        File.Exists(witness).Should().BeFalse();
    }

    [Theory]
    [InlineData(3000, "u1", "expected rows of 3072 bytes in 'data' of CIFAR-100, found 3000")]
    [InlineData(3072, "f4", "found shape (2, 3072) of type f4")]
    public void A_pickle_with_arrays_of_another_width_or_type_is_refused(int width, string type, string message) =>
        Refused(Pickles.Write(2, width, new byte[2 * width], type: type)).Should().Contain(message);

    [Fact]
    public void What_follows_a_pickle_is_refused()
    {
        var whole = Pickles.Write(2, ImageLength, Pixels(2, 1));
        Refused([.. whole, 0]).Should().Contain("expected a file of one pickle, found 1 bytes after it");
        Refused([.. whole, .. whole]).Should().Contain($"found {whole.Length} bytes after it");
    }

    [Fact]
    public void Data_that_is_there_as_text_and_as_bytes_is_refused()
    {
        // Protocol 3: a dictionary with None under 'data', then under b'data'.
        Refused(Encoding.Latin1.GetBytes("\u0080\u0003}(X\u0004\0\0\0dataNC\u0004dataNu.")).Should().Contain("expected one entry 'data', found two");
    }

    [Fact]
    public void Truncated_or_changed_pickles_are_refused()
    {
        var whole = Pickles.Write(2, ImageLength, Pixels(2, 1));
        var random = new Random(5);
        for (var i = 0; i < 3000; i++)
        {
            // Without the pixels, which may hold anything: instructions before and after them.
            var damaged = i % 3 == 0 ? whole[..random.Next(whole.Length)] : whole.ToArray();
            for (var change = 0; change < i % 3 && damaged.Length > 0; change++)
            {
                damaged[random.Next(2) == 0 ? random.Next(Math.Min(170, damaged.Length)) : damaged.Length - 1 - random.Next(Math.Min(120, damaged.Length))] =
                    (byte)random.Next(256);
            }

            try
            {
                Write(damaged).Count.Should().Be(2);
            }
            catch (InvalidInputException exception)
            {
                exception.Message.Should().StartWith(Path.Combine(_folder, "train")).And.NotContain("\n");
            }
        }
    }

    [Theory]
    [InlineData("}")]
    [InlineData("\u0085")]
    [InlineData("N0")]
    [InlineData("]\u0094")]
    public void A_pickle_of_endless_instructions_takes_little_memory(string instruction)
    {
        var pickle = Encoding.Latin1.GetBytes("\u0080\u0004}" + string.Concat(Enumerable.Repeat(instruction, 5_000_000 / instruction.Length)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(pickle);
        (GC.GetAllocatedBytesForCurrentThread() - before)
            .Should()
            .BeLessThan(400L << 20, "two million instructions keep less than 200 bytes each, with what lists outgrow");
    }

    [Fact]
    public void A_folder_without_Cifar_files_is_refused_with_the_expected_names()
    {
        FluentActions
            .Invoking(() => ImageSources.Open("cifar10", _folder))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage($"{_folder}: *data_batch_1.bin*cifar-10-batches-bin*data_batch_1 *cifar-10-batches-py*");
        FluentActions
            .Invoking(() => ImageSources.Open("cifar100", _folder))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*train.bin*cifar-100-binary*train,*cifar-100-python*");
    }

    private static byte[] Pixels(int images, int seed)
    {
        var pixels = new byte[images * ImageLength];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }

    private static byte[] Transposed(byte[] rows, int images) =>
        [.. Enumerable.Range(0, rows.Length).Select(i => rows[(i % images * ImageLength) + (i / images)])];

    private void TheSame(string dataset, int count)
    {
        var (one, other) = (ImageSources.Open(dataset, Path.Combine(_folder, "python")), ImageSources.Open(dataset, Path.Combine(_folder, "binary")));
        one.Count.Should().Be(count);
        one.AllPixels().Should().Equal(other.AllPixels());
        one.Checksum.Should().Be(other.Checksum, "results of one version go on with the other");
    }

    private string Folder(string name, string inside) => Directory.CreateDirectory(Path.Combine(_folder, name, inside)).FullName;

    private ImageSource Write(byte[] pickle)
    {
        File.WriteAllBytes(Path.Combine(_folder, "train"), pickle);
        return ImageSources.Open("cifar100", _folder);
    }

    private string Refused(byte[] pickle) => FluentActions.Invoking(() => Write(pickle)).Should().Throw<InvalidInputException>().Which.Message;
}
