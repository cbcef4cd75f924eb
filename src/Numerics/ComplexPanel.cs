using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>A packed panel of a complex matrix as three real ones: real parts, imaginary parts and their sums.</summary>
/// <param name="re">Real parts.</param>
/// <param name="im">Imaginary parts.</param>
/// <param name="sum">Sums of real and imaginary parts.</param>
internal readonly unsafe struct ComplexPanel(float* re, float* im, float* sum)
{
    /// <summary>Real parts.</summary>
    public float* Re { get; } = re;

    /// <summary>Imaginary parts.</summary>
    public float* Im { get; } = im;

    /// <summary>Sums of real and imaginary parts.</summary>
    public float* Sum { get; } = sum;

    /// <summary>Divides a block of memory into three planes.</summary>
    /// <param name="memory">The block, of three times the plane's length.</param>
    /// <param name="length">Length of a plane.</param>
    /// <returns>The panel.</returns>
    public static ComplexPanel Cut(float* memory, nint length) => new(memory, memory + length, memory + (2 * length));

    /// <summary>The panel from an element on.</summary>
    /// <param name="offset">The element.</param>
    /// <returns>The rest of the panel.</returns>
    public ComplexPanel From(nint offset) => new(Re + offset, Im + offset, Sum + offset);

    /// <summary>Stores sixteen complex numbers and the sums of their parts.</summary>
    /// <param name="real">Real parts.</param>
    /// <param name="imaginary">Imaginary parts.</param>
    /// <param name="offset">Index of the first of them.</param>
    public void Store(Vector512<float> real, Vector512<float> imaginary, int offset)
    {
        real.Store(Re + offset);
        imaginary.Store(Im + offset);
        (real + imaginary).Store(Sum + offset);
    }
}
