using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>The end of a residual unit: <c>y ← γ·skip + α·branch</c>, each with its own power of two.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="skipScale">γ.</param>
/// <param name="branchScale">α; it is multiplied by 0 if the branch does not survive.</param>
/// <param name="skipIsCurrent">Whether the skip connection has layers, so that the branch is held and the end of the skip connection is current.</param>
/// <param name="threads">Greatest number of threads.</param>
internal sealed class Addition<T>(double skipScale, double branchScale, bool skipIsCurrent, int threads) : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>
    /// If the exponents differ by at least this, the addend with the smaller power of two loses its digits, so it must be checked that the other one is not
    /// zero.
    /// </summary>
    private const int MostDistance = 24;

    private readonly ScaledFactor<T> _skipScale = new(skipScale);
    private readonly ScaledFactor<T> _branchScale = new(branchScale);
    private readonly ScaledFactor<T> _none = new(0);

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        state.Own(threads);
        var (held, survival) = state.Release();
        var sum = state.Current;
        var branch = survival == 0 ? _none : _branchScale;
        var (factor, heldFactor) = skipIsCurrent ? (_skipScale, branch) : (branch, _skipScale);
        (sum.SignalExponent, var signal) = Add(sum, factor, sum.SignalExponent, held, heldFactor, held.SignalExponent, ofNoise: false);
        (sum.NoiseExponent, var noise) = Add(sum, factor, sum.NoiseExponent, held, heldFactor, held.NoiseExponent, ofNoise: true);
        Rescaling.Apply(sum, signal, noise);
        state.Return(held);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer owns no memory.
    }

    private static Span<T> Part(SignalAndNoise<T> values, bool noise) => noise ? values.Noise : values.Signal;

    private static bool IsZero(SignalAndNoise<T> values, bool noise) => Part(values, noise).IndexOfAnyExcept(T.Zero) < 0;

    /// <summary>Adds signals or noises with factors and different powers of two.</summary>
    /// <returns>The power of two of the sum, and the largest stored absolute value.</returns>
    private (int Exponent, T Largest) Add(
        SignalAndNoise<T> sum,
        ScaledFactor<T> factor,
        int exponent,
        SignalAndNoise<T> held,
        ScaledFactor<T> heldFactor,
        int heldExponent,
        bool ofNoise
    )
    {
        (exponent, heldExponent) = (exponent + factor.Exponent, heldExponent + heldFactor.Exponent);
        var (mantissa, heldMantissa) = (factor.Mantissa, heldFactor.Mantissa);
        if (mantissa == T.Zero || (exponent - heldExponent > MostDistance && IsZero(sum, ofNoise)))
        {
            (mantissa, exponent) = (T.Zero, heldExponent);
        }
        else if (heldMantissa == T.Zero || (heldExponent - exponent > MostDistance && IsZero(held, ofNoise)))
        {
            (heldMantissa, heldExponent) = (T.Zero, exponent);
        }

        var largest = Math.Max(exponent, heldExponent);
        var (ownFactor, addendFactor) = (mantissa * T.ScaleB(T.One, exponent - largest), heldMantissa * T.ScaleB(T.One, heldExponent - largest));
        var channels = sum.Shape.Channels;
        var maxima = new T[RowChunks.Count(sum.Shape.Points, channels)];
        RowChunks.ForEach(
            sum.Shape.Points,
            channels,
            threads,
            (chunk, first, count) =>
                maxima[chunk] = ElementwiseMath.AddScaled(
                    Part(sum, ofNoise).Slice(first * channels, count * channels),
                    ownFactor,
                    Part(held, ofNoise).Slice(first * channels, count * channels),
                    addendFactor
                )
        );
        var value = T.Zero;
        foreach (var maximum in maxima)
        {
            value = T.Max(value, maximum);
        }

        return (largest, value);
    }
}
