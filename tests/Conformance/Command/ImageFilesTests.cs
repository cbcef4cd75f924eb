using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Images of the user, by the command: how they are read, and what is said where they cannot be.</summary>
public sealed class ImageFilesTests : IDisposable
{
    private static readonly string[] Net =
    [
        "--architecture",
        "bn_ff",
        "--total-depth",
        "2",
        "--num-computations",
        "2",
        "--kernel-size",
        "1",
        "--num-channels",
        "8",
        "--batch-size",
        "4",
        "--epsilon",
        "0.001",
    ];
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A file of some kilobytes, which any network of the world may deliver, does not get gigabytes.</summary>
    [Theory]
    [InlineData("images.npz")]
    [InlineData("images.npz:x")]
    public void An_archive_too_small_for_its_images_is_refused_before_they_are_read(string dataset)
    {
        WriteZeros(PathOf("images.npz"), 256, 1000, 1000, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => ImageSources.Open(PathOf(dataset))).Should().Throw<InvalidInputException>();

        // Of this thread: the command's own are not all known, and other tests run beside it.
        (GC.GetAllocatedBytesForCurrentThread() - before)
            .Should()
            .BeLessThan(100_000_000, "the header decides");

        var refused = CommandLine.Run(["run", .. Net, "--num-sims", "1", "--dataset", PathOf(dataset), "--out", PathOf("x.npz")]);
        refused.ExitStatus.Should().Be(2, refused.Error);
        refused
            .Error.TrimEnd()
            .Should()
            .Match("wellbehaved: *images.npz: expected images of at most * bytes in a file of * bytes, found 'x' of *, 256000000 bytes; save them with *");
    }

    [Fact]
    public void An_archive_of_few_colours_is_read()
    {
        WriteZeros(PathOf("images.npz"), 100, 100, 100, 1);
        ImageSources.Open(PathOf("images.npz")).Count.Should().Be(100);
    }

    [Fact]
    public void Images_in_the_layout_of_PyTorch_need_the_layout_option_which_the_result_keeps()
    {
        var planes = Write("planes.npy", 6, 3, 8, 8);
        foreach (var command in new[] { Run(planes, "refused.npz"), ["predict", .. Net, "--dataset", planes] })
        {
            var refused = CommandLine.Run(command);
            refused.ExitStatus.Should().Be(2);
            refused
                .Error.Trim()
                .Should()
                .Be(
                    $"wellbehaved: {planes}: expected --layout, since shape (6, 3, 8, 8) is either 6 images of 3 × 8 pixels with 8 channels "
                        + "(--layout nhwc) or 6 images of 8 × 8 pixels with 3 channels (--layout nchw)"
                );
        }

        File.Exists(PathOf("refused.npz")).Should().BeFalse();
        CommandLine.Run([.. Run(planes, "result.npz"), "--layout", "nchw"]).ExitStatus.Should().Be(0);
        ResultFile.Read(PathOf("result.npz")).Options!.Layout.Should().Be(ImageLayout.Nchw);

        var other = CommandLine.Run([.. Run(planes, "result.npz"), "--layout", "nhwc", "--resume"]);
        other.ExitStatus.Should().Be(2);
        other.Error.Should().Contain("layout");

        var misspelt = CommandLine.Run([.. Run(planes, "result.npz"), "--layout", "cwh"]);
        misspelt.ExitStatus.Should().Be(2);
        misspelt.Error.Trim().Should().Be("wellbehaved: --layout: expected nhwc, nchw, nhw, hwc, chw, got 'cwh'");
    }

    [Fact]
    public void An_ambiguous_image_layout_is_noted()
    {
        var images = Write("grey.npy", 4, 8, 8);
        CommandLine.Run(Run(images, "result.npz")).Error.Should().Contain($"note: {images}: read as 4 grey images of 8 × 8 pixels");
        CommandLine.Run(["predict", .. Net, "--dataset", images]).Error.Should().Contain($"note: {images}: read as 4 grey images of 8 × 8 pixels");
    }

    [Fact]
    public void Equal_images_are_predicted_with_variance_zero_and_refused_by_run()
    {
        var images = Write("equal.npy", (image, position) => position, 6, 5, 5);
        var json = PathOf("prediction.json");
        var predicted = CommandLine.Run(["predict", .. Net, "--dataset", images, "--normalize", "none", "--json", json]);
        predicted.ExitStatus.Should().Be(0, predicted.Error);
        predicted.Error.Should().Contain("note: after the first layer, the images of the batch are all equal");
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        document.RootElement.GetProperty("mu2_signal").EnumerateArray().Select(value => value.GetDouble()).Should().Equal(0, 0);
        document.RootElement.GetProperty("chi")[0].ValueKind.Should().Be(JsonValueKind.Null);

        var run = CommandLine.Run([.. Run(images, "result.npz"), "--normalize", "none"]);
        run.ExitStatus.Should().Be(2);
        run.Error.Trim().Should().StartWith("wellbehaved: --dataset: ").And.Contain(images).And.NotContain("\n");
        File.Exists(PathOf("result.npz")).Should().BeFalse();
    }

