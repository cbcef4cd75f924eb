using System.Diagnostics;
using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Cli;
using Wellbehaved.Figures;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A network in an ONNX file is run and diagnosed from the command line.</summary>
public sealed class OnnxCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_and_diagnose_of_an_exported_network_agree_with_diagnose_of_the_result_file()
    {
        var (model, result) = (PathOf("net.onnx"), PathOf("net.npz"));
        Succeed("network", "bn_res", "--total-depth", "6", "--num-channels", "8", "--input-shape", "4x4x3", "--onnx", model)
            .Output.Should()
            .Be($"bn_res: one mapping, seed 0, written to {model}\n");
        string[] options = ["--num-sims", "12", "--batch-size", "6", "--seed", "3", "--weights", "he"];

        Succeed(["run", "--network", model, "--out", result, .. options]).Output.Should().Be($"12 simulations of net written to {result}\n");
        var (ofModel, ofFile) = (
            CommandLine.Run(["diagnose", model, "--json", PathOf("net.json"), "--report", PathOf("report"), .. options]),
            CommandLine.Run("diagnose", result)
        );

        ofModel.ExitStatus.Should().Be(ofFile.ExitStatus).And.BeOneOf(0, 3);
        ofModel
            .Output.Should()
            .Contain(ofFile.Output[..ofFile.Output.IndexOf("repeat: ", StringComparison.Ordinal)], "a result file is judged as the run was")
            .And.Contain("SNR^l/SNR^0")
            .And.Contain("normal");
        ofModel.Error.Should().NotContain("note:").And.NotContain("wellbehaved:", "a slow machine alone shows how far it is");
        var file = ResultFile.Read(result);
        file.NetworkName.Should().Be("net");
        file.Simulations.Should().Be(12);
        file.SequenceDepths.Should().BeInAscendingOrder().And.HaveCountLessThan(file.Depth.Count, "branches are recorded and not judged");
        var said = JsonNode.Parse(file.Configuration!)!;
        said["model_sha256"]!.GetValue<string>().Should().Be(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(model))));
        said["weights"]!.GetValue<string>().Should().Be("he");
        var json = JsonNode.Parse(File.ReadAllText(PathOf("net.json")))!;
        json["sentence"]!.GetValue<string>().Should().Be(ofFile.Output.Split('\n')[0]);
        json["places"]!.AsArray().Should().HaveCount(file.Depth.Count);
        json["network"]!["parameters"]!.AsArray().Should().OnlyContain(parameter => parameter!["drawn"]!.GetValue<string>().Length > 0);
        var (page, text) = (File.ReadAllText(PathOf("report/report.html")), File.ReadAllText(PathOf("report/report.md")));
        page.Should()
            .Contain("<svg")
            .And.Contain("</html>")
            .And.NotContain("<script")
            .And.Contain("<li>")
            .And.Contain("overflow-x")
            .And.Contain(said["model_sha256"]!.GetValue<string>());
        text.Should()
            .Contain("## Stages")
            .And.Contain("| mappings | 12 |")
            .And.Contain("| weights | he |")
            .And.Contain("| seed | 3 |")
            .And.Contain("x 6×3×4×4")
            .And.NotMatchRegex(@"\| (\\-|\d+\\\.)")
            .And.NotContain("-0.000 ");
        Markup
            .Plain(NetworkFigure.Draw([("net", file)]).Notes[0])
            .Should()
            .EndWith($"recorded by wellbehaved {typeof(OnnxReport).Assembly.GetName().Version!.ToString(3)}");
    }

    /// <summary>A row that is broken is no row.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(80)]
    public void Table_of_stages_in_a_narrow_window_leaves_out_columns_and_names_them(int width)
    {
        Succeed("network", "bn_ff", "--total-depth", "12", "--num-channels", "8", "--input-shape", "4x4x3", "--onnx", PathOf("net.onnx"));
        var (_, report) = OnnxRun.Diagnose(
            new OnnxRequest
            {
                Path = PathOf("net.onnx"),
                BatchSize = 6,
                NumSims = 3,
                Threads = 1,
            },
            null,
            null,
            "",
            default
        );
        string[] whole = [.. report.Lines()],
            narrow = [.. report.Lines(width)];

        string[] Rows(string[] lines) =>
            [.. lines.SkipWhile(line => !line.StartsWith("stage", StringComparison.Ordinal)).TakeWhile(line => line.Contains("  ", StringComparison.Ordinal))];
        Rows(whole).Max(line => line.Length).Should().BeGreaterThan(100);
        Rows(narrow).Should().HaveCount(Rows(whole).Length).And.OnlyContain(line => line.Length <= width);
        narrow.Should().ContainSingle(line => line.StartsWith("a wider window, --json and --report also show: channels", StringComparison.Ordinal));
        whole.Should().NotContain(line => line.StartsWith("a wider window", StringComparison.Ordinal));
    }

    [Fact]
    public void File_weights_give_one_mapping_in_which_only_the_inputs_vary()
    {
        var model = Save(Convolved());
        Succeed(
            "run",
            "--network",
            model,
            "--out",
            PathOf("net.npz"),
            "--num-sims",
            "2",
            "--batch-size",
            "4",
            "--weights",
            "file",
            "--dataset",
            "natural",
            "--input-shape",
            "32x32x3"
        );
        var chi = ResultFile.Read(PathOf("net.npz")).Find("chi")!;
        chi[0][^1].Should().NotBe(chi[1][^1]).And.BeApproximately(chi[1][^1], 0.2 * chi[1][^1]);
    }

    [Fact]
    public void Tokens_from_a_file_are_used_and_shapes_are_given_by_input_name()
    {
        var model = Save(
            Build.Model(
                13,
                [Build.Input("ids", DataType.Int64, -1, -2)],
                [Build.Tensor("table", 1, 11, 6), Build.Tensor("w", 0.4, 6, 5)],
                Build.Node("Gather", ["table", "ids"], "h"),
                Build.Node("MatMul", ["h", "w"], "p"),
                Build.Node("Tanh", ["p"], "y")
            )
        );
        using (var stream = File.Create(PathOf("tokens.npy")))
        {
            NpyFormat.Write(stream, NpyArray.From([.. Enumerable.Range(0, 60).Select(i => (long)(i % 11))], 60));
        }

        Succeed("run", "--network", model, "--out", PathOf("net.npz"), "--num-sims", "2", "--tokens", PathOf("tokens.npy"), "--input-shape", "ids=3x7");
        JsonNode.Parse(ResultFile.Read(PathOf("net.npz")).Configuration!)!["input_shapes"]!["ids"]!.ToJsonString().Should().Be("[3,7]");
        Refused(
            ["run", "--network", model, "--out", PathOf("other.npz"), "--num-sims", "2", "--tokens", PathOf("tokens.npy"), "--input-shape", "ids=3x99"],
            "--tokens: expected an array*99 tokens*"
        );
        Refused(["diagnose", model], "--input-shape: expected the shape of 'ids'*[n, t]*");
    }

    public static TheoryData<string, string> WrongCalls =>
        new()
        {
            { "diagnose {model} --total-depth 3", "--total-depth: expected without an ONNX file*" },
            {
                "diagnose {model} --dataset natural --input-shape 5x5x3",
                "--dataset: expected images that fit the input 'x' of shape [8, 3, 5, 5], got 32x32x3*"
            },
            { "diagnose {model} --tokens {model}", "*model.onnx: expected*" },
            { "diagnose {model} --input-shape 5x5x3 --keep none*", "--keep: expected a pattern*such as 'w', got 'none*'" },
            { "diagnose {model} --num-sims 0", "--num-sims: expected a positive number, got 0" },
            { "diagnose {model} --threads 0", "--threads: expected a positive number, got 0" },
            { "diagnose {model} --input-shape 5x5x3 --device tpu", "--device: expected cpu, cuda or cuda:N, got 'tpu'" },
            { "diagnose {model} --batch-norm own", "--batch-norm: expected batch, stored, got 'own'*" },
            { "diagnose {model} --layout nchw", "--layout: expected with --dataset*" },
            { "diagnose {model} --input-shape 32x32x4", "--input-shape: expected images that fit*'x', got 32x32x4" },
            { "diagnose {model} --input-shape z=3", "--input-shape: expected an input of the file (x), got 'z'" },
            { "diagnose {model} --input-shape 3", "--input-shape: expected height, width and channels*" },
            { "diagnose {model} --out {model}", "--out: expected*" },
            { "run --network {model} --num-sims 2 --out x.npz --shard 1/2", "--shard: expected without an ONNX file*" },
            { "run --network {model} --num-sims 2 --out x.txt", "--out: expected a file name that ends in .npz*" },
            { "run --network vanilla --num-sims 2 --out x.npz", "--batch-size: expected with run, got nothing*" },
            {
                "run --network vanilla --batch-size 2 --total-depth 2 --num-channels 4 --num-sims 2 --out x.npz --weights he",
                "--weights: expected only with the ONNX file*"
            },
            { "predict --network {model} --batch-size 2", "*expected a network of layers*" },
            { "network vanilla --total-depth 2 --num-channels 4 --input-shape 4x4x3 --onnx x.json", "--onnx: expected a file name that ends in .onnx*" },
            { "network vanilla --seed 3", "--seed: expected with --onnx*" },
            { "diagnose {folder}/absent.onnx", "*absent.onnx: expected a readable file of a model*" },
            { "diagnose {text}", "*text.onnx: expected an ONNX model*" },
            { "diagnose {empty}", "*empty.onnx: expected an ONNX model, got an empty file" },
            { "diagnose {model} --batch-size 2000000000 --input-shape 32x32x3", "*expected*choose a smaller batch" },
        };

    [Theory]
    [MemberData(nameof(WrongCalls))]
    public void Wrong_call_is_refused_in_one_line(string call, string message)
    {
        var model = Save(Convolved());
        File.WriteAllText(PathOf("text.onnx"), "this is no model");
        File.WriteAllText(PathOf("empty.onnx"), "");
        var before = Directory.GetFiles(_folder).Order();
        Refused(
            [
                .. call.Split(' ')
                    .Select(word =>
                        word.Replace("{model}", model, StringComparison.Ordinal)
                            .Replace("{folder}", _folder, StringComparison.Ordinal)
                            .Replace("{text}", PathOf("text.onnx"), StringComparison.Ordinal)
                            .Replace("{empty}", PathOf("empty.onnx"), StringComparison.Ordinal)
                    ),
            ],
            message
        );
        Directory.GetFiles(_folder).Order().Should().Equal(before, "nothing is written");
    }

    [Fact]
    public void Overflow_is_reported_with_the_first_place_that_is_not_finite()
    {
        var model = Save(
            Build.Model(
                13,
                [Build.Input("x", -1, 8)],
                [Build.Tensor("big", 1e30, 8, 8), Build.Tensor("w", 1, 8, 8)],
                Build.Node("MatMul", ["x", "w"], "h"),
                Build.Node("Gemm", ["h", "big"], "p"),
                Build.Node("MatMul", ["p", "big"], "y")
            )
        );
        Refused(
            ["diagnose", model, "--num-sims", "3"],
            "*model.onnx: expected finite numbers, but signal or noise exceeds single precision first at 'y' (MatMul, depth 3) in each of 3 mappings"
        );
    }

    [Fact]
    public void First_node_that_gives_NaN_is_named_even_if_no_place_follows_it()
    {
        var model = Save(
            Build.Model(
                13,
                [Build.Input("x", -1, 8)],
                [Build.Tensor("w", 1, 8, 8), Build.Tensor("v", 1, 8, 8)],
                Build.Node("MatMul", ["x", "w"], "c1"),
                Build.Node("Log", ["c1"], "bad"),
                Build.Node("Gemm", ["bad", "v"], "c2")
            )
        );
        Refused(
            ["diagnose", model, "--num-sims", "2"],
            "*model.onnx: expected finite numbers, but a number is NaN first at 'gemm' (Gemm, depth 2), given by 'log' (Log) in each of 2 mappings"
        );
    }

    [Fact]
    public void Network_without_weights_is_refused()
    {
        var model = Save(Build.Model(13, [Build.Input("x", -1, 8)], [], Build.Node("Relu", ["x"], "h"), Build.Node("Tanh", ["h"], "y")));
        Refused(["diagnose", model], "*model.onnx: expected layers with weights*got a network in which noise reaches none*");
    }

    /// <summary>Where the folder of temporary files is a variable of the environment.</summary>
    [LinuxFact]
    public void Onnx_runtime_stores_no_telemetry_in_command_or_library()
    {
        var (model, temporary) = (Save(Convolved()), Directory.CreateDirectory(PathOf("temporary")).FullName);
        foreach (var mode in new[] { "command", "library" })
        {
            string[] arguments = mode == "command" ? ["diagnose", model, "--input-shape", "8x8x3"] : [OnnxWorker.Verb];
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["TMPDIR"] = temporary;
            start.Environment.Remove(OnnxTelemetry.Variable);
            using var process = Process.Start(start)!;
            if (mode == "library")
            {
                // What the command's process gets by its environment, a library has to see to by itself.
                process.StandardInput.WriteLine(
                    System.Text.Json.JsonSerializer.Serialize(
                        new OnnxRequest
                        {
                            Path = model,
                            NumSims = 1,
                            ImageShape = new Wellbehaved.Networks.Shape(8, 8, 3),
                        },
                        OnnxMessage.Format
                    )
                );
            }

            var error = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd().Should().Contain(mode == "library" ? "\"Moments\"" : "SNR");
            process.WaitForExit();
            error.Result.Should().NotContain("wellbehaved:");
            Directory.GetFileSystemEntries(temporary).Should().BeEmpty($"nobody asked for what a {mode} would leave there");
        }
    }

    [Fact]
    public void Parameters_that_are_not_finite_are_refused_by_name()
    {
        var model = Save(Build.Model(13, [Build.Input("x", -1, 2)], [Build.Tensor("w", [1, double.NaN, 2, 3], 2, 2)], Build.Node("MatMul", ["x", "w"], "y")));
        Refused(["diagnose", model], "*model.onnx: expected finite numbers in the parameters, got others in tensor 'w'");
    }

    /// <summary>Ends ONNX Runtime 1.31.1 by an assertion of its own, since a shape exceeds 32 bits; a version that refuses it is as well.</summary>
    [Fact]
    public void Model_that_crashes_the_runtime_is_refused_in_one_line()
    {
        var zeros = new NodeProto { OpType = "ConstantOfShape" };
        zeros.Input.Add("k3");
        zeros.Output.Add("zeros");
        var value = Tensors.FromIntegers(0);
        zeros.Attribute.Add(
            new AttributeProto
            {
                Name = "value",
                Type = AttributeProto.Types.AttributeType.Tensor,
                T = value,
            }
        );
        TensorProto Scalar(string name, long number)
        {
            var tensor = Build.Integers(name, number);
            tensor.Dims.Clear();
            return tensor;
        }

        var model = Save(
            Build.Model(
                13,
                [Build.Input("x", -1, 3, 5, 5)],
                [
                    Build.Integers("pads", 1, 1, 0, 0),
                    Scalar("k", 1342177284),
                    Scalar("two", 2),
                    Build.Integers("shape", -1, 2),
                    Build.Integers("zero", 0),
                    Build.Integers("last", -1),
                    Build.Integers("first", -long.MaxValue),
                    Build.Tensor("w", 1, 4, 3, 1, 1),
                ],
                Build.Node("Mul", ["k", "two"], "k2"),
                Build.Node("Shape", ["pads"], "length"),
                Build.Node("Gather", ["length", "zero"], "four"),
                Build.Node("Sub", ["k2", "four"], "k3"),
                zeros,
                Build.Node("Concat", ["pads", "zeros"], "all").With("axis", 0L),
                Build.Node("Reshape", ["all", "shape"], "pairs"),
                Build.Node("Slice", ["pairs", "last", "first", "zero", "last"], "turned"),
                Build.Node("Transpose", ["turned"], "sides"),
                Build.Node("Reshape", ["sides", "last"], "flat"),
                Build.Node("Conv", ["x", "w"], "c"),
                Build.Node("Pad", ["c", "flat"], "y")
            )
        );
        Refused(["diagnose", model], "*model.onnx: expected a model that ONNX Runtime*");
    }

    /// <summary>Where the system tells which processes a process has started.</summary>
    [LinuxFact]
    public async Task Crash_of_the_runtime_process_is_reported_in_one_line_with_status_2()
    {
        using var process = StartLong();
        var error = process.StandardError.ReadToEndAsync();
        var child = ChildOf(process);
        using (var crashing = Process.GetProcessById(child))
        {
            crashing.Kill();
        }

        Interruption.Await(process, () => process.HasExited, "the command ends with the process that works for it");
        process.ExitCode.Should().Be(2);
        (await error)
            .TrimEnd()
            .Split('\n')[^1]
            .Should()
            .Match("wellbehaved: *model.onnx: expected a model that ONNX Runtime can *, but it crashed, status 137*");
        Directory.GetFiles(_folder).Should().ContainSingle("nothing but the model is there");
    }

    [LinuxFact]
    public async Task Ctrl_C_ends_both_processes_and_leaves_no_file()
    {
        using var process = StartLong();
        var error = process.StandardError.ReadToEndAsync();
        var child = ChildOf(process);
        Interruption.Interrupt(process);
        Interruption.Await(process, () => process.HasExited, "an interrupted command ends");
        process.ExitCode.Should().Be(130);
        (await error).TrimEnd().Split('\n')[^1].Should().Be("wellbehaved: interrupted");
        Directory.Exists($"/proc/{child}").Should().BeFalse("the other process is gone first");
        Directory.GetFiles(_folder).Should().ContainSingle("nothing but the model is there");
    }

    [LinuxFact]
    public void Runtime_process_ends_if_the_command_is_killed()
    {
        using var process = StartLong();
        var child = ChildOf(process);
        using var other = Process.GetProcessById(child);
        process.Kill(entireProcessTree: false);
        other.WaitForExit(TimeSpan.FromMinutes(15)).Should().BeTrue();
    }

    [Fact]
    public void Damaged_models_are_run_or_refused_without_a_crash()
    {
        var files = Breadth.Choose(usual: 12, atNight: 600);
        var (refused, findings) = OnnxFuzzing.Try(0, files, PathOf("spoilt.onnx"));
        findings.Should().BeEmpty();
        refused.Should().BeInRange(files / 4, files - 1);
    }

    private static ModelProto Convolved() =>
        Build.Model(
            13,
            [Build.Input("x", -1, 3, -2, -2)],
            [Build.Tensor("w", 0.3, 8, 3, 3, 3), Build.Tensor("v", 0.2, 6, 8, 3, 3)],
            Build.Node("Conv", ["x", "w"], "h1"),
            Build.Node("Relu", ["h1"], "h2"),
            Build.Node("Conv", ["h2", "v"], "y")
        );

    private static CommandLine.Outcome Succeed(params string[] arguments)
    {
        var outcome = CommandLine.Run(arguments);
        outcome.ExitStatus.Should().Be(0, outcome.Error);
        return outcome;
    }

    private static void Refused(string[] arguments, string message)
    {
        var outcome = CommandLine.Run(arguments);
        outcome.Output.Should().BeEmpty();
        outcome.Error.TrimEnd().Should().Match($"wellbehaved: {message}").And.NotContain("\n");
        outcome.ExitStatus.Should().Be(2);
    }

    private static int ChildOf(Process process)
    {
        string[] Children() =>
            File.ReadAllText($"/proc/{process.Id}/task/{process.Id}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Concat(
                    Directory
                        .GetDirectories($"/proc/{process.Id}/task")
                        .Where(Directory.Exists)
                        .SelectMany(task => TextOf($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                )
                .Distinct()
                .ToArray();
        Interruption.Await(
            process,
            () => Children().Any(child => TextOf($"/proc/{child}/cmdline").Contains(OnnxWorker.Verb, StringComparison.Ordinal)),
            "the command starts a process for ONNX Runtime"
        );
        return int.Parse(
            Children().First(child => TextOf($"/proc/{child}/cmdline").Contains(OnnxWorker.Verb, StringComparison.Ordinal)),
            System.Globalization.CultureInfo.InvariantCulture
        );
    }

    /// <summary>The text of a file that may be gone.</summary>
    private static string TextOf(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>More mappings than anybody waits for.</summary>
    private Process StartLong() =>
        Interruption.Start(
            "dotnet",
            [
                CommandLine.Uncounted,
                "run",
                "--network",
                Save(Convolved()),
                "--input-shape",
                "16x16x3",
                "--num-sims",
                "100000000",
                "--threads",
                "1",
                "--out",
                PathOf("net.npz"),
            ]
        );

    private string Save(ModelProto model) => model.Save(PathOf("model.onnx"));

    private string PathOf(string name) => Path.Combine(_folder, name);
}
