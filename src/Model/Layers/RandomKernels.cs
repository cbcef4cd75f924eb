using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Independent Gaussian weights of variance 2/fan-in (1/fan-in in the first convolution): a random initialisation.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; both get the same numbers of single precision.</typeparam>
/// <param name="seed">The seed.</param>
/// <param name="simulation">Index of the simulation.</param>
/// <param name="threads">Greatest number of threads; the weights do not depend on it.</param>
internal sealed unsafe class RandomKernels<T>(ulong seed, uint simulation, int threads = 1) : IKernelSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int GroupsPerChunk = 1024;

    /// <inheritdoc/>
    public void Fill(int convolution, KernelShape shape, Span<T> kernel)
    {
        var stream = new RandomNumbers(seed, simulation, (uint)convolution, RandomPurpose.Weights);
        const int chunkLength = GroupsPerChunk * NormalNumbers.Group;
        if (threads == 1 || kernel.Length <= chunkLength)
        {
            stream.FillNormal(kernel, shape.StandardDeviation);
            return;
        }

        var length = kernel.Length;
        fixed (T* first = kernel)
        {
            var start = first;
            Workers.ForEach(
                (length + chunkLength - 1) / chunkLength,
                threads,
                (chunk, _) =>
                {
                    var offset = chunk * chunkLength;
                    stream.FillNormal(
                        new Span<T>(start + offset, Math.Min(chunkLength, length - offset)),
                        shape.StandardDeviation,
                        (uint)(chunk * GroupsPerChunk)
                    );
                }
            );
        }
    }
}
