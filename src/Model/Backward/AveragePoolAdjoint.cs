using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>The mean over each window; the gradient is divided equally among the window's positions.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; sums are double.</typeparam>
/// <param name="windows">The windows.</param>
internal sealed class AveragePoolAdjoint<T>(PoolingWindows windows) : AdjointLayer<T>(windows.Input, windows.Output)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
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
                var sums = new double[Output.Channels];
                for (var point = first; point < first + count; point++)
                {
                    Array.Clear(sums);
                    for (var within = 0; within < windows.Points; within++)
                    {
                        var values = source.Rows(sums.Length, windows.Point(point, within), 1);
                        for (var channel = 0; channel < sums.Length; channel++)
                        {
                            sums[channel] += double.CreateTruncating(values[channel]);
                        }
                    }

                    var row = target.Rows(sums.Length, point, 1);
                    for (var channel = 0; channel < sums.Length; channel++)
                    {
                        row[channel] = T.CreateTruncating(sums[channel] / windows.Points);
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
        var count = T.CreateTruncating(windows.Points);
        RowChunks.ForEach(
            Output.Points,
            windows.Points * Output.Channels,
            context.Threads,
            (_, first, points) =>
            {
                for (var point = first; point < first + points; point++)
                {
                    var row = gradient.Rows(Output.Channels, point, 1);
                    for (var within = 0; within < windows.Points; within++)
                    {
                        var result = target.Rows(Output.Channels, windows.Point(point, within), 1);
                        for (var channel = 0; channel < row.Length; channel++)
                        {
                            result[channel] = row[channel] / count;
                        }
                    }
                }
            }
        );
        target.Rescale(Input, context.Threads);
    }
}
