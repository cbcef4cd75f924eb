using System.Diagnostics;
using System.Globalization;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The most memory that this process has had since the count was begun anew.</summary>
/// <remarks>
/// Linux begins anew when told so; elsewhere the count is that of the whole life of the process, and every command after one that took much seems to.
/// </remarks>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";
    private const string Clear = "/proc/self/clear_refs";

    /// <summary>Bytes.</summary>
    public static long Read()
    {
        if (!File.Exists(Status))
        {
            return Process.GetCurrentProcess().PeakWorkingSet64;
        }

        var line = File.ReadLines(Status).First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>Gives back what is not needed and begins the count anew.</summary>
    /// <remarks>Of a gigabyte that is free again an ordinary collection keeps most, and whatever comes next would seem to have taken it.</remarks>
    public static void Reset()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        if (File.Exists(Clear))
        {
            File.WriteAllText(Clear, "5");
        }
    }
}
