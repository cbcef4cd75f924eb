using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Biases of a layer with weights, one for each channel; the noise, a difference of two outputs, has none.</summary>
internal sealed class Biases<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Below this exponent the signal is brought to the scale of the biases, which single precision could not hold in the signal's units.</summary>
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

    /// <summary>Draws them and adds them to the signal, which is rescaled by the caller.</summary>
    public void Add(SignalAndNoise<T> values, PropagationState<T> state)
    {
        state.Fill(_tensor, _values);
        var signal = values.Signal;
        if (values.SignalExponent < LeastExponent)
        {
            // Of a signal so small that nothing is left the biases remain.
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
