using System.Collections.Immutable;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Where the weights and biases of a network lie in one vector: tensor after tensor in the order of <see cref="ParameterList"/>.</summary>
/// <remarks>Masks and survivals are drawn and not learned: they have no place in it.</remarks>
public sealed class ParameterLayout
{
    private readonly Dictionary<(ParameterKind Kind, int Index), int> _offsets = [];

    /// <summary>Lays out the parameters of a network.</summary>
    /// <param name="network">The network.</param>
    /// <exception cref="OverflowException">They are more than memory can address.</exception>
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

    /// <summary>Numbers in all.</summary>
    public int Length { get; }

    /// <summary>Where a tensor begins.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <returns>Index of its first number, which the others follow as <see cref="ParameterTensor"/> orders them.</returns>
    /// <exception cref="ArgumentException">The tensor is not one of them.</exception>
    public int OffsetOf(ParameterTensor tensor) =>
        _offsets.TryGetValue((tensor.Kind, tensor.Index), out var offset)
            ? offset
            : throw new ArgumentException($"expected weights or biases of the network, got {tensor.Kind} number {tensor.Index}", nameof(tensor));
}
