using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>A random mapping: weights, biases, masks and survivals by their laws. Each number depends only on seed, simulation, tensor and index.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; both get the same numbers of single precision.</typeparam>
/// <param name="seed">The seed.</param>
/// <param name="simulation">Index of the simulation.</param>
/// <param name="threads">Greatest number of threads; the numbers do not depend on it.</param>
public sealed unsafe class RandomParameters<T>(ulong seed, uint simulation, int threads = 1) : IParameterSource<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int GroupsPerChunk = 1024;

    /// <inheritdoc/>
    public void Fill(ParameterTensor tensor, Span<T> values)
    {
        switch (tensor.Kind)
        {
            case ParameterKind.Weights:
                FillWeights(tensor, values);
                break;
            case ParameterKind.Biases:
                FillNormal(Stream(tensor, RandomPurpose.Biases), values, Math.Sqrt(tensor.Variance));
                break;
            case ParameterKind.Mask when tensor.Layer is Dropout dropout:
                FillInChunks(values, (part, firstGroup) => Stream(tensor, RandomPurpose.Masks).FillKept(part, dropout.Keep, 1 / dropout.Keep, firstGroup));
                break;
            case ParameterKind.Survival when tensor.Layer is Residual residual:
                Stream(tensor, RandomPurpose.Survivals).FillKept(values, residual.Survival, 1);
                break;
            default:
                throw new UnknownLayerException(tensor.Layer);
        }
    }

    private RandomNumbers Stream(ParameterTensor tensor, RandomPurpose purpose) => new(seed, simulation, (uint)tensor.Index, purpose);

    private void FillWeights(ParameterTensor tensor, Span<T> values)
    {
        var deviation = Math.Sqrt(tensor.Variance);
        switch (tensor.Law)
        {
            case WeightLaw.Normal:
                FillNormal(Stream(tensor, RandomPurpose.Weights), values, deviation);
                break;
            case WeightLaw.Uniform:
                FillInChunks(
                    values,
                    (part, firstGroup) => Stream(tensor, RandomPurpose.UniformWeights).FillUniform(part, Math.Sqrt(3) * deviation, firstGroup)
                );
                break;
            case WeightLaw.TruncatedNormal:
                FillInChunks(
                    values,
                    (part, firstGroup) => TruncatedNormalNumbers.Fill(Stream(tensor, RandomPurpose.TruncatedWeights), part, deviation, firstGroup)
                );
                break;
            case WeightLaw.Orthogonal:
                OrthogonalMatrix.Fill(Stream(tensor, RandomPurpose.OrthogonalWeights), values, checked((int)tensor.FanIn), tensor.Outputs, deviation);
                break;
            default:
                throw new InvalidOperationException($"no numbers by the law {tensor.Law}");
        }
    }

    private void FillNormal(RandomNumbers stream, Span<T> values, double deviation) =>
        FillInChunks(values, (part, firstGroup) => stream.FillNormal(part, deviation, firstGroup));

    private void FillInChunks(Span<T> values, Filling fill)
    {
        const int chunkLength = GroupsPerChunk * NormalNumbers.Group;
        if (threads == 1 || values.Length <= chunkLength)
        {
            fill(values, 0);
            return;
        }

        var length = values.Length;
        fixed (T* first = values)
        {
            var start = first;
            Workers.ForEach(
                (length + chunkLength - 1) / chunkLength,
                threads,
                (chunk, _) =>
                {
                    var offset = chunk * chunkLength;
                    fill(new Span<T>(start + offset, Math.Min(chunkLength, length - offset)), (uint)(chunk * GroupsPerChunk));
                }
            );
        }
    }

    /// <summary>Fills a part of a tensor; <c>firstGroup</c> is the number of groups of 64 numbers before it.</summary>
    private delegate void Filling(Span<T> part, uint firstGroup);
}
