using System.Numerics;

namespace Wellbehaved.Training;

/// <summary>A network with the weights of one mapping, which training changes.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="network">The network.</param>
/// <param name="images">Images in a batch.</param>
/// <param name="threads">Greatest number of threads; results do not depend on it.</param>
internal sealed class Mapping<T>(Networks.Network network, int images, int threads) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly BackwardPass<T> _pass = new(network, images, NoiseKind.Full, threads, Model.Gradients.Parameters);
    private ParameterVector<T>? _parameters;

    /// <summary>The batch (images × features), to be filled before it goes forward.</summary>
    public Span<T> Input => _pass.Input;

    /// <summary>Weights and biases.</summary>
    public Span<T> Parameters => _parameters!.Values;

    /// <summary>The gradients of weights and biases, of the last batch that went backward.</summary>
    public ReadOnlySpan<T> Gradients => _pass.ParameterGradients;

    /// <summary>Features at the end (images × channels) of the last batch that went forward, without the power of two before them.</summary>
    public ReadOnlySpan<T> Features => _pass.Output;

    /// <summary>The power of two before the features.</summary>
    public int Exponent => _pass.OutputExponent;

    /// <summary>Statistics before each batch norm of the last batch that went forward.</summary>
    public IReadOnlyList<BatchStatistics> Statistics => _pass.BatchStatistics;

    /// <summary>Takes the weights of a mapping at its initialisation.</summary>
    /// <param name="initial">Provides them.</param>
    public void Draw(IParameterSource<T> initial)
    {
        _parameters?.Dispose();
        _parameters = new ParameterVector<T>(_pass.Layout, initial);
    }

    /// <summary>Computes the features of the batch.</summary>
    /// <param name="statistics">What batch norms use instead of the statistics of the batch; null for these.</param>
    public void Forward(IReadOnlyList<BatchStatistics>? statistics) => _pass.Forward(_parameters!, statistics: statistics);

    /// <summary>Computes the gradients of weights and biases.</summary>
    /// <param name="gradient">The gradient by each feature.</param>
    /// <param name="exponent">The power of two before it.</param>
    public void Backward(ReadOnlySpan<T> gradient, int exponent)
    {
        var target = _pass.OutputGradient;
        var factor = T.ScaleB(T.One, exponent);
        for (var i = 0; i < gradient.Length; i++)
        {
            target[i] = gradient[i] * factor;
        }

        _pass.Backward();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parameters?.Dispose();
        _pass.Dispose();
    }
}
