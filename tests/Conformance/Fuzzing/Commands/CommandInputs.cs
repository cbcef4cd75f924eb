using System.Globalization;
using System.IO.Compression;
using System.Text;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Makes spoilt inputs for commands in a folder: a seed is an input, whenever and wherever.</summary>
internal sealed class CommandInputs : IDisposable
{
    /// <summary>Seconds, by its own count, from which on a prediction is left out: whoever asks for it is told how long it takes, and waits.</summary>
    private const double LongPrediction = 5;

    /// <summary>The journal's run, which a spoilt journal is to be gone on with.</summary>
    private static readonly string[] JournalRun =
    [
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
        "3",
    ];

    private static readonly string[] Architectures = ["vanilla", "vanilla_res", "bn_ff", "bn_res"];
    private readonly FuzzTargets _targets = new();
    private readonly List<(string Architecture, IReadOnlyList<RawArray> Arrays)> _results = [];

    /// <summary>Makes sound files.</summary>
    public CommandInputs()
    {
        Root = Directory.CreateTempSubdirectory("wellbehaved").FullName;
        Folder = Directory.CreateDirectory(Path.Combine(Root, "work")).FullName;
        foreach (var architecture in Architectures)
        {
            AddResults(architecture, 1, Shard.Whole);
        }

        AddResults("vanilla", 3, Shard.Whole);
        AddResults("bn_ff", 1, new Shard(2, 3));

        IReadOnlyList<RawArray> layers =
        [
            .. Experiment.Prepare(FuzzTargets.OfLayers).Run().ToArrays().Arrays.Select(pair => RawArray.From(pair.Key, pair.Value)),
        ];
        _results.AddRange([("bn_ff", layers), ("bn_res", layers), ("vanilla", [.. layers.Where(array => array.Name != "configuration")])]);
        File.WriteAllBytes(SoundPath("layers11.npz"), ArchiveSpoiler.Sound(layers));

        IReadOnlyList<RawArray> unit = [.. Experiment.Prepare(FuzzTargets.OfUnit).Run().ToArrays().Arrays.Select(pair => RawArray.From(pair.Key, pair.Value))];
        _results.AddRange([("bn_res", unit), ("vanilla", unit)]);
        File.WriteAllBytes(SoundPath("unit11.npz"), ArchiveSpoiler.Sound(unit));
    }

    /// <summary>Holds everything.</summary>
    public string Root { get; }

    /// <summary>Holds the present input, and what commands write.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _targets.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    /// <summary>Puts an input into the folder, and nothing else.</summary>
    /// <param name="seed">Which input.</param>
    /// <returns>The commands that read it.</returns>
    public CommandInput Make(int seed)
    {
        Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Folder);

