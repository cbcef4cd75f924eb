using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Small files that would take much memory, or waiting without end: refused before either.</summary>
public sealed class HostileFileTests : IDisposable
{
    /// <summary>What reading may allocate: an allowance of 32 MiB for small files, and what checking takes.</summary>
    private const long Most = 64 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_that_expands_to_gigabytes_when_read_is_refused()
    {
        // 100 MB of zeros in some hundred kilobytes, which eight-byte numbers, rows and logarithms would make into gigabytes.
        var path = Zipped(("depth", "<i8", "(1,)", [1, 0, 0, 0, 0, 0, 0, 0]), ("chi_loc1", "|u1", "(100000000, 1)", new byte[100_000_000]));
        new FileInfo(path).Length.Should().BeLessThan(1_000_000);

        Allocated(() => ResultFile.Read(path)).Should().BeLessThan(Most);
    }

    [Fact]
    public void All_arrays_of_a_file_share_one_limit_of_memory()
    {
        var zeros = new byte[4_000_000];
        var path = Zipped([
            ("depth", "<i8", "(1,)", [1, 0, 0, 0, 0, 0, 0, 0]),
            .. Enumerable.Range(1, 40).Select(i => ($"chi_loc{i}", "<f8", "(500000, 1)", zeros)),
        ]);

        Allocated(() => ResultFile.Read(path)).Should().BeLessThan(Most);
    }

    [Theory]
    [InlineData("configuration")]
    [InlineData("dataset_checksum")]
    public void A_text_of_unlimited_length_is_refused(string name)
    {
        var path = Zipped(("depth", "<i8", "(1,)", [1, 0, 0, 0, 0, 0, 0, 0]), (name, "<U5000000", "()", new byte[20_000_000]));

        Allocated(() => ResultFile.Read(path)).Should().BeLessThan(Most);
    }

    /// <summary>Of such an array each element was moved along ten thousands of axes; NumPy itself refuses it.</summary>
    [Fact]
    public void An_array_of_more_axes_than_numpy_allows_is_refused_before_its_elements_are_read()
    {
        var elements = new byte[60_000_000];
        var path = PathOf("axes.npy");
        Axes(path, 20_000, elements);

        Allocated(() => NpyFormat.ReadFile(path), "*expected an array of at most 64 axes, which NumPy allows, found 20001").Should().BeLessThan(4 << 20);
    }

    [Fact]
    public void An_array_of_as_many_axes_as_numpy_allows_is_put_into_the_order_of_c()
    {
        var path = PathOf("axes.npy");
        Axes(path, 63, [1, 2, 3, 4]);
        NpyFormat.ReadFile(path).ToDoubles().Should().Equal(1, 2, 3, 4);
    }

    [Fact]
    public void Endings_at_ten_thousands_of_depths_are_read()
    {
        const int Many = 300_000;
        var depths = Counted(Many);
        var path = Zipped(CompressionLevel.NoCompression, ("depth", "<i8", $"({Many},)", depths), ("died_at_depth", "<i8", $"({Many},)", depths));

        // Looking through all depths for each simulation took ten minutes.
        ResultFile.Read(path).RecordedEnds.Should().HaveCount(Many);
    }

    [Fact]
    public void Contradictions_at_ten_thousands_of_places_are_found()
    {
        const int Many = 300_000;
        double[] twos = [.. Enumerable.Repeat(2.0, Many)],
            ones = [.. Enumerable.Repeat(1.0, Many)];
        var file = MadeUpResultFile.Write([.. Enumerable.Range(1, Many).Select(i => (long)i)], [("nu2_signal", [ones]), ("mu2_signal", [twos])]);

        // Counting for each place those before it took ten minutes.
        MomentContradictions.Find(file).At(0, Many - 1).Should().ContainSingle();
        file.EndsUnit(Many - 1).Should().BeTrue();
    }

