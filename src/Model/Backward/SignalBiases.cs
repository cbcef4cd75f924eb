using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>
/// Biases of a layer with weights. They are only added to the signal, with the same bits as by <see cref="Biases{T}"/>; their gradient is a sum over points.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed unsafe class SignalBiases<T>(ParameterTensor tensor)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Below this exponent the signal is scaled to that of the biases.</summary>
    private const int LeastExponent = -32;

    private readonly T[] _values = new T[tensor.Outputs];

    /// <summary>The biases that go with weights; null if the layer has none.</summary>
    public static SignalBiases<T>? After(ParameterTensor weights, double variance) =>
        variance == 0 ? null : new(weights with { Kind = ParameterKind.Biases, Variance = variance, Law = WeightLaw.Normal });

    /// <summary>Adds them to a signal; the caller rescales it afterwards.</summary>
    public void Add(ScaledTensor<T> values, TensorShape shape, PassContext<T> context)
    {
        new ReadOnlySpan<T>(context.Parameters(tensor), _values.Length).CopyTo(_values);
        if (values.Exponent < LeastExponent)
        {
            Rescaling.Multiply(values.Stored(shape), values.Exponent);
            values.Exponent = 0;
        }

        for (var channel = 0; channel < _values.Length; channel++)
        {
            _values[channel] = T.ScaleB(_values[channel], -values.Exponent);
        }

        RowChunks.ForEach(
            shape.Points,
            context.Threads,
            (_, first, count) =>
            {
                for (var point = first; point < first + count; point++)
                {
                    ElementwiseMath.AddScaled(values.Rows(shape.Channels, point, 1), _values, T.One);
                }
            }
        );
    }

    /// <summary>Computes their gradient.</summary>
    public void Differentiate(ScaledTensor<T> gradient, TensorShape shape, PassContext<T> context)
    {
        var chunks = RowChunks.Count(shape.Points);
        var sums = new double[chunks * _values.Length];
        RowChunks.ForEach(
            shape.Points,
            context.Threads,
            (chunk, first, count) =>
            {
                var sum = sums.AsSpan(chunk * _values.Length, _values.Length);
                for (var point = first; point < first + count; point++)
                {
                    var row = gradient.Rows(shape.Channels, point, 1);
                    for (var channel = 0; channel < sum.Length; channel++)
                    {
                        sum[channel] += double.CreateTruncating(row[channel]);
                    }
                }
            }
        );
        var target = context.Gradient(tensor);
        for (var channel = 0; channel < _values.Length; channel++)
        {
            var sum = 0.0;
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                sum += sums[(chunk * _values.Length) + channel];
            }

            target[channel] = T.CreateTruncating(Math.ScaleB(sum, gradient.Exponent));
        }
    }
}
