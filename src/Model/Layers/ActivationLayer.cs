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
    /// <summary>Noise below this is computed again with an exponent of its own, because single precision would lose digits of it.</summary>
    private const double LeastNoise = 1e-30;

    /// <inheritdoc/>
    /// <exception cref="ArithmeticException">The function has no value in double precision for a signal of this size.</exception>
    public void Propagate(PropagationState<T> state)
    {
        var (source, target) = (state.Current, state.Spare);
        target.Reshape(source.Shape);
        var (exponent, outputExponent) = ActivationExponents.Choose<TFunction>(source.SignalExponent, state.Depth);
        (target.SignalExponent, target.NoiseExponent) = (outputExponent == exponent ? source.SignalExponent : outputExponent, source.NoiseExponent);
        var (largestSignal, largestNoise) = Evaluate(source, target, exponent, outputExponent, 0);
        if (largestNoise is > 0 and < LeastNoise)
        {
            // After a saturated function the noise is so small that it is computed again with another power of two.
            var noiseExponent = ActivationExponents.OfNoise(largestNoise);
            (largestSignal, largestNoise) = Evaluate(source, target, exponent, outputExponent, noiseExponent);
            target.NoiseExponent += noiseExponent;
        }

        Rescaling.Apply(target, T.CreateTruncating(largestSignal), T.CreateTruncating(largestNoise));
        state.Swap();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer owns no memory.
    }

    private (double Signal, double Noise) Evaluate(SignalAndNoise<T> source, SignalAndNoise<T> target, int exponent, int outputExponent, int noiseExponent)
    {
        var scales = (Math.ScaleB(1, exponent), Math.ScaleB(1, -outputExponent), Math.ScaleB(1, -noiseExponent));
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
