using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public class PhiloxTests
{
    /// <summary>Known answers published with Random123 (file kat_vectors, philox4x32 with 10 rounds).</summary>
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Known_answers_are_reproduced(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Philox4x32.Block((c0, c1, c2, c3), ((ulong)k1 << 32) | k0).Should().Be((r0, r1, r2, r3));

    [Law(MaxTest = 200)]
    public void The_vector_forms_have_the_bits_of_the_scalar_form(uint first, uint c1, uint c2, uint c3, ulong key)
    {
        Blocks<WordRegister128>((first, c1, c2, c3), key).Should().Equal(Scalar(WordRegister128.Lanes));
        Blocks<WordRegister256>((first, c1, c2, c3), key).Should().Equal(Scalar(WordRegister256.Lanes));
        Blocks<WordRegister512>((first, c1, c2, c3), key).Should().Equal(Scalar(WordRegister512.Lanes));

        IEnumerable<(uint Word0, uint Word1, uint Word2, uint Word3)> Scalar(int lanes) =>
            Enumerable.Range(0, lanes).Select(lane => Philox4x32.Block((first + (uint)lane, c1, c2, c3), key));
    }

    private static (uint Word0, uint Word1, uint Word2, uint Word3)[] Blocks<TRegister>((uint Word0, uint Word1, uint Word2, uint Word3) counter, ulong key)
        where TRegister : unmanaged, IWordRegister<TRegister>
    {
        Span<TRegister> keys = stackalloc TRegister[Philox4x32.RoundKeys];
        Philox4x32.ExpandKey(key, keys);
        var (word0, word1, word2, word3) = Philox4x32.Blocks<TRegister>(counter.Word0, counter.Word1, counter.Word2, counter.Word3, keys);
        return [.. Words(word0).Zip(Words(word1), Words(word2)).Zip(Words(word3), (three, fourth) => (three.First, three.Second, three.Third, fourth))];
    }

    private static uint[] Words<TRegister>(TRegister register)
        where TRegister : unmanaged, IWordRegister<TRegister>
    {
        var numbers = new float[TRegister.Lanes];
        register.Store(ref numbers[0], 0);
        return [.. numbers.Select(BitConverter.SingleToUInt32Bits)];
    }
}
