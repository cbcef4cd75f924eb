using System.Runtime.InteropServices;

namespace Wellbehaved.Numerics;

/// <summary>Asks the system to back a large block with large pages.</summary>
/// <remarks>
/// A transform along an image strides through memory in steps of a row of channels; with pages of 4 KiB nearly every step misses the translation buffer.
/// It is advice: where it cannot be given or is not taken, everything works, only slower.
/// </remarks>
internal static unsafe partial class HugePages
{
    /// <summary>Size of a large page, and the alignment that one needs.</summary>
    public const int Size = 1 << 21;

    private const int MadviseHugePage = 14;

    /// <summary>Gives the advice.</summary>
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
            // A system without it.
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(void* address, nuint bytes, int advice);
}
