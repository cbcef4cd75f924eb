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
}

/// <summary>The random numbers of one purpose, simulation and layer: a pure function of these, the seed and an index.</summary>
/// <param name="Seed">The seed that the user gave.</param>
/// <param name="Simulation">Index of the simulation.</param>
/// <param name="Layer">Index of the convolution, 0 where there is none.</param>
/// <param name="Purpose">What the numbers are used for.</param>
public readonly record struct RandomNumbers(ulong Seed, uint Simulation, uint Layer, RandomPurpose Purpose)
{
    /// <summary>Four random words.</summary>
    /// <param name="index">Index of the block within the stream.</param>
    /// <returns>The block.</returns>
    public (uint Word0, uint Word1, uint Word2, uint Word3) Block(uint index) =>
        Philox4x32.Block((index, Layer, Simulation, (uint)Purpose), Seed);

    /// <summary>Fills a span with independent standard normal numbers, the same whatever the processor.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; the numbers are single-precision ones in both.</typeparam>
    /// <param name="destination">What to fill, from the stream's first number on.</param>
    /// <param name="standardDeviation">What to multiply by, rounded to single precision.</param>
    /// <param name="firstGroup">How many groups of 64 numbers to leave out at the stream's beginning.</param>
    public void FillNormal<T>(Span<T> destination, double standardDeviation, uint firstGroup = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        NormalNumbers.Fill(this, destination, (float)standardDeviation, firstGroup);
}
