using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>Which features of one input a norm takes its statistics over, and whether it subtracts their mean.</summary>
/// <param name="AllPositions">Whether all positions of an input are taken together, or each is alone.</param>
/// <param name="Groups">Groups of successive channels; 0 for each channel alone.</param>
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

    /// <summary>Points of a block.</summary>
    public int Points(TensorShape shape) => AllPositions ? shape.Height * shape.Width : 1;

    /// <summary>Channels of a block.</summary>
    public int Channels(TensorShape shape) => Groups == 0 ? 1 : shape.Channels / Groups;
}
