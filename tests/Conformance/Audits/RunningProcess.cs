using System.Diagnostics;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Whether processes that a test did not start itself still run.</summary>
internal static class RunningProcess
{
    /// <summary>A killed process takes a moment to go, on a busy machine a long one; five minutes are what those of the tests would sleep.</summary>
    public static bool HasEnded(int process) => SpinWait.SpinUntil(() => !Exists(process), TimeSpan.FromMinutes(4));

    /// <summary>One that ended and was not waited for yet is a zombie, which runs no more.</summary>
    public static bool Exists(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited && !(OperatingSystem.IsLinux() && File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal));
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            return false;
        }
    }
}
