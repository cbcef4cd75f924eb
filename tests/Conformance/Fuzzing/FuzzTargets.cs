using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using Wellbehaved.Audit;
using Wellbehaved.Cli;
using Wellbehaved.Networks;
using Wellbehaved.Tests.Properties;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Everything that reads what others wrote.</summary>
public sealed class FuzzTargets : IDisposable
{
    /// <summary>No deflated byte stands for more bytes than this, each of which may become a double and be kept once more.</summary>
    private const int PerDeflatedByte = 1032 * 2 * (sizeof(double) + 1);

    /// <summary>An element of a byte may become a double, twice.</summary>
    private const int PerElement = 4 * sizeof(double);

    /// <summary>An instruction of a byte may keep an object, in a list or a dictionary that has outgrown smaller ones.</summary>
    private const int PerInstruction = 200;

    /// <summary>Texts are split, copied and quoted in messages.</summary>
    private const int PerCharacter = 400;

    /// <summary>A label and the pixels of an image of CIFAR.</summary>
    private const int RecordLength = 1 + (32 * 32 * 3);

    private static readonly ExperimentOptions Options = new()
    {
        Architecture = "vanilla",
        TotalDepth = 2,
        NumComputations = 2,
        KernelSize = 1,
        NumChannels = 4,
        BatchSize = 4,
        NumSims = 3,
    };

    /// <summary>A network of layers in each other, of which every place is recorded.</summary>
    internal static readonly ExperimentOptions OfLayers = ExperimentOptions.ForNetwork(
        NetworkTemplate
            .Parse(
                "{\"name\": \"layers\", \"layers\": [{\"average_pool\": 8}, {\"conv\": {\"kernel\": 3, \"channels\": 4}}, {\"repeat\": {\"times\": "
                    + "2, \"unit\": [{\"residual\": {\"branch\": [\"layer_norm\", \"gelu\", \"dense\"]}}]}}, \"global_average_pool\"]}"
            )
            .With(new Shape(32, 32, 3)),
        batchSize: 3,
        numSims: 3
    );

    /// <summary>The same without a head: a network that is one repeated unit, which has an array for each place of the unit.</summary>
    internal static readonly ExperimentOptions OfUnit = ExperimentOptions.ForNetwork(
        new("unit", OfLayers.Network!.Input, [.. OfLayers.Network.Layers.SkipLast(1)]),
        batchSize: 3,
        numSims: 3
    );

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;
    private readonly List<FuzzTarget> _all = [];

    /// <summary>Makes sound inputs of each kind.</summary>
    public FuzzTargets()
    {
        var result = Experiment.Prepare(Options).Run();
        var whole = Written("whole.npz", result);
        var share = Written("share.npz", Experiment.Prepare(Options, shard: new Shard(2, 3)).Run());
        var layers = Experiment.Prepare(OfLayers).Run();
        AddArchives(whole, share, Written("layers.npz", layers), Written("unit.npz", Experiment.Prepare(OfUnit).Run()));
        AddImages();
        AddJournals(MakeJournal(Options), string.Empty);
        AddJournals(MakeJournal(OfLayers), " of layers");
        AddTexts(result.Identity.Configuration, layers.Identity.Configuration);
    }

    /// <summary>All parsers.</summary>
    public IReadOnlyList<FuzzTarget> All => _all;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private byte[] Written(string name, ExperimentResult result)
    {
        ResultFile.Write(PathOf(name), result);
        return File.ReadAllBytes(PathOf(name));
    }

    private void AddArchives(byte[] whole, byte[] share, byte[] layers, byte[] unit)
    {
        byte[][] arrays =
        [
            Npy(NpyArray.From([1.0, -2, 3e300, double.NaN, 5, 6], 2, 3)),
            Npy(NpyArray.From([1L, 2], 2)),
            Npy(NpyArray.From("a text")),
            Npy(NpyArray.From([7.0])),
            [0x93, .. "NUMPY"u8, 2, 0, 60, 0, 0, 0, .. "{'descr': '>f2', 'fortran_order': True, 'shape': (2, 2), }     \n"u8[..60], 0, 0, 60, 0, 1, 2, 3, 4],
        ];
        var headerWords = Words(
            "'descr': ",
            "'<f8'",
            "'>f16'",
            "'|u1'",
            "'<U99999999'",
            "'=i2'",
            "'fortran_order': True",
            "'shape': ()",
            "'shape': (2147483647, 2147483647, 2147483647)",
            "(0,)",
            "(",
            ")",
            ", ",
            "NUMPY"
        );
        _all.Add(new("npy", arrays[..4], headerWords, ReadArray, PerElement));
        var zipWords = headerWords
            .Concat(
                Words(
                    "PK\u0001\u0002",
                    "PK\u0003\u0004",
                    "PK\u0005\u0006",
                    "chi_loc1.npy",
                    "chi_stem.npy",
                    "chi_branch3.npy",
                    "depth.npy",
                    "missing_simulations.npy",
                    "simulation.npy",
                    "place.npy",
                    "chi.npy",
                    "'<U60'",
                    "'<f16'"
                )
            )
            .ToArray();
        var text = Zip(
            CompressionLevel.NoCompression,
            ("depth", Npy(NpyArray.From([1L, 2], 2))),
            ("chi_loc1", Npy(NpyArray.From(new double[4], 2, 2))),
            ("configuration", Npy(NpyArray.From("{\"note\": \"not all of our files say all\", \"num_channels\": 4}")))
        );
        var compressed = Zip(
            CompressionLevel.SmallestSize,
            ("depth", Npy(NpyArray.From([1L, 2], 2))),
            ("chi_loc1", Npy(NpyArray.From(new double[4000], 2000, 2)))
        );
        _all.Add(
            new("result file", [whole, share, compressed, text, layers, unit], zipWords, FromFile("result.npz", path => ResultFile.Read(path)), PerDeflatedByte)
        );
        _all.Add(
            new(
                "merge",
                [whole, share, layers, unit],
                zipWords,
                FromFile("part.npz", path => ResultMerge.Merge([path], PathOf("merged.npz"), allowMissing: true)),
                PerDeflatedByte
            )
        );
    }

