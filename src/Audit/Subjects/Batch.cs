using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Signal and noise at the input of a network.</summary>
/// <param name="Shape">Their common shape.</param>
/// <param name="Signal">Signal (points × channels).</param>
/// <param name="Noise">Noise (points × channels).</param>
public sealed record Batch(TensorShape Shape, double[] Signal, double[] Noise)
{
    /// <summary>Independent standard normal numbers, rounded to single precision so that every subject gets the same ones.</summary>
    /// <param name="network">The network that they are for.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="simulation">Index of the batch.</param>
    /// <returns>The batch.</returns>
    public static Batch Gaussian(NetworkSettings network, ulong seed, uint simulation)
    {
        ArgumentNullException.ThrowIfNull(network);
        var shape = network.NetworkInput;
        return new Batch(
            shape,
            Normal(shape.Elements, seed, simulation, RandomPurpose.GaussianImages),
            Normal(shape.Elements, seed, simulation, RandomPurpose.InputNoise)
        );
    }

    /// <summary>Independent standard normal numbers for a described network, rounded to single precision so that every subject gets the same ones.</summary>
    /// <param name="network">The network that they are for.</param>
    /// <param name="images">Number of inputs in the batch.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="simulation">Index of the batch.</param>
    /// <returns>The batch.</returns>
    public static Batch Gaussian(Networks.Network network, int images, ulong seed, uint simulation)
    {
        ArgumentNullException.ThrowIfNull(network);
        var shape = new TensorShape(images, network.Input.Height, network.Input.Width, network.Input.Channels);
        return new Batch(
            shape,
            Normal(shape.Elements, seed, simulation, RandomPurpose.GaussianImages),
            Normal(shape.Elements, seed, simulation, RandomPurpose.InputNoise)
        );
    }

    /// <summary>Independent standard normal numbers.</summary>
    internal static double[] Normal(int count, ulong seed, uint simulation, RandomPurpose purpose, uint layer = 0)
    {
        var values = new double[count];
        new RandomNumbers(seed, simulation, layer, purpose).FillNormal<double>(values, 1);
        return values;
    }
}
