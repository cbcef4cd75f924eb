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
        var signal = target.Pointer + ((nint)point * channels);
        var noise = signal + windows.Output.Elements;
        for (var within = 0; within < windows.Points; within++)
        {
            var values = source.Pointer + ((nint)windows.Point(point, within) * channels);
            for (var channel = 0; channel < channels; channel++)
            {
                if (within == 0 || values[channel] > signal[channel])
                {
                    (signal[channel], noise[channel]) = (values[channel], values[windows.Input.Elements + channel]);
                }
            }
        }
    }
}
