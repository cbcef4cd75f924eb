using System.Diagnostics;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>Announces the time and memory of a prediction before it begins, and refuses a prediction that does not fit memory.</summary>
internal static class CostRemark
{
    /// <summary>A prediction that takes less time has ended before a remark about it could be read.</summary>
    private static readonly TimeSpan Worth = TimeSpan.FromSeconds(2);

    /// <summary>From this time on, the remark suggests a smaller question.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    /// <summary>A first unit that took less time than this says little, because the runtime's compilation dominated it.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(5);

    /// <summary>Prints the remark on standard error.</summary>
    /// <param name="cost">The cost of one core.</param>
    /// <param name="points">Points of the kernel.</param>
    /// <exception cref="InvalidInputException">The prediction does not fit memory.</exception>
    public static void Print(PredictionCost cost, long points)
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (cost.LeastBytes > available)
        {
            throw new InvalidInputException(
                "--batch-size",
                $"expected a kernel that fits into memory: {points} points need {ByteCount.Spell(cost.LeastBytes)}, there are "
                    + $"{ByteCount.Spell(available)}; --points K predicts for K of them"
            );
        }

        var time = TimeOf(cost);
        if (time >= Worth)
        {
            Console.Error.WriteLine(
                $"note: this takes about {Spell(time)} and {ByteCount.Spell(cost.Bytes)} of memory at most for {points} "
                    + $"points{(time >= Long ? "; --points K predicts for fewer" : string.Empty)}"
            );
        }
    }

    /// <summary>Whether a prediction takes so long that a remark before it is worth reading.</summary>
    /// <param name="cost">The cost of one core.</param>
    public static bool IsWorthwhile(PredictionCost cost) => TimeOf(cost) >= Worth;

    private static TimeSpan TimeOf(PredictionCost cost) =>
        TimeSpan.FromSeconds(Math.Min(cost.Seconds / Math.Max(1, 0.7 * Environment.ProcessorCount), TimeSpan.MaxValue.TotalSeconds / 2));

    /// <summary>A time in words.</summary>
    public static string Spell(TimeSpan time) =>
        time switch
        {
            { TotalDays: >= 2 } => FormattableString.Invariant($"{time.TotalDays:F0} days"),
            { TotalMinutes: >= 100 } => FormattableString.Invariant($"{time.TotalHours:F1} hours"),
            { TotalSeconds: >= 100 } => FormattableString.Invariant($"{time.TotalMinutes:F0} minutes"),
            _ => FormattableString.Invariant($"{time.TotalSeconds:F0} seconds"),
        };

    /// <summary>Measures the first unit of some work and announces once, where it is long, the time that all the work will take.</summary>
    /// <param name="advance">Counts what is done.</param>
    /// <param name="total">Amount of work in all.</param>
    /// <param name="first">Amount of its first unit.</param>
    /// <returns>The callback that takes the amount just done.</returns>
    public static Action<long> Measured(Action<long> advance, long total, long first)
    {
        var (watch, done) = (Stopwatch.StartNew(), 0L);
        return amount =>
        {
            advance(amount);
            var before = done;
            done += amount;
            if (
                before < first
                && done >= first
                && done < total
                && Terminal.IsErrorRedirected
                && watch.Elapsed >= Telling
                && watch.Elapsed * ((double)total / done) is var time
                && time >= Long
            )
            {
                Console.Error.WriteLine($"note: judging by the first unit, this takes about {Spell(time)}");
            }
        };
    }
}
