using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Tensors that are used for a while and given back; as many are allocated as were ever in use together.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="capacity">Elements of each.</param>
internal sealed class TensorPool<T>(int capacity) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<ScaledTensor<T>> _all = [];
    private readonly Stack<ScaledTensor<T>> _free = [];

    /// <summary>A tensor whose values are arbitrary.</summary>
    public ScaledTensor<T> Rent()
    {
        if (_free.TryPop(out var tensor))
        {
            return tensor;
        }

        tensor = new ScaledTensor<T>(capacity);
        _all.Add(tensor);
        return tensor;
    }

    /// <summary>Gives a tensor back.</summary>
    public void Return(ScaledTensor<T> tensor) => _free.Push(tensor);

    /// <summary>Takes all tensors back, whoever has them.</summary>
    public void Reset()
    {
        _free.Clear();
        foreach (var tensor in _all)
        {
            _free.Push(tensor);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _all)
        {
            tensor.Dispose();
        }
    }
}
