namespace Wellbehaved.Model;

/// <summary>
/// Counts the memory of layers in the order of propagation: the largest tensor that a network's own buffers hold, and how many buffers are in use at the same
/// time.
/// </summary>
/// <remarks>The input needs no such buffer as long as layers only read it.</remarks>
internal sealed class PropagationStepMemory(double inputElements)
{
    private readonly Stack<bool> _held = [];
    private bool _owned;
    private double _elements = inputElements;

    /// <summary>Number of elements of the largest tensor in a buffer; at least 1.</summary>
    public double Capacity { get; private set; } = 1;

    /// <summary>Number of buffers: the current one, a spare one and one for each skip connection that is held.</summary>
    public int Buffers { get; private set; } = 2;

    /// <summary>Counts a layer.</summary>
    /// <param name="input">Number of elements of its input.</param>
    /// <param name="output">Number of elements of its output.</param>
    /// <param name="writes">Whether it computes anything.</param>
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

    /// <summary>Counts the beginning of a residual layer.</summary>
    public void Hold()
    {
        _held.Push(_owned);
        if (_owned)
        {
            Require(_elements);
        }

        Buffers = Math.Max(Buffers, 2 + _held.Count);
    }

    /// <summary>Counts the beginning of a skip connection with layers.</summary>
    public void Exchange()
    {
        var held = _held.Pop();
        _held.Push(_owned);
        _owned = held;
    }

    /// <summary>Counts the end of a residual layer.</summary>
    /// <param name="elements">Number of elements of the sum.</param>
    public void Release(double elements)
    {
        _held.Pop();
        Require(elements);
        (_owned, _elements) = (true, elements);
    }

    private void Require(double elements) => Capacity = Math.Max(Capacity, elements);
}
