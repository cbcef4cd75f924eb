using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Wellbehaved.Model;

/// <summary>Registers of 128 bits.</summary>
/// <param name="words">The lanes.</param>
internal readonly struct WordRegister128(Vector128<uint> words) : IWordRegister<WordRegister128>
{
    private readonly Vector128<uint> _words = words;

    /// <inheritdoc/>
    public static int Lanes => Vector128<uint>.Count;

    /// <inheritdoc/>
    public static WordRegister128 EvenNumbers => new(Vector128<uint>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 Create(uint word) => new(Vector128.Create(word));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 Create(float number) => new(Vector128.Create(number).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 operator +(WordRegister128 x, WordRegister128 y) => new((x._words.AsSingle() + y._words.AsSingle()).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 operator -(WordRegister128 x, WordRegister128 y) => new((x._words.AsSingle() - y._words.AsSingle()).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 operator *(WordRegister128 x, WordRegister128 y) => new((x._words.AsSingle() * y._words.AsSingle()).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 operator &(WordRegister128 x, WordRegister128 y) => new(x._words & y._words);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 operator ^(WordRegister128 x, WordRegister128 y) => new(x._words ^ y._words);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 operator <<(WordRegister128 x, int bits) => new(x._words << bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 operator >>(WordRegister128 x, int bits) => new(x._words >> bits);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 ShiftWithSign(WordRegister128 x, int bits) => new((x._words.AsInt32() >> bits).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 AddWords(WordRegister128 x, WordRegister128 y) => new(x._words + y._words);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 SubtractWords(WordRegister128 x, WordRegister128 y) => new(x._words - y._words);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 ConvertToSingle(WordRegister128 words) => new(Vector128.ConvertToSingle(words._words.AsInt32()).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 FusedMultiplyAdd(WordRegister128 x, WordRegister128 y, WordRegister128 z) =>
        new(Vector128.FusedMultiplyAdd(x._words.AsSingle(), y._words.AsSingle(), z._words.AsSingle()).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 Sqrt(WordRegister128 x) => new(Vector128.Sqrt(x._words.AsSingle()).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 SelectWhereEqual(WordRegister128 left, WordRegister128 right, WordRegister128 where, WordRegister128 elsewhere) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(left._words, right._words), where._words, elsewhere._words));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 MultiplyEven(WordRegister128 x, WordRegister128 y)
    {
        // The portable 64-bit product is three times slower.
        if (Sse2.IsSupported)
        {
            return new(Sse2.Multiply(x._words, y._words).AsUInt32());
        }

        if (AdvSimd.IsSupported)
        {
            var (left, right) = (AdvSimd.ExtractNarrowingLower(x._words.AsUInt64()), AdvSimd.ExtractNarrowingLower(y._words.AsUInt64()));
            return new(AdvSimd.MultiplyWideningLower(left, right).AsUInt32());
        }

        var lower = Vector128.Create((ulong)uint.MaxValue);
        return new(((x._words.AsUInt64() & lower) * (y._words.AsUInt64() & lower)).AsUInt32());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 OddToEven(WordRegister128 x) => new((x._words.AsUInt64() >> 32).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static WordRegister128 InterleaveEven(WordRegister128 even, WordRegister128 odd) =>
        new(Vector128.ConditionalSelect(Vector128.Create((ulong)uint.MaxValue), even._words.AsUInt64(), odd._words.AsUInt64() << 32).AsUInt32());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref float target, int offset) => _words.AsSingle().StoreUnsafe(ref target, (nuint)offset);
}
