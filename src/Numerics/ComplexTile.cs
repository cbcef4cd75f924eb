using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>A tile of a product of complex matrices, in single precision, from three real products instead of four.</summary>
/// <remarks>
/// <c>Re = A_r B_r - A_i B_i</c> and <c>Im = (A_r + A_i)(B_r + B_i) - A_r B_r - A_i B_i</c>. Rounding errors are small relative to the norm of the product, but
/// not relative to each of its parts; that is enough for a Fourier transform. Source: N. Higham, <i>Stability of a Method for Multiplying Complex Matrices with
/// Three Real Matrix Multiplications</i>, SIAM J. Matrix Anal. Appl. 13 (1992). The tile is as large as the processor's registers allow. Whatever its size,
/// each element is summed in the order of the inner dimension.
/// </remarks>
internal sealed unsafe class ComplexTile : IDisposable
{
    private const int Products = 3;
    private readonly bool _wide;
    private readonly AlignedBuffer<float> _products;

    /// <summary>Allocates a tile.</summary>
    /// <param name="wide">Whether to use 512-bit vectors; by default where the processor has them.</param>
    public ComplexTile(bool? wide = null)
    {
        _wide = wide ?? Vector512.IsHardwareAccelerated;
        Rows = _wide ? MicroKernel.Rows512 : MicroKernel.Rows256;
        Columns = 2 * (_wide ? Vector512<float>.Count : Vector256<float>.Count);
        _products = new AlignedBuffer<float>(Products * Rows * Columns);
    }

    /// <summary>Number of rows of the tile, and of a packed panel of the left factor.</summary>
    public int Rows { get; }

    /// <summary>Number of columns of the tile, and of a packed panel of the right factor; a multiple of 16.</summary>
    public int Columns { get; }

    /// <summary>Packs rows of the left factor (depth × tile rows).</summary>
    /// <param name="rows">Addresses of the tile's rows; null for a row of zeros.</param>
    /// <param name="depth">Length of a row.</param>
    /// <param name="target">Receives the panel.</param>
    public static void Pack(ReadOnlySpan<nint> rows, int depth, float* target)
    {
        var i = 0;
        for (; i <= rows.Length - Packing.Rows && rows.Slice(i, Packing.Rows).IndexOf(0) < 0; i += Packing.Rows)
        {
            Packing.Interleave((float*)rows[i], (float*)rows[i + 1], (float*)rows[i + 2], (float*)rows[i + 3], depth, target + i, rows.Length);
        }

        for (; i < rows.Length; i++)
        {
            var row = (float*)rows[i];
            for (var k = 0; k < depth; k++)
            {
                target[((nint)k * rows.Length) + i] = row is null ? 0 : row[k];
            }
        }
    }

    /// <summary>Real parts of the last product (rows × columns).</summary>
    public float* Re => _products.Pointer;

    /// <summary>Imaginary parts of the last product (rows × columns).</summary>
    public float* Im => Re + (Rows * Columns);

    /// <summary>Multiplies packed panels of real matrices.</summary>
    /// <param name="depth">Inner dimension.</param>
    /// <param name="a">Left panel.</param>
    /// <param name="b">Right panel.</param>
    public void MultiplyReal(int depth, float* a, float* b) => Multiply(depth, a, b, Re);

    /// <summary>Multiplies packed panels of complex matrices.</summary>
    /// <param name="depth">Inner dimension.</param>
    /// <param name="a">Left panel.</param>
    /// <param name="b">Right panel.</param>
    public void Multiply(int depth, ComplexPanel a, ComplexPanel b)
    {
        var length = Rows * Columns;
        var sums = Im + length;
        Multiply(depth, a.Re, b.Re, Re);
        Multiply(depth, a.Im, b.Im, Im);
        Multiply(depth, a.Sum, b.Sum, sums);
        for (var i = 0; i < length; i += Vector512<float>.Count)
        {
            var (rr, ii, ss) = (Vector512.Load(Re + i), Vector512.Load(Im + i), Vector512.Load(sums + i));
            (rr - ii).Store(Re + i);
            (ss - rr - ii).Store(Im + i);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _products.Dispose();

    private void Multiply(int depth, float* a, float* b, float* c)
    {
        if (_wide)
        {
            MicroKernel.Tile512(depth, a, b, c, Columns, accumulate: false);
        }
        else
        {
            MicroKernel.Tile256(depth, a, b, c, Columns, accumulate: false);
        }
    }
}
