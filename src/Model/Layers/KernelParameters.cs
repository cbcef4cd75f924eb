using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>The weights of a kernel source, for networks that draw nothing else.</summary>
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
