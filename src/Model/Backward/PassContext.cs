using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>The objects that all layers of a pass share: parameters, memory for their gradients, threads and scratch memory.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed unsafe class PassContext<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T>?[] _scratch = new AlignedBuffer<T>?[3];
    private readonly AlignedBuffer<T>? _gradients;
    private readonly ParameterLayout? _layout;

    /// <summary>Allocates memory for gradients.</summary>
    /// <param name="layout">The parameters; null where their gradients are not computed.</param>
    /// <param name="keeps">Which gradients are computed.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public PassContext(ParameterLayout? layout, Gradients keeps, int threads)
    {
        (_layout, Keeps, Product) = (layout, keeps, new MatrixProduct<T>(threads));
        _gradients = layout is null ? null : new AlignedBuffer<T>(layout.Length);
    }

    /// <summary>Which gradients are computed.</summary>
    public Gradients Keeps { get; }

    /// <summary>Whether layers compute the gradients of their parameters.</summary>
    public bool OfParameters => _gradients is not null;

    /// <summary>Computes matrix products.</summary>
    public MatrixProduct<T> Product { get; }

    /// <summary>Greatest number of threads.</summary>
    public int Threads => Product.Threads;

    /// <summary>The current unit, for messages.</summary>
    public int Depth { get; set; }

    /// <summary>Statistics that batch norms use instead of those of the batch; null for those of the batch.</summary>
    public IReadOnlyList<BatchStatistics>? Statistics { get; set; }

    /// <summary>The source of parameters.</summary>
    public IParameterSource<T>? Source { get; set; }

    /// <summary>The gradients of all parameters, as <see cref="ParameterLayout"/> orders them.</summary>
    public Span<T> ParameterGradients => _gradients is null ? [] : _gradients.Span;

    /// <summary>The numbers of a tensor: in the place where they are stored, or in scratch memory that is valid until the next call.</summary>
    public T* Parameters(ParameterTensor tensor) => Parameters(tensor, checked((int)tensor.Length));

    /// <summary>The numbers of a tensor whose length depends on the batch.</summary>
    public T* Parameters(ParameterTensor tensor, int length)
    {
        if (Source is ParameterVector<T> vector && tensor.Kind is (ParameterKind.Weights or ParameterKind.Biases))
        {
            return vector.Pointer(tensor);
        }

        var values = Scratch(0, length);
        Source!.Fill(tensor, new Span<T>(values, length));
        return values;
    }

    /// <summary>The memory for the gradient of a tensor.</summary>
    public T* Gradient(ParameterTensor tensor) => _gradients!.Pointer + _layout!.OffsetOf(tensor);

    /// <summary>Scratch memory that is valid until the next call for the same slot.</summary>
    /// <param name="slot">0 for parameters, 1 and 2 for layers.</param>
    /// <param name="length">Number of elements.</param>
    public T* Scratch(int slot, int length)
    {
        if (_scratch[slot] is not { } buffer || buffer.Length < length)
        {
            _scratch[slot]?.Dispose();
            _scratch[slot] = buffer = new AlignedBuffer<T>(length);
        }

        return buffer.Pointer;
    }

    /// <summary>Scales gradients of parameters to true units; numbers that exceed the precision become infinite.</summary>
    public static void Scale(T* values, int length, int exponent)
    {
        if (exponent == 0)
        {
            return;
        }

        foreach (ref var value in new Span<T>(values, length))
        {
            value = T.ScaleB(value, exponent);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Product.Dispose();
        _gradients?.Dispose();
        foreach (var buffer in _scratch)
        {
            buffer?.Dispose();
        }
    }
}