    [Fact]
    public void A_column_belongs_to_the_first_end_of_a_unit_from_it_on()
    {
        var path = PathOf("units.npz");
        NpzArchive.Write(
            path,
            [
                new("depth", NpyArray.From([1L, 1, 2, 2, 3, 3], 6)),
                new("end_of_unit", NpyArray.From([0L, 1, 0, 1, 0, 0], 6)),
                new("chi", NpyArray.From([1.0, 1, 1, 1, 1, 1], 1, 6)),
            ]
        );
        var file = ResultFile.Read(path);

        Enumerable.Range(0, 6).Select(file.SequenceIndexOf).Should().Equal(0, 0, 1, 1, 1, 1);
        Enumerable.Range(0, 6).Where(file.EndsUnit).Should().Equal(1, 3);
    }

    [Fact]
    public void Whether_the_noise_of_a_constant_input_is_divided_by_zero_is_looked_up_once_for_all_simulations()
    {
        const int Many = 3000;
        var path = Zipped(
            ("depth", "<i8", "(4,)", Counted(4)),
            ("chi_loc1", "<f8", $"({Many}, 4)", [.. Enumerable.Repeat(BitConverter.GetBytes(1.5), 4 * Many).SelectMany(one => one)]),
            ("mu2_signal_input", "<f8", $"({Many},)", new byte[8 * Many])
        );
        var file = ResultFile.Read(path);

        // The logarithms of all simulations were computed for each.
        var before = GC.GetAllocatedBytesForCurrentThread();
        StatedContradictions.AtStart(file).Should().HaveCount(Many);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(Most);
    }

    [Fact]
    public void A_table_of_thousands_of_places_is_written_with_memory_in_proportion()
    {
        const int Many = 5000;
        var file = MadeUpResultFile.Write([1], [.. Enumerable.Range(1, Many).Select(i => ($"chi_loc{i}", new double[][] { [1] }))]);

        // The last place was searched for at each place.
        var before = GC.GetAllocatedBytesForCurrentThread();
        MomentCsv.Write(TextWriter.Null, file);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(Most);
    }

    [Fact]
    public void A_correct_file_with_high_compression_is_read()
    {
        // 1,000 simulations at 100 depths of a network that died: everything is one number.
        var path = Zipped([
            ("depth", "<i8", "(100,)", Counted(100)),
            .. Enumerable.Range(1, 4).Select(i => ($"chi_loc{i}", "<f8", "(1000, 100)", new byte[800_000])),
        ]);
        new FileInfo(path).Length.Should().BeLessThan(40_000);

        ResultFile.Read(path).Simulations.Should().Be(1000);
    }

    /// <summary>Elements of a byte or two that are not compressed: nothing betrays them but what they become.</summary>
    [Theory]
    [InlineData("|u1", 1, 20_000_000)]
    [InlineData("<f2", 2, 20_000_000)]
    public void Many_rows_of_one_small_element_are_refused_in_a_large_file(string type, int size, int rows)
    {
        var path = Zipped(
            CompressionLevel.NoCompression,
            ("depth", "<i8", "(1,)", [1, 0, 0, 0, 0, 0, 0, 0]),
            ("chi_loc1", type, $"({rows}, 1)", new byte[size * rows])
        );

        Allocated(() => ResultFile.Read(path)).Should().BeLessThan(Most);
    }

    [Fact]
    public void Images_of_wide_floats_with_ambiguous_format_are_refused()
    {
        var path = PathOf("images.npy");
        var header = "{'descr': '<f16', 'fortran_order': False, 'shape': (8, 2, 2), }";
        var element = Convert.FromHexString("01000000000000000140000000000000");
        File.WriteAllBytes(
            path,
            [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. Enumerable.Repeat(element, 32).SelectMany(bytes => bytes)]
        );

        var outcome = CommandLine.Run(
            "run",
            "--architecture",
            "vanilla",
            "--total-depth",
            "2",
            "--num-computations",
            "2",
            "--kernel-size",
            "1",
            "--num-channels",
            "4",
            "--batch-size",
            "4",
            "--num-sims",
            "1",
            "--dataset",
            path,
            "--out",
            PathOf("x.npz")
        );

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith($"wellbehaved: {path}: expected 16-byte floats of x86").And.NotContain("\n");
    }

