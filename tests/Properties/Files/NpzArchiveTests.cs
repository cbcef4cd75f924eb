using System.IO.Compression;
using FluentAssertions;

namespace Wellbehaved.Tests.Properties;

public sealed class NpzArchiveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Equal_arrays_make_equal_files()
    {
        Write("a.npz");
        Write("b.npz");
        File.ReadAllBytes(PathOf("b.npz")).Should().Equal(File.ReadAllBytes(PathOf("a.npz")));

        // An archive tells times two seconds apart, so that files which were written at once say little of others.
        using var archive = ZipFile.OpenRead(PathOf("a.npz"));
        archive.Entries.Should().NotBeEmpty().And.OnlyContain(entry => entry.LastWriteTime.Year == 1980, "the time of writing is no part of the file");
    }

    [Fact]
    public void Every_truncation_is_refused_in_one_line()
    {
        Write("a.npz");
        var whole = File.ReadAllBytes(PathOf("a.npz"));
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(PathOf("t.npz"), whole[..length]);
            FluentActions.Invoking(() => ReadAll("t.npz")).Should().Throw<InvalidInputException>().Which.Message.Should().NotContain("\n");
        }
    }

    [Fact]
    public void A_flipped_bit_is_refused_or_changes_no_number()
    {
        Write("a.npz");
        var whole = File.ReadAllBytes(PathOf("a.npz"));
        var original = ReadAll("a.npz");
        for (var bit = 0; bit < 8 * whole.Length; bit += 11)
        {
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(PathOf("d.npz"), damaged);
            try
            {
                // Time stamps and the like carry no data: then everything that is read must be right.
                ReadAll("d.npz").Where(pair => original.ContainsKey(pair.Key)).Should().AllSatisfy(pair => pair.Value.Should().Equal(original[pair.Key]));
            }
            catch (InvalidInputException) { }
        }
    }

    [Fact]
    public void A_zip_bomb_is_refused_before_memory_is_allocated()
    {
        // An entry that announces 2 GB of zeros and holds a few bytes: the announced size is patched into both zip headers.
        using (var archive = ZipFile.Open(PathOf("bomb.npz"), ZipArchiveMode.Create))
        {
            using var content = archive.CreateEntry("chi_loc1.npy", CompressionLevel.NoCompression).Open();
            NpyFormat.Write(content, NpyArray.From([1.0], 1));
        }

        var bytes = File.ReadAllBytes(PathOf("bomb.npz"));
        var directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(directory + 24), 2_000_000_000).Should().BeTrue();
        File.WriteAllBytes(PathOf("bomb.npz"), bytes);

        // Of this thread: other tests run beside it.
        var before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => ReadAll("bomb.npz")).Should().Throw<InvalidInputException>();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(10_000_000);
    }

    [Fact]
    public void Type_and_shape_are_read_before_memory_for_elements_is_allocated()
    {
        using (var archive = ZipFile.Open(PathOf("large.npz"), ZipArchiveMode.Create))
        {
            using var content = archive.CreateEntry("x.npy", CompressionLevel.SmallestSize).Open();
            NpyFormat.Write(content, NpyArray.From(new double[4_000_000], 4, 1_000_000));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        using var opened = NpzArchive.Open(PathOf("large.npz"));
        var header = opened.Describe("x");

        header.Shape.Should().Equal(4, 1_000_000);
        header.ElementType.Spelling.Should().Be("<f8");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000, "32 MB of elements were not read");
        FluentActions.Invoking(() => opened.Describe("y")).Should().Throw<InvalidInputException>().WithMessage("*expected an array 'y'");
    }

    [Fact]
    public void Entries_that_share_their_bytes_are_refused_before_anything_is_allocated()
    {
        // A directory of 300 entries that all point to the same two megabytes of zeros: 600 MB out of some 25 KB.
        using (var archive = ZipFile.Open(PathOf("shared.npz"), ZipArchiveMode.Create))
        {
            using var content = archive.CreateEntry("chi_loc000.npy", CompressionLevel.SmallestSize).Open();
            NpyFormat.Write(content, NpyArray.From(new double[250_000], 250_000, 1));
        }

        var bytes = File.ReadAllBytes(PathOf("shared.npz"));
        var directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        var end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        var name = bytes.AsSpan(directory).IndexOf("chi_loc000"u8);
        List<byte> forged = [.. bytes[..directory]];
        for (var i = 0; i < 300; i++)
        {
            var entry = bytes[directory..end];
            System.Text.Encoding.ASCII.GetBytes($"{i:000}").CopyTo(entry, name + "chi_loc".Length);
            forged.AddRange(entry);
        }

        var tail = bytes[end..];
        BitConverter.TryWriteBytes(tail.AsSpan(8), (ushort)300).Should().BeTrue();
        BitConverter.TryWriteBytes(tail.AsSpan(10), (ushort)300).Should().BeTrue();
        BitConverter.TryWriteBytes(tail.AsSpan(12), 300 * (end - directory)).Should().BeTrue();
        File.WriteAllBytes(PathOf("shared.npz"), [.. forged, .. tail]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => NpzArchive.Open(PathOf("shared.npz"))).Should().Throw<InvalidInputException>().WithMessage("*do not overlap*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(4_000_000);
    }

    [Fact]
    public void An_array_that_occurs_twice_is_refused()
    {
        using (var archive = ZipFile.Open(PathOf("twice.npz"), ZipArchiveMode.Create))
        {
            archive.CreateEntry("x.npy");
            archive.CreateEntry("x.npy");
        }

        FluentActions.Invoking(() => NpzArchive.Open(PathOf("twice.npz"))).Should().Throw<InvalidInputException>();
    }

    [Fact]
    public void A_failed_write_leaves_the_former_file_and_no_other()
    {
        Write("a.npz");
        var former = File.ReadAllBytes(PathOf("a.npz"));
        FluentActions
            .Invoking(() =>
                AtomicFile.Write(
                    PathOf("a.npz"),
                    stream =>
                    {
                        stream.Write(new byte[100]);
                        throw new IOException("disk full");
                    }
                )
            )
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*disk full*");
        File.ReadAllBytes(PathOf("a.npz")).Should().Equal(former);
        Directory.GetFiles(_folder).Should().ContainSingle();
    }

    private void Write(string name) =>
        NpzArchive.Write(PathOf(name), [new("depth", NpyArray.From([1L, 2], 2)), new("chi_loc1", NpyArray.From([1.0, 2, 3, 4], 2, 2))]);

    private Dictionary<string, double[]> ReadAll(string name)
    {
        using var archive = NpzArchive.Open(PathOf(name));
        return archive.Names.ToDictionary(array => array, array => archive.Read(array).ToDoubles());
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
