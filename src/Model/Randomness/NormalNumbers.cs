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
/// 64: sixteen consecutive counters give four runs of sixteen, from the cosine and sine of the first pair of words and of the second pair. Polynomials:
/// S. Moshier's Cephes library, single precision (logf, sinf, cosf).
/// </remarks>
internal static class NormalNumbers
{
    /// <summary>Number of numbers that are made together.</summary>
    public const int Group = 4 * Counters;

    /// <summary>Number of counters of a group.</summary>
    private const int Counters = 16;

    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float TwoPiOver2To32 = (float)(2 * Math.PI / 4294967296.0);
    private const float TwoToMinus32 = 1 / 4294967296f;
    private const float TwoToMinus33 = 1 / 8589934592f;

    /// <summary>Fills a span with numbers of the stream, multiplied by a factor, after leaving out <c>firstGroup</c> groups.</summary>
    public static void Fill<T>(RandomNumbers stream, Span<T> destination, float factor, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Fill<T, WordRegister512>(stream, destination, factor, firstGroup);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Fill<T, WordRegister256>(stream, destination, factor, firstGroup);
        }
        else
        {
            Fill<T, WordRegister128>(stream, destination, factor, firstGroup);
        }
    }

    /// <summary>The same with registers of a given width.</summary>
    [SkipLocalsInit]
    internal static void Fill<T, TRegister>(RandomNumbers stream, Span<T> destination, float factor, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRegister : unmanaged, IWordRegister<TRegister>
    {
        Span<TRegister> keys = stackalloc TRegister[Philox4x32.RoundKeys];
        Philox4x32.ExpandKey(stream.Seed, keys);
        Span<float> group = stackalloc float[Group];
        for (var done = 0; done < destination.Length; done += Group)
        {
            var rest = destination[done..];
            if (typeof(T) == typeof(float) && rest.Length >= Group)
            {
                FillGroup<TRegister>(stream, keys, firstGroup + (uint)(done / Group), MemoryMarshal.Cast<T, float>(rest), factor);
                continue;
            }

            FillGroup<TRegister>(stream, keys, firstGroup + (uint)(done / Group), group, factor);
            for (var i = 0; i < Math.Min(Group, rest.Length); i++)
            {
                rest[i] = T.CreateTruncating(group[i]);
            }
        }
    }

    private static void FillGroup<TRegister>(RandomNumbers stream, ReadOnlySpan<TRegister> keys, uint group, Span<float> destination, float factor)
        where TRegister : unmanaged, IWordRegister<TRegister>
    {
        var scale = TRegister.Create(factor);
        ref var target = ref MemoryMarshal.GetReference(destination[..Group]);
        for (var first = 0; first < Counters; first += TRegister.Lanes)
        {
            var words = Philox4x32.Blocks((group * Counters) + (uint)first, stream.Layer, stream.Simulation, (uint)stream.Purpose, keys);
            BoxMuller(words.Word0, words.Word1, out var cosine0, out var sine0);
            BoxMuller(words.Word2, words.Word3, out var cosine1, out var sine1);
            (cosine0 * scale).Store(ref target, first);
            (sine0 * scale).Store(ref target, first + Counters);
            (cosine1 * scale).Store(ref target, first + (2 * Counters));
            (sine1 * scale).Store(ref target, first + (3 * Counters));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BoxMuller<TRegister>(TRegister radiusWord, TRegister angleWord, out TRegister cosine, out TRegister sine)
        where TRegister : unmanaged, IWordRegister<TRegister>
    {
        var radius = TRegister.Sqrt(TRegister.Create(-2f) * LogOfUniform(radiusWord));
        SineAndCosine(angleWord, out var unitSine, out var unitCosine);
        cosine = radius * unitCosine;
        sine = radius * unitSine;
    }

    /// <summary>ln((word + ½)/2³²).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister LogOfUniform<TRegister>(TRegister word)
        where TRegister : unmanaged, IWordRegister<TRegister>
    {
        // The halves are converted exactly as signed integers, and the fused step rounds once. Unsigned conversion is not the same on every processor.
        var high = TRegister.ConvertToSingle(word >> 16);
        var low = TRegister.ConvertToSingle(word & TRegister.Create(0xFFFFu));
        var uniform = Fma(Fma(high, 65536f, low), TwoToMinus32, TRegister.Create(TwoToMinus33));

        // u = 2^e (1 + f) with 1 + f in [√½, √2). Subtracting the bits of √½ puts the split there.
        var rootOfHalf = TRegister.Create(0x3F3504F3u);
        var shifted = TRegister.SubtractWords(uniform, rootOfHalf);
        var exponent = TRegister.ConvertToSingle(TRegister.ShiftWithSign(shifted, 23));
        var f = TRegister.AddWords(shifted & TRegister.Create(0x007FFFFFu), rootOfHalf) - TRegister.Create(1f);

        var square = f * f;
        var p = TRegister.Create(7.0376836292e-2f);
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
    private static void SineAndCosine<TRegister>(TRegister word, out TRegister sine, out TRegister cosine)
        where TRegister : unmanaged, IWordRegister<TRegister>
    {
        // Quadrants are centred on the axes, so the remaining angle is in [-π/4, π/4).
        var quadrant = TRegister.AddWords(word, TRegister.Create(1u << 29)) >> 30;
        var angle = TRegister.ConvertToSingle(TRegister.SubtractWords(word, quadrant << 30)) * TRegister.Create(TwoPiOver2To32);
        var square = angle * angle;

        var s = TRegister.Create(-1.9515295891e-4f);
        s = Fma(s, square, 8.3321608736e-3f);
        s = Fma(s, square, -1.6666654611e-1f);
        var sineOfAngle = TRegister.FusedMultiplyAdd(s * square, angle, angle);

        var c = TRegister.Create(2.443315711809948e-5f);
        c = Fma(c, square, -1.388731625493765e-3f);
        c = Fma(c, square, 4.166664568298827e-2f);
        var cosineOfAngle = TRegister.FusedMultiplyAdd(c * square, square, Fma(square, -0.5f, TRegister.Create(1f)));

        var (one, two) = (TRegister.Create(1u), TRegister.Create(2u));
        var odd = quadrant & one;
        var sineSign = (quadrant & two) << 30;
        var cosineSign = (TRegister.AddWords(quadrant, one) & two) << 30;
        sine = TRegister.SelectWhereEqual(odd, one, cosineOfAngle, sineOfAngle) ^ sineSign;
        cosine = TRegister.SelectWhereEqual(odd, one, sineOfAngle, cosineOfAngle) ^ cosineSign;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister Fma<TRegister>(TRegister x, float y, TRegister z)
        where TRegister : unmanaged, IWordRegister<TRegister> => TRegister.FusedMultiplyAdd(x, TRegister.Create(y), z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRegister Fma<TRegister>(TRegister x, TRegister y, float z)
        where TRegister : unmanaged, IWordRegister<TRegister> => TRegister.FusedMultiplyAdd(x, y, TRegister.Create(z));
}
