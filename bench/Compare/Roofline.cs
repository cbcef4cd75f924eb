using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Bench;

/// <summary>Measures the highest rates of the machine.</summary>
internal static unsafe class Roofline
{
    /// <summary>Bytes of a copy on each thread: several times what caches hold.</summary>
    private const int CopyBytes = 1 << 27;
    private const int ProductRows = 65536;
    private const int ProductSize = 512;
    private const int BestOf = 9;

    /// <summary>Steps of a chain. They take a tenth of a second, long enough for the operating system to give every thread a core.</summary>
    private const int Steps = 1 << 25;
    private const int Chains = 12;

    /// <summary>Fused multiply-adds in registers, on all threads: operations a second, in single precision.</summary>
    public static double RegisterPeak(int threads) =>
        threads * 2.0 * Chains * Vector512<float>.Count * Steps / Best(BestOf, () => Workers.ForEach(threads, threads, (_, _) => MultiplyAdd(Steps)));

    /// <summary>A long copy, on all threads: bytes a second, those that are read and those that are written.</summary>
    public static double Bandwidth(int threads)
    {
        using var from = new AlignedBuffer<byte>(threads * CopyBytes);
        using var to = new AlignedBuffer<byte>(threads * CopyBytes);
        from.Span.Fill(1);
        var (source, target) = ((nint)from.Pointer, (nint)to.Pointer);
        return 2.0
            * threads
            * CopyBytes
            / Best(
                BestOf,
                () =>
                    Workers.ForEach(
                        threads,
                        threads,
                        (part, _) => Buffer.MemoryCopy((byte*)source + ((long)part * CopyBytes), (byte*)target + ((long)part * CopyBytes), CopyBytes, CopyBytes)
                    )
            );
    }

    /// <summary>A large matrix product, on all threads: operations a second, in single precision.</summary>
    public static double MatrixPeak(int threads, int rows = ProductRows)
    {
        const int size = ProductSize;
        using var a = new AlignedBuffer<float>(rows * size);
        using var b = new AlignedBuffer<float>(size * size);
        using var c = new AlignedBuffer<float>(rows * size);
        using var product = new MatrixProduct<float>(threads);
        var seconds = Best(
            BestOf,
            () => product.Multiply(MatrixOperand<float>.RowMajor(a.Pointer, size), MatrixOperand<float>.RowMajor(b.Pointer, size), c.Pointer, rows, size, size)
        );
        return 2.0 * rows * size * size / seconds;
    }

    private static double Best(int rounds, Action work)
    {
        work();
        return Enumerable.Range(0, rounds).Min(_ => Seconds(work));
    }

    /// <summary>Seconds that a piece of work takes.</summary>
    public static double Seconds(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>
    /// More chains of multiply-adds than the units' latency in cycles. The values tend to 1, so nothing overflows; the compiler can leave nothing out.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float MultiplyAdd(int steps)
    {
        var (x, y) = (Vector512.Create(0.5f), Vector512.Create(0.5f));
        Vector512<float> c0 = default,
            c1 = default,
            c2 = default,
            c3 = default,
            c4 = default,
            c5 = default;
        Vector512<float> c6 = default,
            c7 = default,
            c8 = default,
            c9 = default,
            cA = default,
            cB = default;
        for (var step = 0; step < steps; step++)
        {
            c0 = Vector512.FusedMultiplyAdd(x, c0, y);
            c1 = Vector512.FusedMultiplyAdd(x, c1, y);
            c2 = Vector512.FusedMultiplyAdd(x, c2, y);
            c3 = Vector512.FusedMultiplyAdd(x, c3, y);
            c4 = Vector512.FusedMultiplyAdd(x, c4, y);
            c5 = Vector512.FusedMultiplyAdd(x, c5, y);
            c6 = Vector512.FusedMultiplyAdd(x, c6, y);
            c7 = Vector512.FusedMultiplyAdd(x, c7, y);
            c8 = Vector512.FusedMultiplyAdd(x, c8, y);
            c9 = Vector512.FusedMultiplyAdd(x, c9, y);
            cA = Vector512.FusedMultiplyAdd(x, cA, y);
            cB = Vector512.FusedMultiplyAdd(x, cB, y);
        }

        return (c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + cA + cB)[0];
    }
}
