using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Bench;

/// <summary>
/// Activations on kernels beside the same formulas in NumPy, as neural-tangents has them (<c>bench/compare_numpy_kernels.py</c>), one after the other in one
/// run.
/// </summary>
internal static class NumPyKernels
{
    private const int Points = 1024;
    private const int Rounds = 5;

    /// <summary>What a mean of a kernel may differ by.</summary>
    private const double Apart = 1e-9;

    /// <summary>Measures both and prints.</summary>
    /// <returns>False where the two computed different kernels.</returns>
    public static bool Compare()
    {
        var script = Path.Combine(AppContext.BaseDirectory, "compare_numpy_kernels.py");
        script = File.Exists(script) ? script : Path.Combine("bench", "compare_numpy_kernels.py");
        if (RunPython(script) is not { } lines)
        {
            Console.WriteLine("no NumPy here: the kernels were compared with nobody's");
            return true;
        }

        var (signal, noise) = Kernels();
        var state = KernelState.Gaussian(new Shape(1, 1, 2 * Points), signal, noise);
        var same = true;
        Console.WriteLine($"an activation on kernels of {Points:N0} points   NumPy: clock   processor   here: clock   processor   ratio of processor");
        foreach (var cells in lines.Select(line => line.Split(' ')))
        {
            var (clock, processor, mean) = (double.PositiveInfinity, double.PositiveInfinity, 0.0);
            for (var round = 0; round <= Rounds; round++)
            {
                var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
                var after = LayerMap.Apply(new Activation(new Function(Function.Find(cells[0])!.Value)), state);
                (clock, processor) = (Math.Min(clock, watch.Elapsed.TotalSeconds), Math.Min(processor, (Environment.CpuUsage.TotalTime - before).TotalSeconds));
                mean = after.Signal.Enumerate().Average();
            }

            var (theirClock, theirProcessor, theirMean) = (Number(cells[1]), Number(cells[2]), Number(cells[3]));
            var differs = !(Math.Abs(mean - theirMean) <= Apart * Math.Abs(theirMean));
            same &= !differs;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{cells[0], -40} {theirClock, 15:F4} {theirProcessor, 11:F4} {clock, 13:F4} {processor, 11:F4} "
                        + $"{theirProcessor / processor, 20:F1}{(differs ? "  NOT THE SAME KERNEL" : string.Empty)}"
                )
            );
        }

        return same;
    }

    /// <summary>Kernels of inputs that are sines, as the script makes them.</summary>
    private static (Matrix<double> Signal, Matrix<double> Noise) Kernels()
    {
        var x = Matrix<double>.Build.Dense(Points, 2 * Points, (i, k) => Math.Sin((i + 1.0) * (k + 1.0) * 0.7));
        var dx = Matrix<double>.Build.Dense(Points, 2 * Points, (i, k) => Math.Cos((i + 1.0) * (k + 1.0) * 1.3));
        return (x * x.Transpose() / (2 * Points), dx * dx.Transpose() / (2 * Points));
    }

    private static string[]? RunPython(string script)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("python3", [script, Points.ToString(CultureInfo.InvariantCulture), Rounds.ToString(CultureInfo.InvariantCulture)])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            return process.ExitCode == 0 && lines.Length > 0 ? lines : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
