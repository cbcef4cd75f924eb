using System.Diagnostics;
using System.Globalization;

namespace Wellbehaved.Bench;

/// <summary>How time and memory of the command grow with depth, width, batch, simulations and threads: one of them changes at a time.</summary>
internal static class ScalingTable
{
    private static readonly Case Paper = new("Fig. 4", 3, 10, 512, 64, 1, null);
    private static readonly Case FullyConnected = new("fully connected", 1, 100, 256, 256, 8, null);

    /// <summary>Measures, and writes the table line by line.</summary>
    public static void Write(Action<string> write, CompareSizes sizes, int threads)
    {
        write("| network | depth | channels | batch | simulations | threads | seconds | peak memory, MB |");
        write("|---|---|---|---|---|---|---|---|");
        foreach (var one in Cases(threads).Select(full => full.DividedBy(sizes.Scaling)).Distinct())
        {
            var (seconds, megabytes) = Footprint(one, threads);
            write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {one.Network} | {one.Depth} | {one.Channels} | {one.Batch} | {one.Simulations} | {one.Threads ?? threads} | "
                        + $"{seconds:F1} | {megabytes:F0} |"
                )
            );
        }
    }

    private static IEnumerable<Case> Cases(int threads) =>
        [
            Paper,
            Paper with
            {
                Depth = 20,
            },
            Paper with
            {
                Depth = 40,
            },
            Paper with
            {
                Simulations = 2,
            },
            Paper with
            {
                Simulations = 4,
            },
            FullyConnected,
            FullyConnected with
            {
                Depth = 200,
            },
            FullyConnected with
            {
                Depth = 400,
            },
            FullyConnected with
            {
                Channels = 512,
            },
            FullyConnected with
            {
                Channels = 1024,
            },
            FullyConnected with
            {
                Batch = 512,
            },
            FullyConnected with
            {
                Batch = 1024,
            },
            FullyConnected with
            {
                Simulations = 16,
            },
            FullyConnected with
            {
                Simulations = 32,
            },
            .. Enumerable
                .Range(0, 8)
                .Select(power => 1 << power)
                .TakeWhile(count => count < threads)
                .Select(count => FullyConnected with { Simulations = 32, Threads = count }),
        ];

    /// <summary>Runs the command and watches its memory.</summary>
    private static (double Seconds, double Megabytes) Footprint(Case one, int threads)
    {
        var output = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.npz");
        string[] arguments =
        [
            "run",
            "--architecture",
            "bn_ff",
            "--total-depth",
            $"{one.Depth}",
            "--num-computations",
            $"{one.Depth / 2}",
            "--kernel-size",
            $"{one.Kernel}",
            "--num-channels",
            $"{one.Channels}",
            "--batch-size",
            $"{one.Batch}",
            "--num-sims",
            $"{one.Simulations}",
            "--threads",
            $"{one.Threads ?? threads}",
            "--out",
            output,
        ];
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        long most = 0;
        while (!process.WaitForExit(50))
        {
            process.Refresh();
            most = process.HasExited ? most : Math.Max(most, process.PeakWorkingSet64);
        }

        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"run ended with status {process.ExitCode}");
        }

        File.Delete(output);
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, most / 1e6);
    }

    private sealed record Case(string Network, int Kernel, int Depth, int Channels, int Batch, int Simulations, int? Threads)
    {
        public Case DividedBy(int divisor) =>
            this with
            {
                Depth = 2 * Math.Max(1, Depth / divisor / 2),
                Channels = Math.Max(4, Channels / divisor),
                Batch = Math.Max(4, Batch / divisor),
                Simulations = Math.Max(1, Simulations / divisor),
            };
    }
}
