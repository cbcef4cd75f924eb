using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>All weights and biases of a network in one vector, which training changes; masks and survivals come from another source.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed unsafe class ParameterVector<T> : IParameterSource<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> _values;

    /// <summary>Takes the initial values from a source.</summary>
    /// <param name="layout">The parameters.</param>
    /// <param name="initial">Provides them, and masks and survivals until <see cref="Drawn"/> is set.</param>
    public ParameterVector(ParameterLayout layout, IParameterSource<T> initial)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(initial);
        (Layout, Drawn) = (layout, initial);
        _values = new AlignedBuffer<T>(layout.Length);
        foreach (var tensor in layout.Tensors)
        {
            initial.Fill(tensor, _values.Span.Slice(layout.OffsetOf(tensor), (int)tensor.Length));
        }
    }

    /// <summary>The positions of the parameters in the vector.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>All numbers.</summary>
    public Span<T> Values => _values.Span;

    /// <summary>Provides masks and survivals.</summary>
    internal IParameterSource<T> Drawn { get; set; }

    /// <inheritdoc/>
    public void Fill(ParameterTensor tensor, Span<T> values)
    {
        if (tensor.Kind is ParameterKind.Weights or ParameterKind.Biases)
        {
            Values.Slice(Layout.OffsetOf(tensor), (int)tensor.Length).CopyTo(values);
        }
        else
        {
            Drawn.Fill(tensor, values);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _values.Dispose();

    /// <summary>Address of a tensor.</summary>
    internal T* Pointer(ParameterTensor tensor) => _values.Pointer + Layout.OffsetOf(tensor);
}
