using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>One head of attention over the positions of one input, forward and backward, in double precision and with memory of its own.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed unsafe class AttentionHeadAdjoint<T> : IDisposable
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
    public AttentionHeadAdjoint(TensorShape shape, int heads, bool causal)
    {
        (_positions, _channels, _width, _causal) = (shape.Height * shape.Width, shape.Channels, shape.Channels / heads, causal);
        _features = new AlignedBuffer<double>(checked(5 * _positions * _width));
        _weights = new AlignedBuffer<double>(checked(2 * _positions * _positions));
    }

    private nint Length => (nint)_positions * _width;

    /// <summary>Computes the head's output.</summary>
    /// <param name="projected">Queries, keys and values of all inputs and heads.</param>
    /// <param name="output">Receives the head's output.</param>
    /// <param name="image">Index of the input.</param>
    /// <param name="head">Index of the head.</param>
    /// <param name="exponent">The power of two of the products of stored queries and keys.</param>
    public void Attend(ScaledTensor<T>[] projected, ScaledTensor<T> output, int image, int head, int exponent)
    {
        var first = First(image, head);
        Weigh(projected, first, Scale(exponent));
        var result = _features.Pointer + (3 * Length);
        Multiply(RowMajor(_weights.Pointer, _positions), RowMajor(Feature(2), _width), result, _positions, _positions, _width);
        Store(result, output, first);
    }

    /// <summary>Computes the gradients of queries, keys and values; the caller knows their units.</summary>
    /// <param name="projected">Queries, keys and values.</param>
    /// <param name="gradient">The gradient at the outputs of the heads.</param>
    /// <param name="gradients">Receive the gradients of queries, keys and values.</param>
    /// <param name="image">Index of the input.</param>
    /// <param name="head">Index of the head.</param>
    /// <param name="exponent">The power of two of the products of stored queries and keys.</param>
    public void Differentiate(ScaledTensor<T>[] projected, ScaledTensor<T> gradient, ScaledTensor<T>[] gradients, int image, int head, int exponent)
    {
        var first = First(image, head);
        Weigh(projected, first, Scale(exponent));
        Load(gradient, first, Feature(3));
        var (result, weights, slopes) = (4, 0, _positions * _positions);
        Multiply(MatrixOperand<double>.Transposed(_weights.Pointer, _positions), RowMajor(Feature(3), _width), Feature(result), _positions, _positions, _width);
        Store(Feature(result), gradients[2], first);

        Multiply(RowMajor(Feature(3), _width), MatrixOperand<double>.Transposed(Feature(2), _width), _weights.Pointer + slopes, _positions, _width, _positions);
        for (var position = 0; position < _positions; position++)
        {
            var row = position * _positions;
            Differentiate(_weights.Span.Slice(weights + row, _positions), _weights.Span.Slice(slopes + row, _positions), 1 / Math.Sqrt(_width));
        }

        Multiply(RowMajor(_weights.Pointer + slopes, _positions), RowMajor(Feature(1), _width), Feature(result), _positions, _positions, _width);
        Store(Feature(result), gradients[0], first);
        Multiply(
            MatrixOperand<double>.Transposed(_weights.Pointer + slopes, _positions),
            RowMajor(Feature(0), _width),
            Feature(result),
            _positions,
            _positions,
            _width
        );
        Store(Feature(result), gradients[1], first);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _product.Dispose();
        _features.Dispose();
        _weights.Dispose();
    }

    private static MatrixOperand<double> RowMajor(double* data, int columns) => MatrixOperand<double>.RowMajor(data, columns);

    private double Scale(int exponent) => Math.ScaleB(1 / Math.Sqrt(_width), exponent);

    private nint First(int image, int head) => ((nint)image * _positions * _channels) + ((nint)head * _width);

    private double* Feature(int index) => _features.Pointer + (index * Length);

    private void Multiply(MatrixOperand<double> left, MatrixOperand<double> right, double* result, int rows, int inner, int columns) =>
        _product.Multiply(left, right, result, rows, inner, columns);

    /// <summary>Loads queries, keys and values and computes the weights.</summary>
    private void Weigh(ScaledTensor<T>[] projected, nint first, double scale)
    {
        for (var i = 0; i < 3; i++)
        {
            Load(projected[i], first, Feature(i));
        }

        Multiply(RowMajor(Feature(0), _width), MatrixOperand<double>.Transposed(Feature(1), _width), _weights.Pointer, _positions, _width, _positions);
        for (var position = 0; position < _positions; position++)
        {
            Softmax(_weights.Span.Slice(position * _positions, _positions), scale, _causal ? position + 1 : _positions);
        }
    }

    private static void Softmax(Span<double> logits, double scale, int visible)
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

        for (var i = 0; i < visible; i++)
        {
            logits[i] /= sum;
        }

        logits[visible..].Clear();
    }

    /// <summary>Converts the gradient of attention weights to the gradient of logits.</summary>
    private static void Differentiate(Span<double> weights, Span<double> gradient, double scale)
    {
        var mean = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            mean += weights[i] * gradient[i];
        }

        for (var i = 0; i < weights.Length; i++)
        {
            gradient[i] = weights[i] * (gradient[i] - mean) * scale;
        }
    }

    private void Load(ScaledTensor<T> source, nint first, double* target)
    {
        for (var position = 0; position < _positions; position++)
        {
            var row = source.Pointer + first + ((nint)position * _channels);
            for (var i = 0; i < _width; i++)
            {
                target[(position * _width) + i] = double.CreateTruncating(row[i]);
            }
        }
    }

    private void Store(double* source, ScaledTensor<T> target, nint first)
    {
        for (var position = 0; position < _positions; position++)
        {
            var row = target.Pointer + first + ((nint)position * _channels);
            for (var i = 0; i < _width; i++)
            {
                row[i] = T.CreateTruncating(source[(position * _width) + i]);
            }
        }
    }
}
