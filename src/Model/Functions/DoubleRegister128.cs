using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>Registers of 128 bits.</summary>
/// <param name="numbers">The lanes.</param>
internal readonly struct DoubleRegister128(Vector128<double> numbers) : IDoubleRegister<DoubleRegister128>
{
    private readonly Vector128<double> _numbers = numbers;

    /// <inheritdoc/>
    public static int Lanes => Vector128<double>.Count;

    /// <inheritdoc/>
    public double this[int lane] => _numbers[lane];

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 Create(double number) => new(Vector128.Create(number));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 operator +(DoubleRegister128 x, DoubleRegister128 y) => new(x._numbers + y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 operator -(DoubleRegister128 x, DoubleRegister128 y) => new(x._numbers - y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 operator *(DoubleRegister128 x, DoubleRegister128 y) => new(x._numbers * y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 operator /(DoubleRegister128 x, DoubleRegister128 y) => new(x._numbers / y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 operator -(DoubleRegister128 x) => new(-x._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 operator &(DoubleRegister128 x, DoubleRegister128 y) => new(x._numbers & y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 operator ^(DoubleRegister128 x, DoubleRegister128 y) => new(x._numbers ^ y._numbers);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 operator <<(DoubleRegister128 x, int bits) => new((x._numbers.AsInt64() << bits).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 AddWords(DoubleRegister128 x, long word) => new((x._numbers.AsInt64() + Vector128.Create(word)).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 AndWord(DoubleRegister128 x, long word) => new((x._numbers.AsInt64() & Vector128.Create(word)).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 FusedMultiplyAdd(DoubleRegister128 x, DoubleRegister128 y, DoubleRegister128 z) =>
        new(Vector128.FusedMultiplyAdd(x._numbers, y._numbers, z._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 Abs(DoubleRegister128 x) => new(Vector128.Abs(x._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 Round(DoubleRegister128 x) => new(Vector128.Round(x._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 CopySign(DoubleRegister128 magnitude, DoubleRegister128 sign) => new(Vector128.CopySign(magnitude._numbers, sign._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 Select(DoubleRegister128 mask, DoubleRegister128 where, DoubleRegister128 elsewhere) =>
        new(Vector128.ConditionalSelect(mask._numbers, where._numbers, elsewhere._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 Equal(DoubleRegister128 x, DoubleRegister128 y) => new(Vector128.Equals(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 LessThan(DoubleRegister128 x, DoubleRegister128 y) => new(Vector128.LessThan(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 LessThanOrEqual(DoubleRegister128 x, DoubleRegister128 y) => new(Vector128.LessThanOrEqual(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 GreaterThan(DoubleRegister128 x, DoubleRegister128 y) => new(Vector128.GreaterThan(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 GreaterThanOrEqual(DoubleRegister128 x, DoubleRegister128 y) => new(Vector128.GreaterThanOrEqual(x._numbers, y._numbers));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 WordsEqual(DoubleRegister128 x, long word) =>
        new(Vector128.Equals(x._numbers.AsInt64(), Vector128.Create(word)).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool All(DoubleRegister128 mask) => Vector128.EqualsAll(mask._numbers.AsInt64(), Vector128<long>.AllBitsSet);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleRegister128 LargerMagnitudes(DoubleRegister128 magnitudes, DoubleRegister128 numbers) =>
        new(Vector128.Max(magnitudes._numbers.AsInt64(), Vector128.Abs(numbers._numbers).AsInt64()).AsDouble());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe DoubleRegister128 Load<T>(T* source)
        where T : unmanaged =>
        new(typeof(T) == typeof(float) ? Vector128.WidenLower(Vector64.Load((float*)source).ToVector128Unsafe()) : Vector128.Load((double*)source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Store<T>(T* target)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            _numbers.Store((double*)target);
        }
        else
        {
            Vector128.Narrow(_numbers, _numbers).GetLower().Store((float*)target);
        }
    }

    /// <inheritdoc/>
    public DoubleRegister128 With(int lane, double number) => new(_numbers.WithElement(lane, number));
}
