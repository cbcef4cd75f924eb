using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Weights from the caller, to compare implementations on the same network.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="kernels">The weights of each convolution, in the order of <see cref="KernelShape.Length"/>.</param>
internal sealed class GivenKernels<T>(IReadOnlyList<T[]> kernels) : IKernelSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are no weights for this convolution, or their number is wrong.</exception>
    public void Fill(int convolution, KernelShape shape, Span<T> kernel)
    {
        if (convolution >= kernels.Count)
        {
            throw new ArgumentException($"expected weights for convolution {convolution}, got {kernels.Count} kernels", nameof(convolution));
        }

        var given = kernels[convolution];
        if (given.Length != shape.Length)
        {
            throw new ArgumentException($"expected {shape.Length} weights for convolution {convolution}, got {given.Length}", nameof(convolution));
        }

        given.CopyTo(kernel);
    }
}
