using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// Layer, RMS, group and instance norm, and their adjoint, which equals their derivative because that is symmetric:
/// <c>dy = γ (g - mean(g) - û mean(û g))/sqrt(var + ε)</c>, without mean(g) for RMS norm.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; statistics are double.</typeparam>
/// <param name="shape">Shape of input and output.</param>
/// <param name="norm">The description.</param>
internal sealed unsafe class InputNormAdjoint<T>(TensorShape shape, Networks.Norm norm) : AdjointLayer<T>(shape, shape)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly NormBlocks _blocks = NormBlocks.Divide(norm);
    private readonly NormScale _scale = new(norm.Scale);

    /// <inheritdoc/>
    public override bool NeedsInput => true;

    private int BlockPoints => _blocks.Points(Input);

    private int BlockChannels => _blocks.Channels(Input);

    /// <inheritdoc/>
    /// <exception cref="DegenerateChannelException">The features of a block are constant (RMS norm: zero) and ε = 0.</exception>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context)
    {
        var units = NormUnits.Choose(norm.Epsilon, source.Exponent);
        var degenerate = new (int Point, int Channel)?[RowChunks.Count(Input.Points / BlockPoints)];
        ForEachBlock(
            context.Threads,
            (chunk, point, channel) =>
            {
                var start = ((nint)point * Input.Channels) + channel;
                var (mean, variance) = Statistics(source.Pointer + start, units);
                if (variance == 0)
                {
                    degenerate[chunk] ??= (point, channel);
                    return;
                }

                var factor = 1 / Math.Sqrt(variance);
                factor *= _scale.Factor;
                Map(source.Pointer + start, null, target.Pointer + start, (value, _) => (value - mean) * factor);
            }
        );
        if (Array.Find(degenerate, place => place is not null) is { } first)
        {
            throw new DegenerateChannelException(context.Depth, first.Channel, first.Point, norm.Word, _blocks.Centres ? "constant" : "zero");
        }

        target.Exponent = _scale.Exponent + units.Own;
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

        var units = NormUnits.Choose(norm.Epsilon, signals.Input.Exponent);
        ForEachBlock(
            context.Threads,
            (_, point, channel) =>
            {
                var start = ((nint)point * Input.Channels) + channel;
                var signal = signals.Input.Pointer + start;
                var values = gradient.Pointer + start;
                var (mean, variance) = Statistics(signal, units);
                var gradientMean = _blocks.Centres ? NormSums.Mean(values, BlockPoints, BlockChannels, Input.Channels) : 0;
                var product = NormSums.Products(signal, values, BlockPoints, BlockChannels, Input.Channels, (mean, gradientMean));
                var factor = 1 / Math.Sqrt(variance);
                var slope = Math.ScaleB(factor, units.Own) * Math.ScaleB(factor, units.Own) * product / ((double)BlockPoints * BlockChannels);
                factor *= _scale.Factor;
                Map(signal, values, target.Pointer + start, (value, g) => (g - gradientMean - ((value - mean) * slope)) * factor);
            }
        );
        target.Exponent = gradient.Exponent + _scale.Exponent - units.Exponent;
        target.Rescale(Input, context.Threads);
    }

    private void ForEachBlock(int threads, Action<int, int, int> body)
    {
        var (points, width) = (BlockPoints, BlockChannels);
        RowChunks.ForEach(
            Input.Points / points,
            threads,
            (chunk, first, count) =>
            {
                for (var point = first * points; point < (first + count) * points; point += points)
                {
                    for (var channel = 0; channel < Input.Channels; channel += width)
                    {
                        body(chunk, point, channel);
                    }
                }
            }
        );
    }

    private (double Mean, double Variance) Statistics(T* signal, NormUnits units)
    {
        var mean = _blocks.Centres ? NormSums.Mean(signal, BlockPoints, BlockChannels, Input.Channels) : 0;
        var square = NormSums.Squares(signal, BlockPoints, BlockChannels, Input.Channels, mean);
        return (mean, units.Denominator(square / ((double)BlockPoints * BlockChannels)));
    }

    private void Map(T* signal, T* gradient, T* target, Func<double, double, double> function)
    {
        for (var point = 0; point < BlockPoints; point++)
        {
            var offset = (nint)point * Input.Channels;
            for (var i = 0; i < BlockChannels; i++)
            {
                var value = gradient == null ? 0 : double.CreateTruncating(gradient[offset + i]);
                target[offset + i] = T.CreateTruncating(function(double.CreateTruncating(signal[offset + i]), value));
            }
        }
    }
}
