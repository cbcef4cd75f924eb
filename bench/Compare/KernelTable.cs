using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Bench;

/// <summary>Compares a layer of the kernel recursion with neural-tangents' formulas in NumPy.</summary>
internal static class KernelTable
{
    /// <summary>The largest relative difference that is allowed between the two means of a kernel.</summary>
    private const double Apart = 1e-9;

    /// <summary>For this long our side runs before it is measured: so long the runtime may take until it has compiled its loops for good.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Measures both sides, one after the other, and writes the table line by line. On both sides the fastest of several rounds counts.</summary>
    /// <param name="write">Takes a line.</param>
    /// <param name="script">The peer: prints function, seconds on the clock, of the processor, and the mean of its kernel.</param>
    /// <param name="points">Points of the kernels.</param>
    /// <param name="rounds">How often each is measured.</param>
    /// <returns>False if the peer did not run (no Python, or no NumPy in it); nothing is written then.</returns>
    /// <exception cref="InvalidOperationException">The two computed different kernels.</exception>
    public static bool Write(Action<string> write, string script, int points, int rounds)
    {
        if (Ask(script, points, rounds) is not { } answers)
        {
            return false;
        }

        var state = KernelState.Gaussian(new Shape(1, 1, 2 * points), Kernel(points, Math.Sin, 0.7), Kernel(points, Math.Cos, 1.3));
        write(
            $"| an activation, kernels of signal and noise, {points} points | ours, ms | NumPy, ms | times faster | ours, ms of processor | NumPy, "
                + "ms of processor |"
        );
        write("|---|---|---|---|---|---|");
        foreach (var cells in answers.Select(line => line.Split(' ')))
        {
            var (clock, processor, mean) = Measure(new Activation(new Function(Function.Find(cells[0])!.Value)), state, rounds);
            var theirs = cells.Skip(1).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
            if (!(Math.Abs(mean - theirs[2]) <= Apart * Math.Abs(theirs[2])))
            {
                throw new InvalidOperationException($"expected one kernel of {cells[0]} on both sides, got means {mean} and {theirs[2]}");
            }

            write(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {cells[0]} | {1e3 * clock:G3} | {1e3 * theirs[0]:G3} | **{theirs[0] / clock:F1}** | {1e3 * processor:G3} | {1e3 * theirs[1]:G3} |"
                )
            );
        }

        return true;
    }

    private static (double Clock, double Processor, double Mean) Measure(Activation activation, KernelState state, int rounds)
    {
        var (clock, processor, mean) = (double.PositiveInfinity, double.PositiveInfinity, 0.0);
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; round < rounds || Stopwatch.GetElapsedTime(start) < WarmUp; round++)
        {
            var (watch, before) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var after = LayerMap.Apply(activation, state);
            (clock, processor) = (
                Math.Min(clock, Stopwatch.GetElapsedTime(watch).TotalSeconds),
                Math.Min(processor, (Environment.CpuUsage.TotalTime - before).TotalSeconds)
            );
            mean = after.Signal.Enumerate().Average();
        }

        return (clock, processor, mean);
    }

    /// <summary>The kernel of inputs that are sines or cosines, which every language computes alike.</summary>
    private static Matrix<double> Kernel(int points, Func<double, double> wave, double frequency)
    {
        var inputs = Matrix<double>.Build.Dense(points, 2 * points, (i, k) => wave((i + 1.0) * (k + 1.0) * frequency));
        return inputs * inputs.Transpose() / (2 * points);
    }

    private static string[]? Ask(string script, int points, int rounds)
    {
        string[] arguments = [script, points.ToString(CultureInfo.InvariantCulture), rounds.ToString(CultureInfo.InvariantCulture)];
        try
        {
            using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", arguments) { RedirectStandardOutput = true })!;
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            return process.ExitCode == 0 && lines.Length > 0 ? lines : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
