using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// An activation that is not homogeneous. It needs the true signal, so the exponent is multiplied out before it is applied. The noise is multiplied by its
/// derivative.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; the function itself is evaluated in double precision.</typeparam>
/// <typeparam name="TFunction">The function.</typeparam>
/// <param name="threads">Greatest number of threads.</param>
internal sealed class ActivationLayer<T, TFunction>(int threads) : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TFunction : struct, IScalarFunction
{
    /// <inheritdoc/>
    /// <exception cref="ArithmeticException">The function has no value in double precision for a signal of this size.</exception>
    public void Propagate(PropagationState<T> state)
    {
        var (source, target) = (state.Current, state.Spare);
        target.Reshape(source.Shape);
        var chosen = ActivationExponents.Choose<TFunction>(source.SignalExponent, state.Depth);
        var (largestSignal, largestNoise) = Evaluate(source, target, chosen, 0);
        var (own, ofNoise) = (ActivationExponents.OfSignal(largestSignal, chosen.Value), ActivationExponents.OfNoise(largestNoise));
        if (own != 0 || ofNoise != 0)
        {
            // After a saturated function signal or noise are so small that they are computed again with other powers of two.
            (largestSignal, largestNoise) = Evaluate(source, target, (chosen.Argument, chosen.Value + own), ofNoise);
        }

        target.SignalExponent = ActivationExponents.OfOutput(source.SignalExponent, chosen, own);
        target.NoiseExponent = source.NoiseExponent + ofNoise;
        Rescaling.Apply(target, T.CreateTruncating(largestSignal), T.CreateTruncating(largestNoise));
        state.Swap();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer owns no memory.
    }

    private (double Signal, double Noise) Evaluate(SignalAndNoise<T> source, SignalAndNoise<T> target, (int Argument, int Value) exponents, int ofNoise)
    {
        var scales = (Math.ScaleB(1, exponents.Argument), Math.ScaleB(1, -exponents.Value), Math.ScaleB(1, -ofNoise));
        var (channels, points) = (source.Shape.Channels, source.Shape.Points);
        var maxima = new (double Signal, double Noise)[RowChunks.Count(points, channels)];
        RowChunks.ForEach(
            points,
            channels,
            threads,
            (chunk, first, count) =>
            {
                var (start, length) = (first * channels, count * channels);
                maxima[chunk] = FunctionRows.Evaluate<T, TFunction>(
                    source.Signal.Slice(start, length),
                    source.Noise.Slice(start, length),
                    target.Signal.Slice(start, length),
                    target.Noise.Slice(start, length),
                    scales
                );
            }
        );
        return (maxima.Max(pair => pair.Signal), maxima.Max(pair => pair.Noise));
    }
}
