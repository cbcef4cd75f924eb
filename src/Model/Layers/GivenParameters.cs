using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Parameters from the caller, to compare implementations on the same mapping.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="tensors">The numbers of each tensor, by its kind and its number within the kind; biases have the number of their weights.</param>
public sealed class GivenParameters<T>(IReadOnlyDictionary<(ParameterKind Kind, int Index), T[]> tensors) : IParameterSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A tensor is missing, or has a wrong number of elements.</exception>
    public void Fill(ParameterTensor tensor, Span<T> values)
    {
        if (!tensors.TryGetValue((tensor.Kind, tensor.Index), out var given))
        {
            throw new ArgumentException($"expected {tensor.Kind} number {tensor.Index} of {tensor.Layer.Word}, which is not given", nameof(tensor));
        }

        if (given.Length != values.Length)
        {
            throw new ArgumentException(
                $"expected {values.Length} numbers in {tensor.Kind} number {tensor.Index} of {tensor.Layer.Word}, got {given.Length}",
                nameof(tensor)
            );
        }

        given.CopyTo(values);
    }
}
