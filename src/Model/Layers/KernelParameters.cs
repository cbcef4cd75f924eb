using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Provides the weights of a kernel source as parameters, for networks that have no other parameters.</summary>
internal sealed class KernelParameters<T>(IKernelSource<T> kernels) : IParameterSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public void Fill(ParameterTensor tensor, Span<T> values)
    {
        if (tensor.Kind != ParameterKind.Weights)
        {
            throw new ArgumentException($"expected weights alone, got {tensor.Kind} of {tensor.Layer.Word}", nameof(tensor));
        }

        kernels.Fill(tensor.Index, KernelShape.Read(tensor), values);
    }
}
