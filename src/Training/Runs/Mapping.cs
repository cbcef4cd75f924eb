using System.Numerics;

namespace Wellbehaved.Training;

/// <summary>A network with the weights of one mapping, which training changes.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="network">The network.</param>
/// <param name="images">Number of images in a batch.</param>
/// <param name="threads">The most threads; results do not depend on it.</param>
internal sealed class Mapping<T>(Networks.Network network, int images, int threads) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BackwardPass<T> _pass = new(network, images, NoiseKind.Full, threads, Model.Gradients.Parameters);
    private ParameterVector<T>? _parameters;

    /// <summary>The batch (images × features), to be filled before <see cref="Forward"/>.</summary>
    public Span<T> Input => _pass.Input;

    /// <summary>Weights and biases.</summary>
    public Span<T> Parameters => _parameters!.Values;

    /// <summary>The gradients of weights and biases for the last batch of <see cref="Backward"/>.</summary>
    public ReadOnlySpan<T> Gradients => _pass.ParameterGradients;

    /// <summary>Features at the end (images × channels) for the last batch of <see cref="Forward"/>, without their power of two.</summary>
    public ReadOnlySpan<T> Features => _pass.Output;

    /// <summary>The exponent of the power of two that multiplies the features.</summary>
    public int Exponent => _pass.OutputExponent;

    /// <summary>Statistics before each batch norm for the last batch of <see cref="Forward"/>.</summary>
    public IReadOnlyList<BatchStatistics> Statistics => _pass.BatchStatistics;

    /// <summary>Sets the weights to those of a mapping at its initialisation.</summary>
    /// <param name="initial">Provides the weights.</param>
    public void Draw(IParameterSource<T> initial)
    {
        _parameters?.Dispose();
        _parameters = new ParameterVector<T>(_pass.Layout, initial);
    }

    /// <summary>Computes the features of the batch.</summary>
    /// <param name="statistics">The statistics that batch norms use; null for those of the batch.</param>
    public void Forward(IReadOnlyList<BatchStatistics>? statistics) => _pass.Forward(_parameters!, statistics: statistics);

    /// <summary>Computes the gradients of weights and biases.</summary>
    /// <param name="gradient">The gradient by each feature.</param>
    /// <param name="exponent">The exponent of the power of two that multiplies the gradient.</param>
    public void Backward(ReadOnlySpan<T> gradient, int exponent)
    {
        gradient.CopyTo(_pass.OutputGradient);
        _pass.OutputGradientExponent = exponent;
        _pass.Backward();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parameters?.Dispose();
        _pass.Dispose();
    }
}
