using System.Runtime.Intrinsics;
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
    public void The_vector_form_has_the_bits_of_the_scalar_form(uint first, uint c1, uint c2, uint c3, ulong key)
    {
        Span<Vector512<ulong>> keys = stackalloc Vector512<ulong>[Philox4x32.RoundKeys];
        Philox4x32.ExpandKey(key, keys);
        var blocks = Philox4x32.Blocks(first, c1, c2, c3, keys);
        for (var lane = 0; lane < Philox4x32.Lanes; lane++)
        {
            var expected = Philox4x32.Block((first + (uint)lane, c1, c2, c3), key);
            (blocks.Word0[lane], blocks.Word1[lane], blocks.Word2[lane], blocks.Word3[lane]).Should().Be(expected);
        }
    }
}
