using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>The mean over each window, summed in double precision; over whole images it is global average pooling.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="windows">The windows.</param>
/// <param name="threads">Greatest number of threads.</param>
internal sealed unsafe class AveragePool<T>(PoolingWindows windows, int threads) : ILayer<T>, ISparesInput
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
                var sums = new double[windows.Output.Channels];
                for (var point = first; point < first + count; point++)
                {
                    Average(source.Pointer, target.Pointer, point, sums);
                    Average(source.Pointer + windows.Input.Elements, target.Pointer + windows.Output.Elements, point, sums);
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

    private void Average(T* source, T* target, int point, double[] sums)
    {
        Array.Clear(sums);
        var start = source + ((nint)windows.Point(point, 0) * sums.Length);
        for (var row = 0; row < windows.Height; row++, start += (nint)windows.Input.Width * sums.Length)
        {
            for (var column = 0; column < windows.Width; column++)
            {
                ElementwiseMath.AddInDouble(sums, new ReadOnlySpan<T>(start + ((nint)column * sums.Length), sums.Length));
            }
        }

        ElementwiseMath.Divide(sums, windows.Points, new Span<T>(target + ((nint)point * sums.Length), sums.Length));
    }
}
