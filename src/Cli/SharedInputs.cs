using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary>What the options say of sizes and inputs, whatever describes the layers; null where nothing was said.</summary>
/// <param name="Channels">Channels N.</param>
/// <param name="Depth">Repetitions L.</param>
/// <param name="BatchSize">Images in a batch.</param>
/// <param name="Dataset">Input images.</param>
/// <param name="DataDir">Folder of the data set's files.</param>
/// <param name="Layout">Which axis of a file of images is which.</param>
/// <param name="Normalize">Normalisation of the input signal.</param>
/// <param name="Seed">Seed of all randomness.</param>
/// <param name="Depths">Depths at which moments are computed.</param>
/// <param name="Computations">Their number, evenly spaced.</param>
internal sealed record SharedInputs(
    int? Channels, int? Depth, int? BatchSize, string Dataset, string? DataDir, ImageLayout? Layout, InputNormalization Normalize, ulong Seed, DepthList? Depths, int? Computations);
