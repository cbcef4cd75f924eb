using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Bench;

/// <summary>
/// Compares times of predictions with their limits, on two idle cores: less than a second for a layer of 1,024 points with any activation, less than half a
/// second for batch norm and GELU on 64 points.
/// </summary>
/// <remarks>
/// Run it in Release. Beside the elapsed time it prints the processor time divided by the number of cores that share the work: the time that an idle
/// machine would show.
/// </remarks>
internal static class TheoryTimes
{
    private const int Rounds = 3;

    /// <summary>Number of cores for which the limits are stated.</summary>
    private const int Cores = 2;

    /// <summary>Measures and prints.</summary>
    /// <param name="factor">Factor by which the limits are multiplied on slower machines.</param>
    /// <returns>Whether the processor time over two cores is within every limit.</returns>
    public static bool Run(double factor)
    {
        var (wide, batch, kept) = (State(1024), State(64), true);
        Console.WriteLine("what                                             bar   clock   processor/2");
        foreach (var kind in Enum.GetValues<FunctionKind>())
        {
            var function = kind == FunctionKind.LeakyRelu ? Function.LeakyRelu(0.1) : new Function(kind);
            Measure($"a layer of 1,024 points, {function.Word}", 1, () => LayerMap.Apply([new Activation(function), new Dense()], wide));
        }

        foreach (var kind in (FunctionKind[])[FunctionKind.Gelu, FunctionKind.Relu, FunctionKind.Tanh])
        {
            Measure(
                $"batch norm and {new Function(kind).Word}, 64 points",
                0.5,
                () => LayerMap.Apply([new BatchNorm(), new Activation(new Function(kind))], batch)
            );
            Measure(
                $"batch norm and {new Function(kind).Word}, 1,024 points",
                double.NaN,
                () => LayerMap.Apply([new BatchNorm(), new Activation(new Function(kind))], wide)
            );
        }

        Measure(
            "layer norm of 64 channels and GELU, 1,024 points",
            1,
            () => LayerMap.Apply([new LayerNorm(), new Activation(new Function(FunctionKind.Gelu))], wide)
        );
        var script = Path.Combine(AppContext.BaseDirectory, "compare_numpy_kernels.py");
        if (!KernelTable.Write(Console.WriteLine, File.Exists(script) ? script : Path.Combine("bench", "compare_numpy_kernels.py"), points: 1024, rounds: 5))
        {
            Console.WriteLine("NumPy is not installed: the kernels were not compared with those of NumPy");
        }

        return kept;

        void Measure(string what, double bar, Action action)
        {
            action();
            var (clock, processor) = (double.PositiveInfinity, double.PositiveInfinity);
            for (var round = 0; round < Rounds; round++)
            {
                var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
                action();
                (clock, processor) = (
                    Math.Min(clock, watch.Elapsed.TotalSeconds),
                    Math.Min(processor, (Environment.CpuUsage.TotalTime - before).TotalSeconds / Cores)
                );
            }

            var late = processor > factor * bar;
            kept &= !late;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what, -45} {(double.IsNaN(bar) ? "-" : (factor * bar).ToString("F1", CultureInfo.InvariantCulture)), 6} {clock, 7:F3} "
                        + $"{processor, 13:F3}{(late ? "  LATE" : string.Empty)}"
                )
            );
        }
    }

    /// <summary>Points in general position after one layer with weights, with noise of their own.</summary>
    private static KernelState State(int points)
    {
        var random = new Random(1);
        var (features, noise) = (Random(), Random());
        return LayerMap.Apply(new Dense { Channels = 64 }, KernelState.FromFeatures(new Shape(1, 1, 2 * points), features, noise));

        Matrix<double> Random() => Matrix<double>.Build.Dense(points, 2 * points, (_, _) => random.NextDouble() - 0.5);
    }
}
