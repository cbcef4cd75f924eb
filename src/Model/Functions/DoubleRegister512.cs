using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wellbehaved.Model;

/// <summary>Registers of 512 bits.</summary>
/// <param name="numbers">The lanes.</param>
internal readonly struct DoubleRegister512(Vector512<double> numbers) : IDoubleRegister<DoubleRegister512>
{
    private readonly Vector512<double> _numbers = numbers;

    /// <inheritdoc/>
    public static int Lanes => Vector512<double>.Count;

    /// <inheritdoc/>
    public double this[int lane] => _numbers[lane];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 Create(double number) => new(Vector512.Create(number));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 operator +(DoubleRegister512 x, DoubleRegister512 y) => new(x._numbers + y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 operator -(DoubleRegister512 x, DoubleRegister512 y) => new(x._numbers - y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 operator *(DoubleRegister512 x, DoubleRegister512 y) => new(x._numbers * y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 operator /(DoubleRegister512 x, DoubleRegister512 y) => new(x._numbers / y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 operator -(DoubleRegister512 x) => new(-x._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 operator &(DoubleRegister512 x, DoubleRegister512 y) => new(x._numbers & y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 operator ^(DoubleRegister512 x, DoubleRegister512 y) => new(x._numbers ^ y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 operator <<(DoubleRegister512 x, int bits) => new((x._numbers.AsInt64() << bits).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 AddWords(DoubleRegister512 x, long word) => new((x._numbers.AsInt64() + Vector512.Create(word)).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 AndWord(DoubleRegister512 x, long word) => new((x._numbers.AsInt64() & Vector512.Create(word)).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 FusedMultiplyAdd(DoubleRegister512 x, DoubleRegister512 y, DoubleRegister512 z) =>
        new(Vector512.FusedMultiplyAdd(x._numbers, y._numbers, z._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 Abs(DoubleRegister512 x) => new(Vector512.Abs(x._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 Round(DoubleRegister512 x) => new(Vector512.Round(x._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 CopySign(DoubleRegister512 magnitude, DoubleRegister512 sign) => new(Vector512.CopySign(magnitude._numbers, sign._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 Select(DoubleRegister512 mask, DoubleRegister512 where, DoubleRegister512 elsewhere) =>
        new(Vector512.ConditionalSelect(mask._numbers, where._numbers, elsewhere._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 Equal(DoubleRegister512 x, DoubleRegister512 y) => new(Vector512.Equals(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 LessThan(DoubleRegister512 x, DoubleRegister512 y) => new(Vector512.LessThan(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 LessThanOrEqual(DoubleRegister512 x, DoubleRegister512 y) => new(Vector512.LessThanOrEqual(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 GreaterThan(DoubleRegister512 x, DoubleRegister512 y) => new(Vector512.GreaterThan(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 GreaterThanOrEqual(DoubleRegister512 x, DoubleRegister512 y) => new(Vector512.GreaterThanOrEqual(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 WordsEqual(DoubleRegister512 x, long word) =>
        new(Vector512.Equals(x._numbers.AsInt64(), Vector512.Create(word)).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(DoubleRegister512 mask) => Vector512.EqualsAll(mask._numbers.AsInt64(), Vector512<long>.AllBitsSet);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister512 LargerMagnitudes(DoubleRegister512 magnitudes, DoubleRegister512 numbers) =>
        new(Vector512.Max(magnitudes._numbers.AsInt64(), Vector512.Abs(numbers._numbers).AsInt64()).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe DoubleRegister512 Load<T>(T* source)
        where T : unmanaged =>
        new(typeof(T) == typeof(float) ? Vector512.WidenLower(Vector256.Load((float*)source).ToVector512Unsafe()) : Vector512.Load((double*)source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Store<T>(T* target)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            _numbers.Store((double*)target);
        }
        else if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector256Single(_numbers).Store((float*)target);
        }
        else
        {
            Vector256.Narrow(_numbers.GetLower(), _numbers.GetUpper()).Store((float*)target);
        }
    }

    /// <inheritdoc/>
    public DoubleRegister512 With(int lane, double number) => new(_numbers.WithElement(lane, number));
}
