using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>The largest signal of each window, for each channel, and the noise of its position; among equals of the first one, rows before columns.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="windows">The windows.</param>
/// <param name="threads">Greatest number of threads.</param>
internal sealed unsafe class MaxPool<T>(PoolingWindows windows, int threads) : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        var (source, target) = (state.Current, state.Spare);
        target.Reshape(windows.Output);
        (target.SignalExponent, target.NoiseExponent) = (source.SignalExponent, source.NoiseExponent);
        RowChunks.ForEach(
            windows.Output.Points,
            windows.Points * windows.Output.Channels,
            threads,
            (_, first, count) =>
            {
                for (var point = first; point < first + count; point++)
                {
                    TakeLargest(source, target, point);
                }
            }
        );
        Rescaling.Apply(target, threads);
        state.Swap();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer owns no memory.
    }

    private void TakeLargest(SignalAndNoise<T> source, SignalAndNoise<T> target, int point)
    {
        var channels = windows.Output.Channels;
        var signal = new Span<T>(target.Pointer + ((nint)point * channels), channels);
        var noise = new Span<T>(target.Pointer + windows.Output.Elements + ((nint)point * channels), channels);
        for (var within = 0; within < windows.Points; within++)
        {
            var values = source.Pointer + ((nint)windows.Point(point, within) * channels);
            var signals = new ReadOnlySpan<T>(values, channels);
            var noises = new ReadOnlySpan<T>(values + windows.Input.Elements, channels);
            if (within == 0)
            {
                signals.CopyTo(signal);
                noises.CopyTo(noise);
                continue;
            }

            ElementwiseMath.TakeWhereLarger(signal, noise, signals, noises);
        }
    }
}
