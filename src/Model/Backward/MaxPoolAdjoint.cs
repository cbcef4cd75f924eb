using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// The largest signal of each window, for each channel. Its position gets the gradient; among equals the first one does, rows before columns.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="windows">The windows.</param>
internal sealed class MaxPoolAdjoint<T>(PoolingWindows windows) : AdjointLayer<T>(windows.Input, windows.Output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public override bool NeedsInput => true;

    /// <inheritdoc/>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context)
    {
        target.Exponent = source.Exponent;
        RowChunks.ForEach(
            Output.Points,
            windows.Points * Output.Channels,
            context.Threads,
            (_, first, count) =>
            {
                var largest = new int[Output.Channels];
                for (var point = first; point < first + count; point++)
                {
                    FindLargest(source, point, largest);
                    var row = target.Rows(Output.Channels, point, 1);
                    for (var channel = 0; channel < row.Length; channel++)
                    {
                        row[channel] = source.Rows(Output.Channels, windows.Point(point, largest[channel]), 1)[channel];
                    }
                }
            }
        );
        target.Rescale(Output, context.Threads);
    }

    /// <inheritdoc/>
    public override void Backward(
        (ScaledTensor<T> Input, ScaledTensor<T> Output) signals,
        ScaledTensor<T> gradient,
        ScaledTensor<T>? target,
        PassContext<T> context
    )
    {
        if (target is null)
        {
            return;
        }

        target.Exponent = gradient.Exponent;
        RowChunks.ForEach(
            Output.Points,
            windows.Points * Output.Channels,
            context.Threads,
            (_, first, count) =>
            {
                var largest = new int[Output.Channels];
                for (var point = first; point < first + count; point++)
                {
                    FindLargest(signals.Input, point, largest);
                    var row = gradient.Rows(Output.Channels, point, 1);
                    for (var within = 0; within < windows.Points; within++)
                    {
                        var result = target.Rows(Output.Channels, windows.Point(point, within), 1);
                        for (var channel = 0; channel < row.Length; channel++)
                        {
                            result[channel] = largest[channel] == within ? row[channel] : T.Zero;
                        }
                    }
                }
            }
        );
        target.Rescale(Input, context.Threads);
    }

    private void FindLargest(ScaledTensor<T> source, int point, int[] largest)
    {
        Array.Clear(largest);
        for (var within = 1; within < windows.Points; within++)
        {
            var values = source.Rows(largest.Length, windows.Point(point, within), 1);
            for (var channel = 0; channel < largest.Length; channel++)
            {
                if (values[channel] > source.Rows(largest.Length, windows.Point(point, largest[channel]), 1)[channel])
                {
                    largest[channel] = within;
                }
            }
        }
    }
}
