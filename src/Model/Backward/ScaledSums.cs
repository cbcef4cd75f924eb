using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Sums of tensors with factors and powers of two.</summary>
internal static class ScaledSums
{
    /// <summary>
    /// If the exponents differ by at least this, the addend with the smaller power of two loses its digits, so it must be checked that the other one is not
    /// zero.
    /// </summary>
    private const int MostDistance = 24;

    /// <summary>target ← factor·values.</summary>
    public static void Multiply<T>(ScaledTensor<T> target, ScaledTensor<T> values, ScaledFactor<T> factor, TensorShape shape, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var mantissa = factor.Mantissa;
        if (mantissa == T.Zero)
        {
            target.Stored(shape).Clear();
            target.Exponent = 0;
            return;
        }

        target.Exponent = values.Exponent + factor.Exponent;
        RowChunks.ForEach(
            shape.Points,
            threads,
            (_, first, count) => AdjointMath.Multiply(target.Rows(shape.Channels, first, count), values.Rows(shape.Channels, first, count), mantissa)
        );
        if (mantissa != T.One)
        {
            target.Rescale(shape, threads);
        }
    }

    /// <summary>target ← factor·left + otherFactor·right; the target may be one of the two.</summary>
    public static void Add<T>(
        ScaledTensor<T> target,
        (ScaledTensor<T> Values, ScaledFactor<T> Factor) left,
        (ScaledTensor<T> Values, ScaledFactor<T> Factor) right,
        TensorShape shape,
        int threads
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (exponent, otherExponent) = (left.Values.Exponent + left.Factor.Exponent, right.Values.Exponent + right.Factor.Exponent);
        var (mantissa, otherMantissa) = (left.Factor.Mantissa, right.Factor.Mantissa);
        if (mantissa == T.Zero || (exponent - otherExponent > MostDistance && IsZero(left.Values, shape)))
        {
            (mantissa, exponent) = (T.Zero, otherExponent);
        }
        else if (otherMantissa == T.Zero || (otherExponent - exponent > MostDistance && IsZero(right.Values, shape)))
        {
            (otherMantissa, otherExponent) = (T.Zero, exponent);
        }

        var largest = Math.Max(exponent, otherExponent);
        var (factor, otherFactor) = (mantissa * T.ScaleB(T.One, exponent - largest), otherMantissa * T.ScaleB(T.One, otherExponent - largest));
        var channels = shape.Channels;
        RowChunks.ForEach(
            shape.Points,
            threads,
            (_, first, count) =>
                AdjointMath.Combine(
                    target.Rows(channels, first, count),
                    left.Values.Rows(channels, first, count),
                    factor,
                    right.Values.Rows(channels, first, count),
                    otherFactor
                )
        );
        target.Exponent = largest;
        target.Rescale(shape, threads);
    }

    private static bool IsZero<T>(ScaledTensor<T> values, TensorShape shape)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => values.Stored(shape).IndexOfAnyExcept(T.Zero) < 0;
}
