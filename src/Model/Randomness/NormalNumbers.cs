using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>Standard normal numbers by the method of Box and Muller, from 32-bit words in single precision.</summary>
/// <remarks>
/// Two words give the radius <c>sqrt(-2 ln u)</c>, with u in [2⁻³³, 1], and the angle in steps of 2π·2⁻³². So the tail reaches 6.76 standard deviations,
/// which a normal number exceeds once in 7·10¹⁰ times. Logarithm, sine and cosine are polynomials that only use +, ×, fused multiply-add and square root,
/// which IEEE 754 rounds the same way everywhere: a seed gives the same bits on every processor and for every vector width. Numbers come in groups of
/// 64: sixteen consecutive counters give four vectors, from the cosine and sine of the first pair of words and of the second pair. Polynomials:
/// S. Moshier's Cephes library, single precision (logf, sinf, cosf).
/// </remarks>
internal static class NormalNumbers
{
    /// <summary>Number of numbers that one evaluation gives.</summary>
    public const int Group = 4 * Philox4x32.Lanes;

    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float TwoPiOver2To32 = (float)(2 * Math.PI / 4294967296.0);
    private const float TwoToMinus32 = 1 / 4294967296f;
    private const float TwoToMinus33 = 1 / 8589934592f;

    /// <summary>Fills a span with numbers of the stream, multiplied by a factor, after leaving out <c>firstGroup</c> groups.</summary>
    [SkipLocalsInit]
    public static void Fill<T>(RandomNumbers stream, Span<T> destination, float factor, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<Vector512<ulong>> keys = stackalloc Vector512<ulong>[Philox4x32.RoundKeys];
        Philox4x32.ExpandKey(stream.Seed, keys);
        Span<float> group = stackalloc float[Group];
        for (var done = 0; done < destination.Length; done += Group)
        {
            var rest = destination[done..];
            if (typeof(T) == typeof(float) && rest.Length >= Group)
            {
                FillGroup(stream, keys, firstGroup + (uint)(done / Group), MemoryMarshal.Cast<T, float>(rest), factor);
                continue;
            }

            FillGroup(stream, keys, firstGroup + (uint)(done / Group), group, factor);
            for (var i = 0; i < Math.Min(Group, rest.Length); i++)
            {
                rest[i] = T.CreateTruncating(group[i]);
            }
        }
    }

    private static void FillGroup(RandomNumbers stream, ReadOnlySpan<Vector512<ulong>> keys, uint group, Span<float> destination, float factor)
    {
        var words = Philox4x32.Blocks(group * Philox4x32.Lanes, stream.Layer, stream.Simulation, (uint)stream.Purpose, keys);
        BoxMuller(words.Word0, words.Word1, out var cosine0, out var sine0);
        BoxMuller(words.Word2, words.Word3, out var cosine1, out var sine1);
        var scale = Vector512.Create(factor);
        ref var target = ref MemoryMarshal.GetReference(destination[..Group]);
        (cosine0 * scale).StoreUnsafe(ref target);
        (sine0 * scale).StoreUnsafe(ref target, 16);
        (cosine1 * scale).StoreUnsafe(ref target, 32);
        (sine1 * scale).StoreUnsafe(ref target, 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BoxMuller(Vector512<uint> radiusWord, Vector512<uint> angleWord, out Vector512<float> cosine, out Vector512<float> sine)
    {
        var radius = Vector512.Sqrt(Vector512.Create(-2f) * LogOfUniform(radiusWord));
        SineAndCosine(angleWord, out var unitSine, out var unitCosine);
        cosine = radius * unitCosine;
        sine = radius * unitSine;
    }

    /// <summary>ln((word + ½)/2³²).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LogOfUniform(Vector512<uint> word)
    {
        // The halves are converted exactly as signed integers, and the fused step rounds once. Unsigned conversion is not the same on every processor.
        var high = Vector512.ConvertToSingle((word >> 16).AsInt32());
        var low = Vector512.ConvertToSingle((word & Vector512.Create(0xFFFFu)).AsInt32());
        var uniform = Fma(Fma(high, 65536f, low), TwoToMinus32, Vector512.Create(TwoToMinus33));

        // u = 2^e (1 + f) with 1 + f in [√½, √2). Subtracting the bits of √½ puts the split there.
        var shifted = uniform.AsInt32() - Vector512.Create(0x3F3504F3);
        var exponent = Vector512.ConvertToSingle(shifted >> 23);
        var f = ((shifted & Vector512.Create(0x007FFFFF)) + Vector512.Create(0x3F3504F3)).AsSingle() - Vector512<float>.One;

        var square = f * f;
        var p = Vector512.Create(7.0376836292e-2f);
        p = Fma(p, f, -1.1514610310e-1f);
        p = Fma(p, f, 1.1676998740e-1f);
        p = Fma(p, f, -1.2420140846e-1f);
        p = Fma(p, f, 1.4249322787e-1f);
        p = Fma(p, f, -1.6668057665e-1f);
        p = Fma(p, f, 2.0000714765e-1f);
        p = Fma(p, f, -2.4999993993e-1f);
        p = Fma(p, f, 3.3333331174e-1f);
        var tail = Fma(exponent, Ln2Low, f * square * p);
        tail = Fma(square, -0.5f, tail);
        return Fma(exponent, Ln2High, f + tail);
    }

    /// <summary>Sine and cosine of 2π·word/2³².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SineAndCosine(Vector512<uint> word, out Vector512<float> sine, out Vector512<float> cosine)
    {
        // Quadrants are centred on the axes, so the remaining angle is in [-π/4, π/4).
        var quadrant = (word + Vector512.Create(1u << 29)) >> 30;
        var angle = Vector512.ConvertToSingle((word - (quadrant << 30)).AsInt32()) * Vector512.Create(TwoPiOver2To32);
        var square = angle * angle;

        var s = Vector512.Create(-1.9515295891e-4f);
        s = Fma(s, square, 8.3321608736e-3f);
        s = Fma(s, square, -1.6666654611e-1f);
        var sineOfAngle = Vector512.FusedMultiplyAdd(s * square, angle, angle);

        var c = Vector512.Create(2.443315711809948e-5f);
        c = Fma(c, square, -1.388731625493765e-3f);
        c = Fma(c, square, 4.166664568298827e-2f);
        var cosineOfAngle = Vector512.FusedMultiplyAdd(c * square, square, Fma(square, -0.5f, Vector512<float>.One));

        var swap = Vector512.Equals(quadrant & Vector512<uint>.One, Vector512<uint>.One).AsSingle();
        var sineSign = (quadrant & Vector512.Create(2u)) << 30;
        var cosineSign = ((quadrant + Vector512<uint>.One) & Vector512.Create(2u)) << 30;
        sine = (Vector512.ConditionalSelect(swap, cosineOfAngle, sineOfAngle).AsUInt32() ^ sineSign).AsSingle();
        cosine = (Vector512.ConditionalSelect(swap, sineOfAngle, cosineOfAngle).AsUInt32() ^ cosineSign).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fma(Vector512<float> x, float y, Vector512<float> z) => Vector512.FusedMultiplyAdd(x, Vector512.Create(y), z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fma(Vector512<float> x, Vector512<float> y, float z) => Vector512.FusedMultiplyAdd(x, y, Vector512.Create(z));
}
