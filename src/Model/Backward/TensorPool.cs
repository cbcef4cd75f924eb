using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A pool of tensors that are rented and returned; the number of allocated tensors is the greatest number that was in use at once.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="capacity">Number of elements of each tensor.</param>
internal sealed class TensorPool<T>(int capacity) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly List<ScaledTensor<T>> _all = [];
    private readonly Stack<ScaledTensor<T>> _free = [];

    /// <summary>Rents a tensor, whose values are arbitrary.</summary>
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

    /// <summary>Returns a tensor.</summary>
    public void Return(ScaledTensor<T> tensor) => _free.Push(tensor);

    /// <summary>Makes all tensors available again, also those that were not returned.</summary>
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