    [Theory]
    [InlineData(
        1e-200,
        "channel",
        "--normalize: expected every channel to vary over the batch with 'channel', but channel 0 varies by *e-20*, whose square double precision "
            + "does not hold; multiply"
    )]
    [InlineData(
        1e-160,
        "channel",
        "--normalize: expected every channel to vary over the batch with 'channel', but channel 0 varies by *e-16*, whose square double precision "
            + "does not hold; multiply"
    )]
    [InlineData(
        1e-200,
        "global",
        "--normalize: expected the batch to vary with 'global', but varies by *e-20*, whose square double precision does not hold; multiply"
    )]
    [InlineData(0, "channel", "--normalize: expected every channel to vary over the batch with 'channel', but channel 0 is constant; use")]
    [InlineData(1e-200, "none", "--dataset: *its output is 0 everywhere*|--dataset: *are so small that double precision does not hold their squares*")]
    public void Images_that_vary_too_little_are_refused_in_right_words_and_finite_numbers(double scale, string normalize, string messages)
    {
        var images = Write("tiny.npy", (image, position) => scale * Math.Sin((31 * image) + position), 6, 4, 4);
        string[][] commands = [Run(images, "result.npz"), ["predict", .. Net, "--dataset", images]];
        for (var i = 0; i < commands.Length; i++)
        {
            var outcome = CommandLine.Run([.. commands[i], "--normalize", normalize]);
            outcome.ExitStatus.Should().Be(2);
            outcome
                .Error.Trim()
                .Should()
                .Match($"wellbehaved: {messages.Split('|')[^Math.Min(commands.Length - i, messages.Split('|').Length)]}*")
                .And.NotContain("NaN");
        }
    }

