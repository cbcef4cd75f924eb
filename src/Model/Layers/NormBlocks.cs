using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>The features of one input over which a norm computes its statistics, and whether it subtracts their mean.</summary>
/// <param name="AllPositions">True for all positions of an input together, false for each position separately.</param>
/// <param name="Groups">Number of groups of successive channels; 0 for each channel separately.</param>
/// <param name="Centres">Whether the mean is subtracted.</param>
internal readonly record struct NormBlocks(bool AllPositions, int Groups, bool Centres)
{
    /// <summary>The blocks of a described norm.</summary>
    public static NormBlocks Divide(Norm norm) =>
        norm switch
        {
            LayerNorm layer => new(layer.Over == NormalisedOver.All, 1, true),
            RmsNorm rms => new(rms.Over == NormalisedOver.All, 1, false),
            GroupNorm group => new(true, group.Groups, true),
            InstanceNorm => new(true, 0, true),
            _ => throw new UnknownLayerException(norm),
        };

    /// <summary>Number of points of a block.</summary>
    public int Points(TensorShape shape) => AllPositions ? shape.Height * shape.Width : 1;

    /// <summary>Number of channels of a block.</summary>
    public int Channels(TensorShape shape) => Groups == 0 ? 1 : shape.Channels / Groups;
}
