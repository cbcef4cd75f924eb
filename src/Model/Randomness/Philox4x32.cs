using System.Runtime.CompilerServices;

namespace Wellbehaved.Model;

/// <summary>The counter-based generator Philox 4x32-10: four random words as a pure function of a counter and a key.</summary>
/// <remarks>
/// There is no state to advance, so any number can be computed by itself, in any order and on any thread.
/// Source: J. Salmon et al., <i>Parallel Random Numbers: As Easy as 1, 2, 3</i>, SC 2011; tested against its known-answer vectors.
/// </remarks>
internal static class Philox4x32
{
    /// <summary>Length of an expanded key.</summary>
    internal const int RoundKeys = 2 * Rounds;

    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;

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
    internal static void ExpandKey<TRegister>(ulong key, Span<TRegister> rounds)
        where TRegister : unmanaged, IWordRegister<TRegister>
    {
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            (rounds[2 * round], rounds[(2 * round) + 1]) = (TRegister.Create(k0), TRegister.Create(k1));
            k0 += Weyl0;
            k1 += Weyl1;
        }
    }

    /// <summary>Evaluates the generator at consecutive values of the counter's first word, one for each lane of a register.</summary>
    /// <remarks>
    /// Even and odd counters are kept separately, each in lanes of even index, until after the last round. So the product is one instruction, what it leaves
    /// in the other lanes is never read, and the counters are interleaved only once instead of in each round.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static (TRegister Word0, TRegister Word1, TRegister Word2, TRegister Word3) Blocks<TRegister>(
        uint firstWord0,
        uint word1,
        uint word2,
        uint word3,
        ReadOnlySpan<TRegister> roundKeys
    )
        where TRegister : unmanaged, IWordRegister<TRegister>
    {
        var even0 = TRegister.AddWords(TRegister.Create(firstWord0), TRegister.EvenNumbers);
        var odd0 = TRegister.AddWords(even0, TRegister.Create(1u));
        var (even1, even2, even3) = (TRegister.Create(word1), TRegister.Create(word2), TRegister.Create(word3));
        var (odd1, odd2, odd3) = (even1, even2, even3);
        var (multiplier0, multiplier1) = (TRegister.Create(Multiplier0), TRegister.Create(Multiplier1));
        for (var round = 0; round < 2 * Rounds; round += 2)
        {
            var (key0, key1) = (roundKeys[round], roundKeys[round + 1]);
            var (product0, product1) = (TRegister.MultiplyEven(even0, multiplier0), TRegister.MultiplyEven(even2, multiplier1));
            (even0, even1, even2, even3) = (TRegister.OddToEven(product1) ^ even1 ^ key0, product1, TRegister.OddToEven(product0) ^ even3 ^ key1, product0);
            (product0, product1) = (TRegister.MultiplyEven(odd0, multiplier0), TRegister.MultiplyEven(odd2, multiplier1));
            (odd0, odd1, odd2, odd3) = (TRegister.OddToEven(product1) ^ odd1 ^ key0, product1, TRegister.OddToEven(product0) ^ odd3 ^ key1, product0);
        }

        return (
            TRegister.InterleaveEven(even0, odd0),
            TRegister.InterleaveEven(even1, odd1),
            TRegister.InterleaveEven(even2, odd2),
            TRegister.InterleaveEven(even3, odd3)
        );
    }
}