        // Neighbouring seeds of the generator begin alike.
        var random = new Random((int)((uint)seed * 2654435761u >> 1));
        return random.Next(100) switch
        {
            < 38 => ResultFile(random),
            < 48 => NetworkFile(random),
            < 53 => FolderOfArrays(random),
            < 63 => JournalFile(random),
            < 83 => Images(random),
            < 98 => DataSet(random),
            _ => Answers(random),
        };
    }

    private string PathOf(string name) => Path.Combine(Folder, name);

    private string SoundPath(string name) => Path.Combine(Root, name);

    private void AddResults(string architecture, int kernelSize, Shard shard)
    {
        var options = new ExperimentOptions
        {
            Architecture = architecture,
            TotalDepth = 8,
            NumComputations = 4,
            KernelSize = kernelSize,
            NumChannels = 4,
            BatchSize = kernelSize == 1 ? 6 : 2,
            NumSims = shard.IsWhole && kernelSize == 1 ? 10 : 4,
            Dataset = kernelSize == 1 ? "natural" : "gaussian",
        };
        IReadOnlyList<RawArray> arrays =
        [
            .. Experiment.Prepare(options, shard: shard).Run().ToArrays().Arrays.Select(pair => RawArray.From(pair.Key, pair.Value)),
        ];
        _results.Add((architecture, arrays));
        File.WriteAllBytes(SoundPath($"{architecture}{kernelSize}{shard.Number}.npz"), ArchiveSpoiler.Sound(arrays));

        // The author's files say nothing but the depths.
        if (shard.IsWhole && kernelSize == 1)
        {
            _results.Add((architecture, [.. arrays.Where(array => array.Name == "depth" || array.Name.Contains("_loc", StringComparison.Ordinal))]));
        }
    }

    private CommandInput ResultFile(Random random)
    {
        var (architecture, arrays) = random.Pick(_results);
        var path = PathOf("x.npz");
        File.WriteAllBytes(path, random.Next(12) == 0 ? Spoilt("result file", random) : ArchiveSpoiler.Spoil(arrays, random));
        return new("result file", Readers(path, architecture, random));
    }

    private CommandInput FolderOfArrays(Random random)
    {
        var (architecture, arrays) = random.Pick(_results);
        var path = Directory.CreateDirectory(PathOf("x")).FullName;
        foreach (var array in arrays.Select(array => array.Copy()))
        {
            switch (random.Next(8))
            {
                case 0:
                    ArraySpoiler.SpoilHeader(array, random);
                    break;
                case 1:
                    ArraySpoiler.SpoilValues(array, random);
                    break;
                case 2:
                    ArraySpoiler.SpoilRows(array, random);
                    break;
                case 3 when random.Next(4) == 0:
                    continue;
            }

            File.WriteAllBytes(Path.Combine(path, array.Name + ".npy"), array.ToBytes());
        }

        return new("folder of arrays", Readers(path, architecture, random));
    }

    /// <summary>All commands that read a result file.</summary>
    private List<string[]> Readers(string path, string architecture, Random random)
    {
        var named = random.Next(8) == 0 ? random.Pick(Architectures) : architecture;
        List<string> plot = ["plot", path, "--out", PathOf(random.Next(40) == 0 ? "figure.png" : "figure.svg")];
        if (random.Next(3) == 0)
        {
            plot.Insert(2, SoundPath(random.Pick(["vanilla11.npz", "bn_ff11.npz", "bn_res11.npz", "bn_ff12.npz", "layers11.npz", "unit11.npz"])));
        }

        if (random.Next(2) == 0)
        {
            plot.AddRange(["--architecture", named]);
        }

        if (random.Next(4) == 0)
        {
            plot.AddRange(["--figure", random.Pick(["auto", "depth", "histogram"])]);
        }

        if (random.Next(6) == 0)
        {
            plot.AddRange(["--dataset", "gaussian"]);
        }

        List<string> audit = ["audit", "--results", path, "--architecture", named, "--json", PathOf("audit.json")];
        if (random.Next(3) == 0)
        {
            audit.AddRange(["--num-channels", random.Pick(["4", "0", "-3", "1", "2147483647", "100000"])]);
        }

        if (random.Next(3) == 0)
        {
            audit.AddRange([
                "--batch-size",
                random.Pick(["6", "1", "0", "2147483647"]),
                "--kernel-size",
                random.Pick(["1", "3", "0", "64"]),
                "--boundary",
                random.Pick(["periodic", "zero_padding", "nowhere\u202e"]),
            ]);
        }

        if (random.Next(8) == 0)
        {
            audit.AddRange(["--report", PathOf("report"), "--junit", PathOf("audit.xml"), "--badge", PathOf("badge.json")]);
        }

        List<string> merge = ["merge", path, "--out", PathOf("merged.npz")];
        if (random.Next(2) == 0)
        {
            merge.Insert(2, SoundPath(random.Pick(["bn_ff12.npz", "vanilla11.npz", "layers11.npz", "unit11.npz"])));
        }

        if (random.Next(3) > 0)
        {
            merge.Add(random.Pick(["--allow-missing", "--trust"]));
        }

        List<string[]> commands =
        [
            ["diagnose", path, "--json", PathOf("diagnosis.json")],
            ["export", path, "--csv", PathOf("moments.csv")],
            [.. audit],
            [.. plot],
            [.. merge],
            ["status", Folder],
        ];
        if (random.Next(8) == 0)
        {
            commands.Add(Run([.. Network(random, 1), "--dataset", $"{path}:{random.Pick(ForeignWords.Names)}"]));
        }

        return commands;
    }

    private CommandInput JournalFile(Random random)
    {
        var kind = random.Pick(["journal", "journal of layers"]);
        var target = _targets.All.Single(target => target.Name == kind);
        var path = PathOf("run.npz.journal");
        var journal = target.Seeds[0];
        var mended = _targets.All.Single(target => target.Name == $"{kind}, checksum mended");
        File.WriteAllBytes(
            path,
            random.Next(5) switch
            {
                0 => Spoilt(kind, random),
                1 => FuzzTargets.WithHeader(journal, Spoiler.Spoil(mended, random)),
                2 => [.. journal, .. journal[random.Next(journal.Length)..]],
                _ => FuzzTargets.WithHeader(journal, Encoding.UTF8.GetBytes(JsonSpoiler.Spoil(Encoding.UTF8.GetString(mended.Seeds[0]), random))),
            }
        );
        return new(
            "journal",
            [
                ["status", Folder],
                ["merge", path, "--out", PathOf("merged.npz"), .. random.Next(2) == 0 ? ["--allow-missing"] : Array.Empty<string>()],
                ["run", .. JournalRun, "--out", PathOf("run.npz"), "--threads", "1", random.Pick(["--resume", "--resume", "--overwrite", "--no-reff-noise"])],
            ]
        );
    }

    /// <summary>A network of layers, for every command that takes one and is over soon.</summary>
    private CommandInput NetworkFile(Random random)
    {
        var path = PathOf("network.json");
        var description = NetworkSpoiler.Spoil(random);
        File.WriteAllText(path, description);

        // A size that the description does not leave open is refused before anything else is looked at.
        string[] sizes =
        [
            .. description.Contains("\"N\"") || random.Next(20) == 0 ? ["--num-channels", random.Pick(["4", "4", "1", "5"])] : Array.Empty<string>(),
            .. description.Contains("\"L\"") || random.Next(20) == 0 ? ["--total-depth", random.Pick(["2", "2", "1", "3"])] : Array.Empty<string>(),
        ];
        string[] batch = [.. sizes, "--batch-size", random.Pick(["2", "3", "5"])];
        string[] images = random.Next(2) == 0 ? ["--dataset", "natural"] : ["--dataset", "gaussian", "--input-shape", random.Pick(["4x4x3", "1x4x6", "8x8x3"])];
        string[] derivatives = random.Next(3) == 0 ? ["--gradients"] : [];
        string[] run = ["--network", path, .. batch, .. images, .. random.Next(3) == 0 ? ["--gradients"] : Array.Empty<string>()];
        return new(
            "network",
            [
                ["network", path, .. batch, "--json", PathOf("network.table.json"), "--out", PathOf("network.svg")],
                .. PredictionOf(description, run) > LongPrediction ? Array.Empty<string[]>() : [Predict()],
                Run(run),
                ["diagnose", PathOf("result.npz"), "--json", PathOf("diagnosis.json")],
                ["export", PathOf("result.npz"), "--csv", PathOf("moments.csv")],
                ["network", path, .. sizes, "--onnx", PathOf("network.onnx")],
            ],
            MemoryOf(description, run)
        );

        string[] Predict() =>
            [
                "predict",
                "--network",
                path,
                .. batch,
                .. images,
                // A kernel over all 2,048 points that are usual takes gigabytes, whatever the file says, and the command says so.
                "--points",
                "64",
                "--json",
                PathOf("prediction.json"),
                .. derivatives,
            ];
    }

    /// <summary>The bytes that a network of a spoilt description asks for, should it be one that fits memory: descriptions may say 65,536 channels.</summary>
    internal static double MemoryOf(string description, string[] run) =>
        Asked(
            description,
            run,
            (network, images, shape) =>
            {
                var options = ExperimentOptions.ForNetwork(network, images, 1) with { Gradients = run.Contains("--gradients") };
                var memory = MemoryFootprint.Bytes(options, shape.Height, shape.Width, shape.Channels, Environment.ProcessorCount).Total;
                return memory <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes ? memory : 0;
            }
        );

    /// <summary>
    /// The seconds that the prediction of a network takes by its own count, which the command says beforehand: descriptions may say 65,536 units.
    /// </summary>
    internal static double PredictionOf(string description, string[] run) =>
        Asked(description, run, (network, images, shape) => PredictionCost.Count(network.Layers, shape, images).Seconds);

    private static double Asked(string description, string[] run, Func<Network, int, Shape, double> count)
    {
        try
        {
            var extents = ValueOf("--input-shape") is { } text ? text.Split('x').Select(Whole).ToArray() : [32, 32, 3];
            var shape = new Shape(extents[0], extents[1], extents[2]);
            var network = NetworkTemplate
                .Parse(description)
                .With(shape, ValueOf("--num-channels") is { } channels ? Whole(channels) : null, ValueOf("--total-depth") is { } depth ? Whole(depth) : null);
            return count(network, Whole(ValueOf("--batch-size")!), shape);
        }
#pragma warning disable CA1031 // Whatever is wrong with it, it asks for nothing; the command has to refuse it with a line.
        catch (Exception)
#pragma warning restore CA1031
        {
            return 0;
        }

        string? ValueOf(string option) => Array.IndexOf(run, option) is var at and >= 0 ? run[at + 1] : null;

        static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
    }

    private CommandInput Images(Random random)
    {
        var shape = random.Pick<int[]>([
            [5, 4, 4, 3],
            [5, 4, 4],
            [5, 3, 4, 4],
            [4, 1, 1, 1],
            [5, 4, 4, 1],
            [7, 5, 3],
        ]);
        var array = RawArray.From(
            "images",
            NpyArray.From([.. Enumerable.Range(0, shape.Aggregate(1, (product, extent) => product * extent)).Select(_ => random.NextDouble() * 255)], shape)
        );
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            switch (random.Next(4))
            {
                case 0:
                    ArraySpoiler.SpoilRows(array, random);
                    break;
                case 1:
                    ArraySpoiler.SpoilValues(array, random);
                    break;
                default:
                    ArraySpoiler.SpoilHeader(array, random);
                    break;
            }
        }

        var path = PathOf("images.npy");
        if (random.Next(3) > 0)
        {
            File.WriteAllBytes(path, random.Next(10) == 0 ? Spoilt("images", random) : array.ToBytes());
        }
        else
        {
            File.WriteAllBytes(PathOf("images.npz"), ArchiveSpoiler.Spoil([array, RawArray.From("labels", NpyArray.From([1L, 2], 2))], random));
            path = PathOf("images.npz") + random.Pick(["", ":images", ":labels", ":images.npy", ":nothing", ":"]);
        }

        return new(
            "images",
            ReadersOfImages(
                ["--dataset", path, .. random.Next(2) == 0 ? ["--layout", random.Pick(["nhwc", "nchw", "nhw", "hwc"])] : Array.Empty<string>()],
                random,
                random.Pick([1, 1, 3])
            )
        );
    }

    private CommandInput DataSet(Random random)
    {
        var (name, target, file) = random.Pick<(string, string, string)>([
            ("mnist", "mnist", "train-images-idx3-ubyte"),
            ("mnist", "mnist, compressed", "train-images-idx3-ubyte"),
            ("fashion_mnist", "mnist", Path.Combine("FashionMNIST", "raw", "train-images-idx3-ubyte")),
            ("cifar100", "cifar100, pickled", "train"),
            ("cifar100", "cifar100", "train.bin"),
            ("cifar10", "cifar10", "data_batch_1.bin"),
        ]);
        var content =
            target == "cifar100"
                ? random.Next(2) == 0
                    ? new byte[random.Next(7000)]
                    : [.. Enumerable.Range(0, 3074 * random.Next(4)).Select(_ => (byte)random.Next(256))]
                : Spoilt(target, random);
        if (random.Next(6) == 0)
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            {
                gzip.Write(content);
            }

            content = packed.ToArray();
        }

        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllBytes(PathOf(file), content);
        for (var i = 2; name == "cifar10" && i <= 5; i++)
        {
            File.WriteAllBytes(PathOf($"data_batch_{i}.bin"), content);
        }

        return new(name, ReadersOfImages(["--dataset", name, "--data-dir", Folder], random, 1));
    }

    /// <summary>All commands that read images.</summary>
    private List<string[]> ReadersOfImages(string[] images, Random random, int kernelSize)
    {
        var network = Network(random, kernelSize);
        return
        [
            Run([.. network, .. images]),
            [
                "predict",
                .. network,
                .. images,
                "--json",
                PathOf("prediction.json"),
                .. kernelSize == 1 && random.Next(4) == 0 ? ["--finite-width", "3"] : Array.Empty<string>(),
            ],
            ["plot", SoundPath("bn_ff11.npz"), "--out", PathOf("figure.svg"), .. images],
        ];
    }

    private static string[] Network(Random random, int kernelSize) =>
        [
            "--architecture",
            random.Pick(Architectures),
            "--total-depth",
            "2",
            "--kernel-size",
            kernelSize.ToString(CultureInfo.InvariantCulture),
            "--num-channels",
            "4",
            "--batch-size",
            random.Pick(["2", "3", "5"]),
            "--normalize",
            random.Pick(["channel", "channel", "global", "none"]),
            "--epsilon",
            random.Pick(["0.001", "0.001", "0", "1e-300"]),
        ];

    private string[] Run(string[] options) => ["run", .. options, "--num-sims", "1", "--threads", "1", "--out", PathOf("result.npz"), "--overwrite"];

    /// <summary>A program that answers each request with the same spoilt words and the same spoilt file.</summary>
    private CommandInput Answers(Random random)
    {
        var (description, answer) = (Words("description"), Words("answer"));
        var spoilt = random.Next(3);
        File.WriteAllBytes(PathOf("description"), [.. spoilt == 0 ? Spoiled("description", description) : Encoding.UTF8.GetBytes(description), (byte)'\n']);
        File.WriteAllBytes(PathOf("answer"), [.. spoilt == 1 ? Spoiled("answer", answer) : Encoding.UTF8.GetBytes(answer), (byte)'\n']);
        File.WriteAllBytes(
            PathOf("output"),
            ArchiveSpoiler.Spoil(
                [RawArray.From("signal", NpyArray.From(new double[12], 1, 1, 3, 1, 1, 4)), RawArray.From("chi", NpyArray.From([1.0, 2], 1, 2))],
                random
            )
        );
        File.WriteAllText(
            PathOf("subject.sh"),
            """
            while IFS= read -r line; do
              id=${line#*\"id\":}
              id=${id%%,*}
              case $line in
                *'"describe"'*) sed "s/\"id\":7/\"id\":$id/" "$1/description" ;;
                *'"stop"'*) exit 0 ;;
                *unknown_field*) printf '{"id":%s,"status":"error","reason":"unknown field"}\n' "$id" ;;
                *) out=${line##*\"output\":\"}; cp "$1/output" "${out%%\"*}"; sed "s/\"id\":7/\"id\":$id/" "$1/answer" ;;
              esac
            done
            """
        );
        return new(
            "answers",
            [
                [
                    "audit",
                    "--command",
                    $"sh '{PathOf("subject.sh")}' '{Folder}'",
                    "--claim",
                    "D8",
                    "--processes",
                    "1",
                    "--time-limit",
                    "2",
                    "--json",
                    PathOf("audit.json"),
                    "--report",
                    PathOf("report"),
                ],
            ]
        );

        string Words(string name) => Encoding.UTF8.GetString(_targets.All.Single(target => target.Name == name).Seeds[0]);

        byte[] Spoiled(string name, string words) => random.Next(3) == 0 ? Spoilt(name, random) : Encoding.UTF8.GetBytes(JsonSpoiler.Spoil(words, random));
    }

    private byte[] Spoilt(string target, Random random) => Spoiler.Spoil(_targets.All.Single(candidate => candidate.Name == target), random);
}
