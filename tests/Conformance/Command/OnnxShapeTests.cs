using System.Diagnostics;
using System.Text.Json;
using FluentAssertions;
using Wellbehaved.Cli;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Shapes of inputs of ONNX files, in the file or in the call, that cannot be or that nothing would use.</summary>
public sealed class OnnxShapeTests : IDisposable
{
    private readonly Campaign _campaign = new();

    public void Dispose() => _campaign.Dispose();

    [Theory]
    [InlineData(1L << 40, 6, "1099511627776, 6")]
    [InlineData(1L << 62, 6, "4611686018427387904, 6")]
    [InlineData(1L << 33, 6, "8589934592, 6")]
    [InlineData(1L << 27, 6, "134217728, 6")]
    public void An_input_that_no_memory_holds_is_refused_by_its_name_and_shape(long rows, long columns, string shape)
    {
        Write(Build.Input("x", rows, columns));

        Refused([], $"expected an input of at most * elements, got 'x' of shape [{shape}]");
    }

    [Theory]
    [InlineData("x=1099511627776x6", "1099511627776, 6")]
    [InlineData("x=536870911x6", "536870911, 6")]
    public void A_shape_of_the_call_that_no_memory_holds_is_refused_by_its_name_and_shape(string option, string shape)
    {
        Write(Build.Input("x", -1, 6));

        Refused(["--input-shape", option], $"expected an input of at most * elements, got 'x' of shape [{shape}]");
    }

    [Fact]
    public void Tokens_that_no_memory_holds_are_refused_by_their_name_and_shape()
    {
        Save(
            Build.Model(
                17,
                [Build.Input("ids", TensorProto.Types.DataType.Int64, 1L << 33, 1L << 33)],
                [Build.Tensor("table", 1, 5, 6), Build.Tensor("w", 1, 6, 6)],
                Build.Node("Gather", ["table", "ids"], "e"),
                Build.Node("MatMul", ["e", "w"], "y")
            )
        );

        Refused([], "expected an input of at most * elements, got 'ids' of shape [8589934592, 8589934592]");
    }

    [Theory]
    [InlineData("5x5x7")]
    [InlineData("1x1x6")]
    public void A_shape_of_images_is_refused_where_no_input_takes_images(string shape)
    {
        Write(Build.Input("x", -1, 6));

        var outcome = CommandLine.Run("diagnose", _campaign["net.onnx"], "--num-sims", "2", "--input-shape", shape);

        outcome.ExitStatus.Should().Be(ExitStatus.Usage, outcome.Error);
        outcome
            .Error.TrimEnd()
            .Should()
            .Be($"wellbehaved: --input-shape: expected the name and all lengths of an input, since none takes images, in the form x=8x6, got {shape}");
    }

    [Fact]
    public void A_defect_in_the_process_with_ONNX_Runtime_is_told_in_one_line_and_its_trace_kept_apart()
    {
        var failure = new OnnxDefectException("OverflowException: Arithmetic operation", "   at Somewhere.Deep(Int32)\n   at Main()");
        var said = new StringWriter();

        Failure.Report(failure, said).Should().Be(ExitStatus.Defect);

        said.ToString().TrimEnd().Should().Contain("OverflowException: Arithmetic operation").And.NotContain(" at Somewhere").And.NotContain("\n");
        failure.ToString().Should().Contain("at Somewhere.Deep(Int32)");
        foreach (var kept in Directory.GetFiles(Path.GetTempPath(), $"wellbehaved-defect-*-{Environment.ProcessId}-*.txt"))
        {
            File.Delete(kept);
        }
    }

    [Fact]
    public void The_process_with_ONNX_Runtime_sends_the_trace_of_a_defect_apart_from_its_message()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), OnnxWorker.Verb])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var worker = Process.Start(start)!;
        worker.StandardInput.WriteLine("null");
        worker.StandardInput.Flush();
        var answer = worker.StandardOutput.ReadLine()!;
        worker.StandardInput.Close();
        worker.WaitForExit();

        var failure = JsonSerializer.Deserialize<OnnxMessage>(answer, OnnxMessage.Format)!.Failure!;

        failure.Should().BeEquivalentTo(new { Message = "InvalidOperationException: nothing was asked", Subject = (string?)null });
        failure.Trace.Should().Contain("   at ");
    }

    private void Write(ValueInfoProto input) => Save(Build.Model(17, [input], [Build.Tensor("w", 1, 6, 6)], Build.Node("MatMul", ["x", "w"], "y")));

    private void Save(ModelProto model) => model.Save(_campaign["net.onnx"]);

    private void Refused(string[] options, string message)
    {
        var outcome = CommandLine.Run(["diagnose", _campaign["net.onnx"], "--num-sims", "2", .. options]);

        outcome.ExitStatus.Should().Be(ExitStatus.Usage, outcome.Error);
        outcome.Error.TrimEnd().Should().Match($"wellbehaved: *net.onnx: {message}; choose a smaller batch").And.NotContain("\n");
    }
}
