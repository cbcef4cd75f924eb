using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A source of a network's weights.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal interface IKernelSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Provides the weights of one convolution.</summary>
    /// <param name="convolution">Index of the convolution in the order of propagation; 0 is the first one.</param>
    /// <param name="shape">Their arrangement.</param>
    /// <param name="kernel">Receives the weights.</param>
    void Fill(int convolution, KernelShape shape, Span<T> kernel);
}
