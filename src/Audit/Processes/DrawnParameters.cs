using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Parameters that the auditor draws for a network and hands to a subject: numbers of single precision, so that every subject gets the same ones.</summary>
internal static class DrawnParameters
{
    /// <summary>Draws them.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Images of a batch, on which masks by point depend.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>Normal weights and biases of their variances whatever the law, masks and survivals of their probabilities.</returns>
    public static Weights.Given Of(Network network, int images, ulong seed)
    {
        var points = PointsOfMasks(network).ToArray();
        return new([.. ParameterList.Of(network).Select((tensor, i) => tensor.Kind switch
        {
            ParameterKind.Weights or ParameterKind.Biases => Normal(checked((int)tensor.Length), Math.Sqrt(tensor.Variance), seed, (uint)i),
            ParameterKind.Mask => Mask(tensor.Length > 0 ? (int)tensor.Length : checked((int)(images * points[tensor.Index] * tensor.Outputs)), ((Dropout)tensor.Layer).Keep, seed, (uint)i),
            ParameterKind.Survival => [Uniform(1, seed, (uint)i)[0] < ((Residual)tensor.Layer).Survival ? 1 : 0],
            _ => throw new InvalidOperationException($"no numbers for {tensor.Kind}"),
        })]);
    }

    private static double[] Normal(int count, double deviation, ulong seed, uint index) =>
        [.. Batch.Normal(count, seed, 0, RandomPurpose.Weights, index).Select(value => (double)(float)(deviation * value))];

    private static double[] Mask(int count, double keep, ulong seed, uint index) => [.. Uniform(count, seed, index).Select(value => value < keep ? (float)(1 / keep) : 0.0)];

    /// <summary>Uniform numbers: the distribution function of normal ones.</summary>
    private static double[] Uniform(int count, ulong seed, uint index) =>
        [.. Batch.Normal(count, seed, 0, RandomPurpose.Weights, index).Select(value => MathNet.Numerics.Distributions.Normal.CDF(0, 1, value))];

    /// <summary>Positions of an image at each dropout, in the order of propagation.</summary>
    private static IEnumerable<long> PointsOfMasks(Network network)
    {
        var positions = new List<long>();
        Walk(network.Layers, network.Input);
        return positions;

        Shape Walk(Networks.Layers layers, Shape shape)
        {
            foreach (var layer in layers)
            {
                switch (layer)
                {
                    case Repeat repeat:
                        for (var repetition = 0; repetition < repeat.Times; repetition++)
                        {
                            shape = Walk(repeat.Unit, shape);
                        }

                        break;
                    case Residual residual:
                        var input = shape;
                        shape = Walk(residual.Branch, input);
                        Walk(residual.Skip, input);
                        break;
                    default:
                        if (layer is Dropout)
                        {
                            positions.Add(shape.Positions);
                        }

                        shape = layer.OutputOf(shape);
                        break;
                }
            }

            return shape;
        }
    }
}
