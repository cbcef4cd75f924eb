using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.Statistics;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// Does the same work over and over and looks whether memory grows: what a campaign of a night would run out of. For a process that does nothing else.
/// </summary>
/// <remarks>
/// Two amounts: objects that live after a collection, which repeat from round to round to a few kilobytes, and memory of the process, which holds the tensors
/// that lie outside of the collector's heap. The second one moves by what collector and allocator keep in hand, so it is held against a bound that a leak of
/// one tensor per simulation passes within minutes.
/// </remarks>
public static class LeakWatch
{
    /// <summary>What <c>Wellbehaved.Tests.Conformance.dll</c> is told to watch.</summary>
    internal const string Word = "leak-watch";

    /// <summary>Parts of the rounds that are compared.</summary>
    private const int Quarters = 4;

    /// <summary>Caches and tables are filled, and the code is compiled, once.</summary>
    private const int RoundsOfWarmUp = 3;

    /// <summary>Objects of the runtime itself, such as timers and the pool's threads, come and go.</summary>
    private const long MostObjects = 128 << 10;

    /// <summary>What the process may gain, beside its objects.</summary>
    private const long MostMemory = 48 << 20;

    /// <summary>One of each kind: products, normalisation, direct and spectral convolutions, effective ranks.</summary>
    private static readonly ExperimentOptions[] Experiments =
    [
        Options("vanilla", kernelSize: 1, channels: 64, batch: 32),
        Options("bn_res", kernelSize: 1, channels: 64, batch: 32),
        Options("vanilla_res", kernelSize: 3, channels: 16, batch: 3) with
        {
            Boundary = Boundary.Symmetric,
        },
        Options("bn_ff", kernelSize: 5, channels: 48, batch: 4),
    ];

    /// <summary>Watches for a number of rounds, or for as long as is said.</summary>
    /// <param name="rounds">Rounds after the first ones; null for as many as the time allows.</param>
    /// <param name="time">How long; null for as long as the rounds take.</param>
    /// <param name="say">Receives a line for each round, or each minute, and the outcome.</param>
    /// <returns>What has grown; null if nothing has.</returns>
    public static string? Run(int? rounds, TimeSpan? time, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(say);
        var folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;
        try
        {
            var samples = new List<(long Objects, long Memory)>();
            for (var i = 0; i < RoundsOfWarmUp; i++)
            {
                Round(folder);
            }

            var (clock, said) = (Stopwatch.StartNew(), TimeSpan.Zero);
            while ((rounds is null || samples.Count < rounds) && (time is null || clock.Elapsed < time))
            {
                Round(folder);
                samples.Add(Sample());
                if (rounds is not null || clock.Elapsed - said > TimeSpan.FromMinutes(1))
                {
                    said = clock.Elapsed;
                    say(Spell(samples));
                }
            }

            say(Spell(samples));
            return Judge(samples);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// A leak goes on: from each quarter of the rounds to the next one it adds its share of what is too much. What is taken once and kept, as the buffers are
    /// that the runtime's pools hold for a thread more, is a step or two with rounds between them that add next to nothing. What only moves comes back.
    /// </summary>
    internal static string? Judge(IReadOnlyList<(long Objects, long Memory)> samples)
    {
        if (samples.Count < 2 * Quarters)
        {
            return $"expected at least {2 * Quarters} rounds to compare, got {samples.Count}";
        }

        return Growth([.. samples.Select(sample => sample.Objects)], MostObjects) is { } objects
                ? $"objects grew by {objects >> 10} KiB in {samples.Count} rounds"
            : Growth([.. samples.Select(sample => sample.Memory)], MostMemory) is { } memory ? $"memory grew by {memory >> 20} MiB in {samples.Count} rounds"
            : null;
    }

    /// <summary>
    /// How far the last quarter lies above the first, if that is more than <paramref name="most"/> and the median rises by an equal share of that bound, or
    /// more, from each quarter to the next; otherwise null. What grows by the same amount in every round rises by a third of its growth each time, or more.
    /// </summary>
    private static long? Growth(long[] amounts, long most)
    {
        long[][] quarters = [.. Enumerable.Range(0, Quarters).Select(i => amounts[(i * amounts.Length / Quarters)..((i + 1) * amounts.Length / Quarters)])];
        var medians = quarters.Select(quarter => quarter.Select(amount => (double)amount).Median()).ToArray();
        var rises = medians.Zip(medians.Skip(1), (before, after) => after - before);
        var growth = quarters[^1].Min() - quarters[0].Max();
        return growth > most && rises.All(rise => rise > (double)most / (Quarters - 1)) ? growth : null;
    }

    private static void Round(string folder)
    {
        foreach (var options in Experiments)
        {
            var experiment = Experiment.Prepare(options);
            var path = Path.Combine(folder, "result.npz");
            using (var journal = Journal.Open(path, experiment.Header, resume: false, overwrite: true))
            {
                ResultFile.Write(path, experiment.Run(journal: journal));
                journal.Complete();
            }

            var file = ResultFile.Read(path);
            Diagnosis.Diagnose(MomentTable.Read(file));
            ResultAudit.Judge(path, file, options.Name, new RecordedExperiment());
        }
    }

    private static (long Objects, long Memory) Sample()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        var objects = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        return (objects, process.WorkingSet64);
    }

    private static string Spell(List<(long Objects, long Memory)> samples) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{samples.Count} rounds of {Experiments.Sum(options => options.NumSims)} simulations: {samples[^1].Objects >> 10} KiB of objects, "
                + $"{samples[^1].Memory >> 20} MiB in all"
        );

    private static ExperimentOptions Options(string architecture, int kernelSize, int channels, int batch) =>
        new()
        {
            Architecture = architecture,
            TotalDepth = 12,
            NumComputations = 6,
            KernelSize = kernelSize,
            NumChannels = channels,
            BatchSize = batch,
            NumSims = 6,
            Seed = 3,
        };
}
