using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>What a stream of random numbers is used for; streams of different purposes never share numbers.</summary>
public enum RandomPurpose
{
    /// <summary>The weights of a convolution.</summary>
    Weights = 1,

    /// <summary>The noise at the input.</summary>
    InputNoise = 2,

    /// <summary>Which images form the batch.</summary>
    BatchSelection = 3,

    /// <summary>Images drawn from a Gaussian instead of a data set.</summary>
    GaussianImages = 4,

    /// <summary>Biases.</summary>
    Biases = 5,

    /// <summary>Which features a dropout keeps.</summary>
    Masks = 6,

    /// <summary>Which residual branches survive.</summary>
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

    /// <summary>The order in which training sees its images.</summary>
    TrainingOrder = 21,

    /// <summary>The noise that corrupts test images.</summary>
    Corruption = 22,
}

/// <summary>The random numbers of one purpose, simulation and layer: a pure function of these, the seed and an index.</summary>
/// <param name="Seed">The seed that the user gave.</param>
/// <param name="Simulation">Index of the simulation.</param>
/// <param name="Layer">Index of the weights, mask or survival, 0 where there is none.</param>
/// <param name="Purpose">What the numbers are used for.</param>
public readonly record struct RandomNumbers(ulong Seed, uint Simulation, uint Layer, RandomPurpose Purpose)
{
    /// <summary>Four random words.</summary>
    /// <param name="index">Index of the block within the stream.</param>
    /// <returns>The block.</returns>
    public (uint Word0, uint Word1, uint Word2, uint Word3) Block(uint index) => Philox4x32.Block((index, Layer, Simulation, (uint)Purpose), Seed);

    /// <summary>Fills a span with independent standard normal numbers, the same whatever the processor.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; the numbers are single-precision ones in both.</typeparam>
    /// <param name="destination">What to fill, from the stream's first number on.</param>
    /// <param name="standardDeviation">What to multiply by, rounded to single precision.</param>
    /// <param name="firstGroup">How many groups of 64 numbers to leave out at the stream's beginning.</param>
    public void FillNormal<T>(Span<T> destination, double standardDeviation, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => NormalNumbers.Fill(this, destination, (float)standardDeviation, firstGroup);

    /// <summary>Fills a span with independent uniform numbers between two opposite ones, of 32 bits and never on the ends.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; the numbers are single-precision ones in both.</typeparam>
    /// <param name="destination">What to fill.</param>
    /// <param name="bound">The larger end.</param>
    /// <param name="firstGroup">How many groups of 64 numbers to leave out at the stream's beginning.</param>
    internal void FillUniform<T>(Span<T> destination, double bound, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var step = bound / (1L << 32);
        Fill(destination, firstGroup, word => T.CreateTruncating((float)(((2.0 * word) + 1 - (1L << 32)) * step)));
    }

    /// <summary>Fills a span with a value that is kept with a probability, and zeros elsewhere.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="destination">What to fill.</param>
    /// <param name="probability">The probability, to 32 bits; 1 keeps all.</param>
    /// <param name="value">The value.</param>
    /// <param name="firstGroup">How many groups of 64 numbers to leave out at the stream's beginning.</param>
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
