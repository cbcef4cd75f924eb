using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>One head of attention over the positions of one input, in double precision and with memory of its own.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed unsafe class AttentionHead<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _positions;
    private readonly int _channels;
    private readonly int _width;
    private readonly bool _causal;
    private readonly MatrixProduct<double> _product = new();
    private readonly AlignedBuffer<double> _features;
    private readonly AlignedBuffer<double> _weights;

    /// <summary>Allocates memory.</summary>
    /// <param name="shape">Shape of queries, keys and values.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="causal">Whether a position attends only to itself and earlier positions.</param>
    public AttentionHead(TensorShape shape, int heads, bool causal)
    {
        (_positions, _channels, _width, _causal) = (shape.Height * shape.Width, shape.Channels, shape.Channels / heads, causal);
        _features = new AlignedBuffer<double>(checked(8 * _positions * _width));
        _weights = new AlignedBuffer<double>(checked(2 * _positions * _positions));
    }

    private int Length => _positions * _width;

    /// <summary>Computes signal and noise of the head's output, and writes them over its queries.</summary>
    /// <param name="queries">Queries of all inputs and heads.</param>
    /// <param name="keys">Keys.</param>
    /// <param name="values">Values.</param>
    /// <param name="image">Index of the input.</param>
    /// <param name="head">Index of the head.</param>
    /// <param name="exponents">The powers of two.</param>
    public void Attend(SignalAndNoise<T> queries, SignalAndNoise<T> keys, SignalAndNoise<T> values, int image, int head, AttentionExponents exponents)
    {
        var first = ((nint)image * _positions * _channels) + ((nint)head * _width);
        var query = _features.Pointer;
        var key = query + (2 * Length);
        var value = key + (2 * Length);
        var output = value + (2 * Length);
        Load(queries, first, exponents.QueryNoise, query);
        Load(keys, first, exponents.KeyNoise, key);
        Load(values, first, exponents.ValueNoise, value);

        var logits = _weights.Pointer;
        var logitNoise = logits + ((nint)_positions * _positions);
        Multiply(query, MatrixOperand<double>.Transposed(key, _width), logits, _width, _positions, accumulate: false);
        Multiply(query + Length, MatrixOperand<double>.Transposed(key, _width), logitNoise, _width, _positions, accumulate: false);
        Multiply(query, MatrixOperand<double>.Transposed(key + Length, _width), logitNoise, _width, _positions, accumulate: true);
        var scale = Math.ScaleB(1 / Math.Sqrt(_width), exponents.Logits);
        for (var position = 0; position < _positions; position++)
        {
            var row = position * _positions;
            Softmax(
                _weights.Span.Slice(row, _positions),
                _weights.Span.Slice((_positions * _positions) + row, _positions),
                scale,
                _causal ? position + 1 : _positions
            );
        }

        var rowsOfValues = MatrixOperand<double>.RowMajor(value, _width);
        Multiply(logits, rowsOfValues, output, _positions, _width, accumulate: false);
        Multiply(logitNoise, rowsOfValues, output + Length, _positions, _width, accumulate: false);
        Multiply(logits, MatrixOperand<double>.RowMajor(value + Length, _width), output + Length, _positions, _width, accumulate: true);
        Store(output, queries, first);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _product.Dispose();
        _features.Dispose();
        _weights.Dispose();
    }

    /// <summary>Converts logits and their noise to attention weights and their noise.</summary>
    private static void Softmax(Span<double> logits, Span<double> noise, double scale, int visible)
    {
        var largest = double.NegativeInfinity;
        foreach (var logit in logits[..visible])
        {
            largest = Math.Max(largest, logit);
        }

        Elementary.Exp(logits[..visible], largest, scale);
        var sum = 0.0;
        for (var i = 0; i < visible; i++)
        {
            sum += logits[i];
        }

        var mean = 0.0;
        for (var i = 0; i < visible; i++)
        {
            logits[i] /= sum;
            mean += logits[i] * noise[i];
        }

        for (var i = 0; i < visible; i++)
        {
            noise[i] = logits[i] * (noise[i] - mean) * scale;
        }

        logits[visible..].Clear();
        noise[visible..].Clear();
    }

    private void Multiply(double* left, MatrixOperand<double> right, double* result, int inner, int columns, bool accumulate) =>
        _product.Multiply(MatrixOperand<double>.RowMajor(left, inner), right, result, _positions, inner, columns, accumulate);

    private void Load(SignalAndNoise<T> source, nint first, int noiseExponent, double* target)
    {
        var factor = Math.ScaleB(1, noiseExponent);
        for (var position = 0; position < _positions; position++)
        {
            var signal = source.Pointer + first + ((nint)position * _channels);
            var noise = signal + source.Shape.Elements;
            for (var i = 0; i < _width; i++)
            {
                target[(position * _width) + i] = double.CreateTruncating(signal[i]);
                target[Length + (position * _width) + i] = double.CreateTruncating(noise[i]) * factor;
            }
        }
    }

    private void Store(double* source, SignalAndNoise<T> target, nint first)
    {
        for (var position = 0; position < _positions; position++)
        {
            var signal = target.Pointer + first + ((nint)position * _channels);
            var noise = signal + target.Shape.Elements;
            for (var i = 0; i < _width; i++)
            {
                signal[i] = T.CreateTruncating(source[(position * _width) + i]);
                noise[i] = T.CreateTruncating(source[Length + (position * _width) + i]);
            }
        }
    }
}
