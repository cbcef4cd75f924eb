using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>The purpose of a stream of random numbers; streams of different purposes never share numbers.</summary>
public enum RandomPurpose
{
    /// <summary>The weights of a convolution.</summary>
    Weights = 1,

    /// <summary>The noise at the input.</summary>
    InputNoise = 2,

    /// <summary>The choice of images for the batch.</summary>
    BatchSelection = 3,

    /// <summary>Images that are drawn from a Gaussian law instead of a data set.</summary>
    GaussianImages = 4,

    /// <summary>Biases.</summary>
    Biases = 5,

    /// <summary>The choice of features that a dropout keeps.</summary>
    Masks = 6,

    /// <summary>The choice of residual branches that survive.</summary>
    Survivals = 7,

    /// <summary>Weights that are uniform.</summary>
    UniformWeights = 8,

    /// <summary>Weights of a truncated normal law.</summary>
    TruncatedWeights = 9,

    /// <summary>Weights with orthonormal rows or columns.</summary>
    OrthogonalWeights = 10,

    /// <summary>The gradient at the output that is passed back through a network.</summary>
    OutputGradients = 11,

    /// <summary>The weights of the linear readout that training adds.</summary>
    Readout = 20,

    /// <summary>The order in which training uses its images.</summary>
    TrainingOrder = 21,

    /// <summary>The noise that corrupts test images.</summary>
    Corruption = 22,
}

/// <summary>The random numbers of one purpose, simulation and layer: a pure function of these, the seed and an index.</summary>
public readonly struct RandomNumbers
{
    /// <summary>The numbers of a purpose.</summary>
    /// <param name="seed">The seed that the user gave.</param>
    /// <param name="simulation">Index of the simulation.</param>
    /// <param name="layer">Index of the weights, mask or survival; 0 where there is none.</param>
    /// <param name="purpose">The purpose of the numbers.</param>
    public RandomNumbers(ulong seed, uint simulation, uint layer, RandomPurpose purpose) =>
        (Seed, Simulation, Layer, Purpose) = (seed, simulation, layer, purpose);

    /// <summary>The seed that the user gave.</summary>
    internal ulong Seed { get; }

    /// <summary>Index of the simulation.</summary>
    internal uint Simulation { get; }

    /// <summary>Index of the weights, mask or survival; 0 where there is none.</summary>
    internal uint Layer { get; }

    /// <summary>The purpose of the numbers.</summary>
    internal RandomPurpose Purpose { get; }

    /// <summary>Four random words.</summary>
    /// <param name="index">Index of the block within the stream.</param>
    /// <returns>The block.</returns>
    internal (uint Word0, uint Word1, uint Word2, uint Word3) Block(uint index) => Philox4x32.Block((index, Layer, Simulation, (uint)Purpose), Seed);

    /// <summary>Fills a span with independent standard normal numbers, which are the same on every processor.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; the numbers have single precision in both cases.</typeparam>
    /// <param name="destination">Receives the numbers.</param>
    /// <param name="standardDeviation">The factor of the numbers, rounded to single precision.</param>
    /// <param name="firstGroup">Number of groups of 64 numbers to skip at the beginning of the stream.</param>
    public void FillNormal<T>(Span<T> destination, double standardDeviation, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NormalNumbers.Fill(this, destination, (float)standardDeviation, firstGroup);

    /// <summary>Fills a span with independent uniform numbers of 32 bits between -bound and bound; the ends occur only where single precision rounds
    /// to them, for about one number in 2^25.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; the numbers have single precision in both cases.</typeparam>
    /// <param name="destination">Receives the numbers.</param>
    /// <param name="bound">The upper end.</param>
    /// <param name="firstGroup">Number of groups of 64 numbers to skip at the beginning of the stream.</param>
    internal void FillUniform<T>(Span<T> destination, double bound, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var step = bound / (1L << 32);
        Fill(destination, firstGroup, word => T.CreateTruncating((float)(((2.0 * word) + 1 - (1L << 32)) * step)));
    }

    /// <summary>Fills a span with a value where an element is kept, and with zeros elsewhere.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="destination">Receives the numbers.</param>
    /// <param name="probability">The probability of keeping an element, with 32 bits; 1 keeps all.</param>
    /// <param name="value">The value.</param>
    /// <param name="firstGroup">Number of groups of 64 numbers to skip at the beginning of the stream.</param>
    internal void FillKept<T>(Span<T> destination, double probability, double value, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (kept, limit) = (T.CreateTruncating((float)value), probability * (1L << 32));
        Fill(destination, firstGroup, word => word < limit ? kept : T.Zero);
    }

    private void Fill<T>(Span<T> destination, uint firstGroup, Func<uint, T> numberOf)
    {
        var block = firstGroup * (NormalNumbers.Group / 4);
        for (var i = 0; i < destination.Length; i += 4, block++)
        {
            var (word0, word1, word2, word3) = Block(block);
            ReadOnlySpan<uint> words = [word0, word1, word2, word3];
            for (var k = 0; k < Math.Min(4, destination.Length - i); k++)
            {
                destination[i + k] = numberOf(words[k]);
            }
        }
    }
}
