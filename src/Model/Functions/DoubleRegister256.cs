using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wellbehaved.Model;

/// <summary>Registers of 256 bits.</summary>
/// <param name="numbers">The lanes.</param>
internal readonly struct DoubleRegister256(Vector256<double> numbers) : IDoubleRegister<DoubleRegister256>
{
    private readonly Vector256<double> _numbers = numbers;

    /// <inheritdoc/>
    public static int Lanes => Vector256<double>.Count;

    /// <inheritdoc/>
    public double this[int lane] => _numbers[lane];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 Create(double number) => new(Vector256.Create(number));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 operator +(DoubleRegister256 x, DoubleRegister256 y) => new(x._numbers + y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 operator -(DoubleRegister256 x, DoubleRegister256 y) => new(x._numbers - y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 operator *(DoubleRegister256 x, DoubleRegister256 y) => new(x._numbers * y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 operator /(DoubleRegister256 x, DoubleRegister256 y) => new(x._numbers / y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 operator -(DoubleRegister256 x) => new(-x._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 operator &(DoubleRegister256 x, DoubleRegister256 y) => new(x._numbers & y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 operator ^(DoubleRegister256 x, DoubleRegister256 y) => new(x._numbers ^ y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 operator <<(DoubleRegister256 x, int bits) => new((x._numbers.AsInt64() << bits).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 AddWords(DoubleRegister256 x, long word) => new((x._numbers.AsInt64() + Vector256.Create(word)).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 AndWord(DoubleRegister256 x, long word) => new((x._numbers.AsInt64() & Vector256.Create(word)).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 FusedMultiplyAdd(DoubleRegister256 x, DoubleRegister256 y, DoubleRegister256 z) =>
        new(Vector256.FusedMultiplyAdd(x._numbers, y._numbers, z._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 Abs(DoubleRegister256 x) => new(Vector256.Abs(x._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 Round(DoubleRegister256 x) => new(Vector256.Round(x._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 CopySign(DoubleRegister256 magnitude, DoubleRegister256 sign) => new(Vector256.CopySign(magnitude._numbers, sign._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 Select(DoubleRegister256 mask, DoubleRegister256 where, DoubleRegister256 elsewhere) =>
        new(Vector256.ConditionalSelect(mask._numbers, where._numbers, elsewhere._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 Equal(DoubleRegister256 x, DoubleRegister256 y) => new(Vector256.Equals(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 LessThan(DoubleRegister256 x, DoubleRegister256 y) => new(Vector256.LessThan(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 LessThanOrEqual(DoubleRegister256 x, DoubleRegister256 y) => new(Vector256.LessThanOrEqual(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 GreaterThan(DoubleRegister256 x, DoubleRegister256 y) => new(Vector256.GreaterThan(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 GreaterThanOrEqual(DoubleRegister256 x, DoubleRegister256 y) => new(Vector256.GreaterThanOrEqual(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 WordsEqual(DoubleRegister256 x, long word) =>
        new(Vector256.Equals(x._numbers.AsInt64(), Vector256.Create(word)).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(DoubleRegister256 mask) => Vector256.EqualsAll(mask._numbers.AsInt64(), Vector256<long>.AllBitsSet);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister256 LargerMagnitudes(DoubleRegister256 magnitudes, DoubleRegister256 numbers) =>
        new(Vector256.Max(magnitudes._numbers.AsInt64(), Vector256.Abs(numbers._numbers).AsInt64()).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe DoubleRegister256 Load<T>(T* source)
        where T : unmanaged =>
        new(typeof(T) == typeof(float) ? Vector256.WidenLower(Vector128.Load((float*)source).ToVector256Unsafe()) : Vector256.Load((double*)source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Store<T>(T* target)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            _numbers.Store((double*)target);
        }
        else if (Avx.IsSupported)
        {
            Avx.ConvertToVector128Single(_numbers).Store((float*)target);
        }
        else
        {
            Vector128.Narrow(_numbers.GetLower(), _numbers.GetUpper()).Store((float*)target);
        }
    }

    /// <inheritdoc/>
    public DoubleRegister256 With(int lane, double number) => new(_numbers.WithElement(lane, number));
}
