using System.Runtime.InteropServices;

namespace Wellbehaved.Numerics;

/// <summary>Asks the operating system to use large pages for a large block of memory.</summary>
/// <remarks>
/// A transform along an image accesses memory in steps of a row of channels; with pages of 4 KiB nearly every step misses the translation lookaside buffer.
/// The request is only a hint: if the system does not support or follow it, everything works, but more slowly.
/// </remarks>
internal static unsafe partial class HugePages
{
    /// <summary>Size of a large page, and its required alignment.</summary>
    public const int Size = 1 << 21;

    private const int MadviseHugePage = 14;

    /// <summary>Gives the hint.</summary>
    /// <param name="address">Address of the block, aligned to <see cref="Size"/>.</param>
    /// <param name="bytes">Its length.</param>
    public static void Advise(void* address, nuint bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = Madvise(address, bytes, MadviseHugePage);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // The system does not support the hint.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint bytes, int advice);
}
