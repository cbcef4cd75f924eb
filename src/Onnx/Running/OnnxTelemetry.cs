using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Wellbehaved.Onnx;

/// <summary>Turns off the telemetry of ONNX Runtime.</summary>
internal static partial class OnnxTelemetry
{
    /// <summary>
    /// The environment variable that ONNX Runtime reads when it is loaded: if it is 1, nothing is reported, and no file of reports is kept.
    /// </summary>
    public const string Variable = "ORT_DISABLE_TELEMETRY";

    /// <summary>Turns telemetry off before ONNX Runtime is loaded. A value that the user has set is kept.</summary>
    public static void TurnOff()
    {
        if (Environment.GetEnvironmentVariable(Variable) is null)
        {
            Environment.SetEnvironmentVariable(Variable, "1");
            SetForLibraries();
        }

        // This is for the case that other code has already loaded the runtime.
        OrtEnv.Instance().DisableTelemetryEvents();
    }

    /// <summary>Sets the variable for native libraries. On Unix .NET has a copy of the environment, but native libraries read that of the process.</summary>
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
            // Then only the call that disables telemetry events is effective.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);
}
