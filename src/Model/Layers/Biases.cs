using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Biases of a layer with weights, one for each channel. The noise has none, since it is a difference of two outputs.</summary>
internal sealed class Biases<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Below this exponent the signal is scaled to that of the biases, because single precision could not hold them in the signal's units.</summary>
    private const int LeastExponent = -32;

    private readonly ParameterTensor _tensor;
    private readonly T[] _values;

    private Biases(ParameterTensor tensor)
    {
        _tensor = tensor;
        _values = new T[tensor.Outputs];
    }

    /// <summary>The biases that go with weights; null if the layer has none.</summary>
    public static Biases<T>? After(ParameterTensor weights)
    {
        var parameters = weights.Layer switch
        {
            Convolution convolution => convolution.Parameters,
            Dense dense => dense.Parameters,
            Attention attention => attention.Parameters,
            _ => throw new UnknownLayerException(weights.Layer),
        };
        return parameters.BiasVariance == 0
            ? null
            : new(weights with { Kind = ParameterKind.Biases, Variance = parameters.BiasVariance, Law = WeightLaw.Normal });
    }

    /// <summary>Draws the biases and adds them to the signal; the caller rescales it afterwards.</summary>
    public void Add(SignalAndNoise<T> values, PropagationState<T> state)
    {
        state.Fill(_tensor, _values);
        var signal = values.Signal;
        if (values.SignalExponent < LeastExponent)
        {
            // The signal may be so small that it becomes 0 and only the biases remain.
            Rescaling.Multiply(signal, values.SignalExponent);
            values.SignalExponent = 0;
        }

        for (var channel = 0; channel < _values.Length; channel++)
        {
            _values[channel] = T.ScaleB(_values[channel], -values.SignalExponent);
        }

        for (var point = 0; point < signal.Length; point += _values.Length)
        {
            ElementwiseMath.AddScaled(signal.Slice(point, _values.Length), _values, T.One);
        }
    }
}
