using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Wellbehaved.Onnx;

/// <summary>Keeps ONNX Runtime from reporting how it is used.</summary>
internal static partial class OnnxTelemetry
{
    /// <summary>
    /// The environment variable that ONNX Runtime looks at when it is loaded: with 1 it reports nothing, and keeps no file of what it would report.
    /// </summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Turns it off, before ONNX Runtime is loaded. What a user has set stays.</summary>
    public static void TurnOff()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
            SetForLibraries();
        }

        // For a runtime that somebody else has loaded before.
        OrtEnv.Instance().DisableTelemetryEvents();
    }

    /// <summary>On Unix .NET keeps a copy of the environment, and native libraries see the process's own.</summary>
    private static void SetForLibraries()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        try
        {
            _ = SetEnvironmentVariable(Variable, "1", overwrite: 0);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // Then the call below has to do.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
