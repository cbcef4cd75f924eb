using System.Globalization;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Loads and runs models in ONNX Runtime.</summary>
internal static class Runtime
{
    /// <summary>The reason of a refusal where memory did not suffice.</summary>
    public const string NoMemory = "expected a model that fits into memory; choose a smaller batch";

    private const string Cpu = "cpu";
    private const string Cuda = "cuda";

    // Every use of ONNX Runtime begins with loading a model here.
    static Runtime() => OnnxTelemetry.TurnOff();

    /// <summary>Loads a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="subject">The file's name in messages.</param>
    /// <param name="threads">
    /// Number of threads of an operator; no more are started than there are processors. Each takes its stack, and ONNX Runtime waits without end for one that
    /// the system refuses to start.
    /// </param>
    /// <param name="optimise">Whether ONNX Runtime optimises the graph.</param>
    /// <param name="device">The device on which it runs.</param>
    /// <exception cref="InvalidInputException">ONNX Runtime does not accept the model.</exception>
    public static InferenceSession Load(ModelProto model, string subject, int threads, bool optimise, string device = Cpu)
    {
        using var options = new SessionOptions
        {
            GraphOptimizationLevel = optimise ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            IntraOpNumThreads = Math.Min(threads, Environment.ProcessorCount),
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            EnableMemoryPattern = false,

            // Each segment of a network has its own session, and arenas would keep the memory of all sessions.
            EnableCpuMemArena = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        UseDevice(options, device);
        options.AddSessionConfigEntry("session.disable_prepacking", "1");
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        try
        {
            return new InferenceSession(model.ToByteArray(), options);
        }
        catch (OnnxRuntimeException error)
        {
            throw Refusal(subject, error);
        }
    }

    /// <summary>Runs a model.</summary>
    /// <exception cref="InvalidInputException">ONNX Runtime reports an error.</exception>
    public static IDisposableReadOnlyCollection<OrtValue> Run(
        InferenceSession session,
        string subject,
        IReadOnlyList<string> inputs,
        IReadOnlyList<OrtValue> values,
        IReadOnlyList<string> outputs
    )
    {
        using var options = new RunOptions();
        try
        {
            return session.Run(options, [.. inputs], [.. values], [.. outputs]);
        }
        catch (OnnxRuntimeException error)
        {
            throw Refusal(subject, error);
        }
    }

    private static void UseDevice(SessionOptions options, string device)
    {
        if (device == Cpu)
        {
            return;
        }

        var number = 0;
        if (
            device != Cuda
            && !(
                device.StartsWith(Cuda + ":", StringComparison.Ordinal)
                && int.TryParse(device.AsSpan(Cuda.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            )
        )
        {
            throw new InvalidInputException(ParameterName.Spell(nameof(OnnxOptions.Device)), $"expected cpu, cuda or cuda:N, got '{device}'");
        }

        try
        {
            options.AppendExecutionProvider_CUDA(number);
        }
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            var said = ForeignText.Beginning(error.Message, 300);
            throw new InvalidInputException(
                ParameterName.Spell(nameof(OnnxOptions.Device)),
                $"expected a graphics processor and the CUDA version of ONNX Runtime's library, not the version for CPUs only; ONNX Runtime reports: {said}",
                error
            );
        }
    }

    private static InvalidInputException Refusal(string subject, OnnxRuntimeException error) =>
        error.Message.Contains("bad_alloc", StringComparison.Ordinal) || error.Message.Contains("Failed to allocate memory", StringComparison.Ordinal)
            ? new(subject, NoMemory, error)
            : new(subject, $"expected a model that ONNX Runtime can run; it reports: {ForeignText.Beginning(error.Message, 500)}", error);
}