    private void AddImages()
    {
        byte[] idx = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 3, .. new byte[18]];
        _all.Add(
            new("mnist", [idx], Words("\u0000\u0000\u0008\u0003"), FromFile("train-images-idx3-ubyte", _ => ImageSources.Open("mnist", _folder)), PerElement)
        );

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(idx);
        }

        var zipped = Directory.CreateDirectory(PathOf("zipped")).FullName;
        _all.Add(
            new(
                "mnist, compressed",
                [packed.ToArray()],
                [],
                FromFile("zipped/train-images-idx3-ubyte.gz", _ => ImageSources.Open("mnist", zipped)),
                PerDeflatedByte
            )
        );

        var record = new byte[RecordLength];
        var cifar = Directory.CreateDirectory(PathOf("cifar-10-batches-bin")).FullName;
        for (var i = 1; i <= 5; i++)
        {
            File.WriteAllBytes(Path.Combine(cifar, $"data_batch_{i}.bin"), record);
        }

        _all.Add(
            new(
                "cifar10",
                [record, [.. record, .. record]],
                [],
                FromFile("cifar-10-batches-bin/data_batch_3.bin", _ => ImageSources.Open("cifar10", _folder)),
                PerElement
            )
        );
        _all.Add(
            new(
                "images",
                [Npy(NpyArray.From(new double[12], 3, 2, 2))],
                Words("'|u1'", "'>f8'", "(3, 2, 2)", "(1, 1, 1, 12)"),
                FromFile("images.npy", path => ImageSources.Open(path)),
                PerElement
            )
        );
        _all.Add(
            new(
                "images in an archive",
                [Zip(CompressionLevel.SmallestSize, ("x_train", Npy(NpyArray.From(new double[12], 3, 2, 2))), ("y_train", Npy(NpyArray.From([1L, 2], 2))))],
                Words("'|u1'", "x_train.npy", "(1, 1, 1, 12)"),
                FromFile("images.npz", path => ImageSources.Open($"{path}:x_train")),
                PerDeflatedByte
            )
        );

        Directory.CreateDirectory(PathOf("cifar-100-python"));
        var pickle = Pickles.Write(1, RecordLength - 1, new byte[RecordLength - 1]);
        _all.Add(
            new(
                "cifar100, pickled",
                [pickle],
                Words("\u0085", "\u0094", "q\0", "h\0", "}", "(", "t", "cposix\nsystem\n", "R", "b", "u"),
                FromFile("cifar-100-python/train", _ => ImageSources.Open("cifar100", _folder)),
                PerInstruction
            )
        );
    }

    private void AddJournals(byte[] journal, string kind)
    {
        var words = Words(
            "\"num_sims\":",
            "\"num_computations\":",
            "\"architecture\":\"bn_res\"",
            "2147483647",
            "-1",
            "null",
            "\"shard\":{\"number\":1,\"count\":1}",
            "\\u0022times\\u0022:",
            "1e999"
        );
        _all.Add(new($"journal{kind}", [journal], words, input => JournalContent.Read(new MemoryStream(input), "journal"), PerElement));

        // With a sound checksum, so that the JSON object which it protects is read too.
        var length = BinaryPrimitives.ReadInt32LittleEndian(journal.AsSpan(8));
        _all.Add(
            new(
                $"journal{kind}, checksum mended",
                [journal[12..(12 + length)]],
                words,
                input => JournalContent.Read(new MemoryStream(WithHeader(journal, input)), "journal"),
                PerCharacter
            )
        );
    }

    private void AddTexts(string configuration, string ofLayers)
    {
        var json = Words(
            "\"status\":\"done\"",
            "\"id\":7",
            "null",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "1e400",
            "\\u0000",
            "\ud83d\ude00",
            "[[[[[[[[",
            "\"reason\":\"none\""
        );
        byte[][] answers =
        [
            .. new[] { """{"id":7,"status":"done"}""", """{"id":7,"status":"declined","reason":"no batch norm"}""" }.Select(Encoding.UTF8.GetBytes),
        ];
        const string description =
            """{"id":7,"status":"done","name":"mine","version":"1.0","dtype":"float32","architectures":["bn_ff"],"boundaries":["periodic"],"epsilons":[0.001],"operations":["simulate"],"moments":["chi"]}""";
        _all.Add(new("answer", answers[..1], json, input => Protocol.ReadAnswer(7, Encoding.UTF8.GetString(input)), PerCharacter));
        _all.Add(
            new("description", [Encoding.UTF8.GetBytes(description)], json, input => Protocol.ReadDescription(7, Encoding.UTF8.GetString(input)), PerCharacter)
        );
        _all.Add(
            new(
                "configuration",
                [Encoding.UTF8.GetBytes(configuration), Encoding.UTF8.GetBytes(ofLayers)],
                json,
                input => (ResultConfiguration.Read(Encoding.UTF8.GetString(input)) ?? throw Refused).Validate(),
                PerCharacter
            )
        );
        _all.Add(
            new(
                "table of figures",
                [
                    Encoding.UTF8.GetBytes(
                        "quantity,depth,count,mean,deviation,skewness,least,greatest,p16,p84\nchi_loc1,2,200,1.2,0.02,-0.2,1.1,1.3,1.18,1.22\n"
                    ),
                ],
                Words(",", "\n", "NaN", "1e999", "-0", "chi_loc1"),
                FromFile("figures.csv", path => RecordedFigures.Read(path)),
                PerCharacter
            )
        );

        string[] lines =
        [
            "run --architecture vanilla --total-depth 4 --num-computations 4 --kernel-size 1 --num-channels 8 --batch-size 4 --num-sims 1 --out "
                + "x.npz --shard 1/2 --resume",
            "verify --scale quick --claim S2 --seed 7",
            "audit --command true --time-limit 5",
            "predict --architecture bn_res --total-depth 2 --kernel-size 1 --num-channels 8 --batch-size 4",
            "merge a.npz --out b.npz",
            "plot a.npz --out b.svg",
        ];
        var tokens = Words(
            " --epsilon ",
            " NaN",
            " -1",
            " 99999999999999999999",
            " --",
            " @nowhere",
            " \"",
            " --boundary ",
            " periodic",
            " [suggest]",
            " --help",
            " --seed ",
            " 0x10",
            " ٣"
        );
        _all.Add(new("command line", [.. lines.Select(Encoding.UTF8.GetBytes)], tokens, ParseLine, 4 * PerCharacter));
        _all.Add(
            new(
                "share",
                [.. new[] { "1/2", "auto/3", "3/3" }.Select(Encoding.UTF8.GetBytes)],
                Words("auto", "/", "-", "2147483648", " "),
                input => ShardOption.Read(Encoding.UTF8.GetString(input), name => name == "SLURM_ARRAY_TASK_ID" ? "3" : null),
                PerCharacter
            )
        );
    }

    /// <summary>For parsers that say by their result that they refuse.</summary>
    private static InvalidInputException Refused => new("input", "expected another one");

    private static void ReadArray(byte[] input)
    {
        var array = NpyFormat.Read(new MemoryStream(input), input.Length, "array.npy");
        // Whatever the array holds, each reading of it either succeeds or says that it is of another kind.
        if (!Succeeds(() => array.ToDoubles()) & !Succeeds(() => array.ToText()))
        {
            throw Refused;
        }

        static bool Succeeds(Action decode)
        {
            try
            {
                decode();
                return true;
            }
            catch (FormatException)
            {
                return false;
            }
        }
    }

    private static void ParseLine(byte[] input)
    {
        if (Commands.Parse(Encoding.UTF8.GetString(input).Split(' ')).Errors.Count > 0)
        {
            throw Refused;
        }
    }

    private Action<byte[]> FromFile(string name, Action<string> read) =>
        input =>
        {
            File.WriteAllBytes(PathOf(name), input);
            read(PathOf(name));
        };

    private byte[] MakeJournal(ExperimentOptions options)
    {
        var experiment = Experiment.Prepare(options);
        using var journal = Journal.Open(PathOf("run.npz"), experiment.Header, resume: false, overwrite: true);
        experiment.Run(journal: journal);
        return File.ReadAllBytes(Journal.PathOf(PathOf("run.npz")));
    }

    /// <summary>Puts another JSON object into a journal's header.</summary>
    internal static byte[] WithHeader(byte[] journal, byte[] content)
    {
        byte[] header = [.. journal[..8], .. BitConverter.GetBytes(content.Length), .. content];
        var old = 12 + BinaryPrimitives.ReadInt32LittleEndian(journal.AsSpan(8)) + sizeof(ulong);
        return [.. header, .. BitConverter.GetBytes(Crc64.HashToUInt64(header)), .. journal[old..]];
    }

    private static byte[] Npy(NpyArray array)
    {
        using var stream = new MemoryStream();
        NpyFormat.Write(stream, array);
        return stream.ToArray();
    }

    private static byte[] Zip(CompressionLevel level, params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name + ".npy", level).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    private static byte[][] Words(params string[] words) => [.. words.Select(Encoding.UTF8.GetBytes)];
}