    /// <summary>A number in the configuration is worth what arrays back.</summary>
    [Fact]
    public async Task A_stated_number_of_simulations_without_arrays_is_refused()
    {
        var path = ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_ff"), "num_sims", "60000000");

        Allocated(() => ResultMerge.Merge([path], PathOf("merged.npz"), allowMissing: true)).Should().BeLessThan(Most);
        var status = RunStatus.ReadAll(_folder).Should().ContainSingle().Subject;
        (status.State, status.Finished).Should().Be((RunState.Failed, 0));
        status.Problem.Should().Contain("expected 60000000 simulations, as 'configuration' says, or an array 'simulation'").And.Contain("found 12");
        (await Entry.RunAsync(["status", _folder])).Should().Be(3);
    }

    [Fact]
    public void Rows_without_columns_do_not_count_as_simulations()
    {
        var path = ForgedResultFile.With(
            ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_ff"), "num_sims", "60000000"),
            (name, array) => array.Shape.Count > 0 && array.Shape[0] == 12 ? NpyArray.From(ReadOnlySpan<double>.Empty, 60_000_000, 0) : array
        );

        Allocated(() => ResultMerge.Merge([path], PathOf("merged.npz"), allowMissing: true)).Should().BeLessThan(Most);
    }

    [Fact]
    public void Billions_of_missing_simulations_are_reported_as_ranges_without_listing_them()
    {
        var path = ForgedResultFile.With(
            ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_ff"), "num_sims", "2000000000"),
            (_, array) => array,
            ("simulation", NpyArray.From([.. Enumerable.Range(5, 12).Select(i => (long)i)], 12))
        );

        Allocated(() => ResultMerge.Merge([path], PathOf("merged.npz"), allowMissing: false), "*simulations 0-4, 17-1999999999 of 2000000000 are missing*")
            .Should()
            .BeLessThan(Most);
        Allocated(() => ResultMerge.Merge([path], PathOf("merged.npz"), allowMissing: true), "*expected at most 4194304 simulations that a file lacks*")
            .Should()
            .BeLessThan(Most);
    }

    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(0, 3)]
    [InlineData(4, 3)]
    [InlineData(1, 0)]
    public void A_share_that_contradicts_its_number_and_count_is_refused(int number, int count)
    {
        var path = ForgedResultFile.With(
            ForgedResultFile.WithOption(ForgedResultFile.Write(_folder, "bn_ff"), "num_sims", "24"),
            (_, array) => array,
            ("simulation", NpyArray.From([.. Enumerable.Range(0, 12).Select(i => (long)i)], 12)),
            ("shard", NpyArray.From([number, count], 2))
        );

        Allocated(() => ResultMerge.Merge([path], PathOf("merged.npz"), allowMissing: true), $"*found others than those of share {number}/{count}")
            .Should()
            .BeLessThan(Most);
    }

    [Fact]
    public void An_empty_share_of_billions_of_simulations_reports_missing_ones_as_ranges()
    {
        var path = ForgedResultFile.With(
            ForgedResultFile.Write(_folder, "bn_ff"),
            (name, array) => array.Shape.Count > 0 && array.Shape[0] == 12 ? NpyArray.From(ReadOnlySpan<double>.Empty, [0, .. array.Shape.Skip(1)]) : array,
            ("simulation", NpyArray.From(ReadOnlySpan<long>.Empty, 0)),
            ("shard", NpyArray.From([2L, int.MaxValue], 2))
        );

        Allocated(() => ResultMerge.Merge([path], PathOf("merged.npz"), allowMissing: true), "*no file of shard 1, 3-2147483647 of 2147483647*")
            .Should()
            .BeLessThan(Most);
    }

    [Theory]
    [InlineData(65536, 65536, 3)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(1, 1, int.MaxValue)]
    public async Task A_journal_of_images_too_large_for_any_array_is_refused(int height, int width, int channels)
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 8,
            NumComputations = 4,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 4,
            NumSims = 3,
        };
        var experiment = Experiment.Prepare(options);
        using (var journal = Journal.Open(PathOf("run.npz"), experiment.Header, resume: false))
        {
            experiment.Run(journal: journal);
        }

        Forge(PathOf("run.npz.journal"), experiment.Header with { Height = height, Width = width, Channels = channels });

        Allocated(() => ResultMerge.Merge([PathOf("run.npz.journal")], PathOf("merged.npz"), allowMissing: true), "*expected a journal of this version*")
            .Should()
            .BeLessThan(Most);
        (await Entry.RunAsync(["merge", PathOf("run.npz.journal"), "--out", PathOf("merged.npz")])).Should().Be(2);
        (await Entry.RunAsync(["status", _folder])).Should().Be(3);
    }

    /// <summary>Whoever opens a pipe waits for its writer; these have none.</summary>
    [UnixFact]
    public void A_pipe_in_the_place_of_a_file_is_refused_without_waiting()
    {
        foreach (var name in new[] { "pipe.npz", "pipe.npz.journal", "depth.npy" })
        {
            CommandLine.Run("mkfifo", [PathOf(name)]).ExitStatus.Should().Be(0);
        }

        foreach (
            var arguments in new[]
            {
                new[] { "diagnose", PathOf("pipe.npz") },
                ["merge", PathOf("pipe.npz"), "--out", PathOf("merged.npz")],
                ["merge", PathOf("pipe.npz.journal"), "--out", PathOf("merged.npz")],
                ["plot", PathOf("pipe.npz"), "--out", PathOf("figure.svg")],
                ["diagnose", _folder],
                ["plot", ForgedResultFile.Write(_folder, "bn_ff"), "--dataset", PathOf("depth.npy"), "--out", PathOf("figure.svg")],
            }
        )
        {
            var outcome = CommandLine.Run(arguments);
            outcome.ExitStatus.Should().Be(2, string.Join(' ', arguments));
            outcome.Error.TrimEnd().Should().NotContain("\n").And.Contain("found a pipe or a device");
        }

        CommandLine.Run("status", _folder).ExitStatus.Should().Be(3);
    }

    /// <summary>Writes an array of bytes in Fortran order, with axes of extent 1 before the one of the elements.</summary>
    private static void Axes(string path, int ones, byte[] elements)
    {
        var shape = string.Concat(Enumerable.Repeat("1,", ones));
        var header = Encoding.ASCII.GetBytes($"{{'descr': '|u1', 'fortran_order': True, 'shape': ({shape}{elements.Length},), }}\n");
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 2, 0, .. BitConverter.GetBytes(header.Length), .. header, .. elements]);
    }

    private static byte[] Counted(int count) => [.. Enumerable.Range(1, count).SelectMany(i => BitConverter.GetBytes((long)i))];

    private string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Bytes that a refused call has allocated.</summary>
    private static long Allocated(Action call, string message = "*expected*")
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(call).Should().Throw<InvalidInputException>().WithMessage(message).Which.Message.Should().NotContain("\n");
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private string Zipped(params (string Name, string Type, string Shape, byte[] Elements)[] arrays) => Zipped(CompressionLevel.Fastest, arrays);

    private string Zipped(CompressionLevel level, params (string Name, string Type, string Shape, byte[] Elements)[] arrays)
    {
        var path = PathOf("packed.npz");
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (name, type, shape, elements) in arrays)
        {
            var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}";
            using var entry = archive.CreateEntry(name + ".npy", level).Open();
            entry.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)]);
            entry.Write(elements);
        }

        return path;
    }

    /// <summary>Puts another header, with its right checksum, before the records, whose checksums contain it.</summary>
    private static void Forge(string path, JournalHeader header)
    {
        var bytes = File.ReadAllBytes(path);
        var old = 12 + BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8)) + sizeof(ulong);
        var forged = header.Encode();
        var length = (int)JournalRecord.Length(header.Options);
        List<byte> whole = [.. forged];
        for (var at = old; at < bytes.Length; at += length)
        {
            var crc = new Crc64();
            crc.Append(forged.AsSpan()[^sizeof(ulong)..]);
            crc.Append(bytes.AsSpan(at, length - sizeof(ulong)));
            whole.AddRange(bytes[at..(at + length - sizeof(ulong))]);
            whole.AddRange(BitConverter.GetBytes(crc.GetCurrentHashAsUInt64()));
        }

        File.WriteAllBytes(path, [.. whole]);
    }
}
