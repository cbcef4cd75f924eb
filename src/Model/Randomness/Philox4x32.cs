using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wellbehaved.Model;

/// <summary>The counter-based generator Philox 4x32-10: four random words as a pure function of a counter and a key.</summary>
/// <remarks>
/// There is no state to advance, so any number can be computed by itself, in any order and on any thread.
/// Source: J. Salmon et al., <i>Parallel Random Numbers: As Easy as 1, 2, 3</i>, SC 2011; tested against its known-answer vectors.
/// </remarks>
internal static class Philox4x32
{
    /// <summary>Number of counters that <see cref="Blocks"/> evaluates at once.</summary>
    internal const int Lanes = 16;

    /// <summary>Length of an expanded key.</summary>
    internal const int RoundKeys = 2 * Rounds;

    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const ulong LowerHalf = 0x0000_0000_FFFF_FFFF;

    /// <summary>Evaluates the generator at one counter.</summary>
    /// <param name="counter">The counter's four words.</param>
    /// <param name="key">The key; its low half is the first key word.</param>
    /// <returns>Four random words.</returns>
    public static (uint Word0, uint Word1, uint Word2, uint Word3) Block((uint Word0, uint Word1, uint Word2, uint Word3) counter, ulong key)
    {
        var (c0, c1, c2, c3) = counter;
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>The key words of all rounds in every lane: those of even index are first words, those of odd index second words.</summary>
    internal static void ExpandKey(ulong key, Span<Vector512<ulong>> rounds)
    {
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            (rounds[2 * round], rounds[(2 * round) + 1]) = (Vector512.Create((ulong)k0), Vector512.Create((ulong)k1));
            k0 += Weyl0;
            k1 += Weyl1;
        }
    }

    /// <summary>Evaluates the generator at sixteen consecutive values of the counter's first word.</summary>
    /// <remarks>
    /// Even and odd counters are kept separately, each in the lower half of a 64-bit lane, until after the last round. So the product of lower halves is one
    /// instruction, the upper halves that it leaves are never read, and the counters are interleaved only once instead of in each round.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (Vector512<uint> Word0, Vector512<uint> Word1, Vector512<uint> Word2, Vector512<uint> Word3) Blocks(
        uint firstWord0,
        uint word1,
        uint word2,
        uint word3,
        ReadOnlySpan<Vector512<ulong>> roundKeys
    )
    {
        var even0 = Vector512.Create((ulong)firstWord0) + (Vector512<ulong>.Indices << 1);
        var odd0 = even0 + Vector512<ulong>.One;
        var (even1, even2, even3) = (Vector512.Create((ulong)word1), Vector512.Create((ulong)word2), Vector512.Create((ulong)word3));
        var (odd1, odd2, odd3) = (even1, even2, even3);
        var (multiplier0, multiplier1) = (Vector512.Create((ulong)Multiplier0), Vector512.Create((ulong)Multiplier1));
        for (var round = 0; round < 2 * Rounds; round += 2)
        {
            var (key0, key1) = (roundKeys[round], roundKeys[round + 1]);
            var (product0, product1) = (MultiplyLowerHalves(even0, multiplier0), MultiplyLowerHalves(even2, multiplier1));
            (even0, even1, even2, even3) = ((product1 >> 32) ^ even1 ^ key0, product1, (product0 >> 32) ^ even3 ^ key1, product0);
            (product0, product1) = (MultiplyLowerHalves(odd0, multiplier0), MultiplyLowerHalves(odd2, multiplier1));
            (odd0, odd1, odd2, odd3) = ((product1 >> 32) ^ odd1 ^ key0, product1, (product0 >> 32) ^ odd3 ^ key1, product0);
        }

        return (Interleave(even0, odd0), Interleave(even1, odd1), Interleave(even2, odd2), Interleave(even3, odd3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Interleave(Vector512<ulong> even, Vector512<ulong> odd) =>
        Vector512.ConditionalSelect(Vector512.Create(LowerHalf), even, odd << 32).AsUInt32();

    /// <summary>
    /// 32 × 32 → 64 bit products of the lower halves. There is a version for each processor, since the portable 64-bit product is three times slower.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> MultiplyLowerHalves(Vector512<ulong> x, Vector512<ulong> y)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Multiply(x.AsUInt32(), y.AsUInt32());
        }

        if (Avx2.IsSupported)
        {
            return Vector512.Create(
                Avx2.Multiply(x.GetLower().AsUInt32(), y.GetLower().AsUInt32()),
                Avx2.Multiply(x.GetUpper().AsUInt32(), y.GetUpper().AsUInt32())
            );
        }

        return (x & Vector512.Create(LowerHalf)) * (y & Vector512.Create(LowerHalf));
    }
}
