using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Training;

/// <summary>A linear readout: logits are the features of an image, times a constant, times weights, plus biases.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>Weights are drawn with variance 1/features, biases begin at 0. Both lie in one vector, weights (features × classes) first.</remarks>
internal sealed unsafe class Readout<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _images,
        _features,
        _classes;
    private readonly MatrixProduct<T> _product;
    private readonly AlignedBuffer<T> _parameters,
        _gradients,
        _scaled,
        _logits,
        _slopes,
        _ofFeatures;

    /// <summary>Allocates a readout.</summary>
    /// <param name="images">Number of images in a batch.</param>
    /// <param name="features">Number of features of an image.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="threads">The most threads; results do not depend on it.</param>
    public Readout(int images, int features, int classes, int threads = 1)
    {
        (_images, _features, _classes) = (images, features, classes);
        _product = new MatrixProduct<T>(threads);
        var parameters = checked((features + 1) * classes);
        (_parameters, _gradients) = (new(parameters), new(parameters));
        (_scaled, _ofFeatures) = (new(checked(images * features)), new(images * features));
        (_logits, _slopes) = (new(checked(images * classes)), new(images * classes));
    }

    /// <summary>Weights and biases.</summary>
    public Span<T> Parameters => _parameters.Span;

    /// <summary>The gradients of weights and biases for the last batch of <see cref="Backward"/>.</summary>
    public ReadOnlySpan<T> Gradients => _gradients.Span;

    /// <summary>Draws the weights of a mapping.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="simulation">Index of the simulation.</param>
    public void Draw(ulong seed, uint simulation)
    {
        _parameters.Span.Clear();
        new RandomNumbers(seed, simulation, 0, RandomPurpose.Readout).FillNormal(_parameters.Span[..(_features * _classes)], Math.Sqrt(1.0 / _features));
    }

    /// <summary>Computes the logits of a batch.</summary>
    /// <param name="features">Features (images × features).</param>
    /// <param name="factor">The constant that multiplies the features.</param>
    /// <returns>Logits (images × classes), valid until the next batch.</returns>
    public ReadOnlySpan<T> Forward(ReadOnlySpan<T> features, T factor)
    {
        var scaled = _scaled.Span;
        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = features[i] * factor;
        }

        _product.Multiply(
            MatrixOperand<T>.RowMajor(_scaled.Pointer, _features),
            MatrixOperand<T>.RowMajor(_parameters.Pointer, _classes),
            _logits.Pointer,
            _images,
            _features,
            _classes
        );
        var logits = _logits.Span;
        var biases = _parameters.Span[(_features * _classes)..];
        for (var i = 0; i < logits.Length; i++)
        {
            logits[i] += biases[i % _classes];
        }

        return logits;
    }

    /// <summary>Computes loss and gradients for the last batch of <see cref="Forward"/>.</summary>
    /// <param name="classes">The class of each image.</param>
    /// <returns>The mean loss, and the number of images that are classified right.</returns>
    public (double Loss, int Right) Backward(ReadOnlySpan<int> classes)
    {
        var outcome = CrossEntropy.Compute<T>(_logits.Span, classes, _slopes.Span);
        _product.Multiply(
            MatrixOperand<T>.Transposed(_scaled.Pointer, _features),
            MatrixOperand<T>.RowMajor(_slopes.Pointer, _classes),
            _gradients.Pointer,
            _features,
            _images,
            _classes
        );
        var ofBiases = _gradients.Span[(_features * _classes)..];
        ofBiases.Clear();
        var slopes = _slopes.Span;
        for (var i = 0; i < slopes.Length; i++)
        {
            ofBiases[i % _classes] += slopes[i];
        }

        _product.Multiply(
            MatrixOperand<T>.RowMajor(_slopes.Pointer, _classes),
            MatrixOperand<T>.Transposed(_parameters.Pointer, _classes),
            _ofFeatures.Pointer,
            _images,
            _classes,
            _features
        );
        return outcome;
    }

    /// <summary>The gradient of the loss by each feature times its factor (images × features), for the last batch of <see cref="Backward"/>.</summary>
    public ReadOnlySpan<T> FeatureGradients => _ofFeatures.Span;

    /// <inheritdoc/>
    public void Dispose()
    {
        _product.Dispose();
        foreach (var buffer in new[] { _parameters, _gradients, _scaled, _logits, _slopes, _ofFeatures })
        {
            buffer.Dispose();
        }
    }
}
