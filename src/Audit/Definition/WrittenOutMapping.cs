using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A network with given parameters, interpreted layer by layer as each is defined, slowly and in double precision.</summary>
/// <remarks>
/// It shares the description with the model and nothing else: shapes, places and the order of the parameters are worked out here once more.
/// What it does not know it refuses.
/// </remarks>
/// <param name="network">The network.</param>
/// <param name="parameters">
/// Its parameters in the order of propagation, a branch before its skip and its survival before both. Weights are ordered (kernel row, kernel
/// column, input channel within the group, output channel) and followed by biases where those have a variance; attention has queries, keys,
/// values, output. Masks hold 1/p or 0, one by channel or one by point and channel. A survival below 1 has one number, 1 or 0.
/// </param>
internal sealed class WrittenOutMapping(Network network, IReadOnlyList<double[]> parameters)
{
    /// <summary>Propagates signal and noise.</summary>
    /// <param name="input">Both at the input.</param>
    /// <param name="noise">Of which mapping the noise is the derivative.</param>
    /// <param name="held">Statistics of another propagation, which batch norms use instead of measuring; the noise is then that of the mapping.</param>
    /// <returns>Both at every place and at the end.</returns>
    /// <exception cref="ArgumentException">Input or parameters do not fit the network.</exception>
    /// <exception cref="UnknownLayerException">A layer has not been written out.</exception>
    public WrittenOutPropagation Propagate(WrittenOutFeatures input, WrittenOutNoise noise = WrittenOutNoise.Mapping, WrittenOutStatistics? held = null)
    {
        if ((input.Height, input.Width, input.Channels) != (network.Input.Height, network.Input.Width, network.Input.Channels))
        {
            throw new ArgumentException(
                $"expected images of {network.Input.Height}×{network.Input.Width}×{network.Input.Channels}, got {input.Height}×{input.Width}×{input.Channels}"
            );
        }

        var walk = new WrittenOutWalk(new WrittenOutParameters(parameters), noise, held);
        return walk.Propagate(network.Layers, input);
    }
}
