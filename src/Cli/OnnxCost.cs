using System.Diagnostics;
using System.Runtime.CompilerServices;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary>What the mappings of an ONNX file cost: their moments are counted before the work, and their time is measured by the first ones.</summary>
internal static class OnnxCost
{
    /// <summary>Rough number of multiply-adds that a core does in a second; only a remark depends on it.</summary>
    private const double PerSecond = 1.5e10;

    /// <summary>Work that takes less time has ended before a remark about it could be read.</summary>
    private static readonly TimeSpan Worth = TimeSpan.FromSeconds(10);

    /// <summary>First mappings that took less time than this say little, because a library is loaded and code is compiled meanwhile.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(5);

    /// <summary>Work of less time needs no remark: lines of progress follow soon.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    /// <summary>Bytes of the moments of a mapping at a place: in a list while they are computed, then twice as columns of the result.</summary>
    private static readonly double BytesAtPlace = Unsafe.SizeOf<MomentSet?>() + (2.0 * sizeof(double) * MomentColumns.All.Count);

    /// <summary>Refuses a number of mappings whose moments do not fit memory.</summary>
    /// <param name="mappings">The number of mappings.</param>
    /// <param name="places">Places at which each of them has moments.</param>
    /// <param name="available">Bytes of memory.</param>
    /// <exception cref="InvalidInputException">They do not fit.</exception>
    public static void RequireMemory(int mappings, int places, double available)
    {
        var (moments, needed) = ((double)mappings * places, (double)mappings * places * BytesAtPlace);
        if (needed > available || moments * sizeof(double) > Array.MaxLength)
        {
            throw new InvalidInputException(
                "--num-sims",
                $"expected mappings whose moments fit memory: {Counted.Spell(mappings, "mapping")} with {Counted.Spell(places, "place")} need "
                    + $"{ByteCount.Spell(needed)}, there are {ByteCount.Spell(available)}, and an array of a result file may hold "
                    + $"{Array.MaxLength / sizeof(double)} numbers"
            );
        }
    }

    /// <summary>Says what is known before the work: how long the multiplications of large mappings take at least, and the memory of one of them.</summary>
    /// <param name="mappings">The number of mappings to do.</param>
    /// <param name="threads">Threads that do them.</param>
    /// <param name="network">The network.</param>
    public static void Say(int mappings, int threads, OnnxDescription network)
    {
        var cores = Math.Max(1, 0.7 * Math.Min(threads, Environment.ProcessorCount));
        var time = TimeSpan.FromSeconds(Math.Min(mappings * network.MultiplyAdds / PerSecond / cores, TimeSpan.MaxValue.TotalSeconds / 2));
        if (time >= Worth)
        {
            Console.Error.WriteLine(
                $"note: multiplications alone take about {CostRemark.Spell(time)}, and a mapping at least {ByteCount.Spell(network.LeastMemory)} of memory"
            );
        }
    }

    /// <summary>Measures the first mappings and says once, where it is long, how long all of them will take.</summary>
    /// <param name="mappings">The number of mappings to do.</param>
    /// <param name="say">Receives the remark.</param>
    /// <param name="clock">The time since they began; null for that of the machine from now on.</param>
    /// <returns>To be called with the number of mappings that are done, after each of them.</returns>
    public static Action<int> Measured(int mappings, Action<string> say, Func<TimeSpan>? clock = null)
    {
        var (elapsed, isSaid) = (clock ?? Started(), false);
        return done =>
        {
            var time = elapsed();
            if (isSaid || done <= 0 || done >= mappings || time < Telling)
            {
                return;
            }

            isSaid = true;
            var seconds = time.TotalSeconds * mappings / done;
            if (seconds >= Long.TotalSeconds)
            {
                var all = CostRemark.Spell(TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2)));
                say($"note: judging by the first {(done == 1 ? "mapping" : $"{done} mappings")}, all {mappings} take about {all}");
            }
        };
    }

    private static Func<TimeSpan> Started()
    {
        var watch = Stopwatch.StartNew();
        return () => watch.Elapsed;
    }
}
