using System.Globalization;

namespace Wellbehaved.Cli;

/// <summary>What the process with ONNX Runtime may take: a file can come from anybody, and one of a kilobyte can ask for endless work or all memory.</summary>
/// <param name="Seconds">The longest time without progress.</param>
/// <param name="Bytes">The most memory.</param>
internal sealed record OnnxLimits(double Seconds, long Bytes)
{
    /// <summary>The option that sets the time.</summary>
    public const string TimeOption = "--time-limit";

    /// <summary>The option that sets the memory.</summary>
    public const string MemoryOption = "--memory-limit";

    /// <summary>Seconds without progress that a large network on a slow machine does not reach: progress is reported every few layers.</summary>
    public const double DefaultSeconds = 600;

    /// <summary>The stack of a thread on most systems, which counts as memory of the process before it is used.</summary>
    private const long BytesOfStack = 8 << 20;

    /// <summary>The part of the memory that stacks of threads may take.</summary>
    private const int PartOfStacks = 8;

    private const double MostSeconds = 86400;
    private const double Gibibyte = 1L << 30;
    private const double MostGibibytes = 1 << 20;

    /// <summary>The limits without an option: half of the machine's memory, so that the system and the command keep the rest.</summary>
    public static OnnxLimits Default { get; } = new(DefaultSeconds, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2);

    /// <summary>Threads whose stacks leave most of the memory to the network: ONNX Runtime waits without end for one that the system refuses.</summary>
    public int Threads => (int)Math.Clamp(Bytes / PartOfStacks / BytesOfStack, 1, int.MaxValue);

    /// <summary>Why the time is over.</summary>
    /// <param name="doing">What ONNX Runtime was doing: read or run.</param>
    public string NoProgress(string doing) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"expected a model that ONNX Runtime can {doing}, but there was no progress in {Seconds:0.###} s; {TimeOption} gives it more seconds"
        );

    /// <summary>Why a model that needs too much memory is refused.</summary>
    public string TooMuchMemory =>
        $"expected a model that takes at most {ByteCount.Spell(Bytes)} of memory; {MemoryOption} gives it more GiB where there are more, or choose a "
        + "smaller batch";

    /// <summary>The limits that options ask for.</summary>
    /// <param name="seconds">The value of <see cref="TimeOption"/>; null if it is not given.</param>
    /// <param name="gibibytes">The value of <see cref="MemoryOption"/>; null if it is not given.</param>
    /// <exception cref="InvalidInputException">One of them is out of range.</exception>
    public static OnnxLimits Read(double? seconds, double? gibibytes) =>
        new(
            seconds is not { } time ? Default.Seconds
                : time is > 0 and <= MostSeconds ? time
                : throw Wrong(TimeOption, "a positive number of seconds up to a day", time),
            gibibytes is not { } memory ? Default.Bytes
                : memory is > 0 and <= MostGibibytes ? (long)(memory * Gibibyte)
                : throw Wrong(MemoryOption, "a positive number of GiB", memory)
        );

    private static InvalidInputException Wrong(string option, string expected, double got) =>
        new(option, string.Create(CultureInfo.InvariantCulture, $"expected {expected}, got {got}"));
}
