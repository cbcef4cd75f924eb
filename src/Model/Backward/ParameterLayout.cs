using System.Collections.Immutable;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>The positions of a network's weights and biases in one vector: tensor after tensor in the order of <see cref="ParameterList"/>.</summary>
/// <remarks>Masks and survivals are drawn and not learned, so they are not part of the vector.</remarks>
public sealed class ParameterLayout
{
    private readonly Dictionary<(ParameterKind Kind, int Index), int> _offsets = [];

    /// <summary>Lays out the parameters of a network.</summary>
    /// <param name="network">The network.</param>
    /// <exception cref="OverflowException">There are more parameters than memory can address.</exception>
    public ParameterLayout(Network network)
    {
        var tensors = ImmutableArray.CreateBuilder<ParameterTensor>();
        foreach (var tensor in ParameterList.Enumerate(network).Where(tensor => tensor.Kind is ParameterKind.Weights or ParameterKind.Biases))
        {
            _offsets.Add((tensor.Kind, tensor.Index), Length);
            tensors.Add(tensor);
            Length = checked((int)(Length + tensor.Length));
        }

        Tensors = tensors.ToImmutable();
    }

    /// <summary>Weights and biases in their order.</summary>
    public IReadOnlyList<ParameterTensor> Tensors { get; }

    /// <summary>Number of all weights and biases.</summary>
    public int Length { get; }

    /// <summary>The position at which a tensor begins.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <returns>Index of its first number; the others follow in the order of <see cref="ParameterTensor"/>.</returns>
    /// <exception cref="ArgumentException">The tensor is not one of them.</exception>
    public int OffsetOf(ParameterTensor tensor) =>
        _offsets.TryGetValue((tensor.Kind, tensor.Index), out var offset)
            ? offset
            : throw new ArgumentException($"expected weights or biases of the network, got {tensor.Kind} number {tensor.Index}", nameof(tensor));
}