    [Fact]
    public void A_prediction_reports_the_correlation_of_noise_and_signal()
    {
        var json = PathOf("prediction.json");
        var outcome = CommandLine.Run([
            "predict",
            .. Net,
            "--dataset",
            Write("small.npy", (image, position) => Math.Sin((31 * image) + (position * position)), 6, 4, 4),
            "--json",
            json,
        ]);
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        var share = document.RootElement.GetProperty("noise_shared_with_signal").GetDouble();
        share.Should().BeInRange(0.01, 0.6, "(P - 1)/N⁰ = 3/16 in the mean");
        outcome
            .Output.Should()
            .Contain(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"of mean square {document.RootElement.GetProperty("mu2_input_noise").GetDouble():F4}, of which {100 * share:F1} % lie in the "
                        + $"directions of the signal"
                )
            );
    }

    [Fact]
    public void Directions_that_are_lost_in_the_rounding_of_another_decide_nothing()
    {
        string[] network = ["predict", "--architecture", "bn_res", "--kernel-size", "3", "--dataset", Glaring(), .. OfGlaring];
        var exact = CommandLine.Run([.. network, "--epsilon", "0"]);
        exact.ExitStatus.Should().Be(2, "every number of noise would be the rounding's");
        exact.Error.Should().StartWith("wellbehaved: --dataset, --epsilon: expected points whose variances").And.Contain("far larger than all others");
        File.Exists(PathOf("prediction.json")).Should().BeFalse();

        // A usual ε outweighs what is lost.
        var usual = CommandLine.Run([.. network, "--epsilon", "0.001"]);
        usual.ExitStatus.Should().Be(0, usual.Error);
        usual.Output.Should().NotContain("% lie");
        using var document = JsonDocument.Parse(File.ReadAllText(PathOf("prediction.json")));
        document.RootElement.GetProperty("chi").EnumerateArray().Should().OnlyContain(chi => chi.GetDouble() > 1);
        document.RootElement.TryGetProperty("noise_shared_with_signal", out _).Should().BeFalse();
        document.RootElement.GetProperty("remarks")[0].GetString().Should().Contain("is not known");
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("0.001", true)]
    public void Of_a_network_they_end_what_is_said_of_the_noise(string epsilon, bool isSaid)
    {
        var network = PathOf("network.json");
        File.WriteAllText(
            network,
            """
            {"name": "mine", "layers": [{"conv": {"kernel": 3, "channels": "N"}}, {"repeat": {"times": "L", "unit": [
                {"residual": {"branch": [{"batch_norm": {"epsilon": EPSILON}}, "relu", {"conv": {"kernel": 3}}]}}]}}]}
            """.Replace("EPSILON", epsilon)
        );
        var outcome = CommandLine.Run(["predict", "--network", network, "--dataset", Glaring(), .. OfGlaring]);
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        using var document = JsonDocument.Parse(File.ReadAllText(PathOf("prediction.json")));
        (document.RootElement.GetProperty("chi").EnumerateArray().Last().ValueKind == JsonValueKind.Number).Should().Be(isSaid);
        (document.RootElement.GetProperty("why_no_noise").ValueKind == JsonValueKind.Null).Should().Be(isSaid);
    }

    private string[] OfGlaring =>
        ["--total-depth", "2", "--num-channels", "4", "--batch-size", "5", "--normalize", "global", "--json", PathOf("prediction.json")];

    /// <summary>One pixel of 10⁹ among 255s: the batch varies in many directions, all but one of which double precision hardly holds beside that one.</summary>
    private string Glaring() =>
        Write("glare.npy", (image, position) => image == 0 && position == 5 ? 1e9 : 128 + (127 * Math.Sin((31 * image) + (position * position))), 5, 4, 4, 3);

    [FashionMnistFact]
    public void The_images_of_Debian_s_package_are_read()
    {
        var images = ImageSources.Open("fashion_mnist", FashionMnistFactAttribute.Folder);
        (images.Count, images.Height, images.Width, images.Channels).Should().Be((60_000, 28, 28, 1));
        CommandLine
            .Run([
                "run",
                .. Net,
                "--num-sims",
                "1",
                "--dataset",
                "fashion_mnist",
                "--data-dir",
                FashionMnistFactAttribute.Folder,
                "--normalize",
                "global",
                "--out",
                PathOf("result.npz"),
            ])
            .ExitStatus.Should()
            .Be(0);
    }

    [NumPyFact]
    public void Files_of_Python_pickle_and_of_NumPy_are_read_as_images()
    {
        var script = """
            import pickle, sys, numpy as np
            folder = sys.argv[1]
            data = np.random.default_rng(1).integers(0, 256, (5, 3072), dtype=np.uint8)
            for protocol, name in ((3, 'three'), (4, 'four')):
                import os
                os.makedirs(f'{folder}/{name}/cifar-100-python')
                with open(f'{folder}/{name}/cifar-100-python/train', 'wb') as file:
                    pickle.dump({'data': data, 'fine_labels': [3] * 5, 'filenames': ['a.png', 'b.png']}, file, protocol=protocol)
            np.savez_compressed(f'{folder}/images.npz', x_train=data.reshape(5, 3, 32, 32), y_train=np.arange(5))
            np.save(f'{folder}/c8.npy', np.zeros((2, 4, 4), dtype='complex64'))
            np.save(f'{folder}/record.npy', np.zeros((2, 4, 4), dtype=[('r', 'u1'), ('g', 'f4')]))
            """;
        var python = CommandLine.Run(NumPy.Python, ["-c", script, _folder]);
        python.ExitStatus.Should().Be(0, python.Error);

        var saved = ImageSources.Open($"{PathOf("images.npz")}:x_train", layout: ImageLayout.Nchw);
        var pixels = new double[5 * 3072];
        saved.FillBatch(1, 0, 5, pixels);
        foreach (var name in new[] { "three", "four" })
        {
            var pickled = new double[5 * 3072];
            ImageSources.Open("cifar100", PathOf(name)).FillBatch(1, 0, 5, pickled);
            pickled.Should().Equal(pixels);
        }

        FluentActions
            .Invoking(() => ImageSources.Open(PathOf("c8.npy")))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*c8.npy: *found type '<c8', complex numbers*");
        FluentActions
            .Invoking(() => ImageSources.Open(PathOf("record.npy")))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*record.npy: *found records of several fields*");
    }

    private string[] Run(string images, string result) => ["run", .. Net, "--num-sims", "1", "--dataset", images, "--out", PathOf(result)];

    private string Write(string name, params int[] shape) => Write(name, (image, position) => Math.Sin((31 * image) + position), shape);

    private string Write(string name, Func<int, int, double> pixel, params int[] shape)
    {
        var length = shape.Skip(1).Aggregate(1, (product, extent) => product * extent);
        using var stream = File.Create(PathOf(name));
        NpyFormat.Write(stream, NpyArray.From([.. Enumerable.Range(0, shape[0] * length).Select(i => pixel(i / length, i % length))], shape));
        return PathOf(name);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Writes a compressed archive of an array of zeros, as a few bytes.</summary>
    private static void WriteZeros(string path, params int[] shape)
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        using var stream = archive.CreateEntry("x.npy", CompressionLevel.Fastest).Open();
        var header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': ({string.Join(", ", shape)}), }}".PadRight(117) + "\n";
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(header));
        var row = new byte[shape[1] * shape[2] * shape[3]];
        for (var i = 0; i < shape[0]; i++)
        {
            stream.Write(row);
        }
    }
}
