using System.Runtime.InteropServices;
using System.Text.Json;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>The process with ONNX Runtime: it reads a request from standard input, and answers in lines on standard output.</summary>
/// <remarks>It ends when its standard input ends, that is, with the command that started it, however that command ends.</remarks>
internal static class OnnxWorker
{
    /// <summary>The argument that turns the command into this process. It is not for users, and no help lists it.</summary>
    public const string Verb = "[onnx-worker]";

    /// <summary>Serves one request.</summary>
    /// <returns>The exit status, which is 0 also for a wrong request: a message reports the error.</returns>
    public static int Run()
    {
        ParameterName.SpellBy(OptionNames.Spell);

        // Ctrl-C reaches both processes. This one ignores it: the command decides and ends this process.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        using var input = new StreamReader(Console.OpenStandardInput());
        var line = input.ReadLine();
        if (line is null)
        {
            return ExitStatus.Usage;
        }

        new Thread(() => EndWith(input)) { IsBackground = true }.Start();
        try
        {
            var request = JsonSerializer.Deserialize<OnnxRequest>(line, OnnxMessage.Format) ?? throw new InvalidOperationException("nothing was asked");
            MemoryLimit.To(request.Limits.Bytes);
            OnnxWork.Do(request, message => output.WriteLine(JsonSerializer.Serialize(message, OnnxMessage.Format)));
            Say(new OnnxMessage { Done = true });
        }
        catch (InvalidInputException wrong)
        {
            Say(new OnnxMessage { Failure = new OnnxFailure(wrong.Message[(wrong.Subject.Length + 2)..], wrong.Subject) });
        }
        catch (OutOfMemoryException)
        {
            Say(new OnnxMessage { Failure = new OnnxFailure(Runtime.NoMemory, "memory") });
        }
#pragma warning disable CA1031 // Whatever it is, the command tells it.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            Say(new OnnxMessage { Failure = new OnnxFailure($"{defect.GetType().Name}: {defect.Message}", null, $"{defect}") });
        }

        return ExitStatus.Success;

        void Say(OnnxMessage message) => output.WriteLine(JsonSerializer.Serialize(message, OnnxMessage.Format));
    }

    private static void EndWith(StreamReader input)
    {
        while (input.Read() >= 0) { }

        ImmediateExit.With(ExitStatus.Interrupted);
    }
}
