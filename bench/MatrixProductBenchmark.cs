using BenchmarkDotNet.Attributes;
using Wellbehaved.Numerics;

namespace Wellbehaved.Bench;

/// <summary>A square matrix product in single precision; 2·1024³ operations divided by the time is the machine's usable peak.</summary>
public unsafe class MatrixProductBenchmark
{
    private const int Size = 1024;
    private readonly AlignedBuffer<float> _a = new(Size * Size);
    private readonly AlignedBuffer<float> _b = new(Size * Size);
    private readonly AlignedBuffer<float> _c = new(Size * Size);
    private MatrixProduct<float> _product = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _product = new MatrixProduct<float>(Threads);
        _a.Span.Fill(1.5f);
        _b.Span.Fill(-0.5f);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _product.Dispose();
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
    }

    [Benchmark]
    public void Multiply() =>
        _product.Multiply(MatrixOperand<float>.RowMajor(_a.Pointer, Size), MatrixOperand<float>.RowMajor(_b.Pointer, Size), _c.Pointer, Size, Size, Size);
}
