namespace Wellbehaved.Model;

/// <summary>
/// Counts the memory that layers need in the order of propagation: the largest tensor that a network's own buffers hold, and how many of them are in use at the
/// same time.
/// </summary>
/// <remarks>The input is not one of them as long as layers only read it.</remarks>
internal sealed class StageMemory(double inputElements)
{
    private readonly Stack<bool> _held = [];
    private bool _owned;
    private double _elements = inputElements;

    /// <summary>Elements of the largest tensor in a buffer; at least 1.</summary>
    public double Capacity { get; private set; } = 1;

    /// <summary>Buffers: the current one, a spare one and the skip connections that are held.</summary>
    public int Buffers { get; private set; } = 2;

    /// <summary>A layer is passed.</summary>
    /// <param name="input">Elements of its input.</param>
    /// <param name="output">Elements of its output.</param>
    /// <param name="writes">Whether it computes at all.</param>
    /// <param name="elsewhere">Whether it writes to the spare buffer and not in place.</param>
    public void Pass(double input, double output, bool writes, bool elsewhere)
    {
        _elements = output;
        if (!writes)
        {
            return;
        }

        Require(elsewhere && !_owned ? output : Math.Max(input, output));
        _owned = true;
    }

    /// <summary>A residual begins.</summary>
    public void Hold()
    {
        _held.Push(_owned);
        if (_owned)
        {
            Require(_elements);
        }

        Buffers = Math.Max(Buffers, 2 + _held.Count);
    }

    /// <summary>A skip with layers begins.</summary>
    public void Exchange()
    {
        var held = _held.Pop();
        _held.Push(_owned);
        _owned = held;
    }

    /// <summary>A residual ends.</summary>
    /// <param name="elements">Elements of the sum.</param>
    public void Release(double elements)
    {
        _held.Pop();
        Require(elements);
        (_owned, _elements) = (true, elements);
    }

    private void Require(double elements) => Capacity = Math.Max(Capacity, elements);
}
