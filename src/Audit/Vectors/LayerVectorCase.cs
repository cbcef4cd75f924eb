using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A conformance vector of layers: a small network, one mapping and one batch, all of them numbers of single precision.</summary>
/// <param name="Network">The network.</param>
/// <param name="Parameters">The parameters of the mapping, in the order of propagation.</param>
/// <param name="Input">Signal and noise at the input.</param>
internal sealed record LayerVectorCase(Networks.Network Network, IReadOnlyList<(ParameterTensor Tensor, double[] Values)> Parameters, WrittenOutFeatures Input)
{
    private const ulong Seed = 20261126;
    private const int Images = 2;

    /// <summary>Every layer with its options, and networks of several.</summary>
    public static IEnumerable<LayerVectorCase> All => LayerVectorNetworks.All.Select(Draw);

    /// <summary>Propagates the batch.</summary>
    /// <param name="noise">The mapping whose derivative the noise passes through.</param>
    public WrittenOutPropagation Propagate(WrittenOutNoise noise) =>
        new WrittenOutMapping(Network, [.. Parameters.Select(parameter => parameter.Values)]).Propagate(Input, noise);

    private static LayerVectorCase Draw(Networks.Network network)
    {
        var parameters = ParameterList.Enumerate(network).Select((tensor, index) => (tensor, Draw(network, tensor, (uint)index))).ToList();
        var input = network.Input;
        var length = Images * (int)input.Features;
        return new(network, parameters, new(Images, input.Height, input.Width, input.Channels, Signal(length), Normal(RandomPurpose.InputNoise, 0, length, 1)));
    }

    /// <summary>Inputs that are not centred: on centred inputs, a norm that does not subtract the mean would be nearly right.</summary>
    private static double[] Signal(int length) => [.. Normal(RandomPurpose.GaussianImages, 0, length, 1).Select(value => (double)(float)(value + 0.5))];

    private static double[] Draw(Networks.Network network, ParameterTensor tensor, uint index) =>
        tensor.Kind switch
        {
            ParameterKind.Weights or ParameterKind.Biases => Normal(RandomPurpose.Weights, index, checked((int)tensor.Length), Math.Sqrt(tensor.Variance)),
            ParameterKind.Mask => Mask((Dropout)tensor.Layer, index, tensor.Length == 0 ? Images * PointsOf(network) * tensor.Outputs : (int)tensor.Length),
            // The first branch survives, the second does not, and so on.
            ParameterKind.Survival => [1 - (tensor.Index % 2)],
            _ => throw new InvalidOperationException($"no numbers for {tensor.Kind}"),
        };

    /// <summary>Number of positions for which masks by point are drawn: in all of these networks it is that of the input.</summary>
    private static int PointsOf(Networks.Network network) => (int)network.Input.Positions;

    private static double[] Mask(Dropout dropout, uint index, int length) =>
        [.. Normal(RandomPurpose.Weights, index, length, 1).Select(value => value < NormalQuantile(dropout.Keep) ? (float)(1 / dropout.Keep) : 0.0)];

    /// <summary>The quantiles of the two probabilities that are used here.</summary>
    private static double NormalQuantile(double keep) =>
        keep switch
        {
            0.5 => 0,
            0.8 => 0.8416212335729143,
            1 => double.PositiveInfinity,
            _ => throw new ArgumentOutOfRangeException(nameof(keep), keep, "expected a probability whose quantile stands here"),
        };

    private static double[] Normal(RandomPurpose purpose, uint index, int length, double deviation)
    {
        var values = new double[length];
        new RandomNumbers(Seed, 0, index, purpose).FillNormal<double>(values, deviation);
        return values;
    }
}
