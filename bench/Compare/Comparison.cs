using System.Diagnostics;
using System.Globalization;
using System.Text;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Bench;

/// <summary>Measures this project against PyTorch and against the machine's peak, in one run, and writes the table of docs/performance.md.</summary>
internal static class Comparison
{
    private const string Begin = "<!-- measured: begin -->";
    private const string End = "<!-- measured: end -->";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.3);

    public static void Run(string script, string page, int rounds)
    {
        var threads = Environment.ProcessorCount;
        using var works = new Works(threads);
        using var peer = new PyTorchPeer(script);
        var table = new StringBuilder();
        var measured = new List<(Work Work, double[] Ours, double[] Theirs)>();
        var (peak, matrix) = (0.0, 0.0);
        foreach (var work in works.All())
        {
            // A virtual machine may be given two halves of one core for a while: the best of many moments is the peak.
            (peak, matrix) = (Math.Max(peak, Roofline.RegisterPeak(threads)), Math.Max(matrix, Roofline.MatrixPeak(threads)));
            var (ours, theirs) = Measure(work, peer, rounds);
            measured.Add((work, ours, theirs));
        }

        Write($"{threads} threads, .NET {Environment.Version}, PyTorch {peer.Version} (Debian) with OpenBLAS; medians of {rounds} interleaved rounds, ratios as median (least to greatest).\n");
        Write($"Register peak, fused multiply-adds without memory: {peak / 1e9:F0} GFLOP/s. Matrix peak, a product of 65536 × 512 by 512 × 512: {matrix / 1e9:F0} GFLOP/s.\n");
        Write($"| work | ours, ms a layer | PyTorch, ms a layer | times faster | asked | GFLOP/s, counted as direct convolution | of the register peak | of the matrix peak |");
        Write($"|---|---|---|---|---|---|---|---|");
        foreach (var (work, ours, theirs) in measured)
        {
            var ratios = ours.Zip(theirs, (x, y) => y / x).Order().ToArray();
            var rate = work.Operations / ours.Median();
            Write($"| {work.Description} | {1e3 * ours.Median() / work.Layers:G3} | {1e3 * theirs.Median() / work.Layers:G3} | **{ratios.Median():F1}** ({ratios[0]:F1} to {ratios[^1]:F1}) | {work.Target?.ToString(CultureInfo.InvariantCulture) ?? "–"} | {rate / 1e9:F0} | {rate / peak:P0} | {rate / matrix:P0} |");
        }

        Write($"\nCost of Fig. 4's simulation (`run`, the paper's size, starting the program included) by depth and number of simulations:\n");
        Write($"| depth | simulations | seconds | peak memory, MB |");
        Write($"|---|---|---|---|");
        foreach (var (depth, simulations) in new[] { (10, 1), (20, 1), (40, 1), (10, 2), (10, 4) })
        {
            var (seconds, megabytes) = Footprint(depth, simulations);
            Write($"| {depth} | {simulations} | {seconds:F1} | {megabytes:F0} |");
        }

        Write($"\nDirect convolution and Fourier transforms on one thread, and the method that the cost model takes:\n");
        Write($"| size | direct, ms | spectral, ms | taken | slower than the other by |");
        Write($"|---|---|---|---|---|");
        foreach (var (size, direct, spectral, chosen) in MethodTable.Measure(threads: 1, WarmUp))
        {
            var taken = chosen == Model.ConvolutionMethod.Spectral ? spectral : direct;
            Write($"| {size} | {direct:G3} | {spectral:G3} | {(chosen == Model.ConvolutionMethod.Spectral ? "spectral" : "direct")} | {Math.Max(0, (taken / Math.Min(direct, spectral)) - 1):P0} |");
        }

        var text = File.Exists(page) ? File.ReadAllText(page) : $"{Begin}\n{End}\n";
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        File.WriteAllText(page, $"{text[..(begin + Begin.Length)]}\n\n{table}\n{text[end..]}");

        void Write(FormattableString line)
        {
            var words = line.ToString(CultureInfo.InvariantCulture);
            Console.WriteLine(words);
            table.AppendLine(words);
        }
    }

    /// <summary>Measures steps of training alone, and prints what came.</summary>
    public static void RunTraining(string script, int rounds)
    {
        using var works = new Works(Environment.ProcessorCount);
        using var peer = new PyTorchPeer(script);
        foreach (var work in works.Trainings())
        {
            var (ours, theirs) = Measure(work, peer, rounds);
            var ratios = ours.Zip(theirs, (x, y) => y / x).Order().ToArray();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{work.Description}: ours {1e3 * ours.Median():G3} ms, PyTorch {peer.Version} {1e3 * theirs.Median():G3} ms, {ratios.Median():F1} times faster ({ratios[0]:F1} to {ratios[^1]:F1}), asked {work.Target}"));
        }
    }

    private static (double[] Ours, double[] Theirs) Measure(Work work, PyTorchPeer peer, int rounds)
    {
        // The first rounds compile and warm caches on both sides; code is compiled again, better, for some time.
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            work.Seconds();
        }

        for (var round = 0; round < 3; round++)
        {
            peer.Seconds(work.Name);
        }

        var (ours, theirs) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            // Threads that wait for more work spin for a while: neither side is measured while those of the other do. The second of two goes counts,
            // since in a deep net a layer follows another one and finds caches and clocks as that left them.
            Thread.Sleep(Pause);
            work.Seconds();
            ours[round] = work.Seconds();
            Thread.Sleep(Pause);
            peer.Seconds(work.Name);
            theirs[round] = peer.Seconds(work.Name);
        }

        return (ours, theirs);
    }

    /// <summary>Runs the command and watches its memory.</summary>
    private static (double Seconds, double Megabytes) Footprint(int depth, int simulations)
    {
        var output = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.npz");
        string[] arguments = ["run", "--architecture", "bn_ff", "--total-depth", $"{depth}", "--num-computations", $"{depth / 2}", "--kernel-size", "3", "--num-channels", "512", "--batch-size", "64", "--num-sims", $"{simulations}", "--out", output];
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
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
}
