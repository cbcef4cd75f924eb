using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A network with given parameters, interpreted layer by layer as each is defined, slowly and in double precision.</summary>
/// <remarks>
/// It shares with the model only the description: shapes, places and the order of the parameters are determined here independently.
/// It refuses layers that it does not know.
/// </remarks>
/// <param name="network">The network.</param>
/// <param name="parameters">
/// Its parameters in the order of propagation; in a residual unit first the survival, then the branch, then the skip connection. Weights are ordered (kernel
/// row, kernel column, input channel within the group, output channel) and followed by biases if these have a variance; attention has queries, keys, values,
/// output. Masks hold 1/p or 0, one number by channel or one by point and channel. A survival below 1 has one number, 1 or 0.
/// </param>
internal sealed class WrittenOutMapping(Network network, IReadOnlyList<double[]> parameters)
{
    /// <summary>Propagates signal and noise.</summary>
    /// <param name="input">Signal and noise at the input.</param>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    /// <param name="held">Statistics of another propagation that batch norms use instead of measuring; the noise is then that of the mapping.</param>
    /// <returns>Signal and noise at every place and at the end.</returns>
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
