using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Audit;

/// <summary>
/// A job of Windows: a process and everything that it starts. They end when the job is closed, even if that is because the auditor was killed.
/// </summary>
internal sealed partial class WindowsJob : IDisposable
{
    private const int ExtendedLimits = 9;
    private const uint KillOnClose = 0x2000;
    private readonly SafeWaitHandle _handle;

    private WindowsJob(SafeWaitHandle handle) => _handle = handle;

    /// <summary>Puts a process that has just been started into a job of its own.</summary>
    /// <param name="process">The process.</param>
    /// <returns>The job; null if the system does not allow it, or the process has already ended.</returns>
    public static WindowsJob? Enclose(Process process)
    {
        var handle = CreateJob(0, 0);
        var limits = new Limits { Basic = new BasicLimits { Flags = KillOnClose } };
        if (!handle.IsInvalid && SetLimits(handle, ExtendedLimits, in limits, (uint)Marshal.SizeOf<Limits>()) && Assign(handle, process.SafeHandle))
        {
            return new WindowsJob(handle);
        }

        handle.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    [LibraryImport("kernel32.dll", EntryPoint = "CreateJobObjectW", SetLastError = true)]
    private static partial SafeWaitHandle CreateJob(nint security, nint name);

    [LibraryImport("kernel32.dll", EntryPoint = "SetInformationJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetLimits(SafeWaitHandle job, int kind, in Limits limits, uint bytes);

    [LibraryImport("kernel32.dll", EntryPoint = "AssignProcessToJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool Assign(SafeWaitHandle job, SafeProcessHandle process);

    /// <summary>JOBOBJECT_BASIC_LIMIT_INFORMATION of winnt.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct BasicLimits
    {
        public long TimeOfProcess;
        public long TimeOfJob;
        public uint Flags;
        public nuint LeastWorkingSet;
        public nuint MostWorkingSet;
        public uint MostProcesses;
        public nuint Affinity;
        public uint PriorityClass;
        public uint SchedulingClass;
    }

    /// <summary>JOBOBJECT_EXTENDED_LIMIT_INFORMATION of winnt.h, with the six counters of IO_COUNTERS in it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public BasicLimits Basic;
        public ulong Reads;
        public ulong Writes;
        public ulong Others;
        public ulong BytesRead;
        public ulong BytesWritten;
        public ulong BytesOfOthers;
        public nuint MemoryOfProcess;
        public nuint MemoryOfJob;
        public nuint MostMemoryOfProcess;
        public nuint MostMemoryOfJob;
    }
}
